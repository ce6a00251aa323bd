"""Pinyin initials: what a hurried hand types for a name. `gdgs` finds 供电公司, `rz` 日照."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from os import environ

# A setting of pypinyin's own. Without its phrases the library costs a process 13 MB instead of 58, and a character with
# several readings is found by each of them here anyway.
_WITHOUT_PHRASES = "PYPINYIN_NO_PHRASES"
_REMEMBERED = 16_384  # names; the city's places and units are some 6,500


@dataclass(frozen=True, slots=True)
class Initials:
    """The letters of one name, a place for each written character: Chinese by the first letter of its
    reading, letters and digits as they are in lower case, spaces and punctuation not at all.

    `usual` is what most would type. `readings` holds for each place every letter that some reading begins with
    (重 is c and z), the usual one first.
    """

    usual: str
    readings: tuple[str, ...]

    def find(self, typed: str) -> int:
        """Return the place in the name at which `typed` (letters and digits, any case) stands, 0 for its
        beginning; -1 when it does not stand there, or is empty."""
        letters = typed.casefold()
        if not letters:
            return -1
        usual = self.usual.find(letters)
        if usual >= 0:
            return usual
        for start in range(len(self.readings) - len(letters) + 1):
            if all(letter in self.readings[start + k] for k, letter in enumerate(letters)):
                return start
        return -1


@lru_cache(maxsize=_REMEMBERED)
def initials_of(name: str) -> Initials:
    """Return the initials of a name. The first call in a process loads the readings of 42,000 characters (60 ms)."""
    environ.setdefault(_WITHOUT_PHRASES, "true")
    from pypinyin import Style, pinyin

    readings: list[str] = []
    for character in name:
        if character.isascii() or not character.isalnum():
            readings.extend(character.casefold() if character.isascii() and character.isalnum() else "")
            continue
        letters = pinyin(character, style=Style.FIRST_LETTER, heteronym=True)[0]
        readings.append("".join(dict.fromkeys(letters)).casefold())
    return Initials("".join(one[0] for one in readings), tuple(readings))
