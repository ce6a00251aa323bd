"""The machinery of `make bench`: bars, percentiles, what becomes of a part, and the markers of the document."""

from __future__ import annotations

import importlib
import os
import time

import psutil
import pytest

from dashboard.settings import PROJECT_ROOT
from tools import bench
from tools.bench import PARTS, Part, failure_of, run_part
from tools.bench_document import (
    NoSuchMarker,
    PartResult,
    markers,
    section_of,
    table_of,
    with_section,
)
from tools.bench_machine import cpu_s
from tools.bench_report import p99
from tools.bench_rows import ROWS_FILE, Row, keep, kept_figure, kept_rows, number


@pytest.mark.parametrize(
    ("value", "bar", "is_least", "verdict"),
    [
        (59.9, 60, False, "pass"),
        (60, 60, False, "pass"),
        (60.001, 60, False, "OVER"),
        (7_000, 7_000, True, "pass"),
        (6_999.9, 7_000, True, "OVER"),
        (5, None, False, ""),
        (None, 60, False, "skipped"),
    ],
)
def test_a_figure_keeps_its_bar_or_is_over_it(value, bar, is_least, verdict):
    assert Row("x", value, "ms", bar, is_least).verdict == verdict


def test_a_figure_that_prints_like_its_bar_may_still_be_over():
    row = Row("x", 1.0004, "x", 1.0)
    assert (row.figure, row.verdict) == ("1 x", "OVER")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123, "0.0123"), (1.5349, "1.53"), (12.34, "12.3"), (120.6, "121"), (447_761, "447,761"), (60, "60")],
)
def test_figures_are_written_with_three_digits(value, text):
    assert number(value) == text


def test_the_99th_percentile_is_exceeded_by_one_in_a_hundred_and_never_below_the_largest_of_few():
    assert p99([float(place) for place in range(200, 0, -1)]) == 199
    assert p99([3.0, 9.0, 1.0]) == 9


def test_rows_that_a_part_keeps_are_read_back_as_they_were(tmp_path, monkeypatch):
    rows = [Row("一", 1.5, "us", 2, times=0.5, of="nchan"), Row("b", None, note="skipped: not installed")]
    monkeypatch.setenv(ROWS_FILE, str(tmp_path / "rows"))
    for row in rows:
        keep(row)
    assert kept_rows(tmp_path / "rows") == rows
    assert kept_figure(tmp_path / "rows") == ""


def test_the_section_of_a_part_says_what_is_over_what_is_missing_and_what_failed():
    rows = [
        Row("a|b", 3, "ms", 2),
        Row("c", None, note="skipped: no nginx"),
        Row("d", 2, "s", times=4, of="e"),
    ]
    lines = section_of(PartResult("x", rows, "ended with code 3: boom", "2 cores", "█")).splitlines()
    assert lines[2:5] == [
        "| a/b | 3 ms | ≤ 2 | **OVER** |  |",
        "| c (skipped: no nginx) | – |  |  |  |",
        "| d | 2 s |  |  | 4 × e |",
    ]
    assert "**Failed in this run**: ended with code 3: boom" in lines
    assert lines[-1] == "*2 cores*"


def test_only_the_text_between_a_parts_markers_is_replaced():
    begin, end = markers("fanout")
    other_begin, other_end = markers("fan")
    document = f"before\n{begin}\nold\n{end}\nbetween\n{other_begin}\nkept\n{other_end}\nafter\n"
    written = with_section(document, "fanout", r"new \1 figures")
    assert written == document.replace("old", r"new \1 figures")
    assert with_section(written, "fanout", r"new \1 figures") == written


@pytest.mark.parametrize("broken", ["", "{begin}", "{begin}{begin}{end}"])
def test_a_document_without_a_place_for_a_part_is_not_written(tmp_path, broken):
    begin, end = markers("ingest")
    document = tmp_path / "performance.md"
    before = broken.format(begin=begin, end=end)
    document.write_text(before, encoding="utf-8")
    with pytest.raises(NoSuchMarker):
        bench.write(document, [PartResult("ingest", [Row("a", 1)])], "machine")
    assert document.read_text(encoding="utf-8") == before


