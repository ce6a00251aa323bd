"""Command line of the administrators: `python -m dashboard.administration --help`.

Runs on the machine of the installation with its settings; whoever may run it holds the secret file and the database.
"""

from __future__ import annotations

import argparse
import csv
import fcntl
import getpass
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from dashboard import service
from dashboard.citypack import CityPack, PackError, load_pack
from dashboard.clock import CITY_ZONE, open_clock
from dashboard.data_kind import settings_of_folder
from dashboard.domain.device_keys import device_key, payload_key, platform_key
from dashboard.domain.principal import Principal
from dashboard.grid_codes import poster_svg
from dashboard.old_key_uses import OldKeyUses
from dashboard.service import Services
from dashboard.service.citizen_retention import DAY_MS
from dashboard.settings import SettingError, Settings, sign_in_rules
from dashboard.store.data_keys import DataKeys, DataKeysError
from dashboard.store.secret_file import SecretFileError, open_secrets, read_secret
from dashboard.store.store import Store, StoreBusy

# Read aloud over a phone without mistakes: no 0/O, 1/l/I.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 14


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """An account made at the first start; `password` is shown once."""

    name: str
    password: str
    title: str
    role: str


def open_services(settings: Settings, pack: CityPack) -> Services:
    """Open the store of an installation, bring its schema up to date, and return the services over it.

    Raises:
        SecretFileError, StoreBusy: the secret file or the database cannot be used.
    """
    store = Store(settings.database_url)
    store.migrate()
    services = Services(
        store,
        pack,
        secret=open_secrets(settings.secret_file),
        data_keys=DataKeys(settings.data_keys_file, settings.data_keys),
        session_idle_ms=settings.session_idle_ms,
        session_absolute_ms=settings.session_absolute_ms,
        sign_in=sign_in_rules(settings),
        attachments_dir=settings.var_dir / "attachments",
        attachments_copy=settings.attachments_copy,
        means_served=means_served(settings),
        citizens_kept_ms=settings.citizen_days * DAY_MS,
    )
    service.ensure_policy(services, open_clock(settings).now_ms())
    return services


def means_served(settings: Settings) -> frozenset[str]:
    """Return the means of sending that this installation has a gateway for."""
    return frozenset({"webhook"} | ({"sms", "phone"} if settings.telling_gateway != "none" else set()))


def operator(city: str) -> Principal:
    """Return who acts from this command line: the machine's user, for the audit log."""
    return Principal(f"operator:{getpass.getuser()}", "", "system", "system", city, address="command line")


def first_accounts(services: Services, now: int, *, must_change: bool = True) -> list[FirstAccount]:
    """Make the first accounts of an empty store with random passwords; nothing where accounts exist already.

    `must_change` is off for a demonstration alone, whose passwords are for looking around.

    One duty leader for the city, one duty officer for each of the first two counties, one liaison, one leader, and the
    three administrators, each a different person.
    """
    if service.any_account(services):
        return []
    pack, city = services.pack, services.city
    made: list[FirstAccount] = []

    def add(
        name: str, surname: str, title: str, role: str, jurisdiction: str, unit: str | None = None
    ) -> None:
        password = new_password()
        # Shown to others as a surname and two stars, as every officer is; the administrators give the real names.
        request = service.NewAccount(name, f"{surname}某某", role, jurisdiction, unit)
        outcome = service.create_account(
            services, operator(city), request, password, now, must_change=must_change
        )
        if isinstance(outcome, service.Refused):
            raise AssertionError(f"a first account was refused: {outcome}")
        made.append(FirstAccount(name, password, title, role))

    add("zhihui", "周", f"{pack.name}指挥长", "commander", city)
    add("zhibanzhang", "陈", f"{pack.name}值班长", "duty_leader", city)
    add("zhibanyuan", "王", f"{pack.name}值班员", "duty_officer", city)
    for number, (surname, region) in enumerate(zip("孙赵", pack.divisions.regions, strict=False), start=1):
        add(f"quxian{number}", surname, f"{region.name}值班员", "duty_officer", region.code)
    unit = next((one for one in pack.units if one.region == city), None)
    if unit is not None:
        add("lianluoyuan", "郑", f"{unit.short}联络员", "unit_liaison", city, unit.id)
    add("lingdao", "李", f"{pack.name}带班领导", "leader", city)
    add("xitong", "吴", "系统管理员", "sysadmin", city)
    add("anquan", "冯", "安全管理员", "secadmin", city)
    add("shenji", "蒋", "审计管理员", "auditor", city)
    return made


