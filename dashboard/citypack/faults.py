"""What is wrong with a city pack, said with file and row so that whoever keeps the tables can mend it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
TEXTS = Path(__file__).with_name("fault_texts.json")


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return texts


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `row` counts as a spreadsheet does (the header is row 1), None for a whole file."""

    file: str
    row: int | None
    code: str
    params: tuple[tuple[str, str], ...]

    def param(self, name: str) -> str:
        """Return one parameter of the fault. Raises KeyError."""
        return dict(self.params)[name]

    def text(self, lang: Language = "zh") -> str:
        """Say file, row and fault in one line."""
        said = _texts()[self.code][lang].format(**dict(self.params))
        if self.row is None:
            where = self.file
        else:
            where = f"{self.file} 第 {self.row} 行" if lang == "zh" else f"{self.file} row {self.row}"
        return f"{where}：{said}" if lang == "zh" else f"{where}: {said}"


class PackError(ValueError):
    """A pack has faults; `faults` lists every one that could be found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(fault.text("en") for fault in faults))
        self.faults = faults


class FaultList:
    """Collects faults while the rest of the pack is still read, so that one run tells everything."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, file: str, row: int | None, code: str, /, **params: object) -> None:
        """Note one fault; its text must exist."""
        if code not in _texts():
            raise KeyError(f"no text for the fault {code}")
        said = tuple((name, str(value)) for name, value in params.items())
        self._faults.append(Fault(file, row, code, said))

    def __len__(self) -> int:
        return len(self._faults)

    def as_tuple(self) -> tuple[Fault, ...]:
        """Return the faults by file and row."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.file, fault.row or 0)))
