"""No panel polls: what asks again by the clock is on the list of docs/wire.md with its reason; nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What begins a repetition: a Dash interval, a browser's, a timer that a function sets on itself again.
REPEATS = re.compile(r"dcc\.Interval\(|setInterval\(|setTimeout\(\(\) => this\.#?\w+\(\), \w*EVERY_MS\)")
# Files that repeat something, and the address that they ask; None where nothing is asked.
KNOWN = {
    "assets/live/client.mjs": "`t<number>`",
}


def repeating() -> set[str]:
    found = set()
    for folder, endings in (("layouts", ("py",)), ("callbacks", ("py",)), ("assets", ("mjs", "js"))):
        for ending in endings:
            for path in (ROOT / folder).rglob(f"*.{ending}"):
                if REPEATS.search(path.read_text(encoding="utf-8")):
                    found.add(path.relative_to(ROOT).as_posix())
    return found


def test_only_what_is_on_the_list_asks_by_the_clock() -> None:
    assert repeating() == set(KNOWN)


def test_the_list_says_why() -> None:
    text = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
    _, _, section = text.partition("### What still asks by the clock")
    assert section
    for asked in KNOWN.values():
        assert asked in section
