"""The on-site register of a whistle, how its units were rated, and what a command says, expects and rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = {
    "commands": (
        sa.Column("message", sa.Text(), nullable=False, server_default=""),
        sa.Column("reception", sa.Text(), nullable=False, server_default=""),
        sa.Column("fallback", sa.Text(), nullable=False, server_default=""),
    ),
    "receipts": (
        sa.Column("said_in_time", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("decline_ruling", sa.String(12), nullable=False, server_default=""),
        sa.Column("ruled_at", sa.BigInteger()),
        sa.Column("ruled_by", sa.Text(), nullable=False, server_default=""),
    ),
}


def upgrade() -> None:
    """Add the columns and create the tables."""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_commands_kind_issued_at", "commands", ["kind", "issued_at"])
    op.create_table(
        "attendance",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("command_id", sa.String(40), nullable=False),
        sa.Column("receiver_id", sa.String(60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False, server_default=""),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.BigInteger()),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        sa.Column("signed_by", sa.String(80), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.Column("replaced_by", sa.String(40)),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    )
    op.create_index("ix_attendance_command_id_receiver_id", "attendance", ["command_id", "receiver_id"])
    op.create_table(
        "ratings",
        sa.Column("command_id", sa.String(40), primary_key=True),
        sa.Column("receiver_id", sa.String(60), primary_key=True),
        sa.Column("punctual", sa.Integer(), nullable=False),
        sa.Column("competent", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        sa.Column("rated_at", sa.BigInteger(), nullable=False),
        sa.Column("rated_by", sa.String(80), nullable=False),
        sa.Column("rated_name", sa.String(80), nullable=False),
    )
    op.create_index("ix_ratings_receiver_id_rated_at", "ratings", ["receiver_id", "rated_at"])
