"""Names inside log lines are the names the catalogue shows."""

from __future__ import annotations

import pytest

from dashboard.domain import words
from layouts.catalogue import text

TABLES = {
    "stage": words.STAGE_WORDS, "role": words.ROLE_WORDS, "receipt": words.RECEIPT_WORDS, "due_for": words.DUE_WORDS,
    "means": words.MEANS_WORDS, "field": words.FIELD_WORDS, "may": words.ACT_WORDS, "event": words.EVENT_WORDS,
    "fault": words.TELLING_FAULT_WORDS,
    "callback": words.CALLBACK_WORDS,
    "claim": words.CLAIM_WORDS,
}  # fmt: skip


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_name_is_the_same_in_the_log_and_in_the_catalogue(table: str) -> None:
    for code, (zh, en) in TABLES[table].items():
        same = {"metres": "{metres}"}  # a sentence with a gap in it
        assert (text(f"{table}.{code}", **same), text(f"{table}.{code}", "en", **same)) == (zh, en)
