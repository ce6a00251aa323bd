"""End background tasks for certain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, Final

_LOG = logging.getLogger(__name__)
_AGAIN_S: Final = 0.2


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until each has ended; what one failed with is logged.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which the Redis client uses around each write,
    loses a cancellation that arrives together with its result.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        ended, pending = await asyncio.wait(pending, timeout=_AGAIN_S)
        for task in ended:
            if not task.cancelled() and (error := task.exception()) is not None:
                _LOG.error("task %s had failed", task.get_name(), exc_info=error)
