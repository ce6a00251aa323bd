"""A workbook of one sheet, written row by row: its memory does not grow with its rows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any, Final

import xlsxwriter

from dashboard.documents.table import harmless

WIDTH: Final = {"text": 22, "number": 10, "instant": 20}  # characters
_LONGEST_CELL: Final = 32_767  # characters, Excel's own limit


def write_sheet(job: Mapping[str, Any], rows: Iterable[Sequence[Any]], made: IO[bytes]) -> None:
    """Write the workbook.

    Args:
        job: "title" (the sheet's name), "mark" (the watermark: first row, and on every printed page), "heads",
            "kinds" (of each column: text, number or instant).
        rows: cells in the order of the heads.
        made: where the finished file goes.
    """
    handle, name = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    try:
        with xlsxwriter.Workbook(
            name, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            _fill(book, job, rows)
        with open(name, "rb") as file:
            while piece := file.read(1 << 20):
                made.write(piece)
    finally:
        os.unlink(name)


def _fill(book: Any, job: Mapping[str, Any], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(str(job["title"])[:31])
    marked = book.add_format({"italic": True, "font_color": "#5A6975"})
    head = book.add_format({"bold": True, "bottom": 1})
    sheet.set_header("&L" + _printed(job["mark"]))
    sheet.set_footer("&L" + _printed(job["mark"]) + "&R&P / &N")
    sheet.set_landscape()
    sheet.repeat_rows(1)
    for place, kind in enumerate(job["kinds"]):
        sheet.set_column(place, place, WIDTH[kind])
    sheet.freeze_panes(2, 0)
    sheet.write_string(0, 0, str(harmless(job["mark"])), marked)
    for place, words in enumerate(job["heads"]):
        sheet.write_string(1, place, str(harmless(words)), head)
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row):
            cell = harmless(value)
            if isinstance(cell, str):
                sheet.write_string(number, place, cell[:_LONGEST_CELL])
            elif cell is not None:
                sheet.write_number(number, place, cell)


def _printed(words: str) -> str:
    """A page's head takes `&` for a command, and no more than 255 characters."""
    return str(words).replace("&", "&&")[:200]
