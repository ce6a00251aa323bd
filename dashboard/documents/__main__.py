"""Makes one file: its job is the first line of standard input, its rows the others, the file is standard output."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from typing import Any

from dashboard.documents.making import LONGEST_S


def main() -> None:
    """Read the job and write what it asks for."""
    signal.alarm(LONGEST_S)  # should the process that asked be gone, nobody else ends this one
    given, made = sys.stdin.buffer, sys.stdout.buffer
    job = json.loads(given.readline())
    if job["kind"] == "xlsx":
        from dashboard.documents.sheet import write_sheet

        write_sheet(job, _rows(given), made)
    elif job["kind"] == "pdf":
        from dashboard.documents.pdf import write_pdf

        write_pdf(job, made)
    elif job["kind"] == "docx":
        from dashboard.documents.word import write_word

        write_word(job, made)
    else:
        raise SystemExit(f"no such kind of document: {job['kind']}")


def _rows(given: Any) -> Iterator[list[Any]]:
    for line in given:
        yield json.loads(line)


if __name__ == "__main__":
    main()
