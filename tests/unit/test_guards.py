"""The rules that stand against steps, the clocks that steps start and stop, and pauses: for every machine there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.citypack import CityPack, load_pack
from dashboard.domain.callback import CallBack
from dashboard.domain.clocks import FINAL_PURPOSES, OWNER, final_due_at, wanted_for_matter
from dashboard.domain.guards import GUARDS, Facts, details_of, stands_against
from dashboard.domain.machine import Machine, Transition
from dashboard.domain.matter import MACHINES, Matter
from dashboard.domain.pausing import PAUSING_STAGES, Pause, pausing_stage, shifted, with_pauses
from dashboard.domain.policy import Policies
from dashboard.domain.refusal import Refused
from dashboard.domain.step_fields import FIELD_KINDS, kept, malformed
from dashboard.domain.words import DUE_WORDS, FIELD_WORDS, STAGE_WORDS, STEP_WORDS
from layouts.catalogue import text
from tests.conftest import PROJECT_ROOT
from tools.make_machines_doc import PLACE, document

NOW = 1_795_399_200_000  # 2026-11-23 10:00 in Rizhao, a Monday
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
PACK = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
POLICIES = Policies(PACK.limits, PACK.policies)
machines = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda one: one.kind)


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return PACK


def matter_in(kind: str, stage: str, **more: Any) -> Matter:
    fields: dict[str, Any] = {
        "id": "m", "no": "G0001", "kind": kind, "source": "12345", "external_id": "x", "source_status": stage,
        "title": "t", "urgency": 3, "category": "0101", "stage": stage, "stage_at": NOW, "opened_at": NOW,
        "scope": ("371100",), "version": 1, "touched_at": NOW, "unit": "u", "dispatched_at": NOW,
    }  # fmt: skip
    found = Matter(**(fields | more))
    due_at = final_due_at(found, POLICIES, PACK.calendar)
    return found if "final_due_at" in more else replace(found, final_due_at=due_at)


def call(n: int, result: str, day: str, **more: Any) -> CallBack:
    said = {"resolved": None, "satisfaction": "unasked", "words": "", "by": "o", "by_name": "王"} | more
    return CallBack("m", n, NOW, day, result, **said)


def facts(guard: str, **more: Any) -> Facts:
    """A step that has this guard alone, judged at NOW by a duty officer."""
    row = Transition("HANDLING", "REPLIED", "x", frozenset({"duty_officer"}), guards=(guard,))
    given: dict[str, Any] = {
        "matter": matter_in("order", "HANDLING"), "row": row, "fields": {}, "actor": "me", "role": "duty_officer",
        "now": NOW, "policies": POLICIES, "calendar": PACK.calendar,
    }  # fmt: skip
    return Facts(**(given | more))


ORDER = matter_in("order", "HANDLING")
DISPUTE = matter_in("dispute", "AGREED")
# For every guard: facts that it refuses, with the refusal's code, and facts that it lets pass.
CASES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "returns_left": ({"matter": replace(ORDER, returned=2)}, "returns_used_up", {"matter": replace(ORDER, returned=1)}),
    "return_in_time": ({"now": NOW + 3 * DAY_MS}, "return_too_late", {"now": NOW + DAY_MS}),
    "return_may_be_upheld": ({"matter": replace(ORDER, returned=2)}, "only_forced", {}),
    "forced_by_leader": (
        {"matter": replace(ORDER, returned=2)}, "leader_must_rule",
        {"matter": replace(ORDER, returned=2), "role": "duty_leader"},
    ),
    "extension_unused": ({"applications": 1}, "extension_applied_before", {}),
    "before_the_end": ({"now": ORDER.final_due_at}, "extension_too_late", {"now": ORDER.final_due_at - 1}),
    "extension_fits": (
        {"fields": {"until_at": ORDER.final_due_at + 60 * DAY_MS}}, "extension_too_long",
        {"fields": {"until_at": ORDER.final_due_at + DAY_MS}},
    ),
    "granted_fits": (
        {"fields": {"granted": True, "until_at": ORDER.final_due_at}}, "extension_not_later",
        {"fields": {"granted": True}, "applied_until_at": ORDER.final_due_at + DAY_MS},
    ),
    "other_than_applicant": ({"applicant": "me"}, "ruled_by_applicant", {"applicant": "another"}),
    "target_ahead": ({"fields": {"target_at": NOW}}, "target_in_the_past", {"fields": {"target_at": NOW + 1}}),
    "unresolved_explained": (
        {"fields": {"resolved": False}}, "fields_missing", {"fields": {"resolved": False, "unresolved_reason": "x"}},
    ),
    "called_back": (
        {"calls": tuple(call(n, "no_answer", "2026-11-23") for n in (1, 2, 3))}, "not_called_back",
        {"calls": tuple(call(n, "no_answer", f"2026-11-2{n}") for n in (1, 2, 3))},
    ),
    "dissatisfied_once_is_redone": (
        {"calls": (call(1, "answered", "2026-11-23", satisfaction="dissatisfied"),)}, "redo_first",
        {"calls": (call(1, "answered", "2026-11-23", resolved=False),), "earlier_answers": 1},
    ),
    "merged_called_back": ({"uncalled": ("G0002",)}, "merged_not_called_back", {}),
    "supervision_answered": ({"unanswered": ("督001",)}, "supervision_unanswered", {}),
    "mediation_tried": (
        {"details": {"mediation_eligible": True, "mediations": 0}}, "mediation_first",
        {"details": {"mediation_eligible": True, "mediations": 1}},
    ),
    "confirmation_in_time": (
        {"matter": DISPUTE, "now": NOW + 31 * DAY_MS}, "confirmation_too_late", {"matter": DISPUTE, "now": NOW},
    ),
}  # fmt: skip


@pytest.mark.parametrize("guard", sorted(GUARDS))
def test_every_guard_refuses_in_words_and_lets_pass(guard: str) -> None:
    refused, code, passed = CASES[guard]
    found = stands_against(facts(guard, **refused))
    assert isinstance(found, Refused)
    assert found.code == code
    for language in ("zh", "en"):
        assert text(found.key, language, **found.params)
    assert stands_against(facts(guard, **passed)) is None


def test_every_guard_is_used_and_every_used_guard_exists() -> None:
    used = {name for machine in MACHINES.values() for row in machine.transitions for name in row.guards}
    assert used == set(GUARDS) == set(CASES)


@machines
def test_everything_that_a_table_names_has_a_name(machine: Machine) -> None:
    for row in machine.transitions:
        assert row.act in STEP_WORDS, row.act
        assert row.who, row
        for name in (*row.required, *row.optional):
            assert name in FIELD_KINDS
            assert name in FIELD_WORDS
            assert text(f"field.{name}")
    for stage, clocks in machine.clocks.items():
        assert stage in STAGE_WORDS
        assert all(one in DUE_WORDS and one in OWNER for one in clocks)
        assert all(text(f"desk.due_for.{one}") for one in clocks)


@machines
def test_a_clock_is_held_only_where_pauses_are_allowed(machine: Machine) -> None:
    assert set(machine.pauses) <= set(PAUSING_STAGES)
    for row in machine.transitions:
        change = machine.clock_change(row)
        assert bool(change.pauses) <= (row.target in PAUSING_STAGES)
        assert bool(change.resumes) <= (row.source in PAUSING_STAGES)


@machines
@given(data=st.data())
def test_after_any_walk_the_running_clocks_are_what_its_steps_started_and_did_not_stop(
    machine: Machine, data: st.DataObject
) -> None:
    stage = machine.line[0]
    running, held = set(machine.clocks[stage]), set()
    for _ in range(data.draw(st.integers(0, 25))):
        if stage in machine.terminal:
            break
        row = data.draw(st.sampled_from(machine.exits(stage)))
        change = machine.clock_change(row)
        running |= set(change.starts) | set(change.resumes)
        running -= set(change.stops) | set(change.pauses)
        held = (held | set(change.pauses)) - set(change.resumes)
        stage = row.target
        assert running == set(machine.clocks.get(stage, ()))
        assert bool(running) == (stage not in machine.terminal), "no open matter without a clock"
        assert held >= set(machine.pauses.get(stage, ()))


@machines
@settings(max_examples=60)
@given(data=st.data())
def test_no_child_ends_after_its_matter_and_each_clock_has_steps(
    machine: Machine, data: st.DataObject
) -> None:
    stage = data.draw(st.sampled_from(sorted(set(machine.line) - machine.terminal)))
    urgency = data.draw(st.integers(1, 4))
    dispatched_at = NOW - data.draw(st.integers(0, 40)) * DAY_MS
    stage_at = dispatched_at + data.draw(st.integers(0, 80)) * HOUR_MS
    matter = matter_in(
        machine.kind,
        stage,
        urgency=urgency,
        dispatched_at=dispatched_at,
        opened_at=dispatched_at,
        stage_at=stage_at,
    )
    clocks = {one.purpose: one for one in wanted_for_matter(matter, POLICIES, PACK.calendar)}
    assert clocks
    for one in clocks.values():
        assert one.anchor_at <= one.objective_at
        steps = POLICIES.steps(one.applies_to, one.stage, urgency)
        assert steps[0].policy_id != "net", (one.applies_to, one.stage, "has no policy of the city")
    final = next((one for name, one in clocks.items() if name in FINAL_PURPOSES), None)
    if final is not None and "mediate" in clocks and final.objective_at > stage_at:
        assert clocks["mediate"].objective_at <= final.objective_at


@machines
def test_a_stage_that_pauses_says_so_and_a_closed_matter_pauses_nothing(machine: Machine) -> None:
    for stage in machine.clocks:
        assert pausing_stage(matter_in(machine.kind, stage)) == (stage if stage in machine.pauses else None)
        assert pausing_stage(matter_in(machine.kind, stage, closed_at=NOW)) is None


@given(
    left=st.integers(1, 40 * 24),
    paused=st.integers(0, 90 * 24),
    begins=st.integers(0, 24 * 7),
    working=st.booleans(),
)
def test_a_pause_gives_back_exactly_what_was_left(left: int, paused: int, begins: int, working: bool) -> None:
    calendar = PACK.calendar
    began_at = NOW + begins * HOUR_MS
    due_at = calendar.add_working_ms(began_at, left * HOUR_MS) if working else began_at + left * HOUR_MS
    ended_at = began_at + paused * HOUR_MS
    after = shifted(due_at, began_at, ended_at, working, calendar)
    measure = calendar.working_ms_between if working else lambda a, b: b - a
    assert measure(ended_at, after) == measure(began_at, due_at) == left * HOUR_MS


@given(overdue=st.integers(0, 1_000), paused=st.integers(0, 1_000), working=st.booleans())
def test_a_pause_forgives_nothing_that_was_overdue(overdue: int, paused: int, working: bool) -> None:
    due_at = NOW - overdue * HOUR_MS
    assert shifted(due_at, NOW, NOW + paused * HOUR_MS, working, PACK.calendar) == due_at


def test_only_suspensions_move_an_end_that_is_counted_anew() -> None:
    def pause(n: int, stage: str, counted: bool) -> Pause:
        return Pause("m", n, stage, NOW, "o", "王", "", None, NOW + DAY_MS, "o", counted)

    pauses = [pause(1, "SUPPLEMENT", True), pause(2, "EXTENSION_APPLIED", True), pause(3, "SUSPENDED", True)]
    assert with_pauses(NOW + HOUR_MS, pauses, False, PACK.calendar) == NOW + HOUR_MS + DAY_MS
    assert with_pauses(NOW + HOUR_MS, [pause(1, "SUSPENDED", False)], False, PACK.calendar) == NOW + HOUR_MS


@given(
    value=st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers(), max_size=2))
)
def test_a_field_is_kept_only_when_it_is_of_its_kind(value: Any) -> None:
    row = Transition("A", "B", "x", frozenset(), tuple(FIELD_KINDS))
    for name, kind in FIELD_KINDS.items():
        wrong = name in malformed(row, {name: value})
        if value in (None, "", []):
            assert not wrong
            assert name not in kept(row, {name: value})
        elif kind == "flag":
            assert wrong == (not isinstance(value, bool))
        elif isinstance(value, bool | list):
            assert wrong


def test_details_that_are_not_an_object_are_no_details() -> None:
    assert details_of(replace(ORDER, details="[1]")) == {}
    assert details_of(replace(ORDER, details="")) == {}


def test_the_document_of_the_machines_is_the_code() -> None:
    assert PLACE.read_text(encoding="utf-8") == document(), "run: python -m tools.make_machines_doc"
