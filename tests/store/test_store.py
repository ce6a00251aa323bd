"""The store's own promises: schema, two doors, a chain that shows its first break."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Services
from dashboard.store import audit, tables
from dashboard.store.engine import UnusableDatabase, sqlite_module
from dashboard.store.seal import Seal, Unsealable
from dashboard.store.store import Store, StoreBusy, advance
from tests.store.centre import Centre, officer


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    with store.write() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_several_processes_may_migrate_at_once(tmp_path: Path) -> None:
    stores = [Store(f"sqlite:///{tmp_path / 'new.sqlite3'}") for _ in range(3)]
    threads = [threading.Thread(target=store.migrate) for store in stores]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({store.epoch() for store in stores}) == 1


def test_a_rolled_back_number_is_given_again(store: Store) -> None:
    with pytest.raises(ValueError, match="back"), store.write() as connection:  # noqa: PT012
        assert advance(connection, "log") == 1
        raise ValueError("back")
    with store.write() as connection:
        assert advance(connection, "log") == 1


def test_one_who_reads_alone_reads_by_the_same_connection(store: Store) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL's page cache is the server's")
    with store.read(), store.read(), store.read():
        pass  # three connections, each with a page cache and statements of its own
    used = []
    for _ in range(6):
        with store.read() as connection:
            used.append(connection.connection.dbapi_connection)
    assert len({id(one) for one in used}) == 1


def test_a_read_sees_one_moment(centre: Centre) -> None:
    store = centre.services.store
    with store.read() as connection:
        before = service.queries.event_log.last_seq(connection)
        centre.order()
        assert service.queries.event_log.last_seq(connection) == before


def test_a_read_cannot_write_on_postgresql(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite has no read-only transaction")
    with pytest.raises(DBAPIError), store.read() as connection:
        advance(connection, "log")


def test_a_locked_database_says_busy_and_recovers(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL waits for the row instead")
    monkeypatch.setattr("dashboard.store.engine.BUSY_TIMEOUT_MS", 50)
    second = Store(database_url)
    with store.write(), pytest.raises(StoreBusy), second.write():
        pass
    with second.write() as connection:
        assert advance(connection, "log") == 1
    second.close()


def test_sqlite_is_durable_and_recent(store: Store) -> None:
    if not store.is_sqlite:
        pytest.skip("PostgreSQL")
    assert sqlite_module().sqlite_version_info >= (3, 51, 3)
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_database_it_cannot_run_on_is_refused(url: str) -> None:
    with pytest.raises(UnusableDatabase):
        Store(url)


# -- audit --------------------------------------------------------------------------------------------------------


def chain(centre: Centre) -> None:
    matter = centre.order()
    for number in range(4):
        centre.do(service.note, service.Note(matter["id"], f"{number}"))


def state(centre: Centre) -> service.AuditState:
    found = service.verify_audit(centre.services, officer("auditor"))
    assert isinstance(found, service.AuditState)
    return found


def test_the_audit_chain_is_whole(centre: Centre) -> None:
    chain(centre)
    assert state(centre).broken_at is None
    assert state(centre).rows == 5


def test_a_changed_row_is_found(centre: Centre) -> None:
    chain(centre)
    with centre.services.store.write() as connection:
        connection.execute(update(tables.audit).where(tables.audit.c.n == 3).values(result="refused"))
    assert state(centre).broken_at == 3


def test_a_removed_row_is_found_in_the_middle_and_at_the_end(centre: Centre) -> None:
    chain(centre)
    with centre.services.store.write() as connection:
        connection.execute(delete(tables.audit).where(tables.audit.c.n == 5))
    assert (state(centre).broken_at, state(centre).reason) == (5, "missing at the end")
    with centre.services.store.write() as connection:
        connection.execute(delete(tables.audit).where(tables.audit.c.n == 2))
    assert state(centre).broken_at == 2


def test_a_forged_row_with_its_own_hash_breaks_the_next_link(centre: Centre) -> None:
    chain(centre)
    store = centre.services.store
    with store.write() as connection:
        row = connection.execute(tables.audit.select().where(tables.audit.c.n == 2)).one()._asdict()
        row["actor"] = "somebody else"
        row["hash"] = audit._hash(row)
        connection.execute(
            update(tables.audit).where(tables.audit.c.n == 2).values(actor=row["actor"], hash=row["hash"])
        )
    assert state(centre).broken_at == 3


def test_only_the_audit_administrator_reads_the_chain(centre: Centre) -> None:
    assert isinstance(service.verify_audit(centre.services, officer("duty_leader")), service.Refused)


# -- sealed data --------------------------------------------------------------------------------------------------


def test_a_citizens_name_is_not_in_the_database_in_the_clear(centre: Centre) -> None:
    centre.order()
    with centre.services.store.read() as connection:
        row = connection.execute(tables.citizens.select()).one()
    assert "李小明".encode() not in row.name_sealed
    assert b"13812345678" not in row.phone_sealed + row.words_sealed


def test_a_sealed_value_opens_only_with_its_secret_and_on_its_row() -> None:
    sealed = Seal(b"1" * 32).close("李小明", "m1")
    assert Seal(b"1" * 32).open(sealed, "m1") == "李小明"
    for seal, about in ((Seal(b"2" * 32), "m1"), (Seal(b"1" * 32), "m2")):
        with pytest.raises(Unsealable):
            seal.open(sealed, about)


def test_personal_data_without_the_secret_is_an_error_not_a_silence(centre: Centre) -> None:
    bare = Services(centre.services.store, centre.pack)
    with pytest.raises(service.NoSecret):
        service.intake_orders(bare, [centre.reading()], centre.now)
    assert service.snapshot(bare).matters == []


def test_the_system_itself_may_not_dispatch(centre: Centre) -> None:
    matter = centre.order()
    system = Principal("worker", "", "system", "system", "371100")
    assert isinstance(centre.dispatch(matter, *centre.units(1), actor=system), service.Refused)
