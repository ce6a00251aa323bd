"""A centre that ran the first release goes on after the upgrade: its whistle, its clocks, its log, its audit."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config

from dashboard import service
from dashboard.citypack import CityPack
from dashboard.service import Services
from dashboard.store import audit, event_log
from dashboard.store.records import TELLINGS
from dashboard.store.store import Store
from tests.store.centre import MINUTE_MS, SECRET, Centre

# What the first release wrote in one morning: three orders, a dispatch, a whistle with one of two units on site and
# one of two items decided, two of its escalations fired.
FIRST_RELEASE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures" / "release_0001.json").read_text("utf-8")
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as the first release left it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
        _fill(url)
        yield url
        return
    server = request.getfixturevalue("postgres_url")
    control = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"zs_old_{uuid.uuid4().hex[:12]}"
    with control.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    url = sqlalchemy.make_url(server).set(database=name).render_as_string(hide_password=False)
    _fill(url)
    yield url
    with control.connect() as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
    control.dispose()


def _upgrade(connection: sqlalchemy.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files("dashboard.store") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _fill(url: str) -> None:
    store = Store(url)
    with store._writer.begin() as connection:
        _upgrade(connection, "0001")
        old = sqlalchemy.MetaData()
        old.reflect(connection)
        for name, rows in FIRST_RELEASE.items():
            if name != "now":
                connection.execute(sqlalchemy.insert(old.tables[name]), [_cells(row) for row in rows])
    store.close()


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: bytes.fromhex(cell["hex"]) if isinstance(cell, dict) else cell for name, cell in row.items()
    }


@pytest.fixture
def centre(old_url: str, pack: CityPack) -> Iterator[Centre]:
    store = Store(old_url)
    store.migrate()
    centre = Centre(Services(store, pack, secret=SECRET))
    centre.clock.now = FIRST_RELEASE["now"]
    yield centre
    store.close()


def test_every_row_is_still_there_and_the_chains_are_whole(centre: Centre) -> None:
    snapshot = service.snapshot(centre.services)
    assert {row["title"] for row in snapshot.matters} == {"整栋停暖", "供热管道爆裂", "路灯不亮"}
    assert {row["no"] for row in snapshot.commands} == {"令0001", "哨01"}
    with centre.services.store.read() as connection:
        entries = event_log.read_after(connection, 0, 1000)
        assert [entry.seq for entry in entries] == list(range(1, len(FIRST_RELEASE["log"]) + 1))
        assert audit.first_break(connection) is None


def test_the_running_whistle_goes_on_with_the_steps_it_was_raised_under(centre: Centre) -> None:
    (whistle,) = (row for row in service.snapshot(centre.services).commands if row["kind"] == "whistle")
    late = next(one for one in whistle["receivers"] if one["id"] == "rz-371102-urban")
    assert late["arrived_at"] is None
    centre.clock.now = late["due_at"] + MINUTE_MS
    assert service.fire_due(centre.services, centre.now).count > 0
    with centre.services.store.read() as connection:
        fired = [
            entry.params["policy_id"]
            for entry in event_log.read_after(connection, len(FIRST_RELEASE["log"]), 1000)
            if entry.kind == "EscalationFired" and entry.params["receiver_id"] == "rz-371102-urban"
        ]
    assert fired == ["whistle-amber", "whistle-late"], (
        "each step once, none that had fired before the upgrade"
    )


def test_nobody_leaves_the_old_whistle_before_its_last_item_is_decided(centre: Centre) -> None:
    (whistle,) = (row for row in service.snapshot(centre.services).commands if row["kind"] == "whistle")
    leave = service.RequestLeave(whistle["id"], "rz-heating")
    refused = service.request_leave(centre.services, centre.officer, leave, centre.now, "after-the-upgrade")
    assert isinstance(refused, service.Refused)
    assert refused.params["missing"] == ["何时恢复"]


def test_tellings_from_before_consultations_were_told_keep_their_clock(
    old_url: str,
) -> None:
    store = Store(old_url)
    with store._writer.begin() as connection:
        _upgrade(connection, "0012")
        old = sqlalchemy.Table("tellings", sqlalchemy.MetaData(), autoload_with=connection)
        row = {
            "id": "t1", "deadline_id": "d1", "chain": "c", "matter_id": "m", "policy_id": "p", "role": "unit_duty",
            "means": "sms", "recipient_kind": "unit", "recipient": "u", "scope": "[]", "text": "x", "text_en": "x",
            "made_at": 1, "state": "received",
        }  # fmt: skip
        connection.execute(sqlalchemy.insert(old), row)
    store.close()
    store = Store(old_url)
    store.migrate()
    with store.read() as connection:
        (kept,) = (TELLINGS.value(one) for one in connection.execute(TELLINGS.select()))
    assert (kept.origin, kept.origin_id, kept.text) == ("clock", "d1", "x")
    with pytest.raises(sqlalchemy.exc.IntegrityError), store.write() as connection:
        TELLINGS.insert(connection, [replace(kept, id="t2")])
    store.close()
