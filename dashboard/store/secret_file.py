"""The secret of an installation: keys of devices and platforms, and tokens, are derived from it.

Its file holds one line, or several while it is rotated: the first derives from now on, the older ones are still
accepted. A line `name:` keeps the name of its sessions at an MQTT broker, which no rotation may change.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECRET_BYTES = 32
NAME_DIGITS: Final = 12
_NAME: Final = "name:"
_LOG = logging.getLogger(__name__)


class SecretFileError(RuntimeError):
    """The secret cannot be used; the text says which file and what to do."""


@dataclass(frozen=True, slots=True)
class SecretList:
    """The secrets of an installation, the one that derives first, and the name that a rotation kept, "" before one."""

    secrets: tuple[bytes, ...]
    name: str = ""

    def with_new(self) -> SecretList:
        """Return the list with a fresh secret that derives; nothing is written."""
        return SecretList((secrets.token_bytes(SECRET_BYTES), *self.secrets), self.broker_name())

    def without_older(self) -> SecretList:
        """Return the list with the secret that derives alone; nothing is written."""
        return SecretList(self.secrets[:1], self.broker_name())

    def broker_name(self) -> str:
        """Return what names this installation's sessions at a broker: 12 hexadecimal digits, always the same."""
        return self.name or broker_name(self.secrets[-1])


def broker_name(secret: bytes) -> str:
    """Return the name that a secret gives where no rotation kept one."""
    return hmac.digest(secret, b"mqtt client id", hashlib.sha256).hex()[:NAME_DIGITS]


class Secrets:
    """The secrets of an installation as its file has them; a rotation reaches each process by itself."""

    def __init__(self, file: Path) -> None:
        """Read the file. Raises SecretFileError: as `read_secrets`."""
        self.file = file
        self._seen = _facts(file)
        self._list = read_secrets(file)

    def list(self) -> SecretList:
        """Return the list; the file is looked at each time (microseconds).

        A file that became unusable is said in the log, once, and the last good list counts: no request is refused for
        it.
        """
        seen = _facts(self.file)
        if seen != self._seen:
            self._seen = seen
            try:
                self._list = read_secrets(self.file)
            except SecretFileError as error:
                _LOG.error("the secrets read before stay in use: %s", error)
        return self._list

    def all(self) -> tuple[bytes, ...]:
        """Return every secret that is accepted, the one that derives first."""
        return self.list().secrets


def read_secrets(file: Path) -> SecretList:
    """Return the secrets in `file` (a line of hexadecimal each, readable by its owner alone).

    Raises:
        SecretFileError: missing, readable by others, or not such a list.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        text = file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise SecretFileError(f"{file} is missing; `make run` makes it at the first start") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SecretFileError(f"{file} cannot be read: {error}") from error
    if mode & 0o077:
        raise SecretFileError(f"{file} is readable by others (mode {mode:04o}); run: chmod 600 {file}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    names = [line.removeprefix(_NAME) for line in lines if line.startswith(_NAME)]
    found = tuple(_secret(file, line) for line in lines if not line.startswith(_NAME))
    if not found:
        raise SecretFileError(f"{file} holds no secret; put it back from the backup")
    if len(set(found)) != len(found):
        raise SecretFileError(f"{file} holds a secret twice; take one of the lines away")
    if len(names) > 1 or any(len(one) != NAME_DIGITS or not one.isalnum() for one in names):
        raise SecretFileError(
            f"{file}: `{_NAME}` stands once, with {NAME_DIGITS} hexadecimal digits behind it"
        )
    return SecretList(found, *names)


def read_secret(file: Path) -> bytes:
    """Return the secret in `file` that derives. Raises SecretFileError: as `read_secrets`."""
    return read_secrets(file).secrets[0]


def write_secrets(file: Path, listed: SecretList) -> None:
    """Replace the file by this list, whole or not at all, on disk when this returns."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.writelines(f"{one.hex()}\n" for one in listed.secrets)
        out.write(f"{_NAME}{listed.broker_name()}\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_secrets(file: Path) -> Secrets:
    """Return the secrets of an installation, made first when there are none. Raises SecretFileError."""
    ensure_secret(file)
    return Secrets(file)


def _secret(file: Path, line: str) -> bytes:
    try:
        secret = bytes.fromhex(line)
    except ValueError:
        raise SecretFileError(f"{file} is not hexadecimal") from None
    if len(secret) < SECRET_BYTES:
        raise SecretFileError(f"{file} holds {len(secret)} bytes, {SECRET_BYTES} are needed")
    return secret


def _facts(file: Path) -> tuple[int, int, int, int] | None:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size, facts.st_mode


def ensure_secret(file: Path) -> bytes:
    """The secret in `file`, made first when there is none; of two that make it at once, one wins.

    Raises:
        SecretFileError: as `read_secret`.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_hex(SECRET_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, file)  # fails when another process was first: its secret counts
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return read_secret(file)
