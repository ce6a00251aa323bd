"""The addresses that nobody signs in for: what they take, what they never give."""

from __future__ import annotations

import pytest

from data_feeds.http.access import MAX_BODY_BYTES, find_address, unmet

CODE = "abcdefghjkmnpqrstuvw"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/report/371102002020001"),
        ("GET", f"/report/follow/{CODE}"),
        ("POST", "/api/v1/reports"),
        ("POST", f"/api/v1/reports/{CODE}/photos"),
        ("GET", f"/api/v1/reports/{CODE}"),
        ("GET", "/field/worker.js"),
        ("GET", "/field/shell.json"),
        ("GET", "/leader/worker.js"),
        ("GET", "/leader/shell.json"),
    ],
)
def test_a_citizen_reaches_these_without_signing_in(method: str, path: str) -> None:
    address = find_address(method, path)
    assert unmet(address, None, path) is None
    assert address is not None and address.body_bytes == MAX_BODY_BYTES, "a stranger's body stays small"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/reports"),
        ("POST", f"/api/v1/reports/{CODE}"),
        ("GET", f"/api/v1/reports/{CODE}/photos"),
        ("GET", "/report/"),
        ("GET", "/report/371102002020001/"),
        ("GET", "/report/../../etc/passwd"),
        ("GET", "/report/follow/SHORT"),
        ("GET", f"/report/follow/{CODE}x"),
        ("POST", "/report/371102002020001"),
        ("GET", "/field/"),
        ("GET", "/field/worker.js.map"),
    ],
)
def test_nothing_beside_them_exists(method: str, path: str) -> None:
    assert unmet(find_address(method, path), None, path) == "unknown_address"


@pytest.mark.parametrize("path", ["/field", "/api/v1/field/day", f"/api/v1/field/reports/{CODE}/photos"])
def test_the_workers_own_addresses_ask_who_it_is(path: str) -> None:
    method = "POST" if path.endswith("photos") else "GET"
    assert unmet(find_address(method, path), None, path) == "sign_in"
