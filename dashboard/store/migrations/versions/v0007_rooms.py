"""Consultation rooms, what is kept with them, and the experts and lawyers who can be ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("matter_id", sa.String(length=40), nullable=False),
        sa.Column("command_id", sa.String(length=40), nullable=True),
        sa.Column("room_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("preview_sha256", sa.String(length=64), nullable=True),
        sa.Column("received_sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("place_from", sa.String(length=8), server_default="", nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_by", sa.String(length=80), nullable=False),
        sa.Column("kept_name", sa.String(length=80), nullable=False),
        sa.Column("kept_unit", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_content_sha256", "attachments", ["content_sha256"], unique=False)
    op.create_index("ix_attachments_matter_id_kept_at", "attachments", ["matter_id", "kept_at"], unique=False)
    op.create_index("ix_attachments_preview_sha256", "attachments", ["preview_sha256"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("matter_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("specialist_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_name", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("came_at", sa.BigInteger(), nullable=True),
        sa.Column("came_name", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(op.f("ix_bookings_matter_id"), "bookings", ["matter_id"], unique=False)
    op.create_index("ix_bookings_room_id", "bookings", ["room_id"], unique=False)
    op.create_index("ix_bookings_specialist_id_state", "bookings", ["specialist_id", "state"], unique=False)
    op.create_table(
        "room_decisions",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_unit", sa.String(length=60), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_by", sa.String(length=80), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("room_id", "item", name=op.f("pk_room_decisions")),
    )
    op.create_index(op.f("ix_room_decisions_matter_id"), "room_decisions", ["matter_id"], unique=False)
    op.create_table(
        "room_messages",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("by_kind", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.String(length=80), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("room_id", "no", name=op.f("pk_room_messages")),
    )
    op.create_table(
        "room_participants",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_name", sa.String(length=80), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("came_at", sa.BigInteger(), nullable=True),
        sa.Column("read_no", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("read_name", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("room_id", "kind", "id", name=op.f("pk_room_participants")),
    )
    op.create_index("ix_room_participants_kind_id", "room_participants", ["kind", "id"], unique=False)
    op.create_table(
        "room_reads",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "no", "kind", "id", name=op.f("pk_room_reads")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("matter_id", sa.String(length=40), nullable=False),
        sa.Column("command_id", sa.String(length=40), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("meets_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("opened_name", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_name", sa.String(length=80), nullable=True),
        sa.Column("last_no", sa.Integer(), server_default="0", nullable=False),
        sa.Column("change", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("minutes", sa.Text(), server_default="", nullable=False),
        sa.Column("minutes_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("minutes_at", sa.BigInteger(), nullable=True),
        sa.Column("minutes_name", sa.String(length=80), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.String(length=80), nullable=True),
        sa.Column("signed_name", sa.String(length=80), nullable=True),
        sa.Column("minutes_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index(op.f("ix_rooms_matter_id"), "rooms", ["matter_id"], unique=False)
    op.create_index(
        "uq_rooms_open_matter",
        "rooms",
        ["matter_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "specialists",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("weekdays", sa.String(length=16), server_default="", nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialists")),
    )
