"""The special desk that a caller asked for, and the one that a seat serves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to calls and seats; of those already known nobody said a desk."""
    for table in ("calls", "agents"):
        op.add_column(table, sa.Column("desk", sa.String(20), nullable=False, server_default=""))
