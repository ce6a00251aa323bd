"""The dispatch catalogue as officers edited it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "directions",
        sa.Column("category", sa.String(20), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("lead", sa.String(40), nullable=False),
        sa.Column("assists", sa.Text(), nullable=False),
        sa.Column("level", sa.String(12), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_name", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
