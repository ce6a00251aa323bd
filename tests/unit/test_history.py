"""Whose a line of a matter's history is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.domain.history import AUDIENCE, Standing, is_shown
from tests.conftest import PROJECT_ROOT

OWN, OTHER = "u-own", "u-other"
HANDLER = Standing(OWN, True, {})
CALLED = Standing(OWN, False, {"c1": None})
TAKEN_BACK = Standing(OWN, False, {"c1": 50})


def shown(standing: Standing, kind: str, writer: str = "", command: str | None = None, **params: Any) -> bool:
    return is_shown(standing, kind, params, command, 100, writer)


def test_every_kind_of_event_has_been_given_its_readers() -> None:
    words = json.loads((PROJECT_ROOT / "assets" / "catalogue" / "log.json").read_text("utf-8"))
    assert {name.removeprefix("log.") for name in words} == set(AUDIENCE)


def test_a_kind_that_nobody_placed_is_the_officers_alone() -> None:
    assert not shown(HANDLER, "SomethingNew")


@pytest.mark.parametrize("kind", sorted(AUDIENCE))
@pytest.mark.parametrize("standing", [HANDLER, CALLED, TAKEN_BACK])
def test_no_line_that_names_another_receiver_alone_is_shown(kind: str, standing: Standing) -> None:
    if AUDIENCE[kind] not in ("ordered", "called"):  # an order's own news name nobody
        assert not shown(standing, kind, receiver_id=OTHER)
        assert not shown(standing, kind, unit_id=OTHER)
        assert not shown(standing, kind, writer=OTHER)


def test_the_news_of_an_order_are_for_its_receivers_while_they_have_a_part_in_it() -> None:
    for kind in ("CommandRecalled", "AllArrived"):
        assert shown(CALLED, kind, writer=OTHER, command="c1")
        assert not shown(CALLED, kind, command="c2")
        assert not shown(TAKEN_BACK, kind, command="c1")
        assert is_shown(TAKEN_BACK, kind, {}, "c1", 50, "")


def test_a_whistles_outcome_is_also_for_who_goes_on_with_the_matter() -> None:
    assert shown(HANDLER, "DecisionRecorded", command="c1")
    assert not shown(HANDLER, "CommandSent", command="c1")


def test_what_is_said_of_the_matter_is_for_who_handles_it() -> None:
    assert shown(HANDLER, "MatterMoved")
    assert shown(HANDLER, "MatterStepped", unit_id=OWN)
    assert not shown(CALLED, "MatterMoved")


def test_what_one_wrote_oneself_stays_readable() -> None:
    assert shown(CALLED, "NoteWritten", writer=OWN)
    assert not shown(HANDLER, "NoteWritten")
    assert not shown(CALLED, "TellingFailed", writer=OWN)
