"""What is asked of the wordings: one frozen value per act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GiveWording:
    """Tell agents what to say of a place ("" for the officer's own jurisdiction) and a topic ("" for any)."""

    text: str
    place: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class ReviseWording:
    """Change what they are to say; everybody has to read it anew."""

    wording_id: str
    text: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class EndWording:
    """It holds no longer."""

    wording_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadWording:
    """The officer has read the version that holds; another one is refused."""

    wording_id: str
    version: int


@dataclass(frozen=True, slots=True)
class ReportWordingReads:
    """A call hall says which of its seats have read the version that holds."""

    wording_id: str
    version: int
    agents: tuple[str, ...]
