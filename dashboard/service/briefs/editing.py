"""An officer's words on a brief, each time a new version; a leader's approval, which freezes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from dashboard.domain.brief import LONGEST_SENTENCE, MOST_SENTENCES, sentence_of, unlinked
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, perform
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables


@dataclass(frozen=True, slots=True)
class EditBrief:
    """The sentences of a new version in order, as (id, text); an id that the brief does not have is an added sentence.

    `version` is the one that was being looked at.
    """

    brief_id: str
    version: int
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ApproveBrief:
    """批准 of exactly this version."""

    brief_id: str
    version: int


def edit_brief(
    services: Services, actor: Principal, request: EditBrief, now: int, idempotency_key: str
) -> Outcome:
    """Keep a new version; the generated text stays. `Done.value` is {"version", "unlinked"}.

    `unlinked` counts numbers that no query of their sentence gives: they are marked wherever the brief is shown.
    Refused: no_such_brief, brief_approved, brief_moved_on, brief_empty, brief_too_long, brief_unchanged.
    """

    def decide(act: Act) -> Row:
        row = draft_of(act, request.brief_id, request.version)
        generated = {one["id"]: one for one in json.loads(row.generated)["sentences"]}
        sentences = _checked(request.sentences, generated)
        before = sentences_of(act, row.id, row.version)
        if sentences == before:
            raise Refusal("brief_unchanged")
        version = row.version + 1
        act.connection.execute(
            insert(tables.brief_versions),
            {
                "brief_id": row.id,
                "version": version,
                "sentences": json.dumps(sentences, ensure_ascii=False),
                "edited_at": now,
                "edited_by": actor.id,
                "edited_name": actor.name,
            },
        )
        act.connection.execute(
            update(tables.briefs).where(tables.briefs.c.id == row.id).values(version=version)
        )
        loose = [number for one in sentences for number in loose_numbers(one, generated)]
        act.changes |= {"version": [row.version, version], "unlinked": loose}
        return {"version": version, "unlinked": len(loose)}

    subject = f"brief:{request.brief_id}"
    return perform(services, actor, "edit_brief", subject, now, idempotency_key, request, decide)


def approve_brief(
    services: Services, actor: Principal, request: ApproveBrief, now: int, idempotency_key: str
) -> Outcome:
    """Approve a version: it is frozen, and its digest stands in the audit chain. `Done.value` is {"digest"}.

    Refused: no_such_brief, brief_approved, brief_moved_on.
    """

    def decide(act: Act) -> Row:
        row = draft_of(act, request.brief_id, request.version)
        digest = digest_of(row._mapping, sentences_of(act, row.id, row.version), actor.id, now)
        values = {
            "state": "approved", "approved_at": now, "approved_by": actor.id, "approved_name": actor.name,
            "digest": digest,
        }  # fmt: skip
        act.connection.execute(update(tables.briefs).where(tables.briefs.c.id == row.id).values(**values))
        act.changes |= {"state": ["draft", "approved"], "version": row.version, "digest": digest}
        return {"digest": digest}

    subject = f"brief:{request.brief_id}"
    return perform(services, actor, "approve_brief", subject, now, idempotency_key, request, decide)


def draft_of(act: Act, brief_id: str, version: int) -> Any:
    """Return the row of a draft of the actor's place at this version, else refuse."""
    row = act.connection.execute(select(tables.briefs).where(tables.briefs.c.id == brief_id)).first()
    if row is None or not act.pack.divisions.is_within(row.jurisdiction, act.actor.jurisdiction):
        raise Refusal("no_such_brief")
    if row.state == "approved":
        raise Refusal("brief_approved", by=mask_name(row.approved_name))
    if row.version != version:
        last = act.connection.execute(
            select(tables.brief_versions.c.edited_name).where(
                (tables.brief_versions.c.brief_id == brief_id)
                & (tables.brief_versions.c.version == row.version)
            )
        ).scalar_one()
        raise Refusal("brief_moved_on", by=mask_name(last), version=row.version)
    return row


def sentences_of(act: Act, brief_id: str, version: int) -> list[Row]:
    """Return the sentences of a version: {"id", "section", "text"}."""
    column = tables.brief_versions.c
    wanted = (column.brief_id == brief_id) & (column.version == version)
    found: list[Row] = json.loads(act.connection.execute(select(column.sentences).where(wanted)).scalar_one())
    return found


def digest_of(row: Mapping[str, Any], sentences: Sequence[Row], by: str, at: int) -> str:
    """Return the digest of a brief as it was approved: what was generated, what was made of it, by whom, when."""
    kept = {name: row[name] for name in ("id", "kind", "jurisdiction", "subject", "title", "generated")}
    content = kept | {"version": row["version"], "sentences": list(sentences), "by": by, "at": at}
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def loose_numbers(sentence: Row, generated: Mapping[str, Row]) -> list[str]:
    """Return the numbers of an edited sentence that no query gives; every number of an added one."""
    known = generated.get(sentence["id"])
    if known is None:
        return unlinked(sentence["text"], ())
    made = sentence_of(known)
    return unlinked(sentence["text"], made.numbers, made.fixed)


def _checked(given: Sequence[tuple[str, str]], generated: Mapping[str, Row]) -> list[Row]:
    sentences: list[Row] = []
    for named, text in given:
        words = " ".join(text.split())
        if len(words) > LONGEST_SENTENCE:
            raise Refusal("brief_too_long", most=LONGEST_SENTENCE)
        if not words:
            continue
        known = generated.get(named)
        section = known["section"] if known else "added"
        sentences.append({"id": named[:40], "section": section, "text": words})
    if not sentences:
        raise Refusal("brief_empty")
    if len(sentences) > MOST_SENTENCES or len({one["id"] for one in sentences}) < len(sentences):
        raise Refusal("brief_too_long", most=MOST_SENTENCES)
    return sentences
