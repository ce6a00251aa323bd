"""What a code of the policy's table is called. The codes stay in the file; a screen never shows one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from layouts.catalogue import has_text, text

# Columns whose words are used all over the product; the other columns' words are this page's own.
_ROOMS: Final = {
    "tell": "role",
    "must_act": "role",
    "means": "means",
    "card": "card",
    "raise_to_level": "level",
    "urgency": "urgency",
}


def word(column: str, code: str, lang: str) -> str:
    """Return what a code of a column is called; a code that nobody knows stands as it is, beside its error."""
    key = key_of(column, code)
    return text(key, lang) if has_text(key) else code


def key_of(column: str, code: str) -> str:
    """Return the catalogue's key of a code of a column."""
    return f"{_ROOMS.get(column, f'admin.word.{column}')}.{code}"


def stage_word(applies_to: str, stage: str, lang: str) -> str:
    """Return what the stage of a kind of clock is called."""
    for key in (f"admin.word.stage.{applies_to}.{stage}", f"admin.word.stage.{stage}"):
        if has_text(key):
            return text(key, lang)
    return stage


def urgency_word(urgency: str, lang: str) -> str:
    """Return what an urgency is called, "all urgencies" for none."""
    return word("urgency", urgency, lang) if urgency else text("admin.chain.every_urgency", lang)


def codes_of(cell: str) -> list[str]:
    """Return the codes of a cell that holds several."""
    return [part.strip() for part in cell.split(";") if part.strip()]


def words_of(column: str, cell: str, lang: str) -> str:
    """Return the words of a cell that holds several codes."""
    return joined([word(column, one, lang) for one in codes_of(cell)], lang)


def joined(names: Sequence[str], lang: str) -> str:
    """Return names as a list in a sentence."""
    return text("admin.join", lang).join(names)
