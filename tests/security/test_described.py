"""The interface against its own description: schemathesis asks every operation, with data that fits and that does not.

Whatever is answered must be written there: its status, its type and its shape. What does not fit must be refused, and
what fits must not be called malformed. `make fuzz` asks more of the same.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from data_feeds.http.described import PATH
from tests.security.whole_web import WholeWeb

# Of each operation; the first of them is the smallest that there is.
FITTING = BENT = 2


@pytest.fixture(scope="module")
def document(city: WholeWeb) -> dict[str, Any]:
    """The description as a gateway gets it."""
    answer = city.ask("gateway", "GET", PATH)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_it_is_given_out_whole_and_says_who_reaches_what(city: WholeWeb, document: dict[str, Any]) -> None:
    assert document == json.loads(json.dumps(city.inner.openapi()))
    asked_for = document["paths"]["/api/v1/receipts"]["post"]
    assert (asked_for["x-needs"], asked_for["security"]) == ("gateway", [{"key": []}])
    assert document["paths"]["/api/v1/reports"]["post"]["security"] == []
    assert city.ask("nobody", "GET", PATH).status_code == 401


def test_what_fits_is_answered_as_described(city: WholeWeb, document: dict[str, Any]) -> None:
    from tests.security.described import ask_all

    told, taken = ask_all(city, document, fits=True, examples=FITTING)
    assert told == []
    assert len(taken) > 30, "a description by which nobody gets anything done says nothing"


def test_what_does_not_fit_is_refused_as_described(city: WholeWeb, document: dict[str, Any]) -> None:
    from tests.security.described import ask_all

    told, _ = ask_all(city, document, fits=False, examples=BENT)
    assert told == []


def test_bytes_that_are_no_text_are_told_in_our_own_words(city: WholeWeb) -> None:
    headers = {"idempotency-key": "bytes-key-1", "content-type": "application/json"}
    answer = city.ask(
        "duty_officer", "POST", "/api/v1/commands", content=b"\xcc\xff\xda5\x89", headers=headers
    )
    assert (answer.status_code, answer.json()) == (422, {"error": "malformed_request", "faults": []})
