"""Which scenarios were started and when, kept in a file so that a restart goes on with them."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Started(msgspec.Struct, frozen=True):
    """One started scenario."""

    name: str
    started_at: int


def read_started(file: Path) -> list[Started]:
    """Return the scenarios in order of their start, none when there is no file yet.

    Raises:
        msgspec.DecodeError: the file holds something else.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    return msgspec.json.decode(content, type=list[Started])


def write_started(file: Path, started: list[Started]) -> None:
    """Replace the file whole."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(started))
    fresh.replace(file)
