"""A refused act in words that an officer understands."""

from __future__ import annotations

from dashboard.domain.refusal import Refused
from layouts.catalogue import has_text, text


def refusal_text(refused: Refused, language: str) -> str:
    """The sentence for `refused`; a code without a sentence of its own says that plainly and keeps its code."""
    if has_text(refused.key):
        return text(refused.key, language, **refused.params)
    return text("refusal.without_words", language, code=refused.code)
