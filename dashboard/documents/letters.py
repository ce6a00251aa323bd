"""Characters that no file of ours can hold: XML 1.0 has no way to write them, and Word and Excel are XML."""

from __future__ import annotations

import re
from typing import Any, Final

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def writable(words: str) -> str:
    """Return a text without what cannot be written; nobody sees those characters on a screen either."""
    return _UNWRITABLE.sub("", words)


def writable_all(value: Any) -> Any:
    """Return a value of JSON with every text in it as it can be written."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, list):
        return [writable_all(one) for one in value]
    if isinstance(value, dict):
        return {name: writable_all(one) for name, one in value.items()}
    return value
