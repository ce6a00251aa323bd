"""Every page that the web process gives out: no script but our files and what the policy names by its hash."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from tests.security.matrix import EVERYBODY
from tests.security.whole_web import WholeWeb

DASH_PAGES = ("/desk/", "/desk_map/", "/wall/", "/admin/")
PEOPLE = ("nobody", "kiosk", "duty_officer", "leader", "liaison_lead", "grid_worker", "sysadmin")
KNOWN = {
    "/sign-in", *DASH_PAGES, "/unit", "/field", "/leader", "/briefs", "/room", "/hotline", "/replay",
}  # fmt: skip


class _Markup(HTMLParser):
    """Collects what could run: scripts written into the page, handlers in attributes, addresses that are scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._is_inline = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = given.get("type") in (None, "", "module", "text/javascript", "importmap")
        self._is_inline = tag == "script" and "src" not in given and runs
        if self._is_inline:
            self.scripts.append("")
        self.handlers += [
            f"{tag} {name}" for name, value in attrs
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
        ]  # fmt: skip

    def handle_data(self, data: str) -> None:
        if self._is_inline:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._is_inline = False


def pages(city: WholeWeb) -> set[str]:
    """Every address without the interface and the files, with the city's own ids in it."""
    found = set(DASH_PAGES)
    for route in city.inner.routes:
        path, methods = getattr(route, "path", ""), getattr(route, "methods", None) or ()
        if "GET" in methods and not path.startswith(("/api/", "/assets", "/metrics")) and "{path" not in path:
            found.add(
                re.sub(r"\{(\w+)[^}]*\}", lambda name: city.there.get(name[1].removesuffix("_id"), "x"), path)
            )
    return found


def test_no_page_has_a_script_that_its_policy_does_not_name(city: WholeWeb) -> None:
    assert set(PEOPLE) <= EVERYBODY | {"nobody"}
    seen = set()
    for path in sorted(pages(city)):
        for who in PEOPLE:
            answer = city.ask(who, "GET", path, headers={"accept": "text/html"})
            parts = [part.partition(" ") for part in answer.headers["content-security-policy"].split("; ")]
            policy = {name: rest for name, _, rest in parts}
            assert "unsafe" not in policy["script-src"] and policy["default-src"] == "'self'", path
            assert (policy["object-src"], policy["base-uri"]) == ("'none'", "'none'"), path
            if answer.status_code != 200 or "text/html" not in answer.headers.get("content-type", ""):
                continue
            seen.add(path)
            markup = _Markup()
            markup.feed(answer.text)
            assert markup.handlers == [], (path, who)
            for script in markup.scripts:
                digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
                assert f"'sha256-{digest}'" in policy["script-src"], (path, who, script[:80])
    assert seen >= KNOWN, KNOWN - seen


def test_what_the_check_looks_for_is_found() -> None:
    markup = _Markup()
    markup.feed(
        '<script>a()</script><img onerror="b()"><a href=" JavaScript:c()">x</a><script src="/y"></script>'
    )
    assert markup.scripts == ["a()"]
    assert markup.handlers == ["img onerror", "a href"]
