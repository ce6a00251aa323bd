"""PostgreSQL: whoever waits for a writer is told in time, and a writer that fell silent lets go of its turn."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from dashboard.store import engine, tables
from dashboard.store.store import Store, StoreBusy


@pytest.fixture
def two(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """Two processes' stores on one database, with waits that a test can sit out."""
    short = {"lock_timeout": "200ms", "idle_in_transaction_session_timeout": "500ms"}
    monkeypatch.setattr(engine, "SILENT_CLIENT", engine.SILENT_CLIENT | short)
    first, second = Store(postgres_database), Store(postgres_database)
    first.migrate()
    yield first, second
    first.close()
    second.close()


def test_a_writer_that_waits_too_long_is_told_that_the_store_is_busy(two: tuple[Store, Store]) -> None:
    first, second = two
    with first.write():
        began = time.monotonic()
        with pytest.raises(StoreBusy, match="lock timeout"), second.write():
            pass
        assert time.monotonic() - began < 10
    with second.write():
        pass


def test_a_transaction_that_its_process_forgot_is_rolled_back_and_the_next_writer_goes_on(
    two: tuple[Store, Store],
) -> None:
    first, second = two
    column = tables.meta.c

    def forget() -> None:
        with first.write() as connection:
            connection.execute(tables.meta.insert(), {"key": "never", "value": "committed"})
            time.sleep(1.5)
            with second.write() as other:
                other.execute(tables.meta.insert(), {"key": "meanwhile", "value": "done"})

    with pytest.raises(StoreBusy):
        forget()
    with second.read() as connection:
        kept = set(connection.execute(select(column.key)).scalars())
    assert "meanwhile" in kept
    assert "never" not in kept


def test_every_connection_asks_the_server_to_give_up_a_machine_that_fell_silent(
    postgres_database: str,
) -> None:
    store = Store(postgres_database)
    try:
        with store.read() as connection:
            # Those of TCP have no say on the socket file that tests use.
            for name in (
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "client_connection_check_interval",
            ):
                said = connection.execute(text(f"SELECT current_setting('{name}')")).scalar_one()
                assert said not in ("0", 0), name
    finally:
        store.close()


def test_a_server_without_one_of_the_settings_is_no_reason_to_run_on_none(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SILENT_CLIENT", {"of_another_make": "1s", "lock_timeout": "7s"})
    store = Store(postgres_database)
    try:
        with store.read() as connection:
            assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "7s"
    finally:
        store.close()
