"""Every address and every act, asked by everybody: who is not in the table is kept out, and so is what is not in it."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from data_feeds.http.access import ADDRESSES, find_address
from tests.security.busy_city import KEYS, PEOPLE
from tests.security.matrix import ROWS, Row
from tests.security.request_shapes import operations
from tests.security.whole_web import WholeWeb
from tests.store.pictures import jpeg

KEPT_OUT = re.compile(
    r"no_right|no_such_(step|brief|matter|command|room|proposal|attachment|receiver|unit|supervision|handover|booking|telling|wall|wording)"
    r"|not_your_\w+|not_a_witness|outside_jurisdiction|receiver_outside|not_(county|city)_level|not_for_this_post"
    r"|own_handover|not_on_post|no_worker|forbidden|unknown_address|sign_in|kiosk_token"
)
"""Codes that refuse somebody for who they are."""
# Nothing in a test of the gate can reach these: they are upgraded, or served from what a build makes.
UNASKED = (r"/live", r"_dash-component-suites", r"_dash-update-component", r"/field/\(worker")


def filled(value: Any, there: dict[str, str]) -> Any:
    """A row's text with the city's ids in it; a text that is one number becomes it."""
    if isinstance(value, dict):
        return {name: filled(one, there) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, there) for one in value]
    if not isinstance(value, str):
        return value
    said = value.format(**there)
    return int(said) if value in ("{later}", "{fresh_version}", "{signed_version}") else said


def ask(web: WholeWeb, row: Row, who: str) -> httpx.Response:
    method, _, path = row.address.partition(" ")
    path = path.format(**web.there)
    if method == "GET":
        return web.ask(who, "GET", path, headers={"accept": "application/json"})
    if row.content is not None:
        content = jpeg() if row.content == b"picture" else row.content
        kind = "application/x-www-form-urlencoded" if "sign" in path else "image/jpeg"
        key = web.centre.key() + "-matrix"
        return web.ask(
            who, "POST", path, content=content, headers={"content-type": kind, "idempotency-key": key}
        )
    return web.post(who, path, filled(row.body or {}, web.there))


def is_let_in(web: WholeWeb, row: Row, answer: httpx.Response) -> bool:
    assert answer.status_code < 500, answer.text
    assert answer.status_code != 422, f"the row is not well formed: {answer.text}"
    if row.address == "POST /sign-in":
        return answer.status_code != 404  # whoever asks is answered that nobody has this name and password
    sent_away = answer.headers.get("location", "").endswith("/sign-in") and row.address != "POST /sign-out"
    if answer.status_code in (401, 403, 404) or sent_away:
        return False
    if answer.status_code == 409:
        return KEPT_OUT.fullmatch(answer.json()["error"]) is None
    if row.shows:
        return filled(row.shows, web.there) in answer.text
    if answer.headers.get("content-type", "").startswith("application/json"):
        found = answer.json()
        if isinstance(found, dict) and isinstance(found.get("items"), list) and found["items"]:
            return KEPT_OUT.fullmatch(found["items"][0].get("error", "")) is None
    return True


@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.address} {json.dumps(row.body, ensure_ascii=False)}"[:90]
)
def test_who_is_let_in_is_who_is_named(web: WholeWeb, row: Row) -> None:
    let_in = {who for who in (*PEOPLE, *KEYS) if is_let_in(web, row, ask(web, row, who))}
    assert let_in == row.let_in


def test_every_address_of_the_interface_is_in_the_table(web: WholeWeb) -> None:
    asked = [row.address.partition("?")[0].partition(" ") for row in ROWS]

    def is_asked(method: str, template: str) -> bool:
        pattern = re.compile(re.sub(r"\{\w+\}", r"[^/]+", template))
        return any(one == method and pattern.fullmatch(path) for one, _, path in asked)

    missing = [str(one) for one in operations(web.inner.openapi()) if not is_asked(one.method, one.path)]
    assert missing == []


def test_every_line_of_the_access_table_is_asked(web: WholeWeb) -> None:
    found = set()
    for row in ROWS:
        method, _, path = row.address.partition(" ")
        found.add(find_address(method, path.partition("?")[0].format(**web.there)))
    left = [one.pattern.pattern for one in ADDRESSES if one not in found]
    assert [one for one in left if not any(part in one for part in UNASKED)] == []
