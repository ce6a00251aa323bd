"""Opening the database: SQLite through pysqlite3, or PostgreSQL through psycopg, behind the same two doors."""

from __future__ import annotations

import logging
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

logger = logging.getLogger(__name__)

# Stock SQLite 3.7.0-3.51.2 can corrupt a database in a WAL reset race; 3.51.3 carries the fix.
SAFE_SQLITE = (3, 51, 3)
# How long a writer waits for another process's transaction before it answers "busy".
BUSY_TIMEOUT_MS = 15_000
WRITE_OPTION = "zhongshu_write"

# A machine that is cut off sends no farewell: by itself a connection to it hangs for a quarter of an hour. On our side
# what is not acknowledged is given up after `tcp_user_timeout`, and an answer that is awaited by the keepalives.
SILENT_SERVER = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 4_000,
}
# The same on the server's side, so that a machine that was cut off while it held the writer's row lets go of it: its
# connection ends, its transaction is rolled back and the other machine's writers go on. A process that is stopped but
# whose machine answers is seen by its idle transaction alone.
SILENT_CLIENT = {
    "lock_timeout": f"{BUSY_TIMEOUT_MS}ms",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "2s",
    "tcp_keepalives_interval": "1s",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "4s",
    "client_connection_check_interval": "3s",
}


class UnusableDatabase(RuntimeError):
    """The URL names a database this product cannot run on."""


def open_engine(url: str) -> Engine:
    """Return an engine for a `sqlite:///` or `postgresql://` URL.

    Raises:
        UnusableDatabase: another kind of URL, or an in-memory SQLite (its data would die with a connection).
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgresql(parsed)
    raise UnusableDatabase(f"{parsed.get_backend_name()}: only sqlite and postgresql are supported")


def sqlite_module() -> ModuleType:
    """Return the SQLite driver: pysqlite3 with its own recent SQLite, else the standard library's, loudly."""
    try:
        import pysqlite3
    except ImportError:
        import sqlite3

        if sqlite3.sqlite_version_info < SAFE_SQLITE:
            logger.critical(
                "SQLite %s of this Python can corrupt a database in a rare race (fixed in 3.51.3) and pysqlite3 "
                "is not installed; use PostgreSQL or install pysqlite3 for anything that matters",
                sqlite3.sqlite_version,
            )
        return sqlite3
    module: ModuleType = pysqlite3
    return module


def _open_sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UnusableDatabase("SQLite needs a file: processes share it, and it must outlive them")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        module=sqlite_module(),
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        pool_size=8,
        max_overflow=24,
        # Each connection has a page cache and compiled statements of its own: the one used last is used again, instead
        # of each of the pool in its turn growing its own.
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver must not open transactions by itself: BEGIN IMMEDIATE below is the only way in.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get(WRITE_OPTION, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=SILENT_SERVER,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # A server of another make may lack one of them; that is no reason to run on none. In one request: a process
        # opens its connections when it is hurried most.
        wanted = ", ".join(f"('{name}', '{value}')" for name, value in SILENT_CLIENT.items())
        cursor.execute(
            f"SELECT set_config(wanted.name, wanted.value, false) FROM (VALUES {wanted}) AS wanted(name, value) "
            "JOIN pg_settings ON pg_settings.name = wanted.name"
        )
        cursor.close()
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if not connection.get_execution_options().get(WRITE_OPTION, False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    return engine
