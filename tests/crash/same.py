"""Says what differs: what is missing and what is too much, in words that a failed run's reader can go after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

MOST_NAMED = 8


def same(what: str, found: Any, wanted: Any) -> None:
    """Fail with the differences unless both are equal; mappings by key, anything else as a bag of its members."""
    if isinstance(found, Mapping) and not isinstance(found, Counter):
        missing = {key: one for key, one in wanted.items() if found.get(key) != one or key not in found}
        extra = {key: one for key, one in found.items() if wanted.get(key) != one or key not in wanted}
        assert not missing and not extra, _said(what, missing.items(), extra.items())
        return
    bag, wanted_bag = Counter(found), Counter(wanted)
    assert bag == wanted_bag, _said(what, (wanted_bag - bag).items(), (bag - wanted_bag).items())


def none_of(what: str, found: Iterable[Any]) -> None:
    """Fail with the members unless there are none."""
    bad = list(found)
    assert not bad, f"{what}: {len(bad)}, such as {bad[:MOST_NAMED]}"


def _said(what: str, missing: Iterable[Any], extra: Iterable[Any]) -> str:
    lacks, has = sorted(missing, key=repr), sorted(extra, key=repr)
    return f"{what}\n  missing {len(lacks)}: {lacks[:MOST_NAMED]}\n  there and not told: {len(has)}: {has[:MOST_NAMED]}"
