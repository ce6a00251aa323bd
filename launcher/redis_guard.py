"""Keeps the embedded Redis running while the product runs."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dashboard.settings import Settings
from data_feeds.embedded_redis import EmbeddedRedis, EmbeddedRedisError, find_program
from launcher.backoff import Backoff
from launcher.output import Output

CHECK_INTERVAL_S = 0.25


class RedisGuard:
    """A running embedded Redis and the task that starts it again when it dies."""

    def __init__(self, server: EmbeddedRedis, output: Output) -> None:
        self._server = server
        self._output = output
        self._task = asyncio.create_task(self._watch(), name="embedded redis")

    @classmethod
    def start(cls, settings: Settings, output: Output) -> RedisGuard:
        """Start the server of this data folder and watch it.

        Raises:
            EmbeddedRedisError: there is none to start, or it did not come up.
        """
        socket = Path(unquote(urlsplit(settings.redis_url).path))
        server = EmbeddedRedis(settings.var_dir / "redis", socket, find_program())
        output.say(f"启动 Redis · starting {server.program.origin}, log: {server.log_file}")
        server.start()
        return cls(server, output)

    async def stop(self) -> None:
        """Stop it with everything on disk."""
        self._task.cancel()
        await asyncio.to_thread(self._server.stop)

    async def _watch(self) -> None:
        backoff = Backoff()
        started = time.monotonic()
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            if self._server.is_running():
                continue
            backoff = backoff.after_end(ran_ms=round((time.monotonic() - started) * 1000))
            self._output.warn(f"Redis 结束，{backoff.delay_ms / 1000:g} 秒后重启 · ended, starting again")
            await asyncio.sleep(backoff.delay_ms / 1000)
            started = time.monotonic()
            try:
                self._server.start()  # in this thread: the kernel ties the child to the thread that made it
            except EmbeddedRedisError as error:
                self._output.warn(str(error))
