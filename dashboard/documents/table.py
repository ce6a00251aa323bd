"""What both kinds of table share: cells that no spreadsheet takes for a formula, and the lines of a CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from dashboard.documents.letters import writable

Cell = str | int | float | None
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), full-width letters as well: an
# imported file may be converted to half width. A tab or a line's end before it is skipped by some.
FORMULA_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM: Final = "\ufeff"  # without it Excel reads the file in the machine's own letters
_CHUNK_CHARACTERS: Final = 64 * 1024


def harmless(cell: Any) -> Cell:
    """Return a cell that stays a text, whatever a citizen or an officer typed; numbers stay numbers."""
    if isinstance(cell, str):
        shown = writable(cell)
        return f"'{shown}" if shown.lstrip(" ").startswith(FORMULA_BEGINNINGS) else shown
    return cell if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def csv_lines(mark: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV for Excel: the watermark as the first line's only cell, the heads, the rows; UTF-8 with its mark."""
    buffer = io.StringIO(BOM, newline="")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer)
    writer.writerow([harmless(mark)])
    writer.writerow([harmless(one) for one in heads])
    for row in rows:
        writer.writerow([harmless(one) for one in row])
        if buffer.tell() >= _CHUNK_CHARACTERS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