def test_the_document_has_a_place_for_every_part_and_for_nothing_else():
    text = (PROJECT_ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    names = [part.name for part in PARTS]
    for name in [*names, "machine"]:
        assert with_section(text, name, "x") != text
    assert text.count("<!-- bench ") == 2 * (len(names) + 1)


@pytest.mark.parametrize(
    ("code", "said", "rows", "failure"),
    [
        (0, "", [Row("a", 1)], ""),
        (1, "a warning", [Row("a", 3, "", 2)], ""),
        (1, "", [Row("a", 1, "", 2)], "ended with code 1: "),
        (
            1,
            "Traceback (most recent call last)\nOSError: x",
            [Row("a", 3, "", 2)],
            "ended with code 1: OSError: x",
        ),
        (-9, "", [Row("a", 1)], "ended with code -9: "),
        (0, "", [], "gave no figures"),
        (None, "", [Row("a", 1)], "not done within 5 s"),
    ],
)
def test_a_part_that_breaks_is_told_from_a_bar_that_is_over(code, said, rows, failure):
    assert failure_of(code, 5, said, rows) == failure


def test_a_part_that_fails_is_named_and_does_not_stop_the_others(tmp_path, monkeypatch, capfd):
    """Two parts as modules of their own: the first breaks after a row, the second is well."""
    broken = "from tools.bench_rows import Row, tell\ntell(Row('figure', 3, 'ms', 2))\nraise SystemExit(7)\n"
    well = "from tools.bench_rows import Row, draw, tell\ntell(Row('figure', 1, 'ms', 2))\ndraw('curve')\n"
    for name, text in (("bench_broken", broken), ("bench_well", well)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(bench, "PARTS", (Part("broken", "bench_broken", 60), Part("well", "bench_well", 60)))
    document = tmp_path / "performance.md"
    places = ["".join(f"{line}\n" for line in markers(name)) for name in ("broken", "well", "machine")]
    document.write_text("\n".join(places), encoding="utf-8")
    monkeypatch.setattr(bench, "DOCUMENT", document)
    monkeypatch.setattr(bench, "PROJECT_ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{PROJECT_ROOT}")
    assert bench.main(["--write"]) == 1
    table = capfd.readouterr().out.rpartition("\nbroken\n")[2]
    assert "FAILED: ended with code 7" in table
    assert "≤ 2 OVER" in table
    assert "≤ 2 pass" in table.partition("well\n")[2]
    written = document.read_text(encoding="utf-8")
    assert "**Failed in this run**" in written
    assert "curve" in written.partition("bench well: begin")[2]


def test_a_part_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    (tmp_path / "bench_hangs.py").write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    monkeypatch.setattr(bench, "PROJECT_ROOT", tmp_path)
    assert run_part(Part("hangs", "bench_hangs", 0)).failure == "not done within 0 s"


def test_what_a_part_started_and_left_behind_ends_with_it(tmp_path, monkeypatch):
    file = tmp_path / "child"
    (tmp_path / "bench_leaves.py").write_text(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(file)!r}, 'w').write(str(child.pid))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(bench, "PROJECT_ROOT", tmp_path)
    assert run_part(Part("leaves", "bench_leaves", 60)).failure == "gave no figures"
    child = int(file.read_text(encoding="ascii"))
    give_up_at = time.monotonic() + 20  # a killed process may linger for a moment
    while _runs(child) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_part_is_a_module_that_can_be_run(part):
    module = importlib.import_module(part.module)
    assert callable(module.main)


def test_the_measurement_of_what_comes_in_finds_what_it_uses_of_the_tests_own_tool():
    from tools.bench_ingest import throughput

    assert len(throughput.ROSTER) == throughput.WORKERS
    assert callable(throughput.serve) and callable(throughput.wait_until_up)
    assert isinstance(throughput.PORT, int) and isinstance(throughput.SECRET, bytes)


def test_an_unknown_part_is_refused_by_name(capsys):
    assert bench.main(["--only", "fanout,fan"]) == 2
    assert capsys.readouterr().out.startswith("no such part: fan; there are encode, views, ingest")


def test_the_table_shows_every_row_beside_its_bar():
    results = [PartResult("a", [Row("one", 3, "ms", 2, times=1.5, of="peer")]), PartResult("b", [], "broke")]
    assert [line.split() for line in table_of(results).splitlines()] == [
        ["a"],
        ["one", "3", "ms", "≤", "2", "OVER", "1.5", "×", "peer"],
        ["b"],
        ["FAILED:", "broke"],
    ]


def test_processor_time_counts_what_a_process_has_used():
    before = cpu_s(os.getpid())
    sum(number * number for number in range(300_000))
    assert cpu_s(os.getpid()) > before
    assert cpu_s(2**22 - 1) == 0.0
