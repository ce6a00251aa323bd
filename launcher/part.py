"""One process of the product under supervision: started, read, started again when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.child_process import ending_with
from dashboard.settings import PROJECT_ROOT
from launcher.backoff import Backoff
from launcher.output import Output

STOP_TIMEOUT_S = 8.0
LONGEST_LINE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PartSpec:
    """What to run: `name` on the screen, the command, and its whole environment."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str] = field(repr=False)


class Part:
    """Keeps one process running until `stop`."""

    def __init__(self, spec: PartSpec, output: Output) -> None:
        self.spec = spec
        self.starts = 0
        self._output = output
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    def start(self) -> None:
        """Begin to keep it running."""
        self._task = asyncio.create_task(self._keep_running(), name=f"part {self.spec.name}")

    async def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Ask it to stop and wait; kills it when it does not within `timeout_s`."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        if self._task is None:
            return
        try:
            await asyncio.wait_for(asyncio.shield(self._task), timeout_s)
        except TimeoutError:
            self._output.warn(f"{self.spec.name} 未按时停止，强制结束 · did not stop in time, killed")
            self._signal(signal.SIGKILL)
            await self._task

    async def _keep_running(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            backoff = backoff.after_end(ran_ms=round((time.monotonic() - started) * 1000))
            seconds = backoff.delay_ms / 1000
            self._output.warn(
                f"{self.spec.name} 结束（{_ending(code)}），{seconds:g} 秒后重启 · ended, starting again"
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _run_once(self) -> int:
        self.starts += 1
        self._process = await asyncio.create_subprocess_exec(
            *self.spec.command,
            cwd=PROJECT_ROOT,
            env=dict(self.spec.environ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE_BYTES,
            start_new_session=True,  # Ctrl-C reaches the launcher alone, which stops the parts in order
            preexec_fn=ending_with(os.getpid()),
        )
        if self._stopping.is_set():
            self._signal(signal.SIGTERM)
        assert self._process.stdout is not None
        await self._relay(self._process.stdout)
        return await self._process.wait()

    async def _relay(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readline()
            except ValueError:  # a line over the limit was dropped
                self._output.relay(self.spec.name, f"(a line over {LONGEST_LINE_BYTES} bytes)")
                continue
            if not line:
                return
            self._output.relay(self.spec.name, line.decode("utf-8", "replace").rstrip())

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def _ending(code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name
    return f"exit {code}"
