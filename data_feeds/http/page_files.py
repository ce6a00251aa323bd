"""Which files a page of the hand needs, found by following its modules' imports, so that none is forgotten."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[\w./-]+\.m?js)["']""")


def modules_of(assets: Path, entries: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that `entries` load, themselves first, each once, as names below `assets`.

    An import whose name is put together while the page runs is not seen: name its target among the entries.
    """
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = None
        source = (assets / name).read_text(encoding="utf-8")
        folder = posixpath.dirname(name)
        waiting += [posixpath.normpath(f"{folder}/{target}") for target in _IMPORT.findall(source)]
    return tuple(found)
