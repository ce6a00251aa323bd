"""One busy city behind the whole web process, opened once for all tests of who gets in and what is taken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy

from tests.security.busy_city import DAY_MS
from tests.security.fuzzing import LONG
from tests.security.whole_web import WholeWeb, nothing_stays, whole_web
from tools.bench_rows import Row, keep


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeWeb]:
    """The process; whatever is done is undone at once, so that no test depends on another."""
    with whole_web(tmp_path_factory.mktemp("whole_web")) as opened, nothing_stays(opened):
        there, centre = opened.there, opened.centre
        there["later"] = str(centre.now + DAY_MS)
        there["ref"] = there["refs"].split()[0]
        for name in ("fresh", "signed"):
            there[f"{name}_version"] = str(centre.matter(there[name])["version"])
        yield opened
        if opened.asked:
            keep(Row("requests through the whole web process", opened.asked))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"] if LONG else ["shared"])
def city(
    request: pytest.FixtureRequest, web: WholeWeb, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WholeWeb]:
    """The city that is attacked: one of its own in a long run, where everything stays, else the shared one."""
    if not LONG:
        yield web
        return
    is_postgres = request.param == "postgresql"
    database_url = request.getfixturevalue("empty_postgres") if is_postgres else ""
    with whole_web(tmp_path_factory.mktemp("fuzz"), database_url) as opened:
        opened.there["later"] = web.there["later"]
        opened.there["ref"] = web.there["ref"]
        yield opened
        keep(Row(f"requests through the whole web process, {request.param}", opened.asked))


@pytest.fixture(scope="session")
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database for the length of a long run: it minds lengths and characters that SQLite takes."""
    control = sqlalchemy.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with control.connect() as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE zs_fuzz"))
    yield sqlalchemy.make_url(postgres_url).set(database="zs_fuzz").render_as_string(hide_password=False)
    with control.connect() as connection:
        connection.execute(sqlalchemy.text("DROP DATABASE zs_fuzz WITH (FORCE)"))
    control.dispose()
