"""`docs/performance.md`: its prose is written by hand, its figures between markers come from a run of `make bench`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.bench_rows import Row

_HEAD = ("figure", "value", "bar", "", "beside")


@dataclass(frozen=True, slots=True)
class PartResult:
    """What became of one part of the bench.

    Args:
        failure: why it gave no or not all figures; empty when it ended well.
        machine: what the machine did meanwhile, in words.
        figure: a drawing of the figures in plain text, if the part made one.
    """

    name: str
    rows: Sequence[Row] = field(default_factory=tuple)
    failure: str = ""
    machine: str = ""
    figure: str = ""

    @property
    def is_over(self) -> bool:
        """Whether a bar is over or the part failed."""
        return bool(self.failure) or any(row.verdict == "OVER" for row in self.rows)


class NoSuchMarker(ValueError):
    """Raised where the document has no place for a part's figures."""


def markers(name: str) -> tuple[str, str]:
    """Return the lines between which the figures of a part stand."""
    return f"<!-- bench {name}: begin -->", f"<!-- bench {name}: end -->"


def with_section(document: str, name: str, section: str) -> str:
    """Return the document with the text between a part's markers replaced.

    Raises:
        NoSuchMarker: the document lacks one of the markers, or has one of them twice.
    """
    begin, end = markers(name)
    if document.count(begin) != 1 or document.count(end) != 1:
        raise NoSuchMarker(name)
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return place.sub(lambda _: f"{begin}\n{section.strip()}\n{end}", document)


def section_of(result: PartResult) -> str:
    """Return a part's figures as Markdown."""
    lines = []
    if result.rows:
        lines += ["| " + " | ".join(_HEAD) + " |", "|---|---:|---:|---|---|"]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in result.rows]
    if result.failure:
        lines += ["", f"**Failed in this run**: {_plain(result.failure)}"]
    if result.figure:
        lines += ["", "```", result.figure.rstrip(), "```"]
    if result.machine:
        lines += ["", f"*{result.machine}*"]
    return "\n".join(lines)


def table_of(results: Sequence[PartResult]) -> str:
    """Return all parts as one table for a terminal."""
    lines = []
    for result in results:
        lines.append(result.name)
        for row in result.rows:
            verdict = f"{row.bar_in_words} {row.verdict}" if row.bar is not None else row.verdict
            note = f"  {row.note}" if row.value is None else ""
            lines.append(f"  {row.what:60} {row.figure:>16}  {verdict:16} {row.beside}{note}".rstrip())
        if result.failure:
            lines.append(f"  FAILED: {result.failure}")
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    what = row.what if not row.note else f"{row.what} ({row.note})"
    verdict = {"pass": "pass", "OVER": "**OVER**", "skipped": "", "": ""}[row.verdict]
    return tuple(map(_plain, (what, row.figure, row.bar_in_words, verdict, row.beside)))


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
