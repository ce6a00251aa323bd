"""The name of the request that is being answered: in its answer's header, in each line logged meanwhile."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from typing import Final

_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_CURRENT: ContextVar[str] = ContextVar("request_id", default="")


def begin(given: str = "") -> str:
    """Name the request of this context, as a proxy in front named it if that is well formed, and return the name.

    It is not taken back: whoever serves the request logs what went wrong after the application has ended.
    """
    name = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
    _CURRENT.set(name)
    return name


def current() -> str:
    """Return the name of this context's request, "" outside one."""
    return _CURRENT.get()
