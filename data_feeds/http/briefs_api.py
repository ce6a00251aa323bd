"""Briefs and the history of the three rates: /api/v1/briefs, /api/v1/rates/history."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import Field

from dashboard import service
from dashboard.clock import CITY_ZONE
from dashboard.documents import making
from dashboard.domain.brief import LONGEST_SENTENCE, MOST_SENTENCES
from dashboard.principal_context import current_principal
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Instant,
    Strict,
    act,
    rendered,
    with_time,
)
from data_feeds.http.brief_references import References
from data_feeds.http.described import file_answer
from data_feeds.http.exports_api import local_time

Kind = Literal["daily", "weekly", "monthly", "special"]
BriefId = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
SentenceId = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Code = Annotated[str, Field(max_length=20, pattern=r"^[A-Za-z0-9-]*$")]
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class MakeBody(Strict):
    matter_id: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_.:-]*$")] = ""
    category: Code = ""
    township: Code = ""
    from_at: Instant = 0
    until_at: Instant = 0


class SentenceBody(Strict):
    id: Identifier
    # Longer than what may be kept, so that too long is told in words.
    text: Annotated[str, Field(max_length=4 * LONGEST_SENTENCE, pattern=r"^[^\x00]*$")]


class VersionBody(Strict):
    version: Annotated[int, Field(ge=1, lt=2**31)]
    sentences: Annotated[list[SentenceBody], Field(min_length=1, max_length=2 * MOST_SENTENCES)]


class ApprovalBody(Strict):
    version: Annotated[int, Field(ge=1, lt=2**31)]


def briefs_router(parts: ApiParts) -> APIRouter:
    """Build the router of briefs."""
    router = APIRouter(prefix="/api/v1")
    _add_reading(router, parts)
    _add_acts(router, parts)
    return router


def _add_reading(router: APIRouter, parts: ApiParts) -> None:
    async def read(function: Any, *args: Any) -> JSONResponse:
        found = await asyncio.to_thread(function, parts.services, current_principal(), *args)
        return with_time(rendered(found, parts), parts)

    @router.get("/rates/history")
    async def history() -> JSONResponse:
        """Twelve weeks of the three rates with their denominators, and each county's."""
        return await read(service.rate_history, parts.clock.now_ms())

    @router.get("/briefs")
    async def briefs(kind: Kind | None = None, before_at: Instant | None = None) -> JSONResponse:
        """Briefs of the asker's place, the newest first; `before_at` pages on."""
        return await read(service.brief_list, kind or "", before_at)

    @router.get("/briefs/newest")
    async def newest(kind: Kind = "daily") -> JSONResponse:
        """The newest brief of a kind for exactly the asker's place, null before there is one."""
        return await read(service.newest_brief, kind)

    @router.get("/briefs/{brief_id}")
    async def brief(
        brief_id: BriefId, version: Annotated[int | None, Query(ge=1, lt=2**31)] = None
    ) -> JSONResponse:
        """One brief: sentences with their numbers, charts, versions."""
        return await read(service.read_brief, brief_id, version)

    @router.get("/briefs/{brief_id}/numbers/{sentence_id}/{number}")
    async def number(
        brief_id: BriefId, sentence_id: SentenceId, number: Annotated[int, Path(ge=0, lt=100)]
    ) -> JSONResponse:
        """The query of a number, asked again, with the rows behind it."""
        return await read(service.brief_number, brief_id, sentence_id, number)


