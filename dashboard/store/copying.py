"""A whole database into one file while people act on it, and back; what a copy must hold to be that database."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, inspect, make_url, select

from dashboard.store import audit, event_log, tables
from dashboard.store.engine import open_engine, sqlite_module
from dashboard.store.store import Store

SQLITE_COPY: Final = "database.sqlite3"
POSTGRESQL_COPY: Final = "database.dump"


class CopyError(RuntimeError):
    """A database could not be copied or put back; the text says why, without its password."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database held at one instant: its log's identity and last number, its audit's last number and hash."""

    epoch: str
    log_seq: int
    audit_n: int
    audit_hash: str


def facts_of(store: Store) -> Facts:
    """Read the facts of a database as it stands.

    Raises:
        StoreBusy: it is away.
    """
    with store.read() as connection:
        n = int(
            connection.execute(
                select(tables.counters.c.value).where(tables.counters.c.name == "audit")
            ).scalar_one()
        )
        return Facts(
            epoch=connection.execute(
                select(tables.meta.c.value).where(tables.meta.c.key == "epoch")
            ).scalar_one(),
            log_seq=event_log.last_seq(connection),
            audit_n=n,
            audit_hash=_audit_hash(connection, n),
        )


def differences(store: Store, facts: Facts) -> Iterator[str]:
    """Say what a database lacks of the one that had these facts: it may hold more, never less or something else."""
    with store.read() as connection:
        last = event_log.last_seq(connection)
        if last < facts.log_seq:
            yield f"the log ends at {last}, the copy was made after {facts.log_seq}"
        if _audit_hash(connection, facts.audit_n) != facts.audit_hash:
            yield f"audit row {facts.audit_n} is not the one that was copied"
        broken = audit.first_break(connection)
        if broken is not None:
            yield f"the audit chain breaks at row {broken.n}: {broken.reason}"


def names_of_contents(store: Store) -> set[str]:
    """Return the SHA-256 of every attachment's bytes that a row speaks of."""
    column = tables.attachments.c
    with store.read() as connection:
        rows = connection.execute(select(column.content_sha256, column.preview_sha256)).all()
    return {name for row in rows for name in row if name}


def copy_database(url: str, folder: Path) -> Path:
    """Copy a database into a file of `folder`, readable by its owner alone, without holding anybody up.

    Raises:
        CopyError: it could not be copied, or the copy is not whole.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _copy_sqlite(parsed, folder / SQLITE_COPY)
    file = folder / POSTGRESQL_COPY
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    command = [
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={file}",
        f"--dbname={_plain(parsed)}",
    ]
    _run(program("pg_dump"), command, parsed)
    return file


def put_database(file: Path, url: str) -> None:
    """Put a copy where `url` says, into nothing: an empty PostgreSQL database, a SQLite file that is not there.

    Raises:
        CopyError: there is something already, the copy is of the other kind, or it could not be put there.
    """
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite != (file.name == SQLITE_COPY):
        raise CopyError(f"{file.name} is no copy of a {parsed.get_backend_name()} database")
    if is_sqlite:
        target = Path(str(parsed.database))
        if any(Path(f"{target}{ending}").exists() for ending in ("", "-wal", "-shm")):
            raise CopyError(f"{target} is there already; move it away first, with its -wal and -shm")
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_file(file, target)
        return
    engine = open_engine(url)
    try:
        found = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if found:
        raise CopyError(f"the database holds {len(found)} tables already; make an empty one")
    command = [
        "--exit-on-error",
        "--single-transaction",
        "--no-owner",
        f"--dbname={_plain(parsed)}",
        str(file),
    ]
    _run(program("pg_restore"), command, parsed)


def files_of_database(url: str) -> tuple[Path, ...]:
    """Return where the database's own files lie, there or not; none for a PostgreSQL, which keeps its own."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return ()
    file = Path(str(parsed.database)).resolve()
    return tuple(file.with_name(f"{file.name}{ending}") for ending in ("", "-wal", "-shm", "-journal"))


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to a name that is not taken, for its owner alone, and see it onto the disk."""
    with (
        source.open("rb") as given,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
    ):
        shutil.copyfileobj(given, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())


def program(name: str) -> str:
    """Return a program of PostgreSQL, on PATH or where Debian keeps the newest.

    Raises:
        CopyError: it is not installed.
    """
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]))
    found = str(kept[-1]) if kept else shutil.which(name)
    if found is None:
        raise CopyError(f"{name} is not installed (Debian: postgresql-client)")
    return found


def _copy_sqlite(url: URL, file: Path) -> Path:
    sqlite = sqlite_module()
    if not Path(str(url.database)).exists():
        raise CopyError(f"{url.database} is not there")
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    given, copy = sqlite.connect(f"file:{url.database}?mode=ro", uri=True), sqlite.connect(file)
    try:
        given.backup(copy)  # one read transaction; writers go on beside it
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whatever the original was in
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite.Error as error:
        raise CopyError(f"{url.database}: {error}") from error
    finally:
        given.close()
        copy.close()
    if said != "ok":
        raise CopyError(f"the copy of {url.database} is not whole: {said}")
    return file


def _plain(url: URL) -> str:
    """The address as PostgreSQL's own programs read it; the password goes by the environment, where `ps` is blind."""
    bare = URL.create(
        "postgresql", url.username, host=url.host, port=url.port, database=url.database, query=url.query
    )
    return bare.render_as_string()


def _run(path: str, arguments: list[str], url: URL) -> None:
    environ = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run([path, *arguments], env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CopyError(f"{Path(path).name}: {done.stderr.strip()[-600:]}")


def _audit_hash(connection: Connection, n: int) -> str:
    column = tables.audit.c
    return connection.execute(select(column.hash).where(column.n == n)).scalar_one_or_none() or ""
