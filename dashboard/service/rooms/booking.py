"""点单: ordering an expert or a lawyer into a consultation; they are called by phone, and their word is recorded."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.sentences import ANSWER_WORDS, WAY_WORDS, sentence
from dashboard.service.act import Act, new_id, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.rooms.booking_asks import booking_ask
from dashboard.service.rooms.inviting import NOT_NEEDED
from dashboard.service.rooms.requests import AnswerBooking, BookSpecialist
from dashboard.service.rooms.seeing import leads_room, room_of, room_to_act_in, specialist_name
from dashboard.service.rooms.speaking import add_notice
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.room import Call, note_answered, tell_room
from dashboard.store import tables

# From where an answer may be recorded: a refusal is final, who was to come may still be called off.
_ANSWERS = {
    "accepted": ("asked",),
    "declined": ("asked", "accepted"),
    "came": ("asked", "accepted"),
    "cancelled": ("asked", "accepted"),
}


def book_specialist(
    services: Services, actor: Principal, request: BookSpecialist, now: int, idempotency_key: str
) -> Outcome:
    """Order a specialist into a room; a clock runs until their word is recorded.

    `Done.value` is {"booking_id", "name"}. Refused: no_such_room, room_closed, no_such_specialist, text_missing,
    next_in_the_past, already_booked.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        question = required_text(request.question, "text_missing")
        if request.wanted_at <= now:
            raise Refusal("next_in_the_past")
        people, table = tables.specialists, tables.bookings
        found = act.connection.execute(
            select(people).where((people.c.id == request.specialist_id) & people.c.listed.is_(True))
        ).first()
        if found is None:
            raise Refusal("no_such_specialist")
        running = act.connection.execute(
            select(table.c.id).where(
                (table.c.room_id == room["id"])
                & (table.c.specialist_id == found.id)
                & table.c.state.in_(("asked", "accepted", "came"))
            )
        ).first()
        if running is not None:
            raise Refusal("already_booked", name=mask_name(found.name))
        row = {
            "id": new_id(),
            "matter_id": matter.id,
            "room_id": room["id"],
            "specialist_id": found.id,
            "question": question,
            "wanted_at": request.wanted_at,
            "way": request.way,
            "state": "asked",
            "asked_at": now,
            "asked_by": actor.id,
            "asked_name": actor.name,
        }
        act.connection.execute(insert(table), row)
        name = specialist_name(found.name, found.field)
        call = Call(add_notice(act, room, "booked", name, question), "specialist", found.id, name)
        told = tell_room(act, room["id"], matter, "booked", [call], _asked(services, request))
        keep_clocks(act, matter.id)
        act.show_ask(booking_ask(row, matter.no, matter.title, list(matter.scope), name))
        act.tell(
            "SpecialistBooked", matter=matter.id, no=matter.no, name=name, question=question,
            wanted_at=request.wanted_at, by=mask_name(actor.name), **told,
        )  # fmt: skip
        return {"booking_id": row["id"], "name": name}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "book_specialist", subject, now, idempotency_key, request, decide)


def answer_booking(
    services: Services, actor: Principal, request: AnswerBooking, now: int, idempotency_key: str
) -> Outcome:
    """Record the word of an ordered specialist, or that they came; `Done.value` is {"booking_id", "state"}.

    Refused: no_such_booking, booking_answered, reason_missing (a refusal and a cancellation say why).
    """

    def decide(act: Act) -> Row:
        table, people = tables.bookings, tables.specialists
        found = act.connection.execute(select(table).where(table.c.id == request.booking_id)).first()
        if found is None:
            raise Refusal("no_such_booking")
        room = room_of(act, found.room_id)
        matter = leads_room(act, room)
        person = act.connection.execute(
            select(people.c.name, people.c.field).where(people.c.id == found.specialist_id)
        ).one()
        name = specialist_name(person.name, person.field)
        if found.state not in _ANSWERS[request.answer]:
            raise Refusal("booking_answered", name=name)
        words = request.words
        if request.answer in ("declined", "cancelled"):
            words = required_text(words, "reason_missing")
        values: dict[str, Any] = {"state": request.answer, "answer": words[:500]}
        if request.answer == "came":
            values |= {"came_at": now, "came_name": actor.name}
        if found.answered_at is None:
            values |= {"answered_at": now, "answered_name": actor.name}
        act.connection.execute(update(table).where(table.c.id == found.id).values(values))
        no = add_notice(act, room, request.answer, name, words[:500])
        note_answered(act, room["id"], found.specialist_id)
        told: dict[str, Any] = {}
        if request.answer == "cancelled":
            call = Call(no, "specialist", found.specialist_id, name)
            told = tell_room(act, room["id"], matter, "cancelled", [call], NOT_NEEDED)
        keep_clocks(act, matter.id)
        act.drop_ask(f"booking:{found.id}")
        act.tell(
            "BookingAnswered", matter=matter.id, no=matter.no, name=name, answer=request.answer,
            answer_name=ANSWER_WORDS[request.answer][0], answer_name_en=ANSWER_WORDS[request.answer][1],
            words=words[:500], **told,
        )  # fmt: skip
        return {"booking_id": found.id, "state": request.answer}

    subject = f"booking:{request.booking_id}"
    return perform(services, actor, "answer_booking", subject, now, idempotency_key, request, decide)


def _asked(services: Services, request: BookSpecialist) -> tuple[str, str]:
    """Return what an ordered specialist is told: when, and how they take part."""
    at, (way, way_en) = local_minute(services, request.wanted_at), WAY_WORDS[request.way]
    return sentence("specialist_asked", at=at, way=way, way_en=way_en)
