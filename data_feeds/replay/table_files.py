"""Recorded tables: CSV, gzipped or not, read row by row with the row's number in every complaint."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, TypeVar

from data_feeds.replay.timed import RecordingError

Value = TypeVar("Value")


class Row:
    """One row; reading a cell that is not there or not readable names the file, the row and the column."""

    def __init__(self, file: str, number: int, cells: dict[str, str]) -> None:
        self.number = number
        self._file = file
        self._cells = cells

    def text(self, column: str) -> str:
        """Return a cell without its outer blanks, "" where it is empty."""
        try:
            return self._cells[column].strip()
        except (KeyError, AttributeError):
            raise self.error(column, "is missing") from None

    def number_in(self, column: str, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        number = self._read(column, float, "is not a number")
        if not low <= number <= high:
            raise self.error(column, f"is not within {low:g} to {high:g}")
        return number

    def whole(self, column: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        number = self._read(column, int, "is not a whole number")
        if not low <= number <= high:
            raise self.error(column, f"is not within {low} to {high}")
        return number

    def moment(self, column: str) -> int:
        """Return the cell's date and time as ms on the recording's own clock; a zone is dropped."""
        moment = self._read(column, datetime.fromisoformat, "is not a date and time")
        return round(moment.replace(tzinfo=UTC).timestamp() * 1000)

    def optional_moment(self, column: str) -> int | None:
        """Return `moment`, None where the cell is empty."""
        return self.moment(column) if self.text(column) else None

    def error(self, column: str, what: str) -> RecordingError:
        """Return the complaint about a cell."""
        return RecordingError(f"{self._file} row {self.number}: {column} {what}")

    def _read(self, column: str, read: Callable[[str], Value], what: str) -> Value:
        try:
            return read(self.text(column))
        except ValueError as error:
            if isinstance(error, RecordingError):
                raise
            raise self.error(column, what) from error


class TableFile:
    """A recorded table: its columns, and its rows as often as asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with self._opened() as text:
                first = text.readline()
        except (OSError, UnicodeDecodeError, EOFError) as error:
            raise RecordingError(f"{path}: {error}") from error
        self._delimiter = ";" if first.count(";") > first.count(",") else ","
        self.columns = tuple(next(csv.reader([first.lstrip("\ufeff")], delimiter=self._delimiter), ()))

    def has(self, *columns: str) -> bool:
        """Say whether the table has all these columns."""
        return set(columns) <= set(self.columns)

    def rows(self) -> Iterator[Row]:
        """Read the rows.

        Raises:
            RecordingError: the file breaks off or is not text.
        """
        try:
            with self._opened() as text:
                reader = csv.DictReader(text, delimiter=self._delimiter)
                for cells in reader:
                    yield Row(self.path.name, reader.line_num, cells)
        except (OSError, UnicodeDecodeError, EOFError, csv.Error) as error:
            raise RecordingError(f"{self.path}: {error}") from error

    def _opened(self) -> AbstractContextManager[TextIO]:
        if self.path.suffix == ".gz":
            return gzip.open(self.path, "rt", encoding="utf-8-sig", newline="")
        return self.path.open(encoding="utf-8-sig", newline="")
