"""Command line of whoever runs an installation: `python -m dashboard.deployment --help`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from dashboard.data_kind import settings_of_folder
from dashboard.deployment.backup import (
    BackupError,
    check,
    forget_old_backups,
    make_backup,
    read_list,
    restore,
)
from dashboard.deployment.host_files import (
    ENVIRONMENT_FILE,
    Host,
    HostError,
    write_compose_environment,
    write_files,
)
from dashboard.deployment.readiness import wait_ready
from dashboard.settings import SettingError, Settings
from dashboard.store.copying import CopyError, Facts
from dashboard.store.engine import UnusableDatabase
from dashboard.store.store import Store, StoreBusy

USUAL = Host("localhost")


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the process's exit status."""
    wanted = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = wanted.run
    try:
        return run(wanted)
    except (SettingError, HostError, BackupError, CopyError, UnusableDatabase, StoreBusy, OSError) as error:
        print(f"出错 · error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard.deployment", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    generate = command(
        "generate", _generate, "write systemd units, nginx's file and the settings of one host"
    )
    generate.add_argument("host", help="the name that browsers use, e.g. zs.example.cn")
    generate.add_argument("--out", type=Path, required=True, help="a folder for the files")
    generate.add_argument("--folder", default=USUAL.folder, help="where the product lies, with its .venv")
    generate.add_argument("--user", default=USUAL.user)
    generate.add_argument("--var-dir", default=USUAL.var_dir)
    generate.add_argument("--backups", default=USUAL.backups)
    generate.add_argument("--environment", default=USUAL.environment, help="where the settings will lie")
    generate.add_argument("--certificate", default=USUAL.certificate)
    generate.add_argument("--certificate-key", default=USUAL.certificate_key)
    generate.add_argument("--web-port", type=int, action="append", help="one instance each; at least two")
    generate.add_argument(
        "--concurrency", type=int, default=USUAL.concurrency, help="processes of an instance"
    )
    generate.add_argument(
        "--database-url", default="", help="with %%-encoded password; one is made if left out"
    )
    generate.add_argument("--redis-url", default=USUAL.redis_url)
    generate.add_argument("--city-pack", default=USUAL.city_pack)
    compose = command("compose-environment", _compose, "write the secrets that deploy/compose.yml needs")
    compose.add_argument("host", help="the name that browsers use")
    compose.add_argument("--out", type=Path, default=Path("deploy/compose.env"))
    ready = command("wait-ready", _wait_ready, "wait until the web process on PORT may have traffic")
    ready.add_argument("--within", type=float, default=90.0, metavar="SECONDS")
    backup = command("backup", _backup, "copy the running installation into a new folder")
    backup.add_argument("into", type=Path, help="where backups lie; for their owner alone")
    backup.add_argument(
        "--keep", type=int, default=0, help="remove older ones but this many; all stay if left out"
    )
    restoring = command("restore", _restore, "put a backup into an empty data folder and an empty database")
    restoring.add_argument("backup", type=Path)
    restoring.add_argument(
        "--beside-database",
        action="store_true",
        help="the database was brought back by its own archive: put back everything else",
    )
    checking = command(
        "check-backup", _check, "compare a backup's files with its list, and this installation with it"
    )
    checking.add_argument("backup", type=Path)
    checking.add_argument(
        "--installation", action="store_true", help="also: does what stands here hold all of it"
    )
    command("new-epoch", _new_epoch, "after a restore to a point in time: give the log a new identity")
    return parser


def _new_epoch(_wanted: argparse.Namespace) -> int:
    store = Store(settings_of_folder(os.environ).database_url)
    try:
        print(f"epoch {store.renew_epoch()}")
    finally:
        store.close()
    return 0


def _backup(wanted: argparse.Namespace) -> int:
    folder = make_backup(settings_of_folder(os.environ), wanted.into, datetime.now(UTC))
    facts = read_list(folder)["facts"]
    print(f"{folder}: log {facts['log_seq']}, audit {facts['audit_n']}")
    for old in forget_old_backups(wanted.into, wanted.keep):
        print(f"{old}: 已删除 · removed")
    return 0


def _restore(wanted: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    facts = restore(settings, wanted.backup, with_database=not wanted.beside_database)
    print(
        f"恢复完成 · restored: log {facts.log_seq}, audit {facts.audit_n} 行完整 · rows, whole; epoch {facts.epoch}"
    )
    return 0


def _check(wanted: argparse.Namespace) -> int:
    listed = read_list(wanted.backup)
    print(f"{wanted.backup}: {len(listed['files'])} 个文件完整 · files, whole")
    faults = (
        list(check(settings_of_folder(os.environ), Facts(**listed["facts"]))) if wanted.installation else []
    )
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _generate(wanted: argparse.Namespace) -> int:
    host = Host(
        wanted.host,
        folder=wanted.folder,
        user=wanted.user,
        var_dir=wanted.var_dir,
        backups=wanted.backups,
        environment=wanted.environment,
        certificate=wanted.certificate,
        certificate_key=wanted.certificate_key,
        web_ports=tuple(wanted.web_port or USUAL.web_ports),
        concurrency=wanted.concurrency,
        city_pack=wanted.city_pack,
        database_url=wanted.database_url,
        redis_url=wanted.redis_url,
    )
    written = write_files(host, wanted.out)
    for file in written:
        print(file)
    if wanted.out / ENVIRONMENT_FILE not in written:
        print(f"{wanted.out / ENVIRONMENT_FILE}: 原有的没有动 · left as it was, with its secrets")
    return 0


def _compose(wanted: argparse.Namespace) -> int:
    write_compose_environment(wanted.host, wanted.out)
    print(wanted.out)
    return 0


def _wait_ready(wanted: argparse.Namespace) -> int:
    settings = Settings.from_environment(os.environ)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.bind, settings.bind)
    said = wait_ready(f"http://{host}:{settings.port}", wanted.within)
    if said:
        print(f"没有就绪 · not ready after {wanted.within:g} s: {said}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
