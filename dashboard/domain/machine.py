"""A state machine as a table: what may follow what, by which act, by whom, what must be filled in, and what stands
against it. Which clocks run is a fact of the states; what a step starts, stops and pauses follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.refusal import Refused
from dashboard.domain.words import FIELD_WORDS, ROLE_WORDS, STAGE_WORDS, both, listed

OFFICERS = frozenset({"duty_officer", "duty_leader", "commander"})
UNIT = frozenset({"unit_liaison"}) | OFFICERS
FIELD = frozenset({"grid_worker"}) | UNIT
LEADERS = frozenset({"duty_leader", "commander"})
CHECKERS = frozenset({"grid_worker"}) | OFFICERS
"""Who looks whether work was done: never the unit that did it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One open state: the clocks that run while a matter is in it, and those that stand still meanwhile."""

    code: str
    clocks: tuple[str, ...]
    pauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from `source` to `target` when `act` happens, by a role in `who`, with `required` fields filled.

    `guards` name the rules of `dashboard.domain.guards` that must hold besides; `optional` fields may be filled in.
    """

    source: str
    target: str
    act: str
    who: frozenset[str]
    required: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a step does to the matter's clocks, by purpose."""

    starts: tuple[str, ...]
    stops: tuple[str, ...]
    pauses: tuple[str, ...]
    resumes: tuple[str, ...]


class Machine:
    """The states of one kind of matter.

    Args:
        kind: order, event or dispute.
        stages: the open states, in the usual order from first to last; a state's place says what is further along.
        terminal: states that end the matter.
        transitions: the table.
        closed: the end that needs proof; also the last place on the line.
    """

    def __init__(
        self, kind: str, stages: tuple[Stage, ...], terminal: frozenset[str], transitions: Iterable[Transition],
        closed: str = "CLOSED",
    ) -> None:  # fmt: skip
        self.kind = kind
        self.line = (*(one.code for one in stages), closed)
        self.terminal = terminal
        self.closed = closed
        self.transitions = tuple(transitions)
        self.clocks = {one.code: one.clocks for one in stages}
        self.pauses = {one.code: one.pauses for one in stages if one.pauses}
        self._by_edge = {(one.source, one.target): one for one in self.transitions}
        self.states = (
            frozenset(self.line)
            | terminal
            | {s for one in self.transitions for s in (one.source, one.target)}
        )
        self._place = {state: place for place, state in enumerate(self.line)}

    def find(self, source: str, target: str) -> Transition | None:
        """Return the row from one state to another, None when the table has none."""
        return self._by_edge.get((source, target))

    def exits(self, source: str) -> tuple[Transition, ...]:
        """Return every row that leads out of a state."""
        return tuple(one for one in self.transitions if one.source == source)

    def clock_change(self, row: Transition) -> ClockChange:
        """Return what a step starts, stops, pauses and resumes; a step that stays restarts its state's clocks."""
        before, after = self.clocks.get(row.source, ()), self.clocks.get(row.target, ())
        held, holds = self.pauses.get(row.source, ()), self.pauses.get(row.target, ())
        stays = row.source == row.target
        return ClockChange(
            starts=tuple(one for one in after if stays or (one not in before and one not in held)),
            stops=tuple(one for one in before if not stays and one not in after and one not in holds),
            pauses=tuple(one for one in holds if one not in held),
            resumes=tuple(one for one in held if one not in holds and one in after),
        )

    def check(self, source: str, target: str, role: str, fields: Mapping[str, Any]) -> Refused | None:
        """Say why a person may not take a matter from `source` to `target`, None if nothing in the table does."""
        row = self.find(source, target)
        if row is None:
            allowed = [one.target for one in self.exits(source) if role in one.who]
            named = both(STAGE_WORDS, source, "stage_name") | both(STAGE_WORDS, target, "target_name")
            named |= listed(STAGE_WORDS, allowed, "allowed_names")
            return Refused("no_such_step", {"stage": source, "target": target, "allowed": allowed, **named})
        if role not in row.who:
            who = sorted(row.who)
            return Refused(
                "not_your_step", {"target": target, "who": who, **listed(ROLE_WORDS, who, "who_names")}
            )
        missing = [name for name in row.required if is_blank(fields.get(name))]
        return fields_missing(missing, target) if missing else None

    def follows_source(self, current: str, said: str) -> bool:
        """Say whether the source's newly said state moves the matter on from where it stands here.

        A listed step is always followed, also backwards (review rejects). Otherwise only forward along the line:
        a lagging source must not undo what was done here.
        """
        if said == current or current in self.terminal:
            return False
        if said in self.terminal or self.find(current, said):
            return True
        return self._place.get(said, 0) > self._place.get(current, 0)


def fields_missing(fields: list[str], target: str) -> Refused:
    """Return the refusal that names the fields still to be filled in."""
    return Refused(
        "fields_missing", {"fields": fields, "target": target, **listed(FIELD_WORDS, fields, "names")}
    )


def is_blank(value: Any) -> bool:
    """Say whether a required field was left empty; False and 0 are answers."""
    return value is None or value == "" or value == () or value == []
