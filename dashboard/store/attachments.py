"""The bytes of attachments: files named by their own hash, in a folder that no web server serves.

A file is whole and on the disk before its name exists, and its name exists before any row speaks of it, so a row never
points at nothing, whatever is killed. Nobody's text becomes part of a path: the name is the hash of the content.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")


class NoSuchContent(RuntimeError):
    """A row speaks of bytes that are not there, or no longer those that were kept: the folder was changed by hand."""


def keep(folder: Path, content: bytes) -> str:
    """Keep bytes durably and return their SHA-256; the same bytes twice are one file.

    Raises:
        OSError: the disk is full or the folder cannot be written; nothing was kept.
    """
    name = hashlib.sha256(content).hexdigest()
    file = path_of(folder, name)
    try:
        os.utime(file)  # young again: whoever sweeps what no row speaks of leaves it alone
        return name
    except FileNotFoundError:
        pass
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    for level in (file.parent, folder, folder.parent):
        _settle(level)
    return name


def load(folder: Path, name: str) -> bytes:
    """Return the bytes of a hash, checked against it.

    Raises:
        NoSuchContent: they are gone or changed.
    """
    try:
        content = path_of(folder, name).read_bytes()
    except FileNotFoundError:
        raise NoSuchContent(name) from None
    if hashlib.sha256(content).hexdigest() != name:
        raise NoSuchContent(name)
    return content


def names_older_than(folder: Path, before_s: float) -> list[str]:
    """Return the hashes whose files were written before `before_s` (seconds since 1970, the file system's clock)."""
    found = []
    for file in folder.glob("[0-9a-f][0-9a-f]/*"):
        if _SHA256.fullmatch(file.name) and file.stat().st_mtime < before_s:
            found.append(file.name)
    return found


def is_older_than(folder: Path, name: str, before_s: float) -> bool:
    """Say whether the file of a hash is there and was last kept before `before_s`."""
    try:
        return path_of(folder, name).stat().st_mtime < before_s
    except FileNotFoundError:
        return False


def path_of(folder: Path, name: str) -> Path:
    """Return where the bytes of a hash lie; raises ValueError for anything that is not one."""
    if not _SHA256.fullmatch(name):
        raise ValueError("not a SHA-256")
    return folder / name[:2] / name


def _settle(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
