"""The fold of the past: the last row per id, of what one sees, at instants that never go back."""

from __future__ import annotations

from typing import Any

from dashboard.domain.past import PastFold, rows_at
from dashboard.domain.past_lanes import per_minute

MINUTE_MS = 60_000


def row(row_id: str, scope: str, version: int = 1) -> dict[str, Any]:
    return {"id": row_id, "scope": [scope], "version": version}


def fold_of(jurisdiction: str) -> PastFold:
    return PastFold(lambda scope: jurisdiction in scope)


def test_a_row_that_leaves_the_jurisdiction_is_gone_and_what_never_was_in_it_is_nothing() -> None:
    fold = fold_of("here")
    steps = [
        fold.take(1, 10, {"matters": [row("a", "here"), row("b", "there")]}),
        fold.take(2, 20, {"matters": [row("a", "there", 2), row("b", "there", 2)]}),
        fold.take(3, 30, {"gone": {"matters": ["b"]}}),
    ]
    assert [
        None if one is None else (one.at, len(one.upserts.get("matters", ())), one.gone) for one in steps
    ] == [
        (10, 1, {}),
        (20, 0, {"matters": ["a"]}),
        None,
    ]
    kept = [one for one in steps if one is not None]
    assert [sorted(rows_at({}, kept, at)["matters"]) for at in (9, 10, 19, 20)] == [[], ["a"], ["a"], []]
    assert fold.first_seen == {("matters", "a"): 10, ("matters", "b"): 10}


def test_instants_never_go_back_although_two_acts_were_written_in_the_other_order() -> None:
    fold = fold_of("here")
    steps = [
        fold.take(seq, at, {"matters": [row("a", "here", seq)]}) for seq, at in ((1, 100), (2, 90), (3, 110))
    ]
    assert [one.at for one in steps if one is not None] == [100, 100, 110]
    kept = [one for one in steps if one is not None]
    assert [rows_at({}, kept, at)["matters"]["a"]["version"] for at in (100, 110)] == [2, 3]


def test_calls_are_counted_in_whole_minutes_and_the_last_one_begun() -> None:
    arrivals = [0, MINUTE_MS - 1, MINUTE_MS, 2 * MINUTE_MS + 5, 9 * MINUTE_MS]
    assert per_minute(arrivals, 0, 2 * MINUTE_MS + 30_000) == [2, 1, 1]
    assert per_minute([], 0, MINUTE_MS) == [0]
