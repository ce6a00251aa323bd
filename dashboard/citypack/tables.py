"""CSV tables read cell by cell: a bad cell is noted with file and row, and reading goes on."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from dashboard.citypack.faults import FaultList

Number = TypeVar("Number", int, float)


class Row:
    """One row of a table. Reading a bad cell notes a fault, clears `is_good` and returns a stand-in."""

    def __init__(self, table: Table, number: int, cells: dict[str, str]) -> None:
        self._table = table
        self._cells = cells
        self.number = number
        self.is_good = True

    @property
    def file(self) -> str:
        """The table's file name."""
        return self._table.file

    def fault(self, fault_code: str, /, **params: object) -> None:
        """Note a fault of this row."""
        self.is_good = False
        self._table.faults.add(self.file, self.number, fault_code, **params)

    def text(self, column: str, longest: int | None = None) -> str:
        """Return a cell that must have text, of at most `longest` characters."""
        value = self._cells[column].strip()
        if not value:
            self.fault("cell_empty", column=column)
        elif longest is not None and len(value) > longest:
            self.fault("cell_long", column=column, limit=longest, value=value[:longest])
        return value

    def optional(self, column: str) -> str | None:
        """Return a cell's text, None when it is empty."""
        return self._cells[column].strip() or None

    def parts(self, column: str) -> tuple[str, ...]:
        """Return a cell's parts between semicolons; empty parts are dropped."""
        return tuple(part.strip() for part in self._cells[column].split(";") if part.strip())

    def choice(self, column: str, choices: Collection[str]) -> str:
        """Return a cell that must be one of `choices`."""
        value = self._cells[column].strip()
        if value not in choices:
            self.fault("cell_choice", column=column, choices=" ".join(sorted(choices)), value=value)
        return value

    def character(self, column: str) -> str:
        """Return a cell that must be a single character."""
        value = self._cells[column].strip()
        if len(value) != 1:
            self.fault("cell_one_character", column=column, value=value)
        return value

    def decimal(self, column: str, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        return self._within(column, low, high, float, math.nan)

    def whole(self, column: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        return self._within(column, low, high, int, low)

    def optional_decimal(self, column: str, low: float, high: float) -> float | None:
        """Return a number from `low` to `high`, None when the cell is empty."""
        return None if self.optional(column) is None else self.decimal(column, low, high)

    def optional_whole(self, column: str, low: int, high: int) -> int | None:
        """Return a whole number from `low` to `high`, None when the cell is empty."""
        return None if self.optional(column) is None else self.whole(column, low, high)

    def flag(self, column: str) -> bool:
        """Return a cell that must be 1 or 0."""
        return self.choice(column, ("0", "1")) == "1"

    def day(self, column: str) -> date:
        """Return a cell that must be a date like 2026-10-01."""
        value = self._cells[column].strip()
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fault("cell_date", column=column, value=value)
            return date.min

    def _within(
        self, column: str, low: Number, high: Number, read: Callable[[str], Number], stand_in: Number
    ) -> Number:
        value = self._cells[column].strip()
        try:
            number = read(value)
        except ValueError:
            self.fault("cell_number", column=column, value=value)
            return stand_in
        if not low <= number <= high:  # also catches "nan"
            self.fault("cell_range", column=column, low=low, high=high, value=value)
            return stand_in
        return number


class Table:
    """A CSV file (UTF-8, byte order mark allowed) with exactly the columns asked for, in any order."""

    def __init__(self, folder: Path | None, file: str, columns: Sequence[str], faults: FaultList) -> None:
        self.file = file
        self.faults = faults
        self._rows = [] if folder is None else self._read(folder / file, columns)

    @classmethod
    def of_cells(cls, file: str, rows: Sequence[dict[str, str]], faults: FaultList) -> Table:
        """Return a table of rows that are already in memory, counted as in a file of that name."""
        table = cls(None, file, (), faults)
        table._rows = [Row(table, number, dict(cells)) for number, cells in enumerate(rows, start=2)]
        return table

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _read(self, path: Path, columns: Sequence[str]) -> list[Row]:
        try:
            content = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            self.faults.add(self.file, None, "file_missing")
            return []
        except UnicodeDecodeError as error:
            self.faults.add(self.file, None, "file_not_text", offset=error.start)
            return []
        reader = csv.reader(io.StringIO(content, newline=""))
        try:
            header = [name.strip() for name in next(reader, [])]
            if not self._columns_fit(header, columns):
                return []
            rows = []
            for cells in reader:
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    self.faults.add(self.file, reader.line_num, "row_width")
                    continue
                rows.append(Row(self, reader.line_num, dict(zip(header, cells, strict=True))))
        except csv.Error as error:
            self.faults.add(self.file, reader.line_num, "file_broken", reason=error)
            return []
        if not rows:
            self.faults.add(self.file, None, "file_empty")
        return rows

    def _columns_fit(self, header: Sequence[str], columns: Sequence[str]) -> bool:
        for column in columns:
            if column not in header:
                self.faults.add(self.file, 1, "column_missing", column=column)
        for column in header:
            if column not in columns:
                self.faults.add(self.file, 1, "column_unknown", column=column, known=" ".join(columns))
        return set(header) == set(columns)
