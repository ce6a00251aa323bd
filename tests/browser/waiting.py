"""Waiting in browser tests for a stated condition, never for time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

PATIENCE_S = 30.0
LOOK_S = 0.1


def eventually(check: Callable[[], Any], what: str = "", patience_s: float = PATIENCE_S) -> Any:
    """The first true answer of `check`; fails with `what` once nobody would wait any longer."""
    until = time.monotonic() + patience_s
    while not (found := check()):
        assert time.monotonic() < until, f"not within {patience_s:g} s: {what or check}"
        time.sleep(LOOK_S)
    return found


def lasting(look: Callable[[], list[Any]], patience_s: float = 10.0) -> list[Any]:
    """What `look` still finds once nobody would wait any longer: a page that is being drawn has faults for a frame."""
    until = time.monotonic() + patience_s
    while (found := look()) and time.monotonic() < until:
        time.sleep(LOOK_S)
    return found


def wait_until(page: Page, function: str) -> Any:
    """The first true value of an asynchronous JavaScript function without arguments.

    `page.wait_for_function` takes the promise itself for a true value and does not wait at all.
    """
    return eventually(lambda: page.evaluate(function), function)
