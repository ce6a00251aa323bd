"""How a process that runs for months keeps its memory: few heaps, and what only the start needed given back.

Measured in docs/decisions/memory.md. Only glibc has these switches; elsewhere the allocator stays as it is.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

HEAPS: Final = 2  # glibc's own rule is eight a core; under Python's lock one thread at a time asks for memory
_M_ARENA_MAX: Final = -8  # malloc.h


def keep_few_heaps() -> bool:
    """Bound what glibc keeps; call before the first thread starts. False where there is no glibc."""
    libc = _glibc()
    if libc is None:
        return False
    return bool(libc.mallopt(_M_ARENA_MAX, HEAPS) == 1)


def put_start_aside() -> None:
    """Give back what only the start needed, and leave what it made out of every later collection.

    Pack and modules live as long as the process. Walking them at each collection costs a quarter of the feeds' speed,
    and counted as long-lived they put collections off: one is due when a quarter of that number has been added.
    """
    gc.collect()
    gc.freeze()
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
