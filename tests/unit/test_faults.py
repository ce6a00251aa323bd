"""The machinery of `make test-faults`: its lines, what a line of tests tells, and the places of the document."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.settings import PROJECT_ROOT
from tools import faults
from tools.bench_document import with_section
from tools.bench_rows import ROWS_FILE, kept_rows

NAMES = [line.name for line in faults.SHORT]


def test_the_document_has_a_place_for_every_line_and_for_nothing_else() -> None:
    text = faults.DOCUMENT.read_text(encoding="utf-8")
    for name in [*NAMES, "machine"]:
        assert with_section(text, name, "x") != text
    assert text.count("<!-- bench ") == 2 * (len(NAMES) + 1)


def test_the_whole_battery_has_the_same_lines_as_the_short_one() -> None:
    assert [line.name for line in faults.FULL] == NAMES
    assert len(set(NAMES)) == len(NAMES)
    assert faults.FULL != faults.SHORT


@pytest.mark.parametrize("line", [*faults.SHORT, *faults.FULL], ids=lambda line: line.name)
def test_what_a_line_runs_is_there(line: faults.Part) -> None:
    assert callable(importlib.import_module(line.module).main)
    for named in line.options:
        if named.endswith(".py"):
            assert (PROJECT_ROOT / named).is_file(), named


def test_an_unknown_line_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults.main(["--only", "earthquake"]) == 2
    assert "no such line: earthquake" in capsys.readouterr().out


def test_a_line_of_tests_tells_what_holds_what_does_not_and_what_was_not_tried(
    tmp_path: Path,
) -> None:
    """In a process of its own, as the battery runs it."""
    tests = tmp_path / "test_three.py"
    tests.write_text(
        "import os, pytest\n"
        "def test_holds(): assert os.environ['KILLS'] == '7'\n"
        "def test_breaks(): assert False\n"
        "def test_cannot(): pytest.skip('no disk here')\n"
    )
    rows = tmp_path / "rows"
    command = [sys.executable, "-m", "tools.fault_tests", "--set", "KILLS=7", str(tests)]
    environment = {**os.environ, ROWS_FILE: str(rows), "KILLS": ""}
    run = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 1, run.stdout + run.stderr
    told, skipped = kept_rows(rows)
    assert (told.value, told.bar, told.verdict) == (1, 0, "OVER")
    assert told.note.startswith("1 hold; not: ")
    assert "test_breaks" in told.note
    assert (skipped.verdict, skipped.note) == ("skipped", "skipped: no disk here")
