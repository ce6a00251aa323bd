"""What belongs to one matter, unit or carrier is found by it, not among everything that is open.

SQLite keeps no statistics here and prefers an equal state to an equal matter: it read all 8,333 armed clocks of 5,000
open matters to find the one or two of a matter.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes, and drop the one that a new one begins with."""
    op.create_index("ix_deadlines_matter_id_state", "deadlines", ["matter_id", "state"])
    op.drop_index("ix_deadlines_matter_id", "deadlines")
    op.create_index("ix_matters_unit_closed_at", "matters", ["unit", "closed_at"])
    op.create_index("ix_matters_worker_closed_at", "matters", ["worker", "closed_at"])
    op.create_index("ix_merges_carrier_id_state", "merges", ["carrier_id", "state"])