def _add_acts(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/briefs")
    async def make(body: MakeBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """专报 about a matter or a surge."""
        request = service.MakeBrief(**body.model_dump())
        return await act(service.make_brief, parts, request, idempotency_key=idempotency_key, say=parts.say)

    @router.post("/briefs/{brief_id}/versions")
    async def edit(brief_id: BriefId, body: VersionBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """A new version of the text."""
        sentences = tuple((one.id, one.text) for one in body.sentences)
        request = service.EditBrief(brief_id, body.version, sentences)
        return await act(service.edit_brief, parts, request, idempotency_key=idempotency_key)

    @router.post("/briefs/{brief_id}/approval")
    async def approve(brief_id: BriefId, body: ApprovalBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """批准: the version is frozen, its digest goes into the audit chain."""
        request = service.ApproveBrief(brief_id, body.version)
        answer = await act(service.approve_brief, parts, request, idempotency_key=idempotency_key)
        return with_time(answer, parts)

    @router.post(
        "/briefs/{brief_id}/file", response_class=Response, responses=file_answer(*MEDIA_TYPES.values())
    )
    async def file(brief_id: BriefId, format: Literal["pdf", "docx"] = "pdf") -> Response:
        """The brief as PDF or Word, with its charts; that it was taken is a row of the audit chain."""
        actor, now = current_principal(), parts.clock.now_ms()
        outcome = await asyncio.to_thread(service.take_brief, parts.services, actor, brief_id, format, now)
        if isinstance(outcome, service.Refused):
            return rendered(outcome, parts)
        job = brief_job(parts, outcome.value) | {"kind": format}
        try:
            made = await making.make_in_turn(job)
        except making.DocumentFailed:
            return JSONResponse({"error": "document_failed"}, 503, {"retry-after": "5"})
        at = f"{datetime.fromtimestamp(now / 1000, CITY_ZONE):%Y%m%d-%H%M}"
        name = f"{outcome.value['title']}_{at}_{outcome.value['n']}.{format}".replace("/", "-").replace(
            " ", "_"
        )
        named = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return StreamingResponse(making.chunks(made), media_type=MEDIA_TYPES[format], headers=named)


def brief_job(parts: ApiParts, brief: dict[str, Any]) -> dict[str, Any]:
    """Return a brief as the process that makes documents takes it: in Chinese, as a brief is a Chinese document."""

    def say(key: str, **params: object) -> str:
        return parts.say(key, "zh", **params)

    mark = brief["mark"]
    approved = brief["state"] == "approved"
    state = (
        say("brief.file.approved", by=brief["approved_by"], at=local_time(brief["approved_at"]))
        if approved
        else say("brief.file.draft")
    )
    references = References(parts)
    sections = []
    for name in ("lead", "work", "rates", "urgent", "added"):
        sentences = [one for one in brief["sentences"] if one["section"] == name]
        if sentences:
            sections.append(
                {
                    "head": say(f"brief.section.{name}"),
                    "sentences": [_said(one, references) for one in sentences],
                }
            )
    return {
        "title": brief["title"],
        "state": state,
        "demonstration": say("brief.file.demonstration") if parts.clock.is_demonstration else "",
        "sections": sections,
        "charts": [references.of_chart(one) for one in brief["charts"]],
        "references": {"head": say("brief.file.references"), "lines": references.lines},
        "notes": [
            say("brief.file.period", first=local_time(brief["from_at"]), last=local_time(brief["until_at"])),
            say("brief.file.made", at=local_time(brief["made_at"]), version=brief["version"]),
            *([say("brief.file.unlinked")] if _has_loose(brief) else []),
            *([say("brief.file.digest", digest=brief["digest"])] if approved else []),
        ],
        "mark": say(
            "brief.file.mark",
            name=mark["name"],
            role=say(f"role.{mark['role']}"),
            at=local_time(mark["at"]),
            address=mark["address"],
            n=mark["n"],
        ),
    }


def _said(sentence: dict[str, Any], references: References) -> list[list[str]]:
    """A sentence in pieces, [words, "" or "unlinked" or "reference"]: each number is followed by its query's mark."""
    pieces: list[list[str]] = []
    for one in sentence["parts"]:
        pieces.append([one["text"], "unlinked" if one["state"] == "unlinked" else ""])
        if one["state"] == "query":
            number = sentence["numbers"][one["number"]]
            pieces.append([references.mark(number["query"], number["params"]), "reference"])
    return pieces


def _has_loose(brief: dict[str, Any]) -> bool:
    return any(part["state"] == "unlinked" for one in brief["sentences"] for part in one["parts"])
