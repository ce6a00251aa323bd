"""The real components that tests run against, each started once and thrown away."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
import redis as redis_client

from data_feeds.bus import Bus
from data_feeds.embedded_redis import EmbeddedRedis, EmbeddedRedisError, find_program
from tests.throwaway_postgres import PostgresUnavailable, ThrowawayPostgres
from tests.throwaway_redis_cluster import ClusterUnavailable, ThrowawayCluster, sharded_server

PROJECT_ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


# How long an example takes is the machine's affair: other tests run beside it.
hypothesis.settings.register_profile("no stopwatch", deadline=None)
hypothesis.settings.load_profile("no stopwatch")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[EmbeddedRedis]:
    """A real Redis on a private socket, as `make run` starts it."""
    try:
        program = find_program()
    except EmbeddedRedisError as error:
        pytest.skip(str(error))
    folder = Path(tempfile.mkdtemp(prefix="zs-redis-"))  # short: a socket's path has little room
    server = EmbeddedRedis(folder, folder / "redis.sock", program)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def redis_url(redis_server: EmbeddedRedis) -> str:
    """The URL of the session's Redis; take `redis_flush` for an empty one."""
    return redis_server.url


@pytest.fixture
def redis_flush(redis_url: str) -> str:
    """The URL of the session's Redis, emptied for this test."""
    with redis_client.Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url


@pytest_asyncio.fixture
async def bus(redis_flush: str) -> AsyncIterator[Bus]:
    """A bus on an empty Redis."""
    opened = Bus(redis_flush)
    yield opened
    await opened.close()


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own, not started yet: for tests about outages."""
    try:
        program = find_program()
    except EmbeddedRedisError as error:
        pytest.skip(str(error))
    folder = Path(tempfile.mkdtemp(prefix="zs-own-"))  # short: a socket's path has little room
    server = EmbeddedRedis(folder, folder / "redis.sock", program)
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def redis_cluster() -> Iterator[ThrowawayCluster]:
    """Three masters of a Redis Cluster, and a replica of the first two; a test leaves it running."""
    try:
        program = sharded_server()
    except ClusterUnavailable as error:
        pytest.skip(str(error))
    cluster = ThrowawayCluster(program, replicas=2)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database URL (psycopg 3) of an existing (DATABASE_URL_TEST) or a throwaway PostgreSQL server."""
    given = os.environ.get("DATABASE_URL_TEST", "")
    if given:
        yield given.replace("postgres://", "postgresql://").replace("postgresql://", "postgresql+psycopg://")
        return
    try:
        server = ThrowawayPostgres.start()
    except PostgresUnavailable as error:
        pytest.skip(f"no PostgreSQL here: {error}")
    yield server.url("postgres")
    server.stop()


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database, dropped after the test."""
    import sqlalchemy

    name = f"zs_{uuid.uuid4().hex[:12]}"
    control = sqlalchemy.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with control.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    yield sqlalchemy.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with control.connect() as connection:
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
    control.dispose()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The program of a Chromium: an installed one, else Playwright's own."""
    for name in CHROMIUM_PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    if Path(bundled).exists():
        return bundled
    missing = "no Chromium: install the system's package, or run `playwright install chromium`"
    if os.environ.get("ZHONGSHU_REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def real_data_folder() -> Path:
    """Where the recorded real data is looked for."""
    return Path(os.environ.get("ZHONGSHU_REAL_DATA") or PROJECT_ROOT.parent / "shared" / "data" / "real")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the recorded real data; tests that use it carry the marker `real_data`."""
    return real_data_folder()


SLOW_FIRST = ("crash", "browser")
"""Marks of the files that take longest: begun last, one of them would keep a single core busy at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow files; skip what needs the recorded real data where it is absent."""
    slow_files = {mark: {item.path for item in items if item.get_closest_marker(mark)} for mark in SLOW_FIRST}
    items.sort(key=lambda item: [item.path not in slow_files[mark] for mark in SLOW_FIRST])
    _skip_without_real_data(items)
    for item in items:
        if item.get_closest_marker("browser") or "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=1))


HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, for what follows it."""
    report = yield
    item.stash[HAS_FAILED] = item.stash.get(HAS_FAILED, False) or report.failed
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """End servers, stores and pages of a first try that failed: what it left is not the second one's to meet."""
    if item.get_closest_marker("flaky") and item.stash.get(HAS_FAILED, False):
        del item.stash[HAS_FAILED]
        item.session._setupstate.teardown_exact(item.session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print in full why a test needed its second try: that it passed then mends nothing."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_sep("!", f"second try: {report.nodeid} ({report.when})", yellow=True)
        terminalreporter.write_line(report.longreprtext)


def _skip_without_real_data(items: list[pytest.Item]) -> None:
    """Say where the recorded real data was looked for."""
    folder = real_data_folder()
    if folder.is_dir():
        return
    absent = pytest.mark.skip(reason=f"the recorded real data is not at {folder} (ZHONGSHU_REAL_DATA)")
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(absent)
