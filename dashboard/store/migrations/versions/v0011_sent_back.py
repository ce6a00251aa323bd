"""An application for more time that was sent back for missing facts is not the one that a matter has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "extensions", sa.Column("sent_back", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
