"""A matter's whole life, drawn when it is born: what its platform will say of it, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, the fields of the reading have these values."""

    at: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """What never changes, and the steps in order; the first step is the birth.

    `closed_at` is None for one that is never closed.
    """

    number: str
    fixed: Mapping[str, Any]
    steps: tuple[Step, ...]
    closed_at: int | None

    @property
    def born_at(self) -> int:
        """When the platform first says anything."""
        return self.steps[0].at

    def is_open(self, now: int) -> bool:
        """Say whether it lives at an instant."""
        return self.born_at <= now and (self.closed_at is None or now < self.closed_at)

    def reading(self, now: int) -> dict[str, Any] | None:
        """Return the whole reading as the platform has it at `now`, None before the birth."""
        said = dict(self.fixed)
        for step in self.steps:
            if step.at > now:
                break
            said.update(step.fields)
        return said if self.born_at <= now else None

    def ahead(self, now: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (instant, reading) for each step after `now`."""
        said = dict(self.fixed)
        for step in self.steps:
            said = {**said, **step.fields}
            if step.at > now:
                yield step.at, said
