"""Snapshot + changes = fresh snapshot, for every view, whatever the entries do."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.live.picture import LOG_SPAN, OutOfOrder, Picture
from dashboard.live.view import ScopeFilter, view_changes, view_snapshot
from tests.live.screen_model import ScreenModel

CITY = "371100"
PARENTS = {"371102": CITY, "371103": CITY, "371102001": "371102", "371103004": "371103"}
JURISDICTIONS = (CITY, "371102", "371103", "371103004")


def is_within(code: str, ancestor: str) -> bool:
    while code != ancestor:
        if code not in PARENTS:
            return False
        code = PARENTS[code]
    return True


def scopes(jurisdiction: str) -> ScopeFilter:
    return ScopeFilter(jurisdiction, CITY, is_within)


row_ids = st.sampled_from(["a", "b", "c", "d"])
scope_lists = st.lists(st.sampled_from([CITY, *PARENTS]), max_size=2, unique=True)
rows = st.fixed_dictionaries({"id": row_ids, "version": st.integers(0, 9), "scope": scope_lists})
row_lists = st.lists(rows, max_size=2, unique_by=lambda row: row["id"])
contents = st.fixed_dictionaries(
    {
        "rows": st.fixed_dictionaries(
            {"matters": row_lists, "commands": row_lists, "asks": row_lists},
            optional={
                "gone": st.fixed_dictionaries(
                    {"matters": st.lists(row_ids, max_size=2), "commands": st.lists(row_ids, max_size=2)}
                )
            },
        ),
        "scope": scope_lists,
        "kind": st.sampled_from(["MatterOpened", "ReceiptRecorded", "MatterClosed"]),
    }
)


def entry(seq: int, content: dict[str, Any]) -> dict[str, Any]:
    return {"seq": seq, "at": 1_000 + seq, "params": {}, "actor": "x", **content}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(contents, max_size=25),
    st.sampled_from(JURISDICTIONS),
    st.integers(0, 25),
    st.lists(st.integers(1, 5), min_size=1),
)
def test_a_screen_that_joins_anywhere_and_takes_changes_in_any_batches_equals_a_fresh_one(
    entries: list[dict[str, Any]], jurisdiction: str, joins_after: int, batches: list[int]
) -> None:
    picture, view = Picture(), scopes(jurisdiction)
    picture.load("e1", 0, [], [], [])
    screen, cursor, turn = None, 0, 0
    for seq, content in enumerate(entries, 1):
        picture.apply(copy.deepcopy(entry(seq, content)))
        if seq == min(joins_after, len(entries)):
            screen, cursor = ScreenModel(view_snapshot(picture, view)), seq
        elif screen and seq - cursor >= batches[turn % len(batches)]:
            turn += 1
            missed = picture.changes_after(cursor)
            assert missed is not None
            changes = view_changes(missed, view, screen.seq)
            if changes:
                screen.apply(changes)
            cursor = seq
            assert screen.equals(view_snapshot(picture, view))


@settings(max_examples=100, deadline=None)
@given(st.lists(contents, min_size=1, max_size=25), st.sampled_from(JURISDICTIONS), st.integers(0, 24))
def test_a_screen_that_resumes_from_the_ring_equals_a_fresh_one(
    entries: list[dict[str, Any]], jurisdiction: str, left_after: int
) -> None:
    picture, view = Picture(), scopes(jurisdiction)
    picture.load("e1", 0, [], [], [])
    screen = ScreenModel(view_snapshot(picture, view))
    for seq, content in enumerate(entries, 1):
        picture.apply(copy.deepcopy(entry(seq, content)))
        if seq == left_after:
            screen = ScreenModel(copy.deepcopy(view_snapshot(picture, view)))
    missed = picture.changes_after(screen.seq)
    assert missed is not None
    changes = view_changes(missed, view, screen.seq)
    if changes:
        screen.apply(changes)
    assert screen.equals(view_snapshot(picture, view))


def test_a_row_that_leaves_a_jurisdiction_is_gone_there_and_appears_where_it_went() -> None:
    picture = Picture()
    picture.load("e1", 4, [{"id": "m", "scope": ["371102001"]}], [], [])
    change = picture.apply(
        entry(5, {"kind": "MatterTransferred", "rows": {"matters": [{"id": "m", "scope": ["371103"]}]}})
    )
    assert change is not None
    left = view_changes([change], scopes("371102"), 4)
    entered = view_changes([change], scopes("371103"), 4)
    assert left is not None
    assert left["gone"]["matters"] == ["m"]
    assert entered is not None
    assert entered["upserts"]["matters"] == [{"id": "m", "scope": ["371103"]}]


def test_what_has_no_scope_is_shown_to_the_whole_city_alone() -> None:
    picture = Picture()
    picture.load("e1", 0, [{"id": "m", "scope": []}], [], [])
    assert view_snapshot(picture, scopes("371102"))["matters"] == []
    assert len(view_snapshot(picture, scopes(CITY))["matters"]) == 1


def test_an_entry_twice_changes_nothing_and_a_hole_is_refused() -> None:
    picture = Picture()
    picture.load("e1", 0, [], [], [])
    content = {"kind": "MatterOpened", "rows": {"matters": [{"id": "m", "scope": []}]}}
    assert picture.apply(entry(1, content)) is not None
    assert picture.apply(entry(1, content)) is None
    with pytest.raises(OutOfOrder):
        picture.apply(entry(3, content))
    assert picture.seq == 1


def test_a_cursor_beyond_the_ring_or_from_the_future_gets_no_changes_but_a_snapshot() -> None:
    picture = Picture(ring_entries=3)
    picture.load("e1", 10, [], [], [])
    for seq in range(11, 16):
        picture.apply(entry(seq, {"kind": "MatterOpened"}))
    assert picture.changes_after(15) == []
    assert [change.seq for change in picture.changes_after(12) or ()] == [13, 14, 15]
    assert picture.changes_after(11) is None
    assert picture.changes_after(16) is None


def test_lines_stay_for_their_span_of_entries() -> None:
    picture = Picture()
    picture.load("e1", 0, [], [], [])
    for seq in range(1, LOG_SPAN + 6):
        picture.apply(entry(seq, {"kind": "MatterOpened", "scope": ["371102"] if seq < 8 else []}))
    assert picture.lines[0]["seq"] == 6
    assert [line["seq"] for line in view_snapshot(picture, scopes("371102"))["log"]] == [6, 7]
