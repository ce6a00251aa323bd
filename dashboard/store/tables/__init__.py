"""The schema, one table per idea. Instants are UTC milliseconds (BIGINT); lists and objects are JSON text.

Columns are plain on purpose: the same statements run on SQLite and on PostgreSQL and its relatives.
"""

from dashboard.store.tables.attendance import attendance, ratings
from dashboard.store.tables.base import metadata
from dashboard.store.tables.briefs import brief_versions, briefs, daily_rates, rate_days
from dashboard.store.tables.calls import agents, calls
from dashboard.store.tables.catalogue import directions
from dashboard.store.tables.clocks import deadlines
from dashboard.store.tables.commands import commands, decisions, inbox, receipts
from dashboard.store.tables.districts import district_proposals, merges
from dashboard.store.tables.feeds import feed_keys, quarantines
from dashboard.store.tables.history import audit, counters, idempotency, log, meta
from dashboard.store.tables.loop import callbacks, cards, extensions, pauses, returns, supervisions
from dashboard.store.tables.matters import citizens, matters
from dashboard.store.tables.people import accounts, roster, sessions, sign_in_failures, terminals, tokens
from dashboard.store.tables.policies import (
    policy_steps,
    policy_versions,
    telling_attempts,
    tellings,
    webhooks,
)
from dashboard.store.tables.reports import reports
from dashboard.store.tables.rooms import (
    attachments,
    bookings,
    room_decisions,
    room_messages,
    room_participants,
    room_reads,
    rooms,
    specialists,
)
from dashboard.store.tables.shifts import handover_items, handovers, posts
from dashboard.store.tables.views import queue_views
from dashboard.store.tables.walls import walls
from dashboard.store.tables.wordings import wording_reads, wording_versions, wordings

__all__ = [
    "accounts",
    "agents",
    "attachments",
    "attendance",
    "audit",
    "bookings",
    "brief_versions",
    "briefs",
    "callbacks",
    "calls",
    "cards",
    "citizens",
    "commands",
    "counters",
    "daily_rates",
    "deadlines",
    "decisions",
    "directions",
    "district_proposals",
    "extensions",
    "feed_keys",
    "handover_items",
    "handovers",
    "idempotency",
    "inbox",
    "log",
    "matters",
    "merges",
    "meta",
    "metadata",
    "pauses",
    "policy_steps",
    "policy_versions",
    "posts",
    "quarantines",
    "queue_views",
    "rate_days",
    "ratings",
    "receipts",
    "reports",
    "returns",
    "room_decisions",
    "room_messages",
    "room_participants",
    "room_reads",
    "rooms",
    "roster",
    "sessions",
    "sign_in_failures",
    "specialists",
    "supervisions",
    "telling_attempts",
    "tellings",
    "terminals",
    "tokens",
    "walls",
    "webhooks",
    "wording_reads",
    "wording_versions",
    "wordings",
]
