"""Chinese words of a text, by a kept library (rjieba, the Rust port of jieba with its dictionary)."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]")


@lru_cache(maxsize=4_096)
def words_of(text: str) -> tuple[str, ...]:
    """Return a text's words in order, without signs and spaces; Latin letters in lower case.

    The dictionary (about 20 MB) is read when the first text is asked for, not when this module is imported.
    """
    import rjieba

    return tuple(word.lower() for word in rjieba.cut(text) if _WORD.search(word))
