"""Reads what the administrators' page sends. The browser is not believed: every field is checked for its type."""

from __future__ import annotations

from typing import Any

MOST_ROWS = 1_000
LONGEST = 500


class Malformed(ValueError):
    """A field of the wrong kind; nothing was done."""


def text_of(value: object) -> str:
    """Return a written field; nothing written is an empty text."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or "\x00" in value:
        raise Malformed("text")
    return value.strip()


def rows_of(value: object) -> list[dict[str, str]]:
    """Return a table's rows with every cell as its text: a grid sends numbers where digits were typed."""
    if (
        not isinstance(value, list)
        or len(value) > MOST_ROWS
        or not all(isinstance(one, dict) for one in value)
    ):
        raise Malformed("rows")
    return [{str(name)[:40]: _cell(cell) for name, cell in row.items()} for row in value]


def version_of(value: object) -> tuple[int, str]:
    """Return the version that the table shows, and the key of its publication."""
    data: Any = value
    if not isinstance(data, dict):
        raise Malformed("version")
    version, key = data.get("version"), data.get("key")
    if (
        isinstance(version, bool)
        or not isinstance(version, int)
        or not isinstance(key, str)
        or not 8 <= len(key) <= 64
    ):
        raise Malformed("version")
    return version, key


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Malformed("cell")
    said = f"{value:g}" if isinstance(value, float) else str(value)
    if len(said) > LONGEST or "\x00" in said:
        raise Malformed("cell")
    return said
