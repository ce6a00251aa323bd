"""The citizen's whole address, sealed; what older matters say of doors is moved there by the worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; a migration has no key to seal with."""
    op.add_column("citizens", sa.Column("address_sealed", sa.LargeBinary()))
