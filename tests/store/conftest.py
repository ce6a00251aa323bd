"""Every test of the truth runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.citypack import CityPack, load_pack
from dashboard.service import Services
from dashboard.store.store import Store
from tests.conftest import PROJECT_ROOT
from tests.store.centre import SECRET, Centre
from tests.store.emptied import EmptiedPostgres
from tests.store.racing import rival_of


@pytest.fixture(scope="session")
def pack() -> CityPack:
    """The real city: its limits and policies are what the tests speak of."""
    return load_pack(PROJECT_ROOT / "citypacks" / "rizhao")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the schema, to be copied: migrating once saves a second a test."""
    file = tmp_path_factory.mktemp("template") / "centre.sqlite3"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture(scope="session")
def emptied_postgres(postgres_url: str) -> Iterator[EmptiedPostgres]:
    """A PostgreSQL database that is emptied for each test which takes it."""
    opened = EmptiedPostgres(postgres_url)
    yield opened
    opened.close()


# Where each commit is written through to a disk, waiting for it is most of what a store test on SQLite does. What is
# tested here is not the disk: `tests/crash` kills whole installations on a real one.
MEMORY = Path("/dev/shm")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated, empty database, on SQLite and on PostgreSQL (skipped, saying so, where there is none)."""
    if request.param == "sqlite":
        folder = Path(
            tempfile.mkdtemp(prefix="zs-store-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        )
        file = folder / "centre.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        shutil.rmtree(folder)
        return
    yield request.getfixturevalue("emptied_postgres").take()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated, empty store."""
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def services(store: Store, pack: CityPack, tmp_path: Path) -> Services:
    """The services over an empty store."""
    return Services(store, pack, secret=SECRET, attachments_dir=tmp_path / "attachments")


@pytest.fixture
def centre(services: Services) -> Centre:
    """A centre on a cold Monday morning, with nothing in it yet."""
    return Centre(services)


@pytest.fixture
def rival(centre: Centre, database_url: str) -> Iterator[Centre]:
    """The same centre as another process has it: a store of its own on the same database."""
    with rival_of(centre, database_url) as other:
        yield other
