"""Tellings that no clock fired: what happens in a consultation room is told too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name what a telling comes from; those that are there came from clocks."""
    op.drop_index("uq_tellings_firing", "tellings")
    with op.batch_alter_table("tellings") as table:
        table.add_column(sa.Column("origin", sa.String(8), nullable=False, server_default="clock"))
        table.alter_column(
            "deadline_id", new_column_name="origin_id", existing_type=sa.String(40), type_=sa.String(60),
            existing_nullable=False,
        )  # fmt: skip
        table.alter_column(
            "recipient_kind", existing_type=sa.String(8), type_=sa.String(12), existing_nullable=False
        )
    op.create_index(
        "uq_tellings_origin",
        "tellings",
        ["origin", "origin_id", "role", "means", "recipient_kind", "recipient"],
        unique=True,
    )
