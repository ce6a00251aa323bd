"""What the hotline's results are read by: who changed lately, returns by time, and a mark of a citizen's number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add indexes and the mark; numbers kept before are marked by the worker, which has the secret."""
    op.create_index("ix_matters_touched_at", "matters", ["touched_at"])
    op.create_index("ix_returns_asked_at", "returns", ["asked_at"])
    op.add_column("citizens", sa.Column("phone_mark", sa.String(16)))
    op.create_index("ix_citizens_phone_mark", "citizens", ["phone_mark"])
