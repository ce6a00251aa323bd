"""What holds for every route by the list of them: headers, what may be kept, from which page it may be asked."""

from __future__ import annotations

import re

import pytest

from tests.security.request_shapes import operations
from tests.security.test_page_policy import pages
from tests.security.whole_web import WholeWeb

ELSEWHERE = ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"})
PEOPLE = ("nobody", "duty_officer", "sysadmin", "grid_worker")
# What carries nothing of anybody may be kept by a browser: files, and what a phone lays in for being offline.
KEPT = re.compile(r"/(favicon\.ico|field/|leader/|[a-z_]+/_favicon|healthz|readyz)")


def filled(web: WholeWeb, path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda one: web.there.get(one[1].removesuffix("_id"), "x"), path)


def writing(web: WholeWeb) -> list[str]:
    """Every address that changes something, those of the pages included."""
    found = [one.path for one in operations(web.inner.openapi()) if one.method == "POST"]
    for route in web.inner.routes:
        if "POST" in (getattr(route, "methods", None) or ()) and not route.path.startswith("/api/"):
            found.append(route.path)
    return sorted(
        {
            filled(web, one)
            for one in (*found, *(f"{page}/_dash-update-component" for page in web.gate._callbacks))
        }
    )


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_nothing_is_changed_from_a_page_of_another_site(city: WholeWeb, headers: dict[str, str]) -> None:
    addresses, refused = writing(city), 0
    own = {"host": "localhost", "cookie": f"zhongshu_session={city.secrets['duty_officer']}"}
    for path in addresses:
        city.headers = lambda _who, own=own: own  # type: ignore[method-assign]
        try:
            answer = city.ask(
                "x", "POST", path, content=b"{}", headers=headers | {"content-type": "application/json"}
            )
        finally:
            del city.headers  # type: ignore[method-assign]
        assert answer.status_code in (403, 404), (path, answer.status_code)
        refused += answer.status_code == 403
    assert refused > 60, "an address that is not there says nothing"


def test_every_route_is_answered_under_the_policy_and_what_is_anybodys_is_not_kept(city: WholeWeb) -> None:
    read = {filled(city, one.path) for one in operations(city.inner.openapi()) if one.method == "GET"}
    for path in sorted(read | pages(city)):
        for who in PEOPLE:
            answer = city.ask(who, "GET", path, headers={"accept": "text/html"})
            policy = answer.headers["content-security-policy"]
            assert "unsafe-eval" not in policy, path
            if "sandbox" not in policy:
                assert (
                    "frame-ancestors 'none'" in policy
                    and "unsafe" not in policy.partition("script-src")[2].partition(";")[0]
                )
            assert answer.headers["x-content-type-options"] == "nosniff", path
            assert answer.headers["referrer-policy"] == "same-origin", path
            assert answer.headers["x-frame-options"] == "DENY", path
            kept = answer.headers["cache-control"]
            if answer.status_code == 200 and not KEPT.match(path):
                assert kept == "no-store" or (path.endswith("/preview") and kept.startswith("private")), (
                    path,
                    kept,
                )
