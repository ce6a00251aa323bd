"""Starts the product in order, keeps it running, and stops it in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping

from dashboard import administration
from dashboard.citypack import PackError, load_pack
from dashboard.clock import (
    DemonstrationClock,
    note_demonstration,
    open_clock,
    resume_demonstration,
    stop_demonstration,
)
from dashboard.clock_anchor import PROGRESS_INTERVAL_MS, AnchorError
from dashboard.service import Services
from dashboard.settings import SettingError, Settings
from dashboard.store.engine import UnusableDatabase
from dashboard.store.store import StoreBusy
from data_feeds.embedded_redis import EmbeddedRedisError
from launcher import announcement, first_run, ground, parts
from launcher.ground import CannotStart
from launcher.output import Output
from launcher.part import Part
from launcher.readiness import answers, local_address
from launcher.redis_guard import RedisGuard

READY_WITHIN_S = 60.0


class Launcher:
    """One run of the product; `run` returns the exit code."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], output: Output) -> None:
        self._settings = settings
        self._environ = environ
        self._output = output
        self._asked_to_stop = asyncio.Event()
        self._parts: dict[str, Part] = {}
        self._clock: DemonstrationClock | None = None
        self._redis: RedisGuard | None = None
        self._untold: first_run.FirstRun | None = None

    async def run(self) -> int:
        """Start everything, wait to be stopped, stop everything.

        Raises:
            CannotStart: with the reason for the operator.
        """
        self._listen_to_signals()
        lock = ground.prepare(self._settings)
        background: list[asyncio.Task[None]] = []
        try:
            services = self._open_services()
            self._start_redis()
            now = self._start_clock()
            background.append(asyncio.create_task(self._note_progress()))
            self._untold = first_run.fill(services, self._settings, now)
            services.store.close()
            self._start_parts()
            background.append(asyncio.create_task(self._tell_when_ready(self._untold)))
            await self._asked_to_stop.wait()
        finally:
            for task in background:
                task.cancel()
            self._tell_accounts()
            await self._stop()
            ground.release(lock)
        return 0

    def _open_services(self) -> Services:
        self._output.say("检查城市包 · checking the city pack")
        try:
            pack = load_pack(self._settings.city_pack)
        except PackError as error:
            raise CannotStart(f"{self._settings.city_pack}:\n{error}") from error
        self._output.say(f"准备数据库 · preparing the database of {pack.name} ({pack.code})")
        return administration.open_services(self._settings, pack)

    def _start_clock(self) -> int:
        """Let the demonstration's time run on; returns the present instant of whichever clock it is, UTC ms."""
        if not self._settings.demonstration:
            return open_clock(self._settings).now_ms()
        self._clock = resume_demonstration(self._settings)
        return self._clock.now_ms()

    def _start_redis(self) -> None:
        if not self._settings.redis_is_embedded:
            return
        try:
            self._redis = RedisGuard.start(self._settings, self._output)
        except EmbeddedRedisError as error:
            raise CannotStart(str(error)) from error

    def _start_parts(self) -> None:
        for spec in parts.specs(self._settings, self._environ):
            self._parts[spec.name] = Part(spec, self._output)
            self._parts[spec.name].start()

    async def _tell_when_ready(self, made: first_run.FirstRun) -> None:
        web = local_address(self._settings.bind, self._settings.port)
        self._output.say("等待网页就绪 · waiting for the screens")
        host = (self._settings.allowed_hosts or ("localhost",))[0]
        while not await answers(f"{web}/healthz", host, READY_WITHIN_S):
            self._output.warn(
                f"{web}/healthz 还没有应答，继续等 · does not answer yet, still waiting; see above"
            )
            self._tell_accounts()
        self._output.block(announcement.lines(self._settings, web, made))
        self._untold = None

    def _tell_accounts(self) -> None:
        """Show passwords that exist nowhere else even when the product did not come up."""
        if self._untold is not None and self._untold.accounts:
            self._output.block(announcement.accounts(self._untold))
        self._untold = None

    async def _note_progress(self) -> None:
        while self._clock is not None:
            note_demonstration(self._settings, self._clock)
            await asyncio.sleep(PROGRESS_INTERVAL_MS / 1000)

    async def _stop(self) -> None:
        self._output.say("正在停止 · stopping")
        for together in parts.STOP_ORDER:
            await asyncio.gather(*(self._parts[name].stop() for name in together if name in self._parts))
        if self._clock is not None:
            stop_demonstration(self._settings, self._clock)
        if self._redis is not None:
            await self._redis.stop()
        self._output.say("已停止，数据保留 · stopped; the data is kept", "green")

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop.set)


def main(environ: Mapping[str, str]) -> int:
    """Run the product with the settings of `environ`; a demonstration when they do not say.

    Returns:
        The exit code: 0 after a clean stop, 2 when it could not start.
    """
    output = Output()
    chosen = {"ZHONGSHU_DEMONSTRATION": "1", **{name: value for name, value in environ.items() if value}}
    try:
        settings = Settings.from_environment(chosen)
        return asyncio.run(Launcher(settings, chosen, output).run())
    except (CannotStart, SettingError, AnchorError, StoreBusy, UnusableDatabase) as error:
        output.block([f"不能启动 · cannot start\n{error}"])
        return 2
