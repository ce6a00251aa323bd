"""Runs the battery of faults, or the lines named: `make test-faults`, `make test-faults ONLY=redis,storm`.

Each line is a process of its own that breaks something and holds what became of it against its bar. The end is one
table; the exit code is 1 when a bar is over or a line failed. `--full` runs every line whole, `--write` puts the
figures into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import Final

from dashboard.settings import PROJECT_ROOT
from tools.bench import Part, run_part, write
from tools.bench_document import table_of
from tools.bench_machine import machine_in_words

DOCUMENT: Final = PROJECT_ROOT / "docs" / "reliability.md"
SHORT_KILLS: Final = 40

TESTS: Final = "tools.fault_tests"
LIMITS: Final = "tests.live.probes.limits"
_FUZZED: Final = ("tests/security/test_fuzz.py", "tests/security/test_fuzz_callbacks.py")
_RIGHTS: Final = (
    "tests/security/test_matrix.py", "tests/security/test_matrix_callbacks.py", "tests/security/test_access.py",
    "tests/security/test_rights_table.py", "tests/live/test_screen_rights.py",
)  # fmt: skip
_RESTORED: Final = (
    "tests/deployment/test_backup.py", "tests/deployment/test_point_in_time.py",
    "tests/deployment/test_nothing_missing.py",
)  # fmt: skip
_FOLDED: Final = ("tests/store/test_rows.py", "tests/live/test_picture.py", "tests/live/test_wire_browser.py")


def kill(database: str) -> tuple[str, ...]:
    """What the line `kill` is called with for one database, or for both when none is named."""
    chosen = ("--choose", database) if database else ()
    return ("--mark", "crash_long", *chosen, "tests/crash/test_kill.py")


SHORT: Final = (
    Part("kill", TESTS, 900, options=("--set", f"KILLS={SHORT_KILLS}", *kill("sqlite"))),
    Part("bus", LIMITS, 240, options=("outage",)),
    Part("screens", TESTS, 900, options=("--mark", "faults", "tests/faults/test_screens.py")),
    Part("sentinel", TESTS, 300, options=("tests/store/test_relay_on_sentinel.py",)),
    Part("machines", TESTS, 900, options=("--mark", "faults", "tests/machines/test_cut_off.py")),
    Part("compose", TESTS, 600, options=("--mark", "faults", "tests/faults/test_composition.py")),
    Part("rotation", TESTS, 900, options=("--mark", "faults", "tests/faults/test_rotation.py")),
    Part("stopped", LIMITS, 200, options=("stopped",)),
    Part("storm", LIMITS, 400, options=("storm", "restart")),
    Part("dead", LIMITS, 600, options=("dead",)),
    Part("database", TESTS, 400, options=("--mark", "faults", "tests/faults/test_database.py")),
    Part("full_centre", TESTS, 600, options=("--mark", "faults", "tests/faults/test_full_centre.py")),
    Part("clock", TESTS, 400, options=("--mark", "crash", "tests/crash/test_clock_jumps.py")),
    Part("day", "tools.bench_day", 1_800),
    Part("soak", "tools.soak", 1_800, options=("--minutes", "3")),
    Part("rights", TESTS, 600, options=_RIGHTS),
    Part("folded", TESTS, 400, options=_FOLDED),
    Part("fuzz_routes", TESTS, 600, options=_FUZZED),
    Part("fuzz_wires", "tests.security.wire_fuzz", 600, options=("5000",)),
    Part("fuzz_live", "tests.security.live_fuzz", 400, options=("3000",)),
    Part("restore", TESTS, 400, options=_RESTORED),
)  # fmt: skip
"""Every line, with counts that leave the whole at about three quarters of an hour on two cores."""

_WHOLE: Final = (
    Part("kill", TESTS, 3_600, options=("--set", "KILLS=200", *kill(""))),
    Part("soak", "tools.soak", 2_400, options=("--minutes", "10")),
    Part("fuzz_routes", TESTS, 7_200, options=("--set", "ZHONGSHU_FUZZ=114", *_FUZZED)),
    Part("fuzz_wires", "tests.security.wire_fuzz", 3_600, options=("50000",)),
    Part("fuzz_live", "tests.security.live_fuzz", 3_600, options=("20000",)),
)
FULL: Final = tuple(next((one for one in _WHOLE if one.name == part.name), part) for part in SHORT)
"""The same lines whole."""


def main(arguments: list[str]) -> int:
    """Run, print the table, and return the exit code."""
    wanted = _parser().parse_args(arguments)
    lines = FULL if wanted.full else SHORT
    names = [name for name in wanted.only.split(",") if name]
    unknown = sorted(set(names) - {line.name for line in lines})
    if unknown:
        print(f"no such line: {', '.join(unknown)}; there are {', '.join(line.name for line in lines)}")
        return 2
    print(machine_in_words())
    results = []
    for line in lines:
        if names and line.name not in names:
            continue
        print(f"\n== {line.name}", flush=True)
        results.append(run_part(line))
        if results[-1].failure:
            print(f"  FAILED: {results[-1].failure}")
        print(f"  machine: {results[-1].machine}", flush=True)
    print(f"\n{table_of(results)}")
    if wanted.write:
        how = "whole (FULL=1)" if wanted.full else "with the short counts"
        if os.environ.get("KILLS"):
            how += f", KILLS={os.environ['KILLS']}"
        write(DOCUMENT, results, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {how}. {machine_in_words()}")
        print(f"written to {DOCUMENT.relative_to(PROJECT_ROOT)}")
    return int(any(result.is_over for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    parser.add_argument("--only", default="", help="lines to run, by name, with commas")
    parser.add_argument("--full", action="store_true", help="every line whole, hours rather than minutes")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability.md")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
