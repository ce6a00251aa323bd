"""Numbers that people say aloud: G0417, N2207, 哨03, 令0132, 批02."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from dashboard.store.store import advance


def matter_numbers(connection: Connection, prefix: str, count: int) -> list[str]:
    """Return the next `count` numbers of a kind of matter; they never repeat."""
    last = advance(connection, f"matter:{prefix}", count)
    return [f"{prefix}{number:04d}" for number in range(last - count + 1, last + 1)]


def command_number(connection: Connection, kind: str, day: date) -> str:
    """Return the next whistle, instruction or command number of a local day."""
    number = advance(connection, f"{kind}:{day.isoformat()}")
    if kind == "instruction":
        return f"批{number:02d}"
    return f"哨{number:02d}" if kind == "whistle" else f"令{number:04d}"


def supervision_number(connection: Connection, level: str, day: date) -> str:
    """Return the next number of a reminder (催) or a supervision order (督) of a local day."""
    number = advance(connection, f"supervision:{level}:{day.isoformat()}")
    return f"催{number:03d}" if level == "urge" else f"督{number:03d}"
