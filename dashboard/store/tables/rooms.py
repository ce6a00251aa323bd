"""Consultation rooms with what is said, kept and decided in them; experts and lawyers, and their bookings."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from dashboard.store.tables.base import metadata

# What an attachment is, apart from its bytes: those lie in files named by their hash (`dashboard.store.attachments`).
attachments = Table(
    "attachments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("matter_id", String(40), nullable=False),
    Column("command_id", String(40)),
    Column("room_id", String(40)),
    Column("kind", String(12), nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("content_sha256", String(64), nullable=False),
    Column("preview_sha256", String(64)),
    Column("received_sha256", String(64), nullable=False),
    Column("taken_at", BigInteger),
    Column("lon", Float),
    Column("lat", Float),
    Column("place_from", String(8), nullable=False, server_default=""),
    Column("kept_at", BigInteger, nullable=False),
    Column("kept_by", String(80), nullable=False),
    Column("kept_name", String(80), nullable=False),
    Column("kept_unit", String(60)),
    Index("ix_attachments_matter_id_kept_at", "matter_id", "kept_at"),
    Index("ix_attachments_content_sha256", "content_sha256"),
    Index("ix_attachments_preview_sha256", "preview_sha256"),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("matter_id", String(40), nullable=False, index=True),
    Column("command_id", String(40)),
    Column("topic", Text, nullable=False),
    Column("host", Text, nullable=False, server_default=""),
    Column("meets_at", BigInteger),
    Column("state", String(8), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", String(80), nullable=False),
    Column("opened_name", String(80), nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_name", String(80)),
    Column("last_no", Integer, nullable=False, server_default="0"),
    # Rises with everything that a page of the room would show anew, read receipts included.
    Column("change", BigInteger, nullable=False, server_default="0"),
    Column("minutes", Text, nullable=False, server_default=""),
    Column("minutes_version", Integer, nullable=False, server_default="0"),
    Column("minutes_at", BigInteger),
    Column("minutes_name", String(80)),
    Column("signed_at", BigInteger),
    Column("signed_by", String(80)),
    Column("signed_name", String(80)),
    Column("minutes_sha256", String(64)),
    # One open room per matter: two officers who open at once meet in the same one.
    Index(
        "uq_rooms_open_matter",
        "matter_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

room_participants = Table(
    "room_participants",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("name", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_name", String(80), nullable=False),
    Column("left_at", BigInteger),
    Column("came_at", BigInteger),
    Column("read_no", Integer, nullable=False, server_default="0"),
    Column("read_at", BigInteger),
    Column("read_name", String(80)),
    Index("ix_room_participants_kind_id", "kind", "id"),
)

room_messages = Table(
    "room_messages",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("by_kind", String(12), nullable=False),
    Column("by_id", String(80), nullable=False),
    Column("by_name", Text, nullable=False),
    Column("account", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", Text, nullable=False, server_default="[]"),
)

# What each participant had read, message by message: kept, because "he had seen it at 10:41" is what one asks later.
room_reads = Table(
    "room_reads",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("id", String(80), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("name", String(80), nullable=False),
)

room_decisions = Table(
    "room_decisions",
    metadata,
    Column("room_id", String(40), primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("matter_id", String(40), nullable=False, index=True),
    Column("decision", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_unit", String(60)),
    Column("due_at", BigInteger),
    Column("decided_at", BigInteger, nullable=False),
    Column("recorded_by", String(80), nullable=False),
    Column("completed_at", BigInteger),
    Column("completed_by", String(80)),
    Column("result", Text),
)

specialists = Table(
    "specialists",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=False),
    Column("field", String(40), nullable=False),
    Column("organisation", Text, nullable=False),
    Column("phone_sealed", LargeBinary),
    # Days of the week on the rota, Monday = 1: "1;3"; empty for an expert, who comes when asked.
    Column("weekdays", String(16), nullable=False, server_default=""),
    Column("listed", Boolean, nullable=False, server_default=text("true")),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("matter_id", String(40), nullable=False, index=True),
    Column("room_id", String(40), nullable=False),
    Column("specialist_id", String(40), nullable=False),
    Column("question", Text, nullable=False),
    Column("wanted_at", BigInteger, nullable=False),
    Column("way", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("asked_name", String(80), nullable=False),
    Column("answered_at", BigInteger),
    Column("answered_name", String(80)),
    Column("answer", Text),
    Column("came_at", BigInteger),
    Column("came_name", String(80)),
    Index("ix_bookings_room_id", "room_id"),
    Index("ix_bookings_specialist_id_state", "specialist_id", "state"),
)
