"""Two doors to the truth: `write()`, one transaction at a time, and `read()`, one consistent snapshot."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from dashboard.store import news, tables
from dashboard.store.engine import WRITE_OPTION, open_engine

# Any constant will do: it names our migration lock among the database's advisory locks.
MIGRATION_LOCK = 4_383_371_100

Schema = Literal["current", "older", "newer"]


def _nobody(_news: frozenset[news.News]) -> None:
    """Tell nobody: what a store does until somebody listens."""


class StoreBusy(RuntimeError):
    """The database is locked, full or away: nothing was written, the caller may try again."""


class StoreFull(StoreBusy):
    """The disk is full: nothing was written, and nothing will be until an operator makes room."""


class Store:
    """The database of one city.

    Args:
        url: `sqlite:///FILE` or `postgresql://...`.

    Raises:
        UnusableDatabase: for any other URL.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._writer = self._engine.execution_options(**{WRITE_OPTION: True})
        # Threads of one process queue here in order; SQLite's own busy handler is not fair.
        self._turn = threading.Lock()
        event.listen(self._engine, "after_execute", news.note_written)
        # Told after each commit, in the thread that wrote, what changed besides the log; quick, and never raises.
        self.on_news: Callable[[frozenset[news.News]], None] = _nobody

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded database, False on PostgreSQL."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run the block as one transaction: all of it committed, or nothing.

        Writers take turns: SQLite by BEGIN IMMEDIATE, PostgreSQL by the log counter's row, which every act
        needs anyway (docs/decisions/one-writer-at-a-time.md). Within the block nothing else can change.

        Raises:
            StoreBusy: the database is locked, full or away; nothing was written.
        """
        with self._turn, self._translated(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(
                    select(tables.counters.c.value).where(tables.counters.c.name == "log").with_for_update()
                )
            with news.collected(connection) as told:
                yield connection
        if told:
            self.on_news(frozenset(told))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run the block on one consistent snapshot; it cannot write.

        Raises:
            StoreBusy: the database is away.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the schema to this release; the first migration also makes the epoch and the counters.

        Several processes may call this at once: they take turns and the later ones find nothing to do.
        """
        with self._translated(), self._writer.begin() as connection:
            if not self.is_sqlite:
                # Whoever comes second waits for as long as the first one's migration takes.
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            config = _migrations()
            config.attributes["connection"] = connection
            # Its INFO lines name its own machinery at every start of every process; a migration that fails raises.
            logging.getLogger("alembic").setLevel(logging.WARNING)
            command.upgrade(config, "head")
            self._seed(connection)

    def epoch(self) -> str:
        """Return the identity of this log; a screen with another one takes a fresh snapshot."""
        with self.read() as connection:
            return str(
                connection.execute(
                    select(tables.meta.c.value).where(tables.meta.c.key == "epoch")
                ).scalar_one()
            )

    def schema(self) -> Schema:
        """Say how the database's schema is to this release: a revision that it does not know is a later release's.

        Raises:
            StoreBusy: the database is away.
        """
        with self.read() as connection:
            at = MigrationContext.configure(connection).get_current_revision()
        known = _revisions()
        if at == known[0]:
            return "current"
        return "older" if at is None or at in known else "newer"

    def renew_epoch(self) -> str:
        """Give the log a new identity and return it: after a restore its numbers may come again as other entries.

        Raises:
            StoreBusy: the database is away.
        """
        epoch = secrets.token_hex(8)
        with self.write() as connection:
            connection.execute(update(tables.meta).where(tables.meta.c.key == "epoch").values(value=epoch))
        return epoch

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()

    @staticmethod
    def _seed(connection: Connection) -> None:
        have = connection.execute(select(tables.meta.c.key).where(tables.meta.c.key == "epoch")).first()
        if have is None:
            connection.execute(insert(tables.meta), {"key": "epoch", "value": secrets.token_hex(8)})
        known = set(connection.execute(select(tables.counters.c.name)).scalars())
        for name in ("log", "audit"):
            if name not in known:
                connection.execute(insert(tables.counters), {"name": name, "value": 0})

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise (StoreFull if _is_full(error.orig) else StoreBusy)(str(error.orig)) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreBusy(str(error.orig)) from error
            raise


def _is_full(error: BaseException | None) -> bool:
    """Whether SQLite or PostgreSQL (disk_full) says that there is no room."""
    said = getattr(error, "sqlite_errorname", None), getattr(error, "sqlstate", None)
    return said[0] == "SQLITE_FULL" or said[1] == "53100"


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("dashboard.store") / "migrations"))
    return config


@cache
def _revisions() -> tuple[str, ...]:
    """The revisions that this release knows, newest first."""
    return tuple(one.revision for one in ScriptDirectory.from_config(_migrations()).walk_revisions())


def advance(connection: Connection, name: str, by: int = 1) -> int:
    """Add `by` to a named counter inside the caller's transaction and return the new value.

    Taken in the transaction, so a rollback gives the numbers back: the sequence has no holes.
    """
    value = connection.execute(
        update(tables.counters)
        .where(tables.counters.c.name == name)
        .values(value=tables.counters.c.value + by)
        .returning(tables.counters.c.value)
    ).scalar_one_or_none()
    if value is None:
        connection.execute(insert(tables.counters), {"name": name, "value": by})
        return by
    return int(value)
