"""Consultation rooms, what is kept with them, and the experts and lawyers who can be ordered."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
