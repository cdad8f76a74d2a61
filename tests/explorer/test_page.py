"""The explorer's page as HTML: what is in it, and what it says where nothing was built."""

import html
import json
import re
from pathlib import Path

import pytest

from graph import explorer
from graph.explorer import Tab, page

HOSTILE = '"></div><script>alert(1)</script>{endpoint} & é'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle's folder, as far as the page looks into it."""
    manifest = {"script": "main-AAAAAAAA.js", "style": "main-BBBBBBBB.css", "icon": "icon.svg"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def data(text: str, name: str) -> str:
    found = re.search(f'data-{name}="([^"]*)"', text)
    assert found
    return html.unescape(found[1])


def test_tabs_endpoint_and_headers_reach_the_page_as_they_are(folder: Path) -> None:
    tabs = [Tab(HOSTILE, {"name": HOSTILE}), Tab("{ a }", headers={"x-b": "c"})]
    text = page(tabs, "/graphql?a=1&b=2", {"x-explain": HOSTILE}, folder=folder)

    first, second = json.loads(data(text, "tabs"))
    assert first["query"] == HOSTILE
    assert json.loads(first["variables"]) == {"name": HOSTILE}
    assert json.loads(first["headers"]) == {"x-explain": HOSTILE}
    assert second == {"query": "{ a }", "variables": "", "headers": '{\n  "x-b": "c"\n}'}
    assert data(text, "endpoint") == "/graphql?a=1&b=2"
    assert json.loads(data(text, "headers")) == {"x-explain": HOSTILE}
    assert "alert(1)" not in re.sub(r'data-\w+="[^"]*"', "", text)


def test_headers_start_with_what_explains_unless_told_otherwise(folder: Path) -> None:
    assert json.loads(data(page([], "/", folder=folder), "headers")) == {"x-explain": "upstream"}
    assert data(page([], "/", {}, folder=folder), "headers") == ""


def test_files_are_named_below_the_path_where_they_are_served(folder: Path) -> None:
    text = page([], "/graphql", assets="/behind/a/proxy", folder=folder)
    assert 'src="/behind/a/proxy/main-AAAAAAAA.js"' in text
    assert 'href="/behind/a/proxy/main-BBBBBBBB.css"' in text
    assert 'href="/behind/a/proxy/icon.svg"' in text


def test_a_page_without_its_bundle_says_how_to_build_it(tmp_path: Path) -> None:
    text = page([Tab("{ a }")], "/graphql", folder=tmp_path)
    assert "make demo" in text
    assert "<script" not in text


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = explorer.CONTENT_SECURITY_POLICY
    assert policy.startswith("default-src 'none'")
    assert "script-src 'self';" in policy
    assert not re.search(r"https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline", policy)
    assert explorer.PAGE_HEADERS["Content-Security-Policy"] == policy


def test_a_page_holds_no_script_of_its_own(folder: Path) -> None:
    scripts = re.findall(r"<script[^>]*>([^<]*)</script>", page([], "/graphql", folder=folder))
    assert scripts == [""]
