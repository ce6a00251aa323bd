"""回访: the attempts to call a citizen back, and when they are proof enough to close a matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

RESULTS = ("answered", "no_answer", "wrong_number")
SATISFIED = ("very_satisfied", "satisfied", "fairly_satisfied")
DISSATISFIED = ("dissatisfied", "very_dissatisfied")
SATISFACTIONS = (*SATISFIED, *DISSATISFIED, "unasked")
"""The five levels of 好差评, and a citizen who gave none."""
TRIES = (
    3  # by practice: three calls that were not answered, not all on one day, then the matter may be closed
)
TRY_DAYS = 2

Proof = Literal["answered", "three_tries", ""]


@dataclass(frozen=True, slots=True)
class CallBack:
    """One attempt. `n` counts from 1 within the matter, `day` is the city's date (ISO), `at` UTC ms.

    `resolved` and `satisfaction` are two answers of the citizen, given only when the call was answered.
    """

    matter_id: str
    n: int
    at: int
    day: str
    result: str
    resolved: bool | None
    satisfaction: str
    words: str
    by: str
    by_name: str

    @property
    def is_dissatisfied(self) -> bool:
        """True when the citizen said so, or said that nothing was solved."""
        return self.result == "answered" and (self.satisfaction in DISSATISFIED or self.resolved is False)


def since(calls: Iterable[CallBack], from_at: int | None) -> tuple[CallBack, ...]:
    """Return the attempts made since the last reply, oldest first: what was said before it is about other work."""
    return tuple(sorted((one for one in calls if one.at >= (from_at or 0)), key=lambda one: one.n))


def proof(calls: Iterable[CallBack]) -> Proof:
    """Say what the attempts prove: the citizen answered, or three tries on two days, or nothing yet ("")."""
    made = list(calls)
    if any(one.result == "answered" for one in made):
        return "answered"
    days = {one.day for one in made}
    return "three_tries" if len(made) >= TRIES and len(days) >= TRY_DAYS else ""


def last_answer(calls: Iterable[CallBack]) -> CallBack | None:
    """Return the latest call that the citizen answered, None when there is none."""
    answered = [one for one in calls if one.result == "answered"]
    return max(answered, key=lambda one: one.n, default=None)
