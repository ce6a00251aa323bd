"""A line of the desk's command bar in values: `派 供电 G0417 断电配合 30分`.

Reading a line does nothing and never fails: what is not understood is kept as the words it is made of, and a
receiver is only ever what was written. Which unit a word means is for the caller to know (`find`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

VERBS: Final[dict[str, tuple[str, ...]]] = {
    "dispatch": ("派", "派单", "pd", "dispatch"),
    "whistle": ("吹", "吹哨", "cs", "whistle"),
    "transfer": ("转", "转办", "zb", "transfer"),
    "supervise": ("督", "督办", "db", "supervise"),
    "urge": ("催", "催办", "cb", "urge"),
    "merge": ("并", "并单", "bd", "merge"),
    "decision": ("记", "记决定", "决定", "jjd", "decision"),
    "go": ("去", "到", "看", "go"),
}
"""Act -> what an officer writes for it: its character, its name, its initials, its English name."""

WITH_UNITS: Final = frozenset({"dispatch", "whistle", "transfer"})
WITH_LIMIT: Final = frozenset({"dispatch"})
LONGEST_LINE: Final = 200  # characters; a receiver's objective has as many
LONGEST_LIMIT_MIN: Final = 999

_VERB_OF: Final = {word: act for act, words in VERBS.items() for word in words}
_GLUED: Final = sorted((word for word in _VERB_OF if not word.isascii()), key=len, reverse=True)
_BETWEEN: Final = re.compile(r"[\s,，;；]+")
_TOGETHER: Final = re.compile(r"[、+＋]")
_NUMBER: Final = re.compile(r"[A-Za-z]\d{1,9}|哨\d{1,6}")
_MINUTES: Final = re.compile(r"(\d{1,3})(?:分|分钟|min|')")
_HOURS: Final = re.compile(r"(\d{1,2})(?:小时|时|h)")
_FULL_WIDTH: Final = {0xFF01 + place: 0x21 + place for place in range(94)}

Find = Callable[[str], Sequence[str]]
"""A written word -> ids of the units that it may mean; empty when it means none."""


@dataclass(frozen=True, slots=True)
class NamedUnits:
    """A word that stands for a unit, and every unit that it may mean (one, or several to choose from)."""

    word: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    `act` is None while no verb is understood; `verb` is the word that stands for it. `numbers` are matters in the order
    in which they were written. `words` are what is left: the objective, the reason, the decision. `minutes` is a limit.
    `spare` are parts that the act has no use for, as they were written.
    """

    act: str | None
    verb: str
    numbers: tuple[str, ...] = ()
    units: tuple[NamedUnits, ...] = ()
    words: str = ""
    minutes: int | None = None
    spare: tuple[str, ...] = ()


def read_line(written: str, find: Find) -> Line:
    """Read a line of the command bar, whatever is in it.

    Units stand before the first free word, so that no word of an objective ever becomes a receiver. A line that is a
    matter's number alone goes to that matter.
    """
    parts = [one for one in _BETWEEN.split(written[:LONGEST_LINE].translate(_FULL_WIDTH)) if one]
    if not parts:
        return Line(None, "")
    if len(parts) == 1 and _NUMBER.fullmatch(parts[0]):
        return Line("go", parts[0], (parts[0].upper(),))
    act, verb, rest = _verb(parts)
    if act is None:
        return Line(None, verb)
    return _rest(act, verb, rest, find)


def _verb(parts: list[str]) -> tuple[str | None, str, list[str]]:
    first = parts[0]
    act = _VERB_OF.get(first.lower())
    if act is not None:
        return act, first, parts[1:]
    for word in _GLUED:  # 派供电: nobody should have to write the blank
        if first.startswith(word):
            return _VERB_OF[word], word, [first[len(word) :], *parts[1:]]
    return None, first, []


def _rest(act: str, verb: str, parts: list[str], find: Find) -> Line:
    numbers: list[str] = []
    units: list[NamedUnits] = []
    words: list[str] = []
    spare: list[str] = []
    minutes: int | None = None
    for part in parts:
        limit = _limit(part)
        if _NUMBER.fullmatch(part):
            if part.upper() not in numbers:
                numbers.append(part.upper())
        elif limit is not None:
            if act in WITH_LIMIT:
                minutes = limit
            else:
                spare.append(part)
        elif act in WITH_UNITS and not words and (named := _units(part, find)):
            units += [one for one in named if one.ids not in [known.ids for known in units]]
        else:
            words.append(part)
    return Line(act, verb, tuple(numbers), tuple(units), " ".join(words), minutes, tuple(spare))


def _units(part: str, find: Find) -> list[NamedUnits]:
    """The units of one part, 供电、热力 too; none when any of its words means none."""
    named = [NamedUnits(word, tuple(find(word))) for word in _TOGETHER.split(part) if word]
    return named if all(one.ids for one in named) else []


def _limit(part: str) -> int | None:
    if part == "半小时":
        return 30
    if found := _MINUTES.fullmatch(part):
        minutes = int(found[1])
    elif found := _HOURS.fullmatch(part):
        minutes = int(found[1]) * 60
    else:
        return None
    return minutes if 0 < minutes <= LONGEST_LIMIT_MIN else None
