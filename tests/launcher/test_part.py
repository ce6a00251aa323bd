"""A part of the product is started again when it ends, and stops when it is asked to."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
from collections.abc import Callable

from launcher.backoff import LONGEST_DELAY_MS, STEADY_AFTER_MS, Backoff
from launcher.output import Output
from launcher.part import Part, PartSpec

PATIENCE_S = 30.0


def part(program: str) -> tuple[Part, io.StringIO]:
    printed = io.StringIO()
    spec = PartSpec("sample", [sys.executable, "-u", "-c", program], {"PATH": os.environ["PATH"]})
    return Part(spec, Output(printed)), printed


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.01)


async def test_its_lines_are_shown_with_its_name():
    sample, printed = part("print('到了'); import time; time.sleep(60)")
    sample.start()
    await until(lambda: "sample   │ 到了" in printed.getvalue())
    await sample.stop()


async def test_a_killed_part_is_started_again_and_the_operator_is_told():
    sample, printed = part("import time; print('up'); time.sleep(60)")
    sample.start()
    await until(lambda: "up" in printed.getvalue())
    first = sample.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: printed.getvalue().count("up") == 2)
    assert sample.pid != first
    assert "SIGKILL" in printed.getvalue()
    await sample.stop()


async def test_stopping_waits_for_a_clean_end_and_does_not_start_again():
    sample, printed = part(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('clean'), sys.exit(0)))\n"
        "print('up'); time.sleep(60)"
    )
    sample.start()
    await until(lambda: "up" in printed.getvalue())
    await sample.stop()
    assert "clean" in printed.getvalue()
    assert (sample.pid, sample.starts) == (None, 1)


async def test_a_part_that_will_not_stop_is_killed():
    sample, printed = part(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    )
    sample.start()
    await until(lambda: "up" in printed.getvalue())
    await sample.stop(timeout_s=0.2)
    assert "killed" in printed.getvalue()
    assert sample.pid is None


async def test_stopping_does_not_wait_for_the_next_start():
    sample, _ = part("raise SystemExit(3)")
    sample.start()
    await until(lambda: sample.starts == 2)
    await sample.stop()
    assert sample.starts == 2


def test_the_wait_doubles_up_to_a_limit_and_forgets_after_a_steady_run():
    backoff, delays = Backoff(), []
    for _ in range(9):
        backoff = backoff.after_end(ran_ms=100)
        delays.append(backoff.delay_ms)
    assert delays[:4] == [500, 1_000, 2_000, 4_000]
    assert delays[-1] == LONGEST_DELAY_MS
    assert backoff.after_end(ran_ms=STEADY_AFTER_MS).delay_ms == 500
