"""One PostgreSQL database for many tests, each of which finds it as the migrations left it."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy

from dashboard.store.store import Store
from dashboard.store.tables import metadata

# Deleted rows stay in their pages, so that now and then a new database is quicker than the old one emptied again.
USES = 50


class EmptiedPostgres:
    """Makes a database by migration, and empties it for each test that takes it.

    A new one for each test, even as a copy of a template, is 300 files and a sixth of a second; emptying is a
    thousandth. The schema is the same for all: a test that changes it makes a database of its own.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._control = sqlalchemy.create_engine(server_url, isolation_level="AUTOCOMMIT")
        self._template = self._make("zs_template")
        store = Store(self._url(self._template))
        store.migrate()
        store.close()
        self._name = ""
        self._uses = USES

    def take(self) -> str:
        """The URL of a database with the schema and what the migrations wrote, and nothing else.

        Whoever had it before is put out: connections that a test left open would hold its locks.
        """
        if self._uses == USES:
            self._renew()
        self._uses += 1
        with self._engine.begin() as connection:
            connection.exec_driver_sql(PUT_OUT)
            connection.exec_driver_sql(EMPTY)
            for table, rows in self._migrated:
                connection.execute(table.insert(), rows)
        return self._url(self._name)

    def close(self) -> None:
        """Drop everything that was made."""
        if self._name:
            self._engine.dispose()
            self._drop(self._name)
        self._drop(self._template)
        self._control.dispose()

    def _renew(self) -> None:
        if self._name:
            self._engine.dispose()
            self._drop(self._name)
        self._name = self._make("zs", f"TEMPLATE {self._template}")
        self._engine = sqlalchemy.create_engine(self._url(self._name))
        with self._engine.connect() as connection:
            found = [
                (table, [dict(row) for row in connection.execute(table.select()).mappings()])
                for table in metadata.sorted_tables
            ]
        self._migrated: list[tuple[sqlalchemy.Table, list[dict[str, Any]]]] = [one for one in found if one[1]]
        self._uses = 0

    def _make(self, prefix: str, options: str = "") -> str:
        name = f"{prefix}_{uuid.uuid4().hex[:12]}"
        with self._control.connect() as connection:
            connection.execute(sqlalchemy.text(f"CREATE DATABASE {name} {options}"))
        return name

    def _drop(self, name: str) -> None:
        with self._control.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))

    def _url(self, database: str) -> str:
        made = sqlalchemy.make_url(self._server_url).set(database=database)
        return made.render_as_string(hide_password=False)


PUT_OUT = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# Who refers to others first.
EMPTY = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))