def new_password() -> str:
    """Return a random password of about 80 bits that can be read aloud."""
    return "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the process's exit status."""
    wanted = _parser().parse_args(arguments)
    try:
        settings = settings_of_folder(os.environ)
        services = open_services(settings, load_pack(settings.city_pack))
        run: Callable[[argparse.Namespace, Settings, Services, int], int] = wanted.run
        return run(wanted, settings, services, open_clock(settings).now_ms())
    except (
        SettingError,
        PackError,
        SecretFileError,
        DataKeysError,
        StoreBusy,
        service.ListFileError,
        OSError,
    ) as error:
        print(f"出错 · error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dashboard.administration", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[..., int], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command(
        "retention-report",
        _retention_report,
        "count the matters whose citizens are forgotten next; change nothing",
    )
    rotate = command(
        "rotate-keys", _rotate_keys, "seal personal data with a new key, or finish what was cut off"
    )
    rotate.add_argument(
        "--retire", action="store_true", help="drop the old keys, a day or more after the rotation"
    )
    secret = command(
        "rotate-secret", _rotate_secret, "derive keys from a new secret, or finish what was cut off"
    )
    secret.add_argument(
        "--retire",
        action="store_true",
        help="accept the new secret alone, once nobody comes with the old keys",
    )
    secret.add_argument(
        "--even-so",
        action="store_true",
        help="with --retire: at once, and though some still use the old keys",
    )
    command("migrate", _migrate, "bring the database to this release")
    command(
        "first-accounts", _first_accounts, "make the first accounts of an empty store, passwords shown once"
    )
    account = command("create-account", _create_account, "make an account, its password shown once")
    account.add_argument("name")
    account.add_argument("--display-name", required=True)
    account.add_argument("--role", required=True)
    account.add_argument("--jurisdiction", required=True, help="division code, e.g. 371102")
    account.add_argument("--unit", help="unit id, for a unit_liaison")
    account.add_argument("--worker", help="roster id, for a grid_worker")
    account.add_argument("--language", choices=("zh", "en"), default="zh")
    disable = command("disable-account", _disable_account, "disable an account and end its sessions")
    disable.add_argument("name")
    reset = command(
        "reset-password", _reset_password, "give an account a new password, shown once, and end its sessions"
    )
    reset.add_argument("name")
    lost = command(
        "reset-second-factor", _reset_second_factor, "forget a lost device and end the account's sessions"
    )
    lost.add_argument("name")
    kiosk = command("open-kiosk-token", _open_kiosk, "open a token for a wall, shown once")
    kiosk.add_argument("name")
    kiosk.add_argument("--jurisdiction", help="division code; the city if left out")
    gateway = command("open-gateway-key", _open_gateway, "open a key for a gateway of receivers, shown once")
    gateway.add_argument("name")
    gateway.add_argument("--jurisdiction", help="division code; the city if left out")
    gateway.add_argument("--receiver", action="append", default=[], help="unit or worker id; all if left out")
    revoke = command("revoke-token", _revoke, "revoke a kiosk token or gateway key by its id")
    revoke.add_argument("id")
    command("list-tokens", _list_tokens, "list kiosk tokens and gateway keys without their secret part")
    roster = command("import-roster", _import_roster, "replace the roster of grid workers by a CSV file")
    roster.add_argument("file", type=Path)
    terminals = command(
        "import-terminals", _import_terminals, "replace the list of JT/T 808 terminals by a CSV file"
    )
    terminals.add_argument("file", type=Path)
    people = command(
        "import-specialists", _import_specialists, "replace the list of experts and lawyers by a CSV file"
    )
    people.add_argument("file", type=Path)
    keys = command(
        "export-device-keys", _export_keys, "write every device's key as CSV, readable by its owner only"
    )
    keys.add_argument("file", type=Path)
    platform = command("platform-key", _platform_key, "print the key of a feeding platform")
    platform.add_argument("platform")
    codes = command("grid-codes", _grid_codes, "write the posters with the grids' QR codes as SVG files")
    codes.add_argument("address", help="the product's address as phones reach it, e.g. https://zs.example.cn")
    codes.add_argument("folder", type=Path, help="where the files go, one <grid>.svg each")
    codes.add_argument("--within", help="division code: a grid, a village, a township; the city if left out")
    policies = command(
        "import-policies", _import_policies, "publish a policies.csv as the next policy version"
    )
    policies.add_argument("file", type=Path)
    policies.add_argument("--why", required=True, help="the reason, kept with the version")
    command("telling-gateway-key", _telling_gateway_key, "print the key that signs what goes to the gateway")
    verify = command("verify-audit", _verify_audit, "walk the audit chain and find its first break")
    verify.add_argument("--file", type=Path, help="walk an exported JSONL file instead of the database")
    export = command("export-audit", _export_audit, "write a period of the audit chain to a file")
    export.add_argument("file", type=Path)
    export.add_argument(
        "--from", dest="from_at", type=_instant, help="city time, 2026-11-01 or 2026-11-01T08:00"
    )
    export.add_argument("--until", dest="until_at", type=_instant, help="not included")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    return parser


def _migrate(_wanted: argparse.Namespace, settings: Settings, services: Services, _now: int) -> int:
    kind = "SQLite" if services.store.is_sqlite else "PostgreSQL"
    print(f"{kind}: schema is current, epoch {services.store.epoch()}")
    return 0


def _retention_report(_wanted: argparse.Namespace, settings: Settings, services: Services, now: int) -> int:
    count = service.citizens_due(services, now)
    period = f"{settings.citizen_days} days after closing" if settings.citizen_days else "for ever"
    print(f"citizens are kept {period}; {count} matters are past that and will be forgotten by the worker")
    return 0


def _alone(run: Callable[[], int], settings: Settings) -> int:
    """Run a rotation unless another one of either kind is running."""
    with (settings.var_dir / ".data.keys.lock").open("w") as alone:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another rotation is running", file=sys.stderr)
            return 1
        return run()


def _rotate_secret(wanted: argparse.Namespace, settings: Settings, services: Services, now: int) -> int:
    retire = partial(_retire_secrets, wanted, settings, services, now)
    return _alone(retire if wanted.retire else partial(_begin_secret, services, now), settings)


def _begin_secret(services: Services, now: int) -> int:
    actor = operator(services.city)
    outcome = service.rotate_secret(services, actor, now, lambda rows: print(f"{rows} rows", flush=True))
    if isinstance(outcome, service.Refused):
        return _report(outcome, "")
    done: service.SecretRotated = outcome.value
    how = "finished the rotation under way" if done.resumed else "a new secret derives the keys"
    text = f"{how}: {done.marked} numbers marked anew, {done.accepted} secrets accepted"
    return _report(
        outcome, f"{text}\nhand out the new keys now: export-device-keys, platform-key, telling-gateway-key"
    )


def _retire_secrets(wanted: argparse.Namespace, settings: Settings, services: Services, now: int) -> int:
    uses = _old_uses(settings)
    print(_said_of(uses))
    if not wanted.even_so and (uses is None or not uses.is_nobody):
        print("refused: they would be cut off; --even-so retires all the same", file=sys.stderr)
        return 1
    actor = operator(services.city)
    outcome = service.retire_secrets(services, actor, now, at_once=wanted.even_so)
    gone = outcome.value if isinstance(outcome, service.Done) else 0
    return _report(outcome, f"old secrets retired: {gone}")


def _old_uses(settings: Settings) -> OldKeyUses | None:
    return OldKeyUses.read(settings.redis_url, time.time_ns() // 1_000_000)


def _said_of(uses: OldKeyUses | None) -> str:
    if uses is None:
        return "Redis does not answer: who still comes with a key of an old secret is not known"
    return f"came with a key of an old secret within a day: {uses}"


def _rotate_keys(wanted: argparse.Namespace, settings: Settings, services: Services, now: int) -> int:
    return _alone(partial(_rotate_keys_alone, wanted, services, now), settings)


def _rotate_keys_alone(wanted: argparse.Namespace, services: Services, now: int) -> int:
    actor = operator(services.city)
    if wanted.retire:
        outcome = service.retire_keys(services, actor, now)
        gone = outcome.value if isinstance(outcome, service.Done) else []
        return _report(outcome, f"old keys dropped: {', '.join(map(str, gone)) or 'none'}")
    outcome = service.rotate_keys(services, actor, now, lambda rows: print(f"{rows} rows", flush=True))
    if isinstance(outcome, service.Refused):
        return _report(outcome, "")
    done: service.Rotated = outcome.value
    if done.unopened:
        print(f"{done.unopened} rows open with no key at hand and stay as they are", file=sys.stderr)
    how = "finished the rotation to" if done.resumed else "sealed with"
    return _report(outcome, f"{how} key {done.version}: {done.rows} rows")


def _first_accounts(_wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    made = first_accounts(services, now)
    for one in made:
        print(f"{one.name:<14}{one.password:<18}{one.role:<14}{one.title}")
    if not made:
        print("accounts exist already; nothing was made")
    return 0


def _create_account(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    password = new_password()
    request = service.NewAccount(
        wanted.name, wanted.display_name, wanted.role, wanted.jurisdiction, wanted.unit, wanted.language,
        wanted.worker,
    )  # fmt: skip
    outcome = service.create_account(services, operator(services.city), request, password, now)
    return _report(outcome, f"{wanted.name}  {password}")


def _disable_account(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    return _report(service.disable_account(services, operator(services.city), wanted.name, now), wanted.name)


def _reset_password(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    password = new_password()
    outcome = service.reset_password(services, operator(services.city), wanted.name, password, now)
    return _report(outcome, f"{wanted.name}  {password}")


def _reset_second_factor(
    wanted: argparse.Namespace, _settings: Settings, services: Services, now: int
) -> int:
    outcome = service.reset_second_factor(services, operator(services.city), wanted.name, now)
    return _report(outcome, wanted.name)


def _open_kiosk(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    jurisdiction = wanted.jurisdiction or services.city
    return _report_token(
        service.open_kiosk_token(services, operator(services.city), wanted.name, jurisdiction, now)
    )


def _open_gateway(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    jurisdiction = wanted.jurisdiction or services.city
    receivers = tuple(wanted.receiver)
    actor = operator(services.city)
    return _report_token(service.open_gateway_key(services, actor, wanted.name, jurisdiction, receivers, now))


def _revoke(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    return _report(service.revoke_kiosk_token(services, operator(services.city), wanted.id, now), wanted.id)


def _list_tokens(_wanted: argparse.Namespace, _settings: Settings, services: Services, _now: int) -> int:
    for one in [*service.list_tokens(services, "kiosk"), *service.list_tokens(services, "gateway")]:
        state = "open" if one.revoked_at is None else "revoked"
        print(f"{one.id:<24}{state:<9}{one.jurisdiction:<10}{one.name}")
    return 0


def _import_roster(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    workers = service.read_roster_file(services, wanted.file)
    outcome = service.import_roster(services, operator(services.city), workers, now)
    return _report(outcome, f"{len(workers)} workers")


def _import_terminals(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    terminals = service.read_terminals_file(services, wanted.file)
    outcome = service.import_terminals(services, operator(services.city), terminals, now)
    return _report(outcome, f"{len(terminals)} terminals")


def _import_policies(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    actor, key = operator(services.city), secrets.token_hex(16)
    outcome = service.import_policies(services, actor, wanted.file, wanted.why, now, key)
    done = outcome.value if isinstance(outcome, service.Done) else {}
    return _report(
        outcome,
        "version {version}: {changed} rows changed, {removed} removed".format_map(done) if done else "",
    )


def _telling_gateway_key(
    _wanted: argparse.Namespace, settings: Settings, _services: Services, _now: int
) -> int:
    print(platform_key(read_secret(settings.secret_file), "telling-gateway"))
    return 0


def _import_specialists(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    people = service.read_specialists_file(wanted.file)
    outcome = service.import_specialists(services, operator(services.city), people, now)
    return _report(outcome, f"{len(people)} experts and lawyers")


def _export_keys(wanted: argparse.Namespace, settings: Settings, services: Services, _now: int) -> int:
    secret = read_secret(settings.secret_file)
    descriptor = os.open(wanted.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("device_id", "key", "jt808_phone", "owntracks_payload_key"))
        phones = {one.device_id: one.phone for one in service.terminals(services)}
        for one in service.roster(services):
            key = device_key(secret, one.device_id, one.key_generation)
            encrypts = payload_key(secret, one.device_id, one.key_generation)
            writer.writerow((one.device_id, key, phones.get(one.device_id, ""), encrypts))
    if len(services.secrets) > 1:
        print(_said_of(_old_uses(settings)))
    return 0


def _platform_key(wanted: argparse.Namespace, settings: Settings, services: Services, _now: int) -> int:
    known = [one.id for one in services.pack.platforms]
    if wanted.platform not in known:
        print(f"no such platform; known are: {', '.join(known)}", file=sys.stderr)
        return 1
    print(platform_key(read_secret(settings.secret_file), wanted.platform))
    return 0


def _grid_codes(wanted: argparse.Namespace, _settings: Settings, services: Services, _now: int) -> int:
    divisions = services.pack.divisions
    within = wanted.within or services.city
    grids = [one.code for one in divisions.at_level("grid") if divisions.is_within(one.code, within)]
    if not grids:
        print(f"no grid lies in {within}", file=sys.stderr)
        return 1
    wanted.folder.mkdir(parents=True, exist_ok=True)
    for grid in grids:
        (wanted.folder / f"{grid}.svg").write_text(
            poster_svg(divisions, grid, wanted.address), encoding="utf-8"
        )
    print(f"{len(grids)} posters in {wanted.folder}")
    return 0


def _verify_audit(wanted: argparse.Namespace, _settings: Settings, services: Services, _now: int) -> int:
    if wanted.file is not None:
        try:
            with wanted.file.open(encoding="utf-8") as lines:
                state = service.first_break_in_file(lines)
        except ValueError as error:
            print(f"{wanted.file}: {error}", file=sys.stderr)
            return 2
    else:
        walked = service.verify_audit(services, operator(services.city))
        assert not isinstance(walked, service.Refused)
        state = walked
    if state.broken_at is None:
        print(f"whole: {state.rows} rows")
        return 0
    print(f"broken at row {state.broken_at}: {state.reason}")
    return 1


def _export_audit(wanted: argparse.Namespace, _settings: Settings, services: Services, now: int) -> int:
    request = service.AuditExport(wanted.from_at, wanted.until_at, wanted.format)
    outcome = service.export_audit(services, operator(services.city), request, now)
    if isinstance(outcome, service.Refused):
        return _report(outcome, "")
    exported: service.ExportedAudit = outcome.value
    descriptor = os.open(wanted.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.writelines(exported.lines())
    print(f"{wanted.file}: {exported.head['rows']} rows, last hash {exported.head['last_hash']}")
    return 0


def _instant(words: str) -> int:
    return int(datetime.fromisoformat(words).replace(tzinfo=CITY_ZONE).timestamp() * 1000)


def _report(outcome: service.Outcome, done: str) -> int:
    if isinstance(outcome, service.Refused):
        print(f"refused: {outcome.code} {dict(outcome.params)}", file=sys.stderr)
        return 1
    print(done)
    return 0


def _report_token(outcome: service.Outcome) -> int:
    if isinstance(outcome, service.Done):
        return _report(outcome, f"{outcome.value.id}  {outcome.value.token}")
    return _report(outcome, "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
