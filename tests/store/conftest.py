"""Every test of the truth runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.citypack import CityPack, load_pack
from dashboard.service import Services
from dashboard.store.store import Store
from tests.conftest import PROJECT_ROOT
from tests.store.centre import SECRET, Centre


@pytest.fixture(scope="session")
def pack() -> CityPack:
    """The real city: its limits and policies are what the tests speak of."""
    return load_pack(PROJECT_ROOT / "citypacks" / "rizhao")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, on SQLite and on PostgreSQL (skipped, saying so, where there is none)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'centre.sqlite3'}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated, empty store."""
    opened = Store(database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def services(store: Store, pack: CityPack) -> Services:
    """The services over an empty store."""
    return Services(store, pack, secret=SECRET)


@pytest.fixture
def centre(services: Services) -> Centre:
    """A centre on a cold Monday morning, with nothing in it yet."""
    return Centre(services)
