"""Which roster device a JT/T 808 terminal is, by the phone number that it names itself with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from dashboard.domain.datum import Datum


class TerminalEntry(Protocol):
    """What the book needs of a terminal's row; `dashboard.service.terminals` returns such rows."""

    @property
    def phone(self) -> str: ...
    @property
    def device_id(self) -> str: ...
    @property
    def terminal_id(self) -> str: ...
    @property
    def plate(self) -> str: ...
    @property
    def datum(self) -> Datum: ...


class TerminalBook:
    """The list of terminals as it was last read.

    Args:
        load: returns the whole list; blocking; raises StoreBusy.
    """

    def __init__(self, load: Callable[[], Sequence[TerminalEntry]]) -> None:
        self._load = load
        self._by_phone: dict[str, TerminalEntry] = {}

    def read(self) -> None:
        """Read the list again; from any thread, `find` sees the old list or the new one."""
        self._by_phone = {entry.phone: entry for entry in self._load()}

    def find(self, phone: str) -> TerminalEntry | None:
        """Return the terminal of a number without the zeros that fill it up."""
        return self._by_phone.get(phone)
