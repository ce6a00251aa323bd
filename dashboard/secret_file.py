"""The one secret of an installation: keys of devices and platforms, and tokens, are derived from it."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

SECRET_BYTES = 32


class SecretFileError(RuntimeError):
    """The secret cannot be used; the text says which file and what to do."""


def read_secret(file: Path) -> bytes:
    """The secret in `file` (hexadecimal, readable by its owner alone).

    Raises:
        SecretFileError: missing, readable by others, or not a secret.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        text = file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SecretFileError(f"{file} is missing; `make run` makes it at the first start") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SecretFileError(f"{file} cannot be read: {error}") from error
    if mode & 0o077:
        raise SecretFileError(f"{file} is readable by others (mode {mode:04o}); run: chmod 600 {file}")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        raise SecretFileError(f"{file} is not hexadecimal") from None
    if len(secret) < SECRET_BYTES:
        raise SecretFileError(f"{file} holds {len(secret)} bytes, {SECRET_BYTES} are needed")
    return secret


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
