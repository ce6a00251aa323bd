"""What glibc is told, seen in what it does: each in a process of its own, beside one that was told nothing."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from dashboard.allocator import HEAPS

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="there is no glibc here")

_INFO = """
import ctypes, mmap, sys, threading
from dashboard.allocator import keep_few_heaps, put_start_aside
libc = ctypes.CDLL(None)
libc.open_memstream.restype = ctypes.c_void_p
def info():
    text, size = ctypes.c_char_p(), ctypes.c_size_t()
    stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    return text.value.decode()
if sys.argv[1] == "told":
    assert keep_few_heaps()
"""
_HEAPS = """
meet = threading.Barrier(9)
def work():
    kept = [bytearray(2000) for _ in range(50)]  # beyond what Python's own allocator takes
    meet.wait()
    meet.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
meet.wait()
print(info().count("<heap nr="))
meet.wait()
"""
_GIVEN_BACK = """
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * mmap.PAGESIZE >> 20
start = [bytearray(4000) for _ in range(25_000)]
kept = start[::100]  # here and there a block that stays: no heap's end comes free, glibc gives nothing back by itself
del start
before = resident()
if sys.argv[1] == "told":
    put_start_aside()
print(before - resident())
"""
_ASIDE = """
import gc
start = [[] for _ in range(50_000)]
put_start_aside()
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def _printed(program: str, *arguments: str) -> list[int]:
    found = subprocess.run(
        [sys.executable, "-c", _INFO + program, *arguments], capture_output=True, text=True, check=True
    )
    return [int(word) for word in found.stdout.split()]


def test_eight_threads_share_two_heaps_where_each_would_have_its_own() -> None:
    assert _printed(_HEAPS, "untold")[0] > HEAPS
    assert _printed(_HEAPS, "told")[0] <= HEAPS


def test_what_only_the_start_needed_is_given_back() -> None:
    assert _printed(_GIVEN_BACK, "untold")[0] < 5  # MB of 100
    assert _printed(_GIVEN_BACK, "told")[0] > 50


def test_what_the_start_made_is_out_of_later_collections() -> None:
    frozen, watched = _printed(_ASIDE, "told")
    assert frozen > 50_000
    assert watched < 10_000
