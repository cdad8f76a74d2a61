"""The pages of the sandbox's player, as HTML."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from sandbox.scormcloud.links import LinkRequest
from sandbox.scormcloud.outward import is_address
from sandbox.scormcloud.roster import Registration

_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
{head}
<body>
{body}
</body>
</html>
"""

_FORM = """<h1>{title}</h1>
<p>{learner}{part}{tracking}</p>
<form method="post">
<p><label>Completion
<select name="completion"><option>COMPLETED<option>INCOMPLETE</select></label></p>
<p><label>Success
<select name="success"><option>PASSED<option>FAILED<option>UNKNOWN</select></label></p>
<p><label>Score, 0 to 100
<input name="score" type="number" min="0" max="100" step="any"></label></p>
<p><label>Seconds
<input name="seconds" type="number" min="0" step="any" value="60"></label></p>
<p><button>Leave the course</button></p>
</form>"""

_WHO = """<h1>{title}</h1>
<form method="post">
<p><label>E-mail <input name="email" type="email" required></label></p>
<p><label>Name <input name="name"></label></p>
<p><button>Begin</button></p>
</form>"""


def course(registration: Registration, asked: LinkRequest, *, is_tracked: bool) -> HTMLResponse:
    """The course that was launched, with the form that ends it."""
    title = registration.version.package.title
    body = _FORM.format(
        title=escape(title),
        learner=escape(registration.learner.name or registration.learner.id),
        part=f", in {escape(asked.start_sco)}" if asked.start_sco else "",
        tracking="" if is_tracked else "; this launch is not tracked",
    )
    sheet = asked.css_url or ""
    head = f'<link rel="stylesheet" href="{escape(sheet)}">' if is_address(sheet) else ""
    return _page(title, body, head=head, language=asked.culture or "en")


def who(title: str) -> HTMLResponse:
    """A form in which a person says who they are."""
    body = _WHO.format(title=escape(title))
    return _page(title, body)


def message(text: str, status: int = 200) -> HTMLResponse:
    return _page("SCORM Cloud, pretended", f"<p>{escape(text)}</p>", status=status)


def closer() -> HTMLResponse:
    """A page that tries to close its own window."""
    return _page("Goodbye", "<p>You can close this window.</p>", head="<script>close()</script>")


def blank() -> HTMLResponse:
    return _page("", "")


def _page(
    title: str, body: str, *, head: str = "", language: str = "en", status: int = 200
) -> HTMLResponse:
    text = _PAGE.format(title=escape(title), body=body, head=head, language=escape(language))
    return HTMLResponse(text, status)
