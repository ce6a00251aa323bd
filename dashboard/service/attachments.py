"""Photos and documents of a matter: checked, drawn anew, kept outside every web root, given out through the gate."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, insert, or_, select

from dashboard.domain.masking import mask_name, mask_numbers
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act, new_id, perform
from dashboard.service.attachment_content import PDF, check, shown_name
from dashboard.service.receiver_view import shows_attachment
from dashboard.service.rooms.seeing import room_to_act_in, sees_room
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import attachments as shelf
from dashboard.store import tables

logger = logging.getLogger(__name__)

MAX_OF_MATTER = 200  # assumed; a matter with more has a folder of its own somewhere else
# Bytes whose act was refused or cut off have no row; a day is longer than any retry of an act.
ORPHAN_AFTER_S = 24 * 60 * 60
MANY_ORPHANS = 100  # fewer may be all there is of a folder without anything being wrong


class NoFolder(RuntimeError):
    """Bytes came in or were asked for, and these services were opened without a folder for them."""


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """A file to keep with a matter, and with a command or a consultation room of it if they are given.

    `kind` "photo" takes pictures only, "document" also a PDF. `taken_at`, `lon` and `lat` are what the sending device
    says; without them a photo's own EXIF is asked.
    """

    matter_id: str
    command_id: str | None
    room_id: str | None
    kind: Literal["photo", "document"]
    name: str
    content: bytes = field(repr=False)
    taken_at: int | None = None
    lon: float | None = None
    lat: float | None = None
    sha256: str = field(init=False, default="")

    def __post_init__(self) -> None:
        # Stands for the bytes in the audit log, and in the comparison of an act with its repetition.
        object.__setattr__(self, "sha256", hashlib.sha256(self.content).hexdigest())


@dataclass(frozen=True, slots=True)
class AttachmentBytes:
    """What is given out: bytes with their true type, and the name to save them under."""

    content: bytes = field(repr=False)
    media_type: str
    name: str


def keep_attachment(
    services: Services, actor: Principal, request: NewAttachment, now: int, idempotency_key: str
) -> Outcome:
    """Keep a file; `Done.value` is its row (`attachment_row`).

    The bytes are on the disk before the row that speaks of them is committed. Refused: attachment_empty,
    attachment_too_large, attachment_type, attachment_broken, attachment_pixels, attachment_two_files,
    attachments_full, no_such_matter, no_such_command, no_such_room, room_closed.
    """

    def perform_with(decide: Callable[[Act], Row]) -> Outcome:
        subject = f"matter:{request.matter_id}"
        return perform(services, actor, "keep_attachment", subject, now, idempotency_key, request, decide)

    folders = _folders(services)
    try:
        _check_may_keep(services, actor, request, now)
        made = check(request.content, request.kind, services.pack.offset_ms)
    except Refusal as refusal:
        return perform_with(_refusing(refusal))
    content_sha256 = shelf.keep_in_all(folders, made.content)
    preview_sha256 = shelf.keep_in_all(folders, made.preview) if made.preview else None

    def decide(act: Act) -> Row:
        matter = _place(act, request)
        for name, part in ((content_sha256, made.content), (preview_sha256, made.preview)):
            # There, unless a sweep has just taken what an earlier act that was refused had left. From here on it waits.
            if name is not None and part is not None and not shelf.renew_in_all(folders, name):
                shelf.keep_in_all(folders, part)
        said_place = request.lon is not None and request.lat is not None
        row: dict[str, Any] = {
            "id": new_id(),
            "matter_id": matter.id,
            "command_id": request.command_id,
            "room_id": request.room_id,
            "kind": request.kind,
            "media_type": made.media_type,
            "name": shown_name(request.name, made.media_type),
            "size_bytes": len(made.content),
            "width": made.width,
            "height": made.height,
            "content_sha256": content_sha256,
            "preview_sha256": preview_sha256,
            "received_sha256": request.sha256,
            "taken_at": _not_ahead(request.taken_at or made.taken_at, now),
            "lon": request.lon if said_place else made.lon,
            "lat": request.lat if said_place else made.lat,
            "place_from": "device" if said_place else "photo" if made.lon is not None else "",
            "kept_at": now,
            "kept_by": actor.id,
            "kept_name": actor.name,
            "kept_unit": actor.unit,
        }
        act.connection.execute(insert(tables.attachments), row)
        act.tell(
            "AttachmentKept", matter=matter.id, command=request.command_id, no=matter.no, name=row["name"],
            by=mask_name(actor.name),
        )  # fmt: skip
        return attachment_row(row)

    return perform_with(decide)


def read_attachment(
    services: Services, actor: Principal, attachment_id: str, now: int, *, preview: bool = False
) -> AttachmentBytes | Refused:
    """Return an attachment's bytes, or its small picture. Refused: no_right, no_such_attachment, no_preview."""
    found = _found(services, actor, attachment_id, now)
    if isinstance(found, Refused):
        return found
    if not preview:
        content = shelf.load_from_any(_folders(services), found["content_sha256"])
        return AttachmentBytes(content, found["media_type"], found["name"])
    if not found["preview_sha256"]:
        return Refused("no_preview", {"name": found["name"]})
    return AttachmentBytes(
        shelf.load_from_any(_folders(services), found["preview_sha256"]), "image/jpeg", found["name"]
    )


