"""The explorer: GraphiQL, served by ourselves and in need of no other host.

The bundle is made from ``ui/`` when the project is installed (``hatch_build.py``).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from .assets import Assets

ASSETS_PATH = "/explorer"
"""Where `page` looks for the bundle, unless told otherwise: mount `static` here."""

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        # Monaco, the editor inside GraphiQL, places its parts by style elements of its own.
        "style-src 'self' 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Vary": "Accept",  # its address has answers in JSON, too
}
"""What `page` is to be sent with."""

EXPLAIN: Mapping[str, str] = {"x-explain": "upstream"}
"""Asks the graph to say which calls an answer took; the headers editor starts with it."""

FOLDER = Path(__file__).parent / "static"

static = Assets(FOLDER)
"""The application that serves the bundle."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A query that the explorer opens with; a tab without headers shows the page's."""

    query: str
    variables: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def page(
    tabs: Sequence[Tab],
    endpoint: str,
    headers: Mapping[str, str] = EXPLAIN,
    *,
    assets: str = ASSETS_PATH,
    folder: Path = FOLDER,
) -> str:
    """The explorer's HTML page, over the graph at the URL ``endpoint``.

    ``headers`` fill the headers editor of every new tab; what is typed there is sent, and never
    stored. ``assets`` is the path at which ``static`` is mounted. Where the bundle was not
    built, the page says how to build it.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return ABSENT
    files = json.loads(manifest.read_text())
    return PAGE.format(
        **{name: escape(f"{assets}/{file}") for name, file in files.items()},
        endpoint=escape(endpoint),
        headers=escape(editable(headers)),
        tabs=escape(json.dumps([filled(tab, headers) for tab in tabs])),
    )


def filled(tab: Tab, headers: Mapping[str, str]) -> dict[str, str]:
    """A tab as GraphiQL wants it: what its three editors show."""
    return {
        "query": tab.query,
        "variables": editable(tab.variables),
        "headers": editable(tab.headers or headers),
    }


def editable(values: Mapping[str, object]) -> str:
    return json.dumps(dict(values), indent=2, ensure_ascii=False) if values else ""


PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>coursegraph: explorer</title>
    <link rel="icon" type="image/svg+xml" href="{icon}">
    <link rel="stylesheet" href="{style}">
    <script type="module" src="{script}"></script>
  </head>
  <body>
    <div id="explorer" data-endpoint="{endpoint}" data-headers="{headers}" data-tabs="{tabs}"></div>
    <noscript>The explorer needs JavaScript. The graph answers without it.</noscript>
  </body>
</html>
"""

ABSENT = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="color-scheme" content="light dark">
    <title>coursegraph: explorer</title>
    <style>body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: auto }</style>
  </head>
  <body>
    <h1>The explorer isn't built yet</h1>
    <p>The graph itself answers at this address: send it a query by <code>POST</code>.</p>
    <p>To build the explorer, stop this server and run <code>make demo</code>; where coursegraph
      is installed without its Makefile, <code>pip install</code> it again, with
      <code>COURSEGRAPH_WITHOUT_EXPLORER</code> unset.</p>
  </body>
</html>
"""
