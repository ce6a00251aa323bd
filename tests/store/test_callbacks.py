"""回访: every attempt is a row; three tries on two days, or an answer, are the proof that closing takes."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from dashboard.domain.callback import proof, since
from dashboard.store.callbacks import callbacks_of
from tests.store.centre import Centre, done, refusal


def to_call_back(centre: Centre) -> dict[str, Any]:
    return centre.order(
        status="TO_CALLBACK", dispatched_at=centre.now, signed_at=centre.now, replied_at=centre.now
    )


def call(centre: Centre, matter: dict[str, Any], result: str, **more: Any) -> Any:
    return centre.do(service.record_callback, service.RecordCallback(matter["id"], result, **more))


def test_an_answered_call_is_proof_and_keeps_resolved_and_satisfied_apart(centre: Centre) -> None:
    matter = to_call_back(centre)
    assert done(call(centre, matter, "no_answer"))["proof"] == ""
    value = done(
        call(centre, matter, "answered", resolved=True, satisfaction="dissatisfied", words="拖了三天")
    )
    assert value == {"n": 2, "result": "answered", "proof": "answered"}
    with centre.services.store.read() as connection:
        first, second = callbacks_of(connection, [matter["id"]])[matter["id"]]
    assert (first.result, first.resolved, second.resolved, second.satisfaction) == (
        "no_answer",
        None,
        True,
        "dissatisfied",
    )
    assert [one.params["n"] for one in centre.log("CallbackRecorded")] == [1, 2]


def test_three_tries_on_one_day_are_no_proof_and_on_two_days_they_are(centre: Centre) -> None:
    matter = to_call_back(centre)
    for _ in range(3):
        value = done(call(centre, matter, "no_answer"))
        centre.clock.advance(minutes=30)
    assert value["proof"] == ""
    centre.clock.advance(hours=24)
    assert done(call(centre, matter, "wrong_number"))["proof"] == "three_tries"


def test_the_same_call_sent_twice_is_one_try(centre: Centre) -> None:
    matter = to_call_back(centre)
    request = service.RecordCallback(matter["id"], "no_answer")
    for _ in range(2):
        done(centre.do(service.record_callback, request, idempotency_key="one-call"))
    with centre.services.store.read() as connection:
        assert len(callbacks_of(connection, [matter["id"]])[matter["id"]]) == 1


@pytest.mark.parametrize(
    ("result", "more", "code"),
    [
        ("busy", {}, "no_such_callback_result"),
        ("answered", {"satisfaction": "thrilled"}, "no_such_callback_result"),
        ("no_answer", {"satisfaction": "satisfied"}, "callback_unanswered"),
        ("no_answer", {"resolved": True}, "callback_unanswered"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(
    centre: Centre, result: str, more: dict[str, Any], code: str
) -> None:
    assert refusal(call(centre, to_call_back(centre), result, **more)) == code


def test_nobody_is_called_back_before_the_unit_replied(centre: Centre) -> None:
    assert refusal(call(centre, centre.order(), "answered")) == "not_for_callback"


def test_what_was_said_before_the_last_reply_proves_nothing_about_it(centre: Centre) -> None:
    matter = to_call_back(centre)
    done(call(centre, matter, "answered", resolved=False, satisfaction="dissatisfied"))
    with centre.services.store.read() as connection:
        calls = callbacks_of(connection, [matter["id"]])[matter["id"]]
    assert proof(since(calls, centre.now)) == "answered"
    assert proof(since(calls, centre.now + 1)) == ""
