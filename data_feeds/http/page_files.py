"""Which files a page needs, found by following its modules' imports and by their names, so that none is forgotten."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[\w./-]+\.m?js)["']""")

_SHARED_STYLES: Final = ("fonts", "fonts_chinese", "tokens")


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
        waiting += [posixpath.normpath(posixpath.join(folder, target)) for target in _IMPORT.findall(source)]
    return tuple(found)


def styles_of(assets: Path, surface: str) -> tuple[str, ...]:
    """Return the stylesheets of a screen, as names below `assets/css`: its own, `desk*.css`, and what all share; in the
    order of their names, in which Dash links them too."""
    found = [path.stem for path in (assets / "css").glob("*.css") if path.stem.split("_")[0] == surface]
    return tuple(sorted([*found, *_SHARED_STYLES]))
