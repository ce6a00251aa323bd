"""The machine that figures were measured on, in words, and the processor time of processes, exactly."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from data_feeds.embedded_redis import EmbeddedRedisError, find_program

PACKAGES = ("dash", "fastapi", "uvicorn", "uvloop", "gunicorn", "websockets", "numpy", "redis", "msgspec")
NGINX_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin")


def machine_in_words() -> str:
    """Return processor, cores, memory, system and versions."""
    memory_gb = psutil.virtual_memory().total / 1e9
    return (
        f"{processor_model()}, {os.cpu_count()} cores, {memory_gb:.0f} GB; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; {', '.join(filter(None, _versions()))}"
    )


def processor_model() -> str:
    """Return the processor's name as the kernel gives it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, flags=re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def nginx_program() -> str | None:
    """Return where nginx is, which is not on everybody's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path=os.pathsep.join(NGINX_PLACES))


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process and of all that it has started and that still run.

    From the scheduler's nanoseconds where the kernel tells them (Linux), because a leg of a bench may take less than
    a dozen of the 10 ms ticks that are counted otherwise.
    """
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_one_s(one.pid) for one in family)


def memory_bytes(pid: int) -> int:
    """Return the proportional memory of a process and of all that it has started: shared pages count once."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return int(sum(one.memory_full_info().pss for one in family))
    except (psutil.NoSuchProcess, AttributeError):
        return 0


def _one_s(pid: int) -> float:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return sum(_scheduled_ns(thread) for thread in threads) / 1e9
    except OSError:
        try:
            used = psutil.Process(pid).cpu_times()
        except psutil.NoSuchProcess:
            return 0.0
        return float(used.user + used.system)


def _scheduled_ns(thread: Path) -> int:
    try:
        return int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    except FileNotFoundError:
        if not thread.exists():
            return 0  # the thread has just ended
        raise


def _versions() -> list[str]:
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    try:
        found.append(_first_version("Redis server", str(find_program().path), "--version"))
    except EmbeddedRedisError:
        found.append("no Redis server")
    nginx = nginx_program()
    if nginx:
        found.append(_first_version("nginx", nginx, "-v"))
    return found


def _first_version(name: str, program: str, option: str) -> str:
    run = subprocess.run([program, option], capture_output=True, text=True, check=False, timeout=10)
    found = re.search(r"\d+(\.\d+)+", run.stdout + run.stderr)
    return f"{name} {found[0]}" if found else name
