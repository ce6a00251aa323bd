"""What an attacker would write, put into every field of a busy city that holds words.

The fields are not remembered but read from the store's tables: a column of text is written over unless it is named here
among those that hold no words of anybody. So a column that is added later is attacked without a line here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, String, Table, insert, select, update

from dashboard.service import Services
from dashboard.store import tables

MARK = "⟦{field}⟧"
MARKED = re.compile(r"⟦([\w.]+)⟧")
# Begins as a formula, goes on as markup, template, address and style; ends with what no XML can hold.
REST = (
    "<b data-hostile='1'><img src=x onerror=\"ran('img')\"><svg onload=\"ran('svg')\"></svg></b>"
    "<script data-hostile>ran('script')</script><a data-hostile href=\"javascript:ran('link')\">a</a>"
    "\"' onmouseover=ran('attribute') x='{{7*7}}${{ran(1)}}[m](javascript:ran(2))<![CDATA[x]]>"
    "&lt;i&gt;\u202eevil\u202c\u200b;url(javascript:ran(3))}</style></textarea>\x07\x0b\ufffe" + "长" * 60
)
BEGINNINGS = ('=HYPERLINK("http://evil/")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(1)", "\t=1", "＝1", "")
SHORT = "=<b data-hostile onclick=ran()>"


def hostile(field: str, number: int = 0) -> str:
    """A text that would do something wherever it is not shown as a text, and says by `field` where it lay."""
    return f"{BEGINNINGS[number % len(BEGINNINGS)]}{MARK.format(field=field)}{number}{REST}"


NO_WORDS: dict[str, frozenset[str]] = {
    "names a row, a person or a device by an id of ours": frozenset({
         "id", "matter_id", "command_id", "room_id", "receiver_id", "account_id", "brief_id",
         "wording_id", "handover_id", "telling_id", "deadline_id", "specialist_id", "worker_id",
         "carrier_id", "policy_id", "origin_id", "merged_into", "carrier", "replaced_by",
         "reassigned_to", "whistle", "chain", "account", "from_account", "to_account", "ref", "worker",
         "unit", "source_unit", "owner_unit", "kept_unit", "owner", "must_act", "lead", "recipient",
         "reader", "receivers", "by_id", "sender", "external_id", "source", "subject", "actor",
         "device_id", "call_id", "order_no",
    }),
    "a code of a fixed list": frozenset({
         "kind", "state", "stage", "role", "language", "result", "ruling", "card", "level", "cause",
         "means", "recipient_kind", "origin", "phase", "purpose", "applies_to", "unless", "clock",
         "tone", "touched_kind", "due_for", "satisfaction", "decline_ruling", "claim_fault",
         "arrival_proof", "place_from", "ended_how", "post", "by_kind", "way", "request_type",
         "channel", "source_status", "agent_state", "scene", "act", "in_charge", "issued_role",
         "weekdays", "datum", "tell", "fault", "code", "sender_kind",
    }),
    "a division, a category or a day": frozenset({
         "jurisdiction", "region", "township", "village", "grid", "moved_to", "from_region", "to_region",
         "category", "day",
    }),
    "a hash, a secret's hash or a media type": frozenset({
         "token_hash", "password_hash", "hash", "previous_hash", "digest", "reading_digest",
         "content_sha256", "preview_sha256", "received_sha256", "minutes_sha256", "code_hash",
         "address_hash", "phone_mark", "media_type",
    }),
}  # fmt: skip
WORDS_ALL_THE_SAME = frozenset(
    {
        "attendance.post",
        "decisions.owner",
        "room_decisions.owner",
        "matters.result",
        "room_decisions.result",
        "receipts.result",
        "bookings.answer",
    }
)
"""Columns of words that are called as columns without any."""
NO_WORDS_ALL_THE_SAME = frozenset({"wordings.place"})
"""Columns of codes that are called as columns of words: here a division."""
NEVER_TOUCHED = frozenset({"counters", "meta", "idempotency", "alembic_version", "rate_days", "daily_rates"})
"""Tables without a word of anybody that is shown: counts, the store's own facts, answers kept for repeats."""


def columns() -> Iterator[tuple[Table, Any]]:
    """Every column that holds a text, of tables that hold any."""
    for table in tables.metadata.sorted_tables:
        for column in table.c:
            if table.name not in NEVER_TOUCHED and isinstance(column.type, String):
                yield table, column


