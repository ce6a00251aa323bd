"""A PostgreSQL server for one test session, in a temporary folder, on a private socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Durability is what the store's own tests are about only with SQLite; here syncing would just be slow. Nothing lives
# long enough for vacuuming, and statistics gathered of one test's rows would plan the statements of the next.
OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off -c listen_addresses="
)


class PostgresUnavailable(RuntimeError):
    """No server can be started here; the text says why."""


def _program(name: str) -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3])
    brewed = sorted(Path("/opt/homebrew/opt").glob(f"postgresql@*/bin/{name}"))
    found = shutil.which(name) or next((str(path) for path in reversed([*installed, *brewed])), None)
    if found is None:
        raise PostgresUnavailable(f"{name} is not installed")
    return found


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to become: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailable("running as root, and there is neither a user postgres nor nobody to become")


@dataclass(frozen=True)
class ThrowawayPostgres:
    """A running server; `stop` ends it and removes its folder."""

    folder: Path
    user: pwd.struct_passwd | None

    @classmethod
    def start(cls) -> ThrowawayPostgres:
        """Create a cluster and start its server.

        Raises:
            PostgresUnavailable: no programs, no user to run as, or the server did not start.
        """
        initdb, _ = _program("initdb"), _program("pg_ctl")
        server = cls(Path(tempfile.mkdtemp(prefix="zs-postgres-")), _unprivileged_user())
        if server.user is not None:
            os.chown(server.folder, server.user.pw_uid, server.user.pw_gid)
        server._run(
            initdb, "-D", server._data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        server._pg_ctl("start", "-w", "-l", str(server.folder / "log"), "-o", f"-k {server.folder} {OPTIONS}")
        return server

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://tester@/{database}?host={self.folder}"

    def stop(self) -> None:
        """End the server at once and remove everything."""
        self._pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _pg_ctl(self, act: str, *arguments: str) -> None:
        self._run(_program("pg_ctl"), act, "-D", self._data, *arguments)

    def _run(self, *command: str) -> None:
        become: dict[str, Any] = (
            {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        )
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(self.folder), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            # pg_ctl hands its output to the server, which would keep a pipe open
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            **become,
        )
        if done.returncode != 0:
            log = self.folder / "log"
            said = log.read_text(errors="replace")[-400:] if log.exists() else "nothing"
            shutil.rmtree(self.folder, ignore_errors=True)
            raise PostgresUnavailable(f"{Path(command[0]).name} ended with {done.returncode}; log: {said}")
