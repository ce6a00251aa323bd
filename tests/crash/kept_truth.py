"""What people were told is kept, and nothing that nobody was told of: rooms, files, posts, reports, tellings."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from dashboard.domain.follow_code import hash_of
from dashboard.service import Services
from dashboard.service.field.report import SOURCE
from dashboard.store import citizens, tables
from tests.crash.people import Acknowledged
from tests.crash.same import none_of, same

Told = Sequence[Acknowledged]

NOTICES = {
    "room_decision": "decided", "completed": "completed", "sign": "signed", "close": "closed", "invite": "invited",
    "remove": "removed", "move": "moved", "booking": "booked", "say": "said",
}  # fmt: skip
"""Kind of an act in a room -> kind of the message that it leaves there, once."""


def of_kind(acknowledged: Iterable[Acknowledged], *kinds: str) -> list[Acknowledged]:
    """Return the acts of some kinds, in the order of the log."""
    return sorted((one for one in acknowledged if one.kind in kinds), key=lambda one: one.seq)


def acts_are_audited(connection: Connection, acknowledged: Told) -> None:
    """Every acknowledged act has one audit row that says done, at its own place in the log."""
    column = tables.audit.c
    rows = connection.execute(select(column.detail).where(column.result == "done")).scalars()
    audited = Counter(json.loads(detail).get("seq") for detail in rows)
    told = {one.seq for one in acknowledged if one.seq}
    same("audit rows of acknowledged acts", {seq: audited[seq] for seq in told}, dict.fromkeys(told, 1))


def words_are_kept(connection: Connection, acknowledged: Told) -> None:
    """Every message stands in its room under the number that was told, with its words and files; no other is there."""
    column = tables.room_messages.c
    rows = connection.execute(select(tables.room_messages)).all()
    said = {
        (row.room_id, row.no): (row.account, row.text, row.attachments) for row in rows if row.kind == "said"
    }
    told = {
        (one.value["room_id"], one.value["no"]): (
            one.by, one.sent["body"]["text"], json.dumps(one.sent["body"]["attachments"])
        )
        for one in of_kind(acknowledged, "say")
    }  # fmt: skip
    same("messages of rooms", said, told)
    wanted = Counter(NOTICES[one.kind] for one in acknowledged if one.kind in NOTICES)
    wanted.update(one.sent["body"]["answer"] for one in of_kind(acknowledged, "answered"))
    wanted["invited"] += sum(len(one.sent["body"]["units"]) for one in of_kind(acknowledged, "room"))
    same("notices of rooms by kind", Counter(row.kind for row in rows), +wanted)
    numbers = select(column.room_id, column.no).order_by(column.room_id, column.no)
    by_room: dict[str, list[int]] = {}
    for row in connection.execute(numbers):
        by_room.setdefault(row.room_id, []).append(row.no)
    last = {row.id: row.last_no for row in connection.execute(select(tables.rooms)) if row.last_no}
    same("messages of each room", by_room, {room: list(range(1, no + 1)) for room, no in last.items()})


def reads_are_kept(connection: Connection, acknowledged: Told) -> None:
    """Who was told that messages are marked as read has read each of them once, and none beyond."""
    told: dict[tuple[str, str], int] = {}
    for one in of_kind(acknowledged, "read", "say"):
        key = (one.value["room_id"], one.by)
        told[key] = max(told.get(key, 0), int(one.value["read_no" if one.kind == "read" else "no"]))
    found: dict[tuple[str, str], list[int]] = {}
    column = tables.room_reads.c
    for row in connection.execute(select(tables.room_reads).order_by(column.no)):
        found.setdefault((row.room_id, row.name), []).append(row.no)
    same("read receipts", found, {key: list(range(1, no + 1)) for key, no in told.items() if no})


def decisions_are_kept(connection: Connection, acknowledged: Told) -> None:
    """Every decision has its owner and deadline as they were told, and is done when somebody was told so."""
    rows = {(row.room_id, row.item): row for row in connection.execute(select(tables.room_decisions))}
    names = ("decision", "owner", "owner_unit", "due_at")
    told = {
        (one.value["room_id"], one.value["item"]): tuple(one.sent["body"][name] for name in names)
        for one in of_kind(acknowledged, "room_decision")
    }
    same("decisions", {key: tuple(getattr(row, name) for name in names) for key, row in rows.items()}, told)
    done = [(one.value["room_id"], one.value["item"]) for one in of_kind(acknowledged, "completed")]
    same("decisions done", [key for key, row in rows.items() if row.completed_at is not None], done)


def files_are_kept(connection: Connection, acknowledged: Told, folder: Path) -> int:
    """Every file that was acknowledged has its row and its bytes, which are those of their name; no other row is there.

    Bytes without a row are those of an act that was refused after they were kept; they too are whole. Returns how many
    files there are.
    """
    rows = {row.id: row for row in connection.execute(select(tables.attachments))}
    told = {one.value["id"]: one.sent["sha256"] for one in of_kind(acknowledged, "file")}
    same("files as they were sent", {key: row.received_sha256 for key, row in rows.items()}, told)
    named = {row.content_sha256 for row in rows.values()}
    named |= {row.preview_sha256 for row in rows.values() if row.preview_sha256}
    files = [file for file in folder.glob("[0-9a-f][0-9a-f]/*") if not file.name.startswith(".")]
    on_disk = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    same("bytes of files", on_disk, {name: name for name in on_disk})
    none_of("files whose bytes are gone", named - set(on_disk))
    return len(rows)


def posts_went_from_hand_to_hand(connection: Connection, acknowledged: Told) -> int:
    """Replay who was told to hold the post, in the log's order: nobody ever held it twice, and the last one holds it.

    Returns how many times it was handed over.
    """
    holder, holdings = "", Counter[str]()
    for one in of_kind(acknowledged, "take_post", "leave_post", "complete_handover"):
        if one.kind == "take_post":
            assert holder == "", f"{one.by} took a post that {holder} held (log {one.seq})"
        elif one.kind == "leave_post":
            assert holder == one.by, f"{one.by} left a post that {holder or 'nobody'} held (log {one.seq})"
        else:
            assert holder not in ("", one.by), f"{one.by} took over from {holder or 'nobody'} (log {one.seq})"
        holder = "" if one.kind == "leave_post" else one.by
        holdings[one.by] += one.kind != "leave_post"
    rows = connection.execute(select(tables.posts)).all()
    same("posts that were held", Counter(row.name for row in rows), +holdings)
    same("who holds the post", [row.name for row in rows if row.ended_at is None], [holder] if holder else [])
    _sheets_are_kept(connection, acknowledged)
    return len(of_kind(acknowledged, "complete_handover"))


def _sheets_are_kept(connection: Connection, acknowledged: Told) -> None:
    sheets = {row.id: row for row in connection.execute(select(tables.handovers))}
    begun = {one.value["handover_id"]: one.by for one in of_kind(acknowledged, "begin_handover")}
    same("sheets that were begun", {key: row.from_name for key, row in sheets.items()}, begun)
    ended = {one.sent["about"]: "completed" for one in of_kind(acknowledged, "complete_handover")}
    ended |= {one.sent["about"]: "cancelled" for one in of_kind(acknowledged, "cancel_handover")}
    same("sheets that ended", {key: row.ended_how for key, row in sheets.items() if row.ended_at}, ended)
    confirmed = [
        (one.sent["about"], one.sent["body"]["ref"]) for one in of_kind(acknowledged, "confirm_item")
    ]
    column = tables.handover_items.c
    rows = connection.execute(select(tables.handover_items).where(column.confirmed_at.is_not(None)))
    same("lines that were confirmed", [(row.handover_id, row.ref) for row in rows], confirmed)
    lines = Counter(connection.execute(select(column.handover_id)).scalars())
    wanted = {
        one.value["handover_id"]: len(one.sent["body"]["lines"])
        for one in of_kind(acknowledged, "begin_handover")
    }
    short = [key for key, count in wanted.items() if lines[key] < count]
    none_of("sheets that lack lines of their own", short)


def reports_are_kept(connection: Connection, acknowledged: Told, services: Services) -> None:
    """Every citizen's report is one event under the number that was told, found by its code, its words sealed."""
    column, matter = tables.reports.c, tables.matters.c
    joined = select(column.code_hash, matter.no, matter.id).join_from(
        tables.reports, tables.matters, column.matter_id == matter.id
    )
    rows = {row.code_hash: row for row in connection.execute(joined)}
    told = of_kind(acknowledged, "report")
    numbers = {hash_of(one.value["code"]): one.value["no"] for one in told}
    same("reports", {key: row.no for key, row in rows.items()}, numbers)
    events = connection.execute(select(matter.no).where(matter.source == SOURCE)).scalars()
    same("events that citizens reported", list(events), list(numbers.values()))
    for one in told:
        kept = citizens.find(connection, services.seal, rows[hash_of(one.value["code"])].id)
        body = one.sent["body"]
        found = None if kept is None else (kept.name, kept.phone, kept.words)
        same("a citizen's words", [found], [(body["name"], body["phone"], body["text"])])