def holds_words(table: Table, column: Any) -> bool:
    """Say whether anybody's words may lie in a column."""
    name = f"{table.name}.{column.name}"
    if name in NO_WORDS_ALL_THE_SAME:
        return False
    return name in WORDS_ALL_THE_SAME or not any(column.name in names for names in NO_WORDS.values())


def attacked() -> list[str]:
    """The fields that are written over, as `table.column`."""
    return [f"{table.name}.{column.name}" for table, column in columns() if holds_words(table, column)]


SEALED = {
    "citizens.name_sealed": "matter_id",
    "citizens.words_sealed": "matter_id",
    "citizens.address_sealed": "matter_id",
}
"""Sealed columns of words, with the column that their seal is bound to."""
SEALED_WITHOUT_WORDS = frozenset(
    {"citizens.phone_sealed", "specialists.phone_sealed", "accounts.totp_sealed", "sessions.totp_shown",
     "webhooks.secret_sealed", "feed_keys.secret_sealed"}
)  # fmt: skip
"""Numbers that every entrance cuts to digits, and secrets."""


def sealed() -> set[str]:
    """Every sealed column there is."""
    return {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, LargeBinary)
    }


def write_over(services: Services, there: dict[str, str], now: int) -> None:
    """Write a hostile text into every field of every row; a table without a row gets one."""
    with services.store.write() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name not in NEVER_TOUCHED:
                if connection.execute(select(table).limit(1)).first() is None:
                    connection.execute(insert(table).values(**_first_row(table, there, now)))
                _write_over_table(connection, services, table)


def _write_over_table(connection: Connection, services: Services, table: Table) -> None:
    words = [column for of, column in columns() if of is table and holds_words(table, column)]
    sealed_by = {one.name: SEALED[name] for one in table.c if (name := f"{table.name}.{one.name}") in SEALED}
    for number, row in enumerate(connection.execute(select(table)).mappings().all()):
        changed: dict[str, Any] = {
            one.name: _changed(f"{table.name}.{one.name}", row[one.name], number) for one in words
        }
        for name, about in sealed_by.items():
            changed[name] = services.seal.close(hostile(f"{table.name}.{name}", number), row[about])
        if changed:
            here = [one == row[one.name] for one in table.primary_key.columns]
            connection.execute(update(table).where(*here).values(**changed))


def _changed(field: str, value: Any, number: int) -> str:
    """A list or an object keeps its shape: what is words in it is what has a Chinese letter."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.dumps(_in_json(field, json.loads(value), number), ensure_ascii=False)
    return hostile(field, number)


def _in_json(field: str, value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {name: _in_json(field, one, number) for name, one in value.items()}
    if isinstance(value, list):
        return [_in_json(field, one, number) for one in value]
    is_words = isinstance(value, str) and re.search("[\u4e00-\u9fff]", value)
    return hostile(field, number) if is_words else value


def _first_row(table: Table, there: dict[str, str], now: int) -> dict[str, Any]:
    """A row of a table that the busy city has none in, on its things."""
    named: dict[str, Any] = {
        "matter_id": there["matter"], "command_id": there["whistle"], "receiver_id": there["called"],
        "unit": there["lead"], "telling_id": there["telling"], "deadline_id": there["deadline"],
        "wording_id": there["wording"], "account": "account-duty_officer", "version": 1, "n": 1,
        "source": "hotline", "stage": "HANDLING", "card": "red", "purpose": "sign", "satisfaction": "satisfied",
        "result": {"callbacks": "answered"}.get(table.name, "sent"), "state": "talk", "category": "0203",
        "lead": there["lead"],
        "day": "2026-11-23", "device_id": "d-w-0001", "sender_kind": "device", "reason": "malformed", "detail": "{}",
        "kind": "arrived", "view": '{"columns": []}', "assists": "[]", "level": "city", "secret_sealed": b"x",
    }  # fmt: skip
    found: dict[str, Any] = {}
    for column in table.c:
        if column.nullable and column.name not in ("why",):
            continue
        if column.name in named:
            found[column.name] = named[column.name]
        elif isinstance(column.type, Boolean):
            found[column.name] = False
        elif isinstance(column.type, Float | Integer):
            found[column.name] = now if column.name.endswith("_at") else 1
        else:
            found[column.name] = "x"
    return found
