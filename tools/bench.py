"""Runs every bench, or those named, each as a process of its own: `make bench`, `make bench ONLY=fanout,ingest`.

A part that fails or takes too long is named as failed and does not stop the others. The end is one table; the exit
code is 1 when a bar is over or a part failed. `--write` puts the figures into docs/performance.md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dashboard.settings import PROJECT_ROOT
from tools.bench_document import PartResult, section_of, table_of, with_section
from tools.bench_machine import machine_in_words
from tools.bench_report import Machine
from tools.bench_rows import ROWS_FILE, Row, kept_figure, kept_rows

STDERR_SHOWN = 4_000  # characters of a part's complaints
DOCUMENT = PROJECT_ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: a module that prints and keeps rows (`tools.bench_rows`).

    Args:
        within_s: a part that takes longer is ended; about three times what it takes on two quiet cores.
        takes_database: whether it understands `--postgres`.
        options: what else it is called with.
    """

    name: str
    module: str
    within_s: int
    takes_database: bool = False
    options: tuple[str, ...] = ()


PARTS = (
    Part("encode", "tools.bench_encode", 120),
    Part("views", "tools.bench_views", 120),
    Part("ingest", "tools.bench_ingest", 180),
    Part("mqtt", "tools.bench_mqtt", 240),
    Part("redis", "tools.bench_redis", 90),
    Part("fanout", "tools.bench_fanout", 400),
    Part("dash", "tools.bench_dash", 180),
    Part("city", "tools.bench_end_to_end", 400),
    Part("curves", "tools.bench_curves", 180),
    Part("scale", "tools.bench_scale", 500, options=("--seconds", "10")),
    Part("limits", "tests.live.probes.limits", 400, options=("memory", "storm", "stopped")),
    Part("paint", "tools.bench_paint", 400),
    Part("first_load", "tools.bench_first_load", 240),
    Part("pan", "tools.bench_pan", 300),
    Part("loop", "tools.bench_loop", 300, takes_database=True),
    Part("hotline", "tools.bench_hotline", 400),
    Part("dispatch", "tools.bench_dispatch", 400, takes_database=True),
)


def main(arguments: list[str]) -> int:
    """Run, print the table, and return the exit code."""
    wanted = _parser().parse_args(arguments)
    names = [name for name in wanted.only.split(",") if name] if wanted.only else []
    unknown = sorted(set(names) - {part.name for part in PARTS})
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(part.name for part in PARTS)}")
        return 2
    parts = [part for part in PARTS if not names or part.name in names]
    print(machine_in_words())
    results = []
    for part in parts:
        print(f"\n== {part.name}", flush=True)
        results.append(run_part(part, ["--postgres"] if wanted.postgres and part.takes_database else []))
        if results[-1].failure:
            print(f"  FAILED: {results[-1].failure}")
        print(f"  machine: {results[-1].machine}", flush=True)
    print(f"\n{table_of(results)}")
    if wanted.write:
        write(DOCUMENT, results, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {machine_in_words()}")
        print(f"written to {DOCUMENT.relative_to(PROJECT_ROOT)}")
    return int(any(result.is_over for result in results))


def run_part(part: Part, options: Sequence[str] = ()) -> PartResult:
    """Run one part to its end or its time limit; what it started ends with it."""
    machine = Machine()
    with tempfile.TemporaryDirectory(prefix="zs-bench-") as folder:
        rows, complaints = Path(folder) / "rows", Path(folder) / "stderr"
        with complaints.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", part.module, *part.options, *options],
                cwd=PROJECT_ROOT,
                env={**os.environ, ROWS_FILE: str(rows)},
                stdin=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        code: int | None = None
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(part.within_s)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said = complaints.read_text(encoding="utf-8", errors="replace")
        if said:
            print(said[-STDERR_SHOWN:], flush=True)
        found = kept_rows(rows)
        failure = failure_of(code, part.within_s, said, found)
        return PartResult(part.name, found, failure, machine.in_words(), kept_figure(rows))


def failure_of(code: int | None, within_s: int, said: str, found: Sequence[Row]) -> str:
    """Return why a part failed, empty when it did not: a bar that is over is no failure.

    Args:
        code: its exit code, None when it was ended at its time limit.
        said: what it wrote to standard error; Python's exit code 1 alone does not tell a fault from a bar.
    """
    if code is None:
        return f"not done within {within_s} s"
    last_words = said.strip().splitlines()[-1] if said.strip() else ""
    if (
        code == 1
        and "Traceback (most recent call last)" not in said
        and any(r.verdict == "OVER" for r in found)
    ):
        return ""
    if code != 0:
        return f"ended with code {code}: {last_words[:200]}"
    return "" if found else "gave no figures"


def write(document: Path, results: Sequence[PartResult], machine: str) -> None:
    """Put the figures of parts between their markers, and the machine into its own.

    Raises:
        NoSuchMarker: the document has no place for a part; nothing was written.
    """
    text = document.read_text(encoding="utf-8")
    for result in results:
        text = with_section(text, result.name, section_of(result))
    text = with_section(text, "machine", f"Last run: {machine}")
    document.write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--only", default="", help="parts to run, by name, with commas")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument(
        "--postgres", action="store_true", help="the parts of the closed loop on a PostgreSQL"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
