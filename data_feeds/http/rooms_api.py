"""Consultation rooms: reading them as they go on, and every act in them; see docs/api.md."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from data_feeds.bells import matter_bell
from data_feeds.http.answering import (
    ApiParts,
    IdempotencyKey,
    Identifier,
    Instant,
    Strict,
    Words,
    act,
    read,
    rendered,
    with_time,
)

LONGEST_WAIT_SECONDS = 25.0

Message = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]
Minutes = Annotated[str, Field(max_length=40_000, pattern=r"^[^\x00]*$")]


class OpenBody(Strict):
    matter_id: Identifier
    topic: Words
    units: Annotated[list[Identifier], Field(max_length=60)] = Field(default_factory=list)
    host: Words = ""
    meets_at: Instant | None = None


class MoveBody(Strict):
    meets_at: Instant


class InviteBody(Strict):
    kind: Literal["unit", "centre"]
    id: Identifier


class RemoveBody(InviteBody):
    reason: Words


class SayBody(Strict):
    text: Message = ""
    attachments: Annotated[list[Identifier], Field(max_length=9)] = Field(default_factory=list)


class ReadBody(Strict):
    up_to: Annotated[int, Field(ge=0, lt=2**31)]


class DecideBody(Strict):
    decision: Words
    owner: Words
    owner_unit: Identifier | None = None
    due_at: Instant | None = None


class CompleteBody(Strict):
    result: Words


class MinutesBody(Strict):
    text: Minutes
    minutes_version: Annotated[int, Field(ge=0, lt=2**31)]


class SignBody(Strict):
    minutes_version: Annotated[int, Field(ge=0, lt=2**31)]


class BookBody(Strict):
    specialist_id: Identifier
    question: Words
    wanted_at: Instant
    way: Literal["site", "phone", "video"] = "site"


class AnswerBody(Strict):
    answer: Literal["accepted", "declined", "came", "cancelled"]
    words: Words = ""


class NoBody(Strict):
    pass


def rooms_router(parts: ApiParts) -> APIRouter:
    """Build the router of consultation rooms, their specialists and bookings."""
    router = APIRouter(prefix="/api/v1")
    _add_reading(router, parts)
    _add_speaking(router, parts)
    _add_leading(router, parts)
    _add_booking(router, parts)
    return router


def _add_reading(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/rooms")
    async def rooms(matter: Annotated[Identifier | None, Query()] = None) -> JSONResponse:
        """The open rooms that concern the asker; with `matter` all rooms of that matter."""
        actor, now = current_principal(), parts.clock.now_ms()
        if matter is None:
            return rendered(await asyncio.to_thread(service.own_rooms, parts.services, actor, now), parts)
        found = await asyncio.to_thread(service.rooms_of_matter, parts.services, actor, matter, now)
        return rendered(found, parts)

    @router.get("/rooms/{room_id}")
    async def room(
        room_id: str,
        after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS, allow_inf_nan=False)] = 0.0,
        since: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    ) -> JSONResponse:
        """One room. With `wait`, answers once it changed after `after` (the `seq` of the last answer), or says that it
        did not: {"seq": after, "unchanged": true}. With `since` only the messages after that number are told."""
        actor = current_principal()
        if wait and not await _news(parts, actor, room_id, after, wait):
            return _stamped({"seq": after, "unchanged": True}, parts)
        view = await asyncio.to_thread(
            service.room_view, parts.services, actor, room_id, parts.clock.now_ms(), since
        )
        return _stamped(view, parts)

    @router.get("/rooms/{room_id}/minutes-draft")
    async def draft(room_id: str) -> JSONResponse:
        """A draft of the minutes from what was said and decided so far; nothing is stored."""
        return rendered(await read(service.drafted_minutes, parts, current_principal(), room_id), parts)


def _add_speaking(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/rooms/{room_id}/messages")
    async def say(room_id: str, body: SayBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Say something."""
        said = service.Say(room_id, body.text, tuple(body.attachments))
        return await act(service.say, parts, said, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/reads")
    async def reads(room_id: str, body: ReadBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Everything up to a message was shown."""
        shown = service.ReadRoom(room_id, body.up_to)
        return await act(service.read_room, parts, shown, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/decisions/{item}/done")
    async def complete(
        room_id: str, item: int, body: CompleteBody, idempotency_key: IdempotencyKey
    ) -> JSONResponse:
        """What was decided has been done."""
        done = service.CompleteRoomDecision(room_id, item, body.result)
        return await act(service.complete_room_decision, parts, done, idempotency_key=idempotency_key)


def _add_leading(router: APIRouter, parts: ApiParts) -> None:
    @router.post("/rooms")
    async def open_room(body: OpenBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Open a matter's room, or find it open."""
        wanted = service.OpenRoom(body.matter_id, body.topic, tuple(body.units), body.host, body.meets_at)
        return await act(service.open_room, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/time")
    async def move(room_id: str, body: MoveBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Set or change when it meets; whoever was asked in is told."""
        wanted = service.MoveRoom(room_id, body.meets_at)
        return await act(service.move_room, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/participants")
    async def invite(room_id: str, body: InviteBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Ask a unit or another centre in."""
        wanted = service.InviteToRoom(room_id, body.kind, body.id)
        return await act(service.invite_to_room, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/participants/remove")
    async def remove(room_id: str, body: RemoveBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Take a unit or a centre out."""
        wanted = service.RemoveFromRoom(room_id, body.kind, body.id, body.reason)
        return await act(service.remove_from_room, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/decisions")
    async def decide(room_id: str, body: DecideBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Record a decision."""
        wanted = service.DecideInRoom(room_id, **body.model_dump())
        return await act(service.decide_in_room, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/minutes")
    async def minutes(room_id: str, body: MinutesBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Replace the minutes' text."""
        wanted = service.EditMinutes(room_id, body.text, body.minutes_version)
        return await act(service.edit_minutes, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/minutes/sign")
    async def sign(room_id: str, body: SignBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Sign the minutes."""
        wanted = service.SignMinutes(room_id, body.minutes_version)
        return await act(service.sign_minutes, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/rooms/{room_id}/close")
    async def close(room_id: str, _body: NoBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """End the consultation."""
        wanted = service.CloseRoom(room_id)
        return await act(service.close_room, parts, wanted, idempotency_key=idempotency_key)


def _add_booking(router: APIRouter, parts: ApiParts) -> None:
    @router.get("/specialists")
    async def specialists() -> JSONResponse:
        """Experts and lawyers who can be ordered, those on the rota today first."""
        return rendered(await read(service.specialists, parts, current_principal()), parts)

    @router.post("/rooms/{room_id}/bookings")
    async def book(room_id: str, body: BookBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Order a specialist into the room."""
        wanted = service.BookSpecialist(room_id, **body.model_dump())
        return await act(service.book_specialist, parts, wanted, idempotency_key=idempotency_key)

    @router.post("/bookings/{booking_id}/answer")
    async def answer(booking_id: str, body: AnswerBody, idempotency_key: IdempotencyKey) -> JSONResponse:
        """Record a specialist's word, or that they came."""
        wanted = service.AnswerBooking(booking_id, body.answer, body.words)
        return await act(service.answer_booking, parts, wanted, idempotency_key=idempotency_key)


async def _news(parts: ApiParts, actor: Principal, room_id: str, after: int, wait_s: float) -> bool:
    """Return True once the room is past `after` or cannot be read, False when the time is up.

    The matter's bell rings for everything on it; what is no news in the room is waited through.
    """
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + wait_s
    while True:
        place = await read(service.room_place, parts, actor, room_id)
        if isinstance(place, service.Refused) or place.change > after:
            return True
        left_s = ends_at - loop.time()
        bells = (matter_bell(place.matter_id),)
        if left_s <= 0 or not await parts.live.rung(bells, place.seq, left_s, actor.id):
            return False


def _stamped(outcome: Any, parts: ApiParts) -> JSONResponse:
    """An answer with the server's time beside it: the asker's own clock may be anything."""
    return with_time(rendered(outcome, parts), parts)
