"""Terminals that speak JT/T 808: which device of the roster each is, by the number that it names itself with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "terminals",
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("device_id", sa.String(60), nullable=False),
        sa.Column("terminal_id", sa.String(60), nullable=False, server_default=""),
        sa.Column("plate", sa.String(20), nullable=False, server_default=""),
        sa.Column("datum", sa.String(5), nullable=False, server_default="wgs84"),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_terminals")),
        sa.UniqueConstraint("device_id", name=op.f("uq_terminals_device_id")),
    )
