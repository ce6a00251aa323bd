"""What the closed loop adds to matters, receipts, decisions and accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = {
    "matters": (
        sa.Column("carrier", sa.String(40)),
        sa.Column("worker", sa.String(60)),
        sa.Column("policy_version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("paused_at", sa.BigInteger()),
        sa.Column("paused_ms", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("suspended_until", sa.BigInteger()),
        sa.Column("supervised_at", sa.BigInteger()),
        sa.Column("details", sa.Text(), nullable=False, server_default="{}"),
    ),
    "receipts": (
        sa.Column("claimed_at", sa.BigInteger()),
        sa.Column("arrival_proof", sa.String(12), nullable=False, server_default=""),
        sa.Column("arrival_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("arrival_m", sa.Integer()),
        sa.Column("said_at", sa.BigInteger()),
        sa.Column("result", sa.Text()),
        sa.Column("recalled_at", sa.BigInteger()),
        sa.Column("recalled_reason", sa.Text()),
        sa.Column("reassigned_to", sa.String(60)),
        sa.Column("added_at", sa.BigInteger()),
    ),
    "decisions": (
        sa.Column("owner_unit", sa.String(60)),
        sa.Column("completed_at", sa.BigInteger()),
        sa.Column("completed_by", sa.String(80)),
    ),
    "accounts": (sa.Column("worker", sa.String(60)),),
}


def upgrade() -> None:
    """Add the columns; what is there keeps its meaning."""
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_matters_carrier", "matters", ["carrier"])
