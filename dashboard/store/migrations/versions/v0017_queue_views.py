"""Views of the queue that an account keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "queue_views",
        sa.Column("account", sa.String(80), primary_key=True),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
    )
