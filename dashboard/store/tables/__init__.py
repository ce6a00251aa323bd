"""The schema, one table per idea. Instants are UTC milliseconds (BIGINT); lists and objects are JSON text.

Columns are plain on purpose: the same statements run on SQLite and on PostgreSQL and its relatives.
"""

from dashboard.store.tables.base import metadata
from dashboard.store.tables.calls import agents, calls
from dashboard.store.tables.clocks import deadlines
from dashboard.store.tables.commands import commands, decisions, inbox, receipts
from dashboard.store.tables.history import audit, counters, idempotency, log, meta
from dashboard.store.tables.matters import citizens, matters
from dashboard.store.tables.people import accounts, roster, sessions, sign_in_failures, tokens
from dashboard.store.tables.policies import (
    policy_steps,
    policy_versions,
    telling_attempts,
    tellings,
    webhooks,
)
from dashboard.store.tables.reports import reports

__all__ = [
    "accounts",
    "agents",
    "audit",
    "calls",
    "citizens",
    "commands",
    "counters",
    "deadlines",
    "decisions",
    "idempotency",
    "inbox",
    "log",
    "matters",
    "meta",
    "metadata",
    "policy_steps",
    "policy_versions",
    "receipts",
    "reports",
    "roster",
    "sessions",
    "sign_in_failures",
    "telling_attempts",
    "tellings",
    "tokens",
    "webhooks",
]
