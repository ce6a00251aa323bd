"""A disk that a process may die at, and that loses at a power cut what was not synced.

Stands in for the `os` of `dashboard.store.attachments`. What a running system sees is the real folder; what would be
left after a power cut is known beside it: the names of a folder as of its last sync, a file's bytes once they were.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any


class Died(BaseException):
    """Stands for the process that is gone: no handler in the product may catch it."""


class MortalDisk:
    """Counts what the store of attachments asks of the disk, and dies before or after the n-th."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[Path, set[str]] = {root: {one.name for one in root.iterdir()}}
        self._synced: set[Path] = set()
        self._open: dict[int, Path] = {}
        self._at: int | None = None
        self.asked = 0

    def die_at(self, number: int | None) -> None:
        """Die at the n-th request from now on: odd before it is done, even after the one before was."""
        self._at, self.asked = number, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Path, flags: int, mode: int = 0o777) -> int:
        self._step()
        handle = os.open(path, flags, mode)
        self._open[handle] = Path(path)
        return handle

    def fsync(self, handle: int) -> None:
        self._step()
        path = self._open[handle]
        if path.is_dir():
            self._names[path] = {one.name for one in path.iterdir()}
        else:
            self._synced.add(path)

    def replace(self, source: Path, target: Path) -> None:
        self._step()
        os.replace(source, target)
        self._names.get(target.parent, set()).discard(
            target.name
        )  # what a sync knew by this name is another file
        if source in self._synced:
            self._synced.add(target)

    def utime(self, path: Path) -> None:
        self._step()
        os.utime(path)

    def cut_power(self, folder: Path) -> None:
        """Leave of a folder what is on the disk: names of synced folders, bytes of synced files."""
        for parent in (self._root, folder, *sorted(one for one in folder.rglob("*") if one.is_dir())):
            for entry in parent.iterdir() if parent.is_dir() else ():
                if entry.name not in self._names.get(parent, set()) and (
                    parent != self._root or entry == folder
                ):
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                elif entry.is_file() and parent != self._root and entry not in self._synced:
                    entry.write_bytes(b"")

    def _step(self) -> None:
        self.asked += 1
        if self._at is not None and self.asked == self._at:
            raise Died
