"""What is wrong with a step, in words beside its field."""

from __future__ import annotations

from collections.abc import Mapping

from layouts.admin.words import joined, stage_word, urgency_word, word
from layouts.catalogue import has_text, text


def fault_words(code: str, column: str, params: Mapping[str, str], lang: str) -> str:
    """Return the sentence for a fault of a column; the column's own where there is one."""
    shown = dict(params)
    if code == "policy_chain_gone":
        shown["kind"] = word("applies_to", params["kind"], lang)
        shown["stage"] = stage_word(params["kind"], params["stage"], lang)
        urgencies = params["urgency"].split()
        shown["urgency"] = joined([urgency_word(one, lang) for one in urgencies], lang)
    for key in (f"admin.fault.{code}.{column}", f"admin.fault.{code}"):
        if has_text(key):
            return text(key, lang, **shown)
    return text("admin.fault.other", lang, code=code)
