"""Moves and shares between counties, and merges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and what a matter knows of them."""
    op.create_table(
        "district_proposals",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("matter_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("from_region", sa.String(20), nullable=False),
        sa.Column("to_region", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("ruled_at", sa.BigInteger()),
        sa.Column("ruled_by", sa.String(80)),
        sa.Column("ruled_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("ruled_reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("overridden", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("escalated_at", sa.BigInteger()),
        sa.Column("before", sa.Text(), nullable=False, server_default="{}"),
    )
    op.create_index("ix_district_proposals_matter_id_state", "district_proposals", ["matter_id", "state"])
    op.create_index("ix_district_proposals_state", "district_proposals", ["state"])
    op.create_table(
        "merges",
        sa.Column("carrier_id", sa.String(40), primary_key=True),
        sa.Column("matter_id", sa.String(40), primary_key=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False, server_default="0"),
        sa.Column("facts", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ruled_at", sa.BigInteger()),
        sa.Column("ruled_by", sa.String(80)),
        sa.Column("ruled_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    )
    op.create_index("ix_merges_matter_id_state", "merges", ["matter_id", "state"])
    op.create_index("ix_merges_state", "merges", ["state"])
    for column in (
        sa.Column("moved_to", sa.String(20)),
        sa.Column("shared_with", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("proposals", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("carried", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("matters", column)
    op.create_index("ix_matters_closed_at_category", "matters", ["closed_at", "category"])
