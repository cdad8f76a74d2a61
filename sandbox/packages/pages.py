"""The pages of a generated package, the script that lets them report, and what they look like."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from html import escape

from sandbox.academy import Course
from sandbox.packages.outline import Part

SCRIPT = """\
// Tells a SCORM player (1.2: API, 2004: API_1484_11) that the page was seen.
(function () {
  function find(name) {
    for (var each = window, steps = 0; each && steps < 10; each = each.parent, steps += 1) {
      if (each[name]) return each[name];
      if (each === each.parent) break;
    }
    return window.opener ? window.opener[name] : null;
  }
  var modern = find("API_1484_11"), classic = find("API");
  window.addEventListener("load", function () {
    if (modern) { modern.Initialize(""); modern.SetValue("cmi.completion_status", "completed"); }
    else if (classic) {
      classic.LMSInitialize("");
      classic.LMSSetValue("cmi.core.lesson_status", "completed");
    }
  });
  window.addEventListener("pagehide", function () {
    if (modern) { modern.Commit(""); modern.Terminate(""); }
    else if (classic) { classic.LMSCommit(""); classic.LMSFinish(""); }
  });
})();
"""

STYLE = "body { font: 1.1rem/1.5 Georgia, serif; max-width: 38rem; margin: 3rem auto; }\n"


def page(course: Course, part: Part, *, reports: bool) -> str:
    script = '<script src="../shared/report.js"></script>' if reports else ""
    return _document(
        part.title,
        "../shared/style.css",
        f"""\
<p><img src="../shared/crest.png" alt="" width="16"> {escape(course.title)}</p>
<h1>{escape(part.title)}</h1>
<p>{escape(part.description)}</p>
{script}""",
    )


def contents(course: Course, parts: Iterable[Part]) -> str:
    """A first page that leads to the others, for standards in which one page is launched."""
    links = "\n".join(
        f'<li><a href="{escape(each.page)}">{escape(each.title)}</a></li>'
        for part in parts
        for each in part.pages()
    )
    return _document(
        course.title,
        "shared/style.css",
        f"""\
<h1>{escape(course.title)}</h1>
<ol>
{links}
</ol>""",
    )


def _document(title: str, style: str, body: str) -> str:
    return f"""\
<!doctype html>
<html>
<head>
<meta charset="utf-8">
<title>{escape(title)}</title>
<link rel="stylesheet" href="{style}">
</head>
<body>
{body}
</body>
</html>
"""


def crest(number: int) -> bytes:
    """A picture in one colour that depends on the course: 16 by 16 pixels, PNG."""
    colour = bytes((64 + number * step % 128) for step in (3, 7, 11))
    rows = (b"\0" + colour * 16) * 16
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(rows)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
