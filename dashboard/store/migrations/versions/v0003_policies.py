"""Versions of the escalation policy, and every telling of a step with what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; the first start writes version 1 from the city pack."""
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_versions")),
    )
    op.create_table(
        "policy_steps",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("policy_id", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("applies_to", sa.String(24), nullable=False),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("urgency", sa.Integer()),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("unless", sa.String(24), nullable=False),
        sa.Column("clock", sa.String(12), nullable=False),
        sa.Column("after_ms", sa.BigInteger(), nullable=False),
        sa.Column("share_of_limit", sa.Float(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("tell", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("must_act", sa.String(24), nullable=False),
        sa.Column("card", sa.String(12), nullable=False),
        sa.Column("raise_to_level", sa.Integer(), nullable=False),
        sa.Column("repeat_ms", sa.BigInteger()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", "policy_id", name=op.f("pk_policy_steps")),
    )
    op.create_table(
        "tellings",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("deadline_id", sa.String(40), nullable=False),
        sa.Column("chain", sa.String(140), nullable=False),
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("command_id", sa.String(40)),
        sa.Column("policy_id", sa.String(60), nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("means", sa.String(12), nullable=False),
        sa.Column("recipient_kind", sa.String(8), nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("leased_by", sa.String(80), nullable=False, server_default=""),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("received_at", sa.BigInteger()),
        sa.Column("received_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("gateway_id", sa.String(120), nullable=False, server_default=""),
        sa.Column("fault", sa.String(40), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
    )
    op.create_index("ix_tellings_matter_id", "tellings", ["matter_id"])
    op.create_index(
        "uq_tellings_firing",
        "tellings",
        ["deadline_id", "role", "means", "recipient_kind", "recipient"],
        unique=True,
    )
    op.create_index("ix_tellings_state_next_at", "tellings", ["state", "next_at"])
    op.create_index("ix_tellings_recipient_state", "tellings", ["recipient_kind", "recipient", "state"])
    op.create_table(
        "telling_attempts",
        sa.Column("telling_id", sa.String(40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("result", sa.String(40), nullable=False, server_default=""),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("telling_id", "n", name=op.f("pk_telling_attempts")),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.String(24), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
