"""Escalation policies as rows: what happens when a clock has run so far, and who must act then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.citypack.faults import Fault, FaultList
from dashboard.citypack.limits import Limits
from dashboard.citypack.tables import Table
from dashboard.domain.workdays import WorkingCalendar

COLUMNS = (
    "policy_id", "applies_to", "stage", "urgency", "step", "unless", "clock", "after_ms", "share_of_limit",
    "name", "name_en", "tell", "means", "must_act", "card", "raise_to_level", "repeat_ms", "source",
)  # fmt: skip
APPLIES_TO = (
    "whistle_receiver",
    "whistle",
    "dispatch_receiver",
    "order",
    "event",
    "dispute",
    "supervision",
    "district",
    "duty_alarm",
    "decline",
    "decision",
    "booking",
)
ROLES = (
    "unit_duty", "unit_liaison", "unit_head", "duty_officer", "duty_leader", "commander", "leader",
    "receiver", "decider", "grid_chief",
)  # fmt: skip
MEANS = ("screen", "sound", "unit_page", "sms", "phone", "webhook")
CARDS = ("none", "amber", "yellow", "red")
# The mark that ends a step before it fires: the receiver or the matter has got that far.
UNLESS = (
    "read", "accepted", "arrived", "done", "resolved", "dispatched", "signed", "on_site", "replied",
    "reviewed", "called_back", "ruled", "verified", "assigned", "closed", "checked", "acknowledged", "answered",
)  # fmt: skip
CHOICES = {
    "applies_to": APPLIES_TO, "unless": UNLESS, "clock": ("elapsed", "working"), "must_act": ROLES, "card": CARDS,
    "tell": ROLES, "means": MEANS,
}  # fmt: skip
"""Columns that hold words of a few; tell and means several of them."""
LONGEST_MS = 400 * 86_400_000
URGENCIES = (1, 2, 3, 4)
MOST_ROWS = 1_000  # of one version: the city's own has a hundred; every firing reads them
LONGEST_ID, LONGEST_STAGE = 60, 24  # what the columns of the store hold (`policy_steps`)


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One step. It fires at start + `share_of_limit` x limit + `after_ms`, on the elapsed or working clock,
    unless the mark `unless` was reached before, and again every `repeat_ms` while nobody acknowledges it.

    `urgency` is None where the step holds for all. `raise_to_level`: 0 none, 1 reminder, 2 unit head,
    3 duty leader, 4 leader on duty. `after_ms` may be negative: so long before the limit ends.
    """

    policy_id: str
    applies_to: str
    stage: str
    urgency: int | None
    step: int
    unless: str
    clock: str
    after_ms: int
    share_of_limit: float
    name: str
    name_en: str
    tell: tuple[str, ...]
    means: tuple[str, ...]
    must_act: str
    card: str
    raise_to_level: int
    repeat_ms: int | None
    source: str

    def fires_at(self, start_at: int, due_at: int, calendar: WorkingCalendar) -> int:
        """Return the instant (UTC ms) of the step for a clock from `start_at` to `due_at`."""
        if self.clock == "elapsed":
            return start_at + round((due_at - start_at) * self.share_of_limit) + self.after_ms
        if self.share_of_limit == 1:
            at = due_at
        else:
            limit_ms = calendar.working_ms_between(start_at, due_at)
            at = calendar.add_working_ms(start_at, round(limit_ms * self.share_of_limit))
        return calendar.add_working_ms(at, self.after_ms) if self.after_ms else at


class Policies:
    """Every step of every policy."""

    def __init__(self, steps: Iterable[PolicyStep]) -> None:
        self._steps = tuple(steps)

    def __iter__(self) -> Iterator[PolicyStep]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def get(self, policy_id: str) -> PolicyStep | None:
        """Return one step by its id."""
        return next((step for step in self._steps if step.policy_id == policy_id), None)

    def steps(
        self, applies_to: str, stage: str | None = None, urgency: int | None = None
    ) -> tuple[PolicyStep, ...]:
        """Return the steps for a kind of clock in order; steps of one urgency replace those for all."""
        fitting = [
            step
            for step in self._steps
            if step.applies_to == applies_to
            and stage in (None, step.stage)
            and step.urgency in (None, urgency)
        ]
        exact = {step.stage for step in fitting if step.urgency is not None}
        chosen = [step for step in fitting if step.urgency is not None or step.stage not in exact]
        return tuple(sorted(chosen, key=lambda step: step.step))


