"""The machines of matters: every state has a way out, and a clock that runs while a matter stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.clocks import OWNER, STAGE_PURPOSES
from dashboard.domain.dispute_case import DISPUTE_CASE
from dashboard.domain.grid_event import GRID_EVENT
from dashboard.domain.hotline_order import HOTLINE_ORDER
from dashboard.domain.machine import Machine
from dashboard.domain.readings import EVENT_STATUSES, ORDER_STATUSES
from dashboard.domain.words import STAGE_WORDS

MACHINES = [HOTLINE_ORDER, GRID_EVENT, DISPUTE_CASE]
machines = pytest.mark.parametrize("machine", MACHINES, ids=lambda one: one.kind)


def everything_filled() -> dict[str, object]:
    names = {name for machine in MACHINES for row in machine.transitions for name in row.required}
    return dict.fromkeys(names, "x")


@machines
def test_no_state_is_without_an_exit_and_no_end_has_one(machine: Machine) -> None:
    for state in machine.states:
        assert bool(machine.exits(state)) != (state in machine.terminal), state


@machines
def test_an_end_can_be_reached_from_every_state(machine: Machine) -> None:
    reaches = set(machine.terminal)
    while True:
        more = {row.source for row in machine.transitions if row.target in reaches} - reaches
        if not more:
            break
        reaches |= more
    assert reaches == machine.states


@machines
def test_every_open_state_has_a_clock_with_an_owner(machine: Machine) -> None:
    for state in machine.states - machine.terminal:
        purposes = STAGE_PURPOSES[machine.kind][state]
        assert purposes, state
        assert all(OWNER[purpose] for purpose in purposes)


@machines
def test_the_table_names_each_step_once_and_every_state_has_a_name(machine: Machine) -> None:
    edges = [(row.source, row.target) for row in machine.transitions]
    assert len(edges) == len(set(edges))
    assert machine.states <= STAGE_WORDS.keys()


def test_a_reading_may_arrive_in_every_state() -> None:
    assert set(ORDER_STATUSES) == HOTLINE_ORDER.states
    assert set(EVENT_STATUSES) == GRID_EVENT.states


@machines
def test_closing_needs_proof(machine: Machine) -> None:
    for row in machine.transitions:
        if row.target == machine.closed:
            assert "resolved" in row.required or "called_back" in row.guards
            assert "merged_called_back" in row.guards


def test_an_order_is_not_closed_before_the_citizen_was_called_back() -> None:
    assert [row.source for row in HOTLINE_ORDER.transitions if row.target == "CLOSED"] == ["TO_CALLBACK"]


def test_parking_needs_a_plan_a_leader_and_a_date() -> None:
    refused = HOTLINE_ORDER.check("TO_CALLBACK", "SUSPENDED", "duty_leader", {"plan": "分期"})
    assert refused is not None
    assert refused.params["fields"] == ["leader", "target_at"]


@machines
@given(data=st.data())
def test_however_it_walks_a_matter_is_open_with_a_clock_or_ended(
    machine: Machine, data: st.DataObject
) -> None:
    state = machine.line[0]
    for _ in range(data.draw(st.integers(1, 30))):
        if state in machine.terminal:
            assert not machine.exits(state)
            break
        assert STAGE_PURPOSES[machine.kind][state]
        row = data.draw(st.sampled_from(machine.exits(state)))
        role = data.draw(st.sampled_from(sorted(row.who)))
        assert machine.check(state, row.target, role, everything_filled()) is None
        state = row.target


@machines
@given(data=st.data())
def test_a_source_never_moves_a_matter_backwards_unless_the_table_says_so(
    machine: Machine, data: st.DataObject
) -> None:
    here = data.draw(st.sampled_from(sorted(machine.states)))
    said = data.draw(st.sampled_from(sorted(machine.states)))
    if not machine.follows_source(here, said):
        return
    forward = said in machine.terminal or machine.line.index(said) > machine.line.index(here)
    assert forward or machine.find(here, said) is not None
    assert here not in machine.terminal
