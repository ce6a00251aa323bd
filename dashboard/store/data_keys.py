"""The keys that seal personal data at rest: each has a version, the first one listed seals, all of them open.

Version 0 is the key derived from the installation's secret; it is no line here and stays as long as the secret does.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32  # AES-256
HIGHEST_VERSION: Final = 0xFFFF  # two bytes before each sealed value


class DataKeysError(RuntimeError):
    """The list of keys cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One key and its version, 1 to `HIGHEST_VERSION`."""

    version: int
    key: bytes


def parse(text: str) -> tuple[DataKey, ...]:
    """Read `version:hexadecimal` pairs, parted by commas or lines, the one that seals first.

    Raises:
        ValueError: not such a list, or a version stands twice.
    """
    read = []
    for part in text.replace("\n", ",").split(","):
        if not part.strip():
            continue
        version, _, digits = part.strip().partition(":")
        if not (version.isascii() and version.isdigit()):
            raise ValueError("a key is a version, a colon and 64 hexadecimal digits")  # repeats no key
        key = DataKey(int(version), bytes.fromhex(digits))
        if not 0 < key.version <= HIGHEST_VERSION or len(key.key) != KEY_BYTES:
            raise ValueError(
                f"version {key.version} is not 1-{HIGHEST_VERSION} with {KEY_BYTES} bytes behind it"
            )
        read.append(key)
    if len({one.version for one in read}) != len(read):
        raise ValueError("a version stands twice")
    return tuple(read)


class DataKeys:
    """The keys of an installation, from a file that may change while processes run, or from settings, which do not."""

    def __init__(self, file: Path | None = None, given: str = "") -> None:
        """Args: `file`: the list, absent before the first rotation; `given`: a list in the settings, used instead."""
        self.file = None if given else file
        self._keys = parse(given)
        self._seen: tuple[int, int, int] | None = None

    def all(self) -> tuple[DataKey, ...]:
        """Return every key, the one that seals first; empty while version 0 seals.

        The file is looked at each time (microseconds), so that a rotation reaches every process at its next value.

        Raises:
            DataKeysError: the file is readable by others or is no list of keys.
        """
        if self.file is None:
            return self._keys
        try:
            facts = self.file.stat()
        except FileNotFoundError:
            if self._keys:
                raise DataKeysError(f"{self.file} is gone; put it back from the backup") from None
            return ()
        seen = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
        if seen != self._seen:
            if stat.S_IMODE(facts.st_mode) & 0o077:
                raise DataKeysError(f"{self.file} is readable by others; run: chmod 600 {self.file}")
            try:
                self._keys = parse(self.file.read_text(encoding="ascii"))
            except (ValueError, OSError) as error:
                raise DataKeysError(f"{self.file} is no list of data keys: {error}") from error
            self._seen = seen
        return self._keys

    def with_new(self) -> tuple[DataKey, ...]:
        """Return the keys with a fresh one that seals; nothing is written."""
        keys = self.all()
        version = max((one.version for one in keys), default=0) + 1
        return (DataKey(version, secrets.token_bytes(KEY_BYTES)), *keys)

    def write(self, keys: tuple[DataKey, ...]) -> None:
        """Replace the file by this list, whole or not at all, on disk when this returns.

        Raises:
            DataKeysError: the keys come from the settings, which only an operator changes.
        """
        if self.file is None:
            raise DataKeysError("the data keys stand in ZHONGSHU_DATA_KEYS: change them there")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.writelines(f"{one.version}:{one.key.hex()}\n" for one in keys)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.file)
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
