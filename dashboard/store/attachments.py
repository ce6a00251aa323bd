"""The bytes of attachments: files named by their own hash, in a folder that no web server serves.

A file is whole and on the disk before its name exists, and its name exists before any row speaks of it, so a row never
points at nothing, whatever is killed. Nobody's text becomes part of a path: the name is the hash of the content.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from dashboard.store.store import StoreBusy, StoreFull

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_SHA256 = re.compile(r"[0-9a-f]{64}")
UNFINISHED = "."
"""How the name begins under which a file is written, until it has its own."""


class NoSuchContent(RuntimeError):
    """A row speaks of bytes that are not there, or no longer those that were kept: the folder was changed by hand."""


def keep(folder: Path, content: bytes) -> str:
    """Keep bytes durably and return their SHA-256; the same bytes twice are one file.

    Raises:
        StoreFull: the disk is full; nothing was kept.
        OSError: the folder cannot be written; nothing was kept.
    """
    try:
        return _keep(folder, content)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreFull(str(error)) from error
        raise


def _keep(folder: Path, content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    file = path_of(folder, name)
    if not (_is_whole(folder, name) and renew(folder, name)):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(file, content)
    # Also for a file that was there: whoever wrote it may have died before its name was on the disk, or is just about
    # to put it there.
    for level in (file.parent, folder, folder.parent):
        _settle(level)
    return name


def keep_in_all(folders: Sequence[Path], content: bytes) -> str:
    """Keep bytes in each folder, the first and those that hold a second copy of it; returns their SHA-256.

    Only the first is made when it is not there: a second one that is missing is a share that is not mounted, and what
    were written under its name would lie beside the first, on the same disk.

    Raises:
        StoreFull: a disk is full.
        StoreBusy: a second folder is not there or cannot be written; what was told done would be in one place alone.
        OSError: the first folder cannot be written.
    """
    first, *others = folders
    for folder in others:
        if not folder.is_dir():
            raise StoreBusy(f"the second copy of attachments is not there: {folder}")
        try:
            keep(folder, content)
        except OSError as error:
            raise StoreBusy(f"the second copy of attachments cannot be written: {error}") from error
    return keep(first, content)


def renew_in_all(folders: Sequence[Path], name: str) -> bool:
    """Make the file of a hash young again in each folder; False when one of them has none."""
    return all(renew(folder, name) for folder in folders)


def load_from_any(folders: Sequence[Path], name: str) -> bytes:
    """Return the bytes of a hash from the first folder that has them whole.

    Raises:
        NoSuchContent: none has.
    """
    for folder in folders:
        with contextlib.suppress(NoSuchContent):
            return load(folder, name)
    raise NoSuchContent(name)


def renew(folder: Path, name: str) -> bool:
    """Make a file young again, so that whoever sweeps what no row speaks of leaves it alone; False without one."""
    try:
        os.utime(path_of(folder, name))
    except FileNotFoundError:
        return False
    return True


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
    """Return the hashes whose files were last kept before `before_s` (seconds since 1970, the file system's clock)."""
    return [
        file.name
        for file in folder.glob("[0-9a-f][0-9a-f]/*")
        if _SHA256.fullmatch(file.name) and is_older_than(folder, file.name, before_s)
    ]


def forget_unfinished(folder: Path, before_s: float) -> int:
    """Remove what a killed process had begun to write before `before_s` and never given a name; returns how many."""
    removed = 0
    for file in folder.glob(f"[0-9a-f][0-9a-f]/{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < before_s:
                file.unlink()
                removed += 1
    return removed


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


def _is_whole(folder: Path, name: str) -> bool:
    """Say whether the bytes of a hash are there and still those; what a bad disk or a hand changed is written anew."""
    try:
        load(folder, name)
    except NoSuchContent:
        return False
    return True


def _write(file: Path, content: bytes) -> None:
    """Give the file its name only when all of it is on the disk."""
    fresh = file.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
