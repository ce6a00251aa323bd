"""Reads what the administrators' page sends. The browser is not believed: every field is checked for its type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from layouts.admin.step_form import FIELDS

MOST_ROWS: Final = 1_000
MOST_CODES: Final = 30
MOST_ASKS: Final = 20  # assets/admin/asks.mjs keeps as many
LONGEST: Final = 500
SEVERAL: Final = frozenset({"tell", "means"})


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


def ask_of(value: object) -> tuple[str, str]:
    """Return what a button asked for, and of what."""
    if not isinstance(value, dict):
        raise Malformed("ask")
    return text_of(value.get("ask")), text_of(value.get("of"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One press of a button: its number on the page that was loaded, what it asks for, and of what."""

    number: int
    ask: str
    of: str


@dataclass(frozen=True, slots=True)
class Asks:
    """The newest asks of one load of the page, oldest first; `page` names the load."""

    page: str = ""
    asked: tuple[Ask, ...] = ()

    def after(self, page: str, number: int) -> tuple[Ask, ...]:
        """Return those that came after ask `number` of the load `page`: all of them when that was another load."""
        return tuple(one for one in self.asked if page != self.page or one.number > number)

    @property
    def newest(self) -> int:
        """The number of the newest, 0 when nothing was asked."""
        return max((one.number for one in self.asked), default=0)


def asks_of(value: object) -> Asks:
    """Return everything that the page asked for lately; nothing yet is no ask."""
    if value is None:
        return Asks()
    if not isinstance(value, dict) or not isinstance(value.get("earlier"), list):
        raise Malformed("asks")
    if len(value["earlier"]) >= MOST_ASKS:
        raise Malformed("asks")
    return Asks(text_of(value.get("page")), tuple(_ask(one) for one in (*value["earlier"], value)))


def fields_of(values: Sequence[object]) -> list[Any]:
    """Return the fields of the step's form: texts, or lists of codes where several may be chosen."""
    found: list[Any] = []
    for name, value in zip(FIELDS, values, strict=True):
        if name in SEVERAL:
            if value is not None and not isinstance(value, list):
                raise Malformed(name)
            found.append([text_of(one) for one in (value or [])[:MOST_CODES]])
        else:
            found.append(text_of(value))
    return found


def number_of(written: str) -> int:
    """Return the number of a row; every store has room for it."""
    if not written.isascii() or not written.isdecimal() or len(written) > 15:
        raise Malformed("number")
    return int(written)


def _ask(value: object) -> Ask:
    number = value.get("n") if isinstance(value, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise Malformed("asks")
    return Ask(number, *ask_of(value))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Malformed("cell")
    said = f"{value:g}" if isinstance(value, float) else str(value)
    if len(said) > LONGEST or "\x00" in said:
        raise Malformed("cell")
    return said
