"""Call-backs, pauses, returns, extensions, cards and written pressure: what a matter's loop leaves behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "callbacks",
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("resolved", sa.Boolean()),
        sa.Column("satisfaction", sa.String(20), nullable=False, server_default="unasked"),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("by_name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("matter_id", "n", name="pk_callbacks"),
    )
    op.create_table(
        "pauses",
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("began_by", sa.String(80), nullable=False),
        sa.Column("began_name", sa.String(80), nullable=False, server_default=""),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("final_due_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.String(80)),
        sa.Column("counted", sa.Boolean()),
        sa.PrimaryKeyConstraint("matter_id", "n", name="pk_pauses"),
    )
    op.create_table(
        "returns",
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(60)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("ruled_at", sa.BigInteger()),
        sa.Column("ruled_by", sa.String(80)),
        sa.Column("ruling", sa.String(8)),
        sa.Column("ruling_reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("matter_id", "n", name="pk_returns"),
    )
    op.create_index("ix_returns_unit_asked_at", "returns", ["unit", "asked_at"])
    op.create_table(
        "extensions",
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(60)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("ruled_at", sa.BigInteger()),
        sa.Column("ruled_by", sa.String(80)),
        sa.Column("granted", sa.Boolean()),
        sa.Column("ruling_reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("matter_id", "n", name="pk_extensions"),
    )
    op.create_table(
        "cards",
        sa.Column("deadline_id", sa.String(40), nullable=False),
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(60), nullable=False),
        sa.Column("card", sa.String(8), nullable=False),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("policy_id", sa.String(60), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("deadline_id", name="pk_cards"),
    )
    op.create_index("ix_cards_matter_id", "cards", ["matter_id"])
    op.create_index("ix_cards_unit_issued_at", "cards", ["unit", "issued_at"])
    op.create_table(
        "supervisions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("no", sa.String(20), nullable=False),
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("cause", sa.String(24), nullable=False),
        sa.Column("unit", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, server_default=""),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.String(80), nullable=False),
        sa.Column("issued_name", sa.String(80), nullable=False, server_default=""),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answered_by", sa.String(80)),
        sa.Column("answered_name", sa.String(80), nullable=False, server_default=""),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_supervisions"),
    )
    op.create_index("ix_supervisions_matter_id", "supervisions", ["matter_id"])
    op.create_index("ix_supervisions_unit_issued_at", "supervisions", ["unit", "issued_at"])