def read_policies(table: Table, limits: Limits) -> Policies:
    """Read policies.csv, noting every fault."""
    ids: dict[str, int] = {}
    places: dict[tuple[object, ...], str] = {}
    found: list[PolicyStep] = []
    for row in table:
        if row.optional("after_ms") is None and row.optional("share_of_limit") is None:
            row.fault("policy_without_time", policy=row.text("policy_id"))
        step = PolicyStep(
            policy_id=row.text("policy_id", LONGEST_ID),
            applies_to=row.choice("applies_to", APPLIES_TO),
            stage=row.text("stage", LONGEST_STAGE),
            urgency=row.optional_whole("urgency", 1, 4),
            step=row.whole("step", 1, 99),
            unless=row.choice("unless", UNLESS),
            clock=row.choice("clock", ("elapsed", "working")),
            after_ms=row.optional_whole("after_ms", -LONGEST_MS, LONGEST_MS) or 0,
            share_of_limit=row.optional_decimal("share_of_limit", 0, 10) or 0.0,
            name=row.text("name"),
            name_en=row.text("name_en"),
            tell=row.parts("tell"),
            means=row.parts("means"),
            must_act=row.choice("must_act", ROLES),
            card=row.choice("card", CARDS),
            raise_to_level=row.whole("raise_to_level", 0, 4),
            repeat_ms=row.optional_whole("repeat_ms", 60_000, LONGEST_MS),
            source=row.text("source"),
        )
        for column, words, known in (("tell", step.tell, ROLES), ("means", step.means, MEANS)):
            if not words:
                row.fault("cell_empty", column=column)
            for word in words:
                if word not in known:
                    row.fault("role_unknown", column=column, role=word, known=" ".join(known))
        if step.policy_id in ids:
            row.fault("code_twice", code=step.policy_id, first_file=row.file, first_row=ids[step.policy_id])
        ids.setdefault(step.policy_id, row.number)
        key = (step.applies_to, step.stage, step.urgency, step.step)
        if key in places:
            row.fault(
                "policy_step_twice", kind=step.applies_to, stage=step.stage, urgency=step.urgency or "-",
                step=step.step, first=places[key],
            )  # fmt: skip
        places.setdefault(key, step.policy_id)
        staged = step.applies_to in ("order", "event", "dispute", "supervision")
        if staged and not limits.has_stage(step.applies_to, step.stage):
            row.fault("policy_nowhere", policy=step.policy_id, kind=step.applies_to, stage=step.stage)
        if row.is_good:
            found.append(step)
    return Policies(found)


def check_policies(
    rows: Sequence[dict[str, str]], limits: Limits, must_cover: Policies
) -> tuple[Policies, tuple[Fault, ...]]:
    """Read steps from cells (one dict of `COLUMNS` per row) as the pack's file is read; returns steps and faults.

    A kind of clock that has steps in `must_cover`, at an urgency, must keep at least one: nothing may go quiet.
    """
    faults = FaultList()
    if len(rows) > MOST_ROWS:
        faults.add("policies.csv", None, "policy_rows", limit=MOST_ROWS, count=len(rows))
        return Policies(()), faults.as_tuple()
    table = Table.of_cells("policies.csv", rows, faults)
    found = read_policies(table, limits)
    if not faults:
        for applies_to, stage in dict.fromkeys((one.applies_to, one.stage) for one in must_cover):
            gone = [
                urgency
                for urgency in URGENCIES
                if must_cover.steps(applies_to, stage, urgency)
                and not found.steps(applies_to, stage, urgency)
            ]
            if gone:
                where: dict[str, object] = {"kind": applies_to, "stage": stage or "-"}
                where["urgency"] = " ".join(map(str, gone))
                faults.add("policies.csv", None, "policy_chain_gone", **where)
    return found, faults.as_tuple()


def read_cells(file: Path, columns: Sequence[str]) -> tuple[list[dict[str, str]], tuple[Fault, ...]]:
    """Return the rows of a CSV file as cells, unread, and what is wrong with the file as a table."""
    faults = FaultList()
    table = Table(file.parent, file.name, columns, faults)
    return [{name: row.optional(name) or "" for name in columns} for row in table], faults.as_tuple()


def cells_of(step: PolicyStep) -> dict[str, str]:
    """Return a step as the cells of its row, so that reading them gives the same step."""
    return {name: _cell(getattr(step, name)) for name in COLUMNS}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
