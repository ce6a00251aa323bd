"""The data folder before anything runs: ours alone, of one kind, with its secret, and with the ports free."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from pathlib import Path
from typing import TextIO

from dashboard import data_kind
from dashboard.settings import Settings
from dashboard.store.secret_file import SecretFileError, ensure_secret

# The parts of a killed launcher stop by themselves; so long may they hold their ports.
LEFTOVER_PATIENCE_S = 10.0


class CannotStart(RuntimeError):
    """The product cannot start; the text says why and what the operator can do."""


def prepare(settings: Settings) -> TextIO:
    """Make the data folder ready; returns the lock, held as long as the launcher lives.

    Raises:
        CannotStart: another launcher runs on it, it holds data of the other kind, the secret is unusable, or
            a port is taken.
    """
    try:
        settings.var_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (settings.var_dir / "launcher.lock").open("a+", encoding="ascii")
    except OSError as error:
        raise CannotStart(f"数据目录不可写 · the data folder cannot be written: {error}") from error
    was_killed = _take(lock, settings.var_dir)
    _refuse_mixed_data(settings)
    try:
        ensure_secret(settings.secret_file)
    except SecretFileError as error:
        raise CannotStart(str(error)) from error
    patience_s = LEFTOVER_PATIENCE_S if was_killed else 0.0
    _refuse_taken_port("PORT", settings.bind, settings.port, patience_s)
    for name, port in settings.feed_ports().items():
        _refuse_taken_port(name, settings.feeds_bind, port, patience_s)
    return lock


def _take(lock: TextIO, folder: Path) -> bool:
    """Hold the folder; returns whether the launcher before this one ended without cleaning up."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        raise CannotStart(f"{folder} 已在运行 · already running on this data folder (pid {holder})") from None
    lock.seek(0)
    was_killed = lock.read().strip() != ""
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return was_killed


def release(lock: TextIO) -> None:
    """Let go of the data folder after a clean stop."""
    lock.truncate(0)
    lock.close()


def _refuse_mixed_data(settings: Settings) -> None:
    """Demonstration and real data never share a folder: simulated orders in a city's record are forgery."""
    wanted = data_kind.kind_wanted(settings)
    held = data_kind.kind_of(settings.var_dir)
    if held is None:
        data_kind.mark_of(settings.var_dir).write_text(wanted + "\n", encoding="ascii")
    elif held != wanted:
        raise CannotStart(
            f"{settings.var_dir}: {data_kind.in_words(held)}; ZHONGSHU_DEMONSTRATION={int(settings.demonstration)} "
            "需要另一个 ZHONGSHU_VAR_DIR · needs another ZHONGSHU_VAR_DIR"
        )


def _refuse_taken_port(name: str, host: str, port: int, patience_s: float) -> None:
    give_up_at = time.monotonic() + patience_s
    while (error := _bind_error(host, port)) is not None:
        if time.monotonic() >= give_up_at:
            raise CannotStart(
                f"{name}: {host}:{port} 不能使用 · cannot be used ({error.strerror}); choose another {name}"
            )
        time.sleep(0.1)


def _bind_error(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
