"""What agents are to say on a matter of the day (口径): text by an officer, in versions, read by each seat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST: Final = 300  # characters: an agent reads it while the citizen speaks
MOST: Final = 20  # that hold at once in a place: more nobody has in mind
READERS_AT_ONCE: Final = 500  # seats that a call hall may report in one go
AGENT: Final = "agent:"
OFFICER: Final = "officer:"


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording as it stands; instants UTC ms.

    Args:
        place: division that it is about; the city's for all of it.
        category: topic that it answers, "" for any.
        version: counts from 1; a reader has read a version, never "the wording".
        ended_at: None while it holds.
    """

    id: str
    place: str
    category: str
    version: int
    text: str
    given_at: int
    given_by: str
    given_name: str
    ended_at: int | None = None
    ended_name: str = ""
    ended_reason: str = ""

    @property
    def holds(self) -> bool:
        """Say whether agents are to go by it."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class WordingRead:
    """Who has read a version and when; `reader` is `agent:` and a seat, or an officer's id."""

    reader: str
    name: str
    read_at: int
