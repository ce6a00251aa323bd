"""Who may feed with a key of its own, and which devices are kept apart."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String, Table, Text

from dashboard.store.tables.base import metadata

# A gateway's key signs for one platform or one device. The secret is needed whole to check a signature, so it is
# sealed and not hashed.
feed_keys = Table(
    "feed_keys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("sender_kind", String(8), nullable=False),  # platform, device
    Column("sender", String(64), nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    # Whether the sender's plain key is refused while this one is open.
    Column("signed_only", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_by", String(80), nullable=False),
    Column("revoked_at", BigInteger),
)

# A device whose fixes are kept apart; at most one of a device has no end.
quarantines = Table(
    "quarantines",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("device_id", String(64), nullable=False, index=True),
    Column("reason", String(24), nullable=False),  # what there was most of: impossible_speed, malformed
    Column("detail", Text, nullable=False),  # JSON: reason -> how often within the time that was looked at
    Column("since_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", String(80)),
    Column("why", Text),
)
