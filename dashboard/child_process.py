"""Ties a child process to the life of the process that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def ending_with(parent_pid: int) -> Callable[[], None]:
    """For `preexec_fn`: have the kernel send SIGTERM to the child when `parent_pid` dies, even by SIGKILL.

    The parent must start the child from its main thread, because the kernel watches the thread. Only Linux
    can; elsewhere nothing happens, and a start after a kill finds the leftovers.
    """

    def tie() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent_pid:  # it died between fork and prctl
            os._exit(1)

    return tie
