"""What the launcher prints: one line at a time, each with the part that says it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

NAME_WIDTH = 9

_ANSI = {"red": "31", "yellow": "33", "green": "32", "dim": "2", "bold": "1"}


class Output:
    """Prints lines; colours only where a person looks at a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._has_colour = self._stream.isatty()

    def say(self, text: str, colour: str = "") -> None:
        """One line of the launcher itself."""
        self._print("中枢", text, colour)

    def warn(self, text: str) -> None:
        """Something the operator should know."""
        self._print("中枢", text, "yellow")

    def relay(self, name: str, line: str) -> None:
        """One line that part `name` printed."""
        self._print(name, line, "dim")

    def block(self, lines: Iterable[str]) -> None:
        """Lines that belong together and must be found again on a busy terminal."""
        self._stream.write("\n".join(["", *lines, "", ""]))
        self._stream.flush()

    def _print(self, name: str, text: str, colour: str) -> None:
        # 中枢 is two characters and four columns wide
        label = name.ljust(NAME_WIDTH - sum(1 for character in name if ord(character) > 0x2E7F))
        painted = f"\x1b[{_ANSI[colour]}m{text}\x1b[0m" if self._has_colour and colour else text
        self._stream.write(f"{label}│ {painted}\n")
        self._stream.flush()
