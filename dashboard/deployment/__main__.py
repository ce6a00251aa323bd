"""Command line of whoever runs an installation: `python -m dashboard.deployment --help`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dashboard.deployment.host_files import (
    ENVIRONMENT_FILE,
    Host,
    HostError,
    write_compose_environment,
    write_files,
)
from dashboard.deployment.readiness import wait_ready
from dashboard.settings import SettingError, Settings
from dashboard.store.engine import UnusableDatabase
from dashboard.store.store import StoreBusy

USUAL = Host("localhost")


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the process's exit status."""
    wanted = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = wanted.run
    try:
        return run(wanted)
    except (SettingError, HostError, UnusableDatabase, StoreBusy, OSError) as error:
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
    return parser


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
