"""A line of the battery that is made of tests: runs them and tells how many hold.

What a test measured it keeps itself (`tools.bench_rows.keep`). A test that was skipped is named with its reason: a line
that could not be tried has not been kept.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import pytest

from tools.bench_rows import Row, skip, tell


class Outcomes:
    """Counts what became of each test, and keeps why one was skipped."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed: list[str] = []
        self.skipped: dict[str, int] = {}
        self.second_tries = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest for each phase of each test."""
        if str(report.outcome) == "rerun":
            self.second_tries += 1
        elif report.skipped:
            said: Any = report.longrepr
            why = str(said[2] if isinstance(said, tuple) else said).removeprefix("Skipped: ")
            self.skipped[why] = self.skipped.get(why, 0) + 1
        elif report.failed:
            self.failed.append(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed += 1


def main(arguments: list[str]) -> int:
    """Run the tests, tell, and return pytest's exit code."""
    wanted = _parser().parse_args(arguments)
    for setting in wanted.set:
        name, _, value = setting.partition("=")
        if not os.environ.get(name):
            os.environ[name] = value
    outcomes = Outcomes()
    chosen = ["-m", wanted.mark] if wanted.mark else []
    chosen += ["-k", wanted.choose] if wanted.choose else []
    code = int(pytest.main(["-q", "-p", "no:cacheprovider", *chosen, *wanted.files], plugins=[outcomes]))
    failed = sorted(set(outcomes.failed))
    held = f"{outcomes.passed} hold" + (f"; not: {', '.join(failed)[:300]}" if failed else "")
    held += f"; {outcomes.second_tries} at the second try" if outcomes.second_tries else ""
    tell(Row("tests that do not hold", len(failed), "", 0, note=held))
    for why, count in outcomes.skipped.items():
        skip(f"{count} not tried", why)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fault_tests", description=__doc__)
    parser.add_argument("--mark", default="", help="only tests with this mark")
    parser.add_argument("--choose", default="", help="only tests with this in their name")
    parser.add_argument(
        "--set", action="append", default=[], help="NAME=VALUE, unless the environment has it"
    )
    parser.add_argument("files", nargs="+")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
