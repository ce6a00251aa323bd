"""Instructions: in which role a command was given, and who of a unit answers for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the index by which a leader finds what was made of their own word."""
    op.add_column("commands", sa.Column("issued_role", sa.String(24), nullable=False, server_default=""))
    op.add_column("commands", sa.Column("in_charge", sa.String(12), nullable=False, server_default=""))
    op.create_index("ix_commands_issued_by_issued_at", "commands", ["issued_by", "issued_at"])
