"""A stop waits for its tasks, whatever swallows a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from data_feeds.task_ending import end_tasks

pytestmark = pytest.mark.asyncio


async def test_a_task_that_loses_a_cancellation_is_cancelled_again() -> None:
    lost: list[int] = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost.append(1)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await end_tasks([task])
    assert task.cancelled()
    assert lost == [1]


async def test_a_task_that_had_failed_is_logged(caplog) -> None:
    async def broken() -> None:
        raise ValueError("reason")

    task = asyncio.create_task(broken(), name="broken")
    await asyncio.wait([task])
    await end_tasks([task])
    assert "broken" in caplog.text


async def test_ending_nothing_returns() -> None:
    await end_tasks([])
