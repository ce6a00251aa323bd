"""Second factors, passwords that must be changed, and sessions that are not open yet."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; a password that exists counts as set when its account was made."""
    accounts: tuple[sa.Column[Any], ...] = (
        sa.Column("password_set_at", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("totp_sealed", sa.LargeBinary()),
        sa.Column("totp_since", sa.BigInteger()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"),
    )
    sessions: tuple[sa.Column[Any], ...] = (
        sa.Column("stage", sa.String(10), nullable=False, server_default="open"),
        sa.Column("passed_factor", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("by_password", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("agent", sa.String(160), nullable=False, server_default=""),
        sa.Column("totp_shown", sa.LargeBinary()),
    )
    for column in accounts:
        op.add_column("accounts", column)
    for column in sessions:
        op.add_column("sessions", column)
    op.execute("UPDATE accounts SET password_set_at = created_at")