def confirmed_tellings_are_received(connection: Connection, confirmed: Iterable[str]) -> None:
    """What somebody confirmed to have been shown waits for nobody any more."""
    column = tables.tellings.c
    wanted = set(confirmed)
    rows = connection.execute(select(column.id, column.state).where(column.id.in_(wanted))).all()
    same("tellings that were confirmed", [row.id for row in rows], wanted)
    none_of("confirmed and still waiting", [row.id for row in rows if row.state in ("waiting", "failed")])


def carried_as_written(connection: Connection, outbox: Path) -> int:
    """Every message and call that the store says was sent lies in the outbox, and nothing that the store does not know.

    Returns how many lines are further attempts under the id of the first: by the table of waits, or after a kill.
    """
    lines: Counter[str] = Counter()
    for file in sorted(outbox.glob("*.jsonl")):
        if file.name != "receipts.jsonl":
            lines.update(json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines())
    column = tables.tellings.c
    rows = connection.execute(
        select(column.id, column.sent_at).where(column.means.in_(("sms", "phone")))
    ).all()
    none_of("sent and not in the outbox", [row.id for row in rows if row.sent_at and row.id not in lines])
    none_of("in the outbox and not in the store", set(lines) - {row.id for row in rows})
    return sum(lines.values()) - len(lines)


def kept(connection: Connection, acknowledged: Told, services: Services, folder: Path) -> tuple[int, int]:
    """Hold the acts of all people against the store; returns how many files and hand-overs there were."""
    acts_are_audited(connection, acknowledged)
    words_are_kept(connection, acknowledged)
    reads_are_kept(connection, acknowledged)
    decisions_are_kept(connection, acknowledged)
    reports_are_kept(connection, acknowledged, services)
    files = files_are_kept(connection, acknowledged, folder)
    return files, posts_went_from_hand_to_hand(connection, acknowledged)
