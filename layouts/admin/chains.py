"""Rows of the policy as chains: the steps that one clock goes through, in order, under the kind of matter it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from layouts.admin.durations import number_of

Cells = Mapping[str, str]

# Kinds of clocks that go through the steps of all their stages in one chain: they are asked for without a stage
# (`dashboard.domain.clocks`). Every other kind has one chain for each stage.
OVER_ALL_STAGES: Final = frozenset(
    {"whistle_receiver", "whistle", "dispatch_receiver", "duty_alarm", "decline", "decision"}
)
URGENCIES: Final = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain. `stage` is "" where it runs over all stages, `urgency` "" where it is for all that have no own chain.

    `removed` are published steps that the draft takes out; `others` the urgencies of the same clock that have a chain
    of their own.
    """

    applies_to: str
    stage: str
    urgency: str
    steps: tuple[Cells, ...]
    removed: tuple[Cells, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the chain among all."""
        return f"{self.applies_to}|{self.stage}|{self.urgency}"

    @property
    def urgencies(self) -> tuple[str, ...]:
        """The urgencies that go by this chain."""
        if self.urgency:
            return (self.urgency,)
        return tuple(one for one in URGENCIES if one not in self.others)


@dataclass(slots=True)
class _Gathered:
    steps: list[Cells] = field(default_factory=list)
    removed: list[Cells] = field(default_factory=list)


def chain_key(row: Cells) -> str:
    """Return the key of the chain that a row belongs to."""
    stage = "" if row["applies_to"] in OVER_ALL_STAGES else row["stage"]
    return f"{row['applies_to']}|{stage}|{row['urgency']}"


def chains_of(rows: Iterable[Cells], removed: Iterable[Cells] = ()) -> tuple[Chain, ...]:
    """Return the chains of a table in the order of its rows, those of one clock by urgency."""
    found: dict[str, _Gathered] = {}
    for row in rows:
        found.setdefault(chain_key(row), _Gathered()).steps.append(row)
    for row in removed:
        found.setdefault(chain_key(row), _Gathered()).removed.append(row)
    place: dict[str, int] = {}
    for key in found:
        place.setdefault(key.rpartition("|")[0], len(place))
    chains = []
    for key in sorted(found, key=lambda one: (place[one.rpartition("|")[0]], one.rpartition("|")[2] or "9")):
        clock, _, urgency = key.rpartition("|")
        applies_to, _, stage = clock.partition("|")
        others = tuple(one for one in URGENCIES if one != urgency and f"{clock}|{one}" in found)
        steps = tuple(sorted(found[key].steps, key=step_number))
        chains.append(Chain(applies_to, stage, urgency, steps, tuple(found[key].removed), others))
    return tuple(chains)


def step_number(row: Cells) -> int:
    """Return a row's number in its chain; one that cannot be read stands first, with its error."""
    return int(row["step"]) if row["step"].strip().isdecimal() else 0


def too_early(steps: Sequence[Cells]) -> dict[str, int]:
    """Return policy_id -> place (from 1) of an earlier step that certainly fires later, whatever the limit is.

    Such a step does not fire at its own time but at once after the one before it.
    """
    found: dict[str, int] = {}
    for place, row in enumerate(steps):
        for before in range(place):
            if _is_before(row, steps[before]):
                found[row["policy_id"]] = before + 1
    return found


def _is_before(one: Cells, other: Cells) -> bool:
    if one["clock"] != other["clock"]:
        return False
    is_less = False
    for name in ("share_of_limit", "after_ms"):
        this, that = number_of(one[name] or "0"), number_of(other[name] or "0")
        if this is None or that is None or this > that:
            return False
        is_less = is_less or this < that
    return is_less
