"""Whether the parts answer yet."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request

PROBE_TIMEOUT_S = 2.0
PROBE_INTERVAL_S = 0.25


async def answers(url: str, host: str, within_s: float) -> bool:
    """Whether `url`, asked under the name `host`, answers 200 within `within_s` seconds."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + within_s
    while loop.time() < give_up_at:
        if await asyncio.to_thread(_answers_once, url, host):
            return True
        await asyncio.sleep(PROBE_INTERVAL_S)
    return False


def local_address(bind: str, port: int) -> str:
    """The address under which this machine reaches what listens on `bind`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)
    return f"http://{host}:{port}"


def _answers_once(url: str, host: str) -> bool:
    # no proxy: the environment's proxy is for the outside
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    asked = urllib.request.Request(url, headers={"Host": host})
    try:
        with opener.open(asked, timeout=PROBE_TIMEOUT_S) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
