"""A lateness stays when an officer gives more time, and an arrival that is not proven says why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; a receiver that is late has missed the end it has now."""
    op.add_column("receipts", sa.Column("first_due_at", sa.BigInteger()))
    op.add_column("receipts", sa.Column("missed_due_at", sa.BigInteger()))
    op.add_column("receipts", sa.Column("claim_fault", sa.String(12), nullable=False, server_default=""))
    op.add_column("matters", sa.Column("missed_due_at", sa.BigInteger()))
    op.execute("UPDATE receipts SET missed_due_at = due_at WHERE late")
