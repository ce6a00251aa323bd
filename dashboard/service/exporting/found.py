"""What looking for a table's rows gives: how many there are, and the rows as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Period:
    """[from_at, until_at) in UTC ms."""

    from_at: int
    until_at: int


@dataclass(frozen=True, slots=True)
class Found:
    """`count` rows; `rows()` reads them page by page, so that none is held."""

    count: int
    rows: Callable[[], Iterator[Row]]
