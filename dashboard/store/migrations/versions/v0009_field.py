"""Citizens' reports by grid code, and grid workers' pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "reports",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("grid", sa.String(24), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("code_hash", name="pk_reports"),
        sa.UniqueConstraint("matter_id", name="uq_reports_matter_id"),
    )
    op.create_index("ix_reports_address_hash_at", "reports", ["address_hash", "at"])
    op.create_index("ix_reports_grid_at", "reports", ["grid", "at"])