def attachments_of(services: Services, actor: Principal, matter_id: str, now: int) -> list[Row] | Refused:
    """Return the rows of a matter's attachments that the actor may see, oldest first. Refused: no_such_matter."""
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        column = tables.attachments.c
        rows = connection.execute(
            select(tables.attachments)
            .where(column.matter_id == matter.id)
            .order_by(column.kept_at, column.id)
        ).mappings()
        return [attachment_row(dict(row)) for row in rows if _sees(act, dict(row))]


def attachment_row(row: dict[str, Any]) -> Row:
    """Return what screens hold of an attachment; its bytes are at `/api/v1/attachments/<id>`."""
    shown = (
        "id", "matter_id", "command_id", "room_id", "kind", "media_type", "name", "size_bytes", "width", "height",
        "taken_at", "lon", "lat", "place_from", "kept_at", "kept_unit",
    )  # fmt: skip
    return {name: row[name] for name in shown} | {
        "name": mask_numbers(row["name"]),
        "by": mask_name(row["kept_name"]),
        "has_preview": row["preview_sha256"] is not None,
        "is_pdf": row["media_type"] == PDF,
    }


def forget_orphans(services: Services, now_s: float | None = None) -> int:
    """Remove files that no row speaks of and that are older than a day; returns how many.

    Their acts were refused or cut off after the bytes were written, or while. `now_s` is the file system's clock in
    seconds. When most of a folder seems to belong to nobody, it is the database that is wrong (another city's, a
    restored backup): then nothing is removed, and it is said.
    """
    folders = (services.attachments_dir, services.attachments_copy)
    return sum(
        _forget_orphans_of(services, one, now_s) for one in folders if one is not None and one.is_dir()
    )


def _forget_orphans_of(services: Services, folder: Path, now_s: float | None) -> int:
    before_s = (time.time() if now_s is None else now_s) - ORPHAN_AFTER_S
    removed = shelf.forget_unfinished(folder, before_s)
    old = shelf.names_older_than(folder, before_s)
    column = tables.attachments.c
    with services.store.read() as connection:
        rows = connection.execute(select(column.content_sha256, column.preview_sha256))
        named = {name for row in rows for name in row}
    orphans = [name for name in old if name not in named]
    if len(orphans) > max(MANY_ORPHANS, len(old) // 2):
        logger.critical(
            "%s of %s files in %s have no row: is this their database? None of them is removed",
            len(orphans), len(old), folder,
        )  # fmt: skip
        return removed
    return removed + sum(_forget_orphan(services, folder, name, before_s) for name in orphans)


def _forget_orphan(services: Services, folder: Path, name: str, before_s: float) -> bool:
    # In a writing transaction, and asked again in it: an act that names the same bytes has made the file young, or
    # comes after and keeps the bytes anew.
    column = tables.attachments.c
    with services.store.write() as connection:
        if not shelf.is_older_than(folder, name, before_s):
            return False
        named = or_(column.content_sha256 == name, column.preview_sha256 == name)
        if connection.execute(select(column.id).where(named).limit(1)).first() is not None:
            return False
        shelf.path_of(folder, name).unlink(missing_ok=True)
        return True


def _found(services: Services, actor: Principal, attachment_id: str, now: int) -> dict[str, Any] | Refused:
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        row = (
            connection.execute(select(tables.attachments).where(tables.attachments.c.id == attachment_id))
            .mappings()
            .first()
        )
        if row is None or not _sees(Act(services, connection, actor, now), dict(row)):
            return Refused("no_such_attachment")
        return dict(row)


def _sees(act: Act, row: dict[str, Any]) -> bool:
    if row["room_id"] is not None:
        return sees_room(act, row["room_id"])  # what was shown in a room is for who is in it
    matter = act.work.matter(row["matter_id"])
    return matter is not None and act.is_visible(matter) and shows_attachment(act, matter, row)


def _check_may_keep(services: Services, actor: Principal, request: NewAttachment, now: int) -> None:
    """Refuse before a single pixel is decoded: whoever may not keep anything must not make us work for it."""
    refused = no_right(actor, "keep_attachment")
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
    with services.store.read() as connection:
        _place(Act(services, connection, actor, now), request)


def _place(act: Act, request: NewAttachment) -> Matter:
    """Return the matter that the file belongs to, once everything it is to be kept with was found to belong to it."""
    if request.room_id is not None:
        room = room_to_act_in(act, request.room_id)
        if room["matter_id"] != request.matter_id:
            raise Refusal("no_such_room")
        matter = act.work.matter(request.matter_id)
        assert matter is not None
    else:
        matter = act.matter(request.matter_id)
    if request.command_id is not None and act.command(request.command_id).matter_id != matter.id:
        raise Refusal("no_such_command")
    column = tables.attachments.c
    count = act.connection.execute(
        select(func.count()).select_from(tables.attachments).where(column.matter_id == matter.id)
    ).scalar_one()
    if count >= MAX_OF_MATTER:
        raise Refusal("attachments_full", no=matter.no, limit=MAX_OF_MATTER)
    return matter


def _refusing(refusal: Refusal) -> Callable[[Act], Row]:
    """Return a decision that refuses, so that what was refused before the transaction is audited like the rest."""

    def decide(_act: Act) -> Row:
        raise refusal

    return decide


def _not_ahead(at: int | None, now: int) -> int | None:
    """A camera with a wrong clock must not say that a photo was taken after it was sent."""
    return at if at is not None and 0 < at <= now else None


def _folders(services: Services) -> tuple[Path, ...]:
    if services.attachments_dir is None:
        raise NoFolder("these services were opened without a folder for attachments")
    copy = services.attachments_copy
    return (services.attachments_dir,) if copy is None else (services.attachments_dir, copy)
