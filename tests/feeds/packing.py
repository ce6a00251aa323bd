"""The encoder that docs/feeds.md gives to integrators, taken from there: what tests send packed is packed by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


def documented_packer() -> Callable[[list[dict]], bytes]:
    """Run the lines of the page and return their `packed`."""
    (example,) = re.findall(r"^### How to pack\n.*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    found: dict = {}
    exec(example, found)
    return found["packed"]


packed = documented_packer()
