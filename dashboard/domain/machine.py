"""A state machine as a table: what may follow what, by which act, by whom, and what must be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.refusal import Refused
from dashboard.domain.words import FIELD_WORDS, ROLE_WORDS, STAGE_WORDS, both, listed

OFFICERS = frozenset({"duty_officer", "duty_leader", "commander"})
UNIT = frozenset({"unit_liaison"}) | OFFICERS
LEADERS = frozenset({"duty_leader", "commander"})


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: from `source` to `target` when `act` happens, by a role in `who`, with `required` fields filled."""

    source: str
    target: str
    act: str
    who: frozenset[str]
    required: tuple[str, ...] = ()


class Machine:
    """The states of one kind of matter.

    Args:
        kind: order, event or dispute.
        line: the usual way from first to last state; a state's place on it says what is further along.
        terminal: states that end the matter.
        transitions: the table.
    """

    def __init__(
        self, kind: str, line: tuple[str, ...], terminal: frozenset[str], transitions: Iterable[Transition]
    ) -> None:
        self.kind = kind
        self.line = line
        self.terminal = terminal
        self.transitions = tuple(transitions)
        self._by_edge = {(one.source, one.target): one for one in self.transitions}
        self.states = (
            frozenset(line) | terminal | {s for one in self.transitions for s in (one.source, one.target)}
        )
        self._place = {state: place for place, state in enumerate(line)}

    def find(self, source: str, target: str) -> Transition | None:
        """Return the row from one state to another, None when the table has none."""
        return self._by_edge.get((source, target))

    def exits(self, source: str) -> tuple[Transition, ...]:
        """Return every row that leads out of a state."""
        return tuple(one for one in self.transitions if one.source == source)

    def check(self, source: str, target: str, role: str, fields: Mapping[str, Any]) -> Refused | None:
        """Say why a person may not take a matter from `source` to `target`, None if nothing stands against it."""
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
