"""The simulator's command line: run the simulated city, make its roster, start a scenario in it.

python -m data_feeds.simulator                    run until stopped (the launcher does this)
python -m data_feeds.simulator roster --out FILE  write the demonstration roster
python -m data_feeds.simulator specialists --out FILE  write the demonstration's experts and lawyers
python -m data_feeds.simulator scenarios          list the scenarios
python -m data_feeds.simulator scenario NAME      start one in the running simulator
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from dashboard.citypack import load_pack
from dashboard.clock import open_clock
from dashboard.settings import SettingError, Settings
from dashboard.store.secret_file import SecretFileError, read_secret
from data_feeds.simulator import control
from data_feeds.simulator.carrier import Carrier
from data_feeds.simulator.duty_officer import DutyOfficer, read_credentials
from data_feeds.simulator.feed_door import FeedDoor
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.receivers import Receivers
from data_feeds.simulator.roster import make_roster, write_roster
from data_feeds.simulator.scenarios import SCENARIOS
from data_feeds.simulator.simulation import Simulation
from data_feeds.simulator.specialists import make_specialists, write_specialists
from data_feeds.simulator.web_door import WebDoor
from data_feeds.telling.deliver import outbox_of

GATEWAY_KEY_FILE = "simulator.key"  # written by the launcher at the first start of a demonstration
OFFICER_FILE = "simulator_officer.json"
STARTED_FILE = "simulator_scenarios.json"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m data_feeds.simulator",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__,
    )
    commands = parser.add_subparsers(dest="command")
    roster = commands.add_parser("roster", help="write the demonstration roster as CSV")
    roster.add_argument("--out", type=Path, required=True)
    specialists = commands.add_parser(
        "specialists", help="write the demonstration's experts and lawyers as CSV"
    )
    specialists.add_argument("--out", type=Path, required=True)
    commands.add_parser("scenarios", help="list the scenarios")
    scenario = commands.add_parser("scenario", help="start a scenario in the running simulator")
    scenario.add_argument("name")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "roster":
        return _write_roster(settings, options.out)
    if options.command == "specialists":
        people = make_specialists(parameters())
        write_specialists(options.out, people)
        print(f"{options.out}: {len(people)} 名专家律师 · {len(people)} experts and lawyers")
        return 0
    if options.command == "scenarios":
        for one in SCENARIOS.values():
            print(f"{one.name:12} {one.title} · {one.title_en}")
        return 0
    if options.command == "scenario":
        return _start_scenario(settings, options.name)
    return _run(settings)


def _write_roster(settings: Settings, out: Path) -> int:
    rows = make_roster(load_pack(settings.city_pack), parameters())
    write_roster(out, rows)
    assessed = sum(row.assessed for row in rows)
    print(f"{out}: {len(rows)} 人，纳入考核 {assessed} 人 · {len(rows)} workers, {assessed} assessed")
    return 0


def _start_scenario(settings: Settings, name: str) -> int:
    try:
        answer = asyncio.run(control.ask(control.socket_of(settings.var_dir), {"scenario": name}))
    except (OSError, ValueError, TimeoutError):
        print("模拟器没有在运行 · no simulator is running on this data folder", file=sys.stderr)
        return 1
    if "error" in answer:
        print(f"没有这个场景 · no such scenario: {name}; {' '.join(sorted(SCENARIOS))}", file=sys.stderr)
        return 2
    print(f"已开始 · started: {name}")
    return 0


def _run(settings: Settings) -> int:
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s simulator %(levelname)s %(message)s"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if not settings.demonstration:
        print(
            "ZHONGSHU_DEMONSTRATION=1 才能运行模拟器 · the simulator runs in demonstrations only",
            file=sys.stderr,
        )
        return 2
    try:
        secret = read_secret(settings.secret_file)
    except SecretFileError as error:
        print(error, file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    asyncio.run(_live(settings, secret))
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End at once: nothing waits to be saved, and the thread that draws the history cannot be interrupted."""
    os._exit(0)


async def _live(settings: Settings, secret: bytes) -> None:
    numbers = parameters()
    pack = load_pack(settings.city_pack)
    clock = open_clock(settings)
    roster = make_roster(pack, numbers)
    feeds = FeedDoor(_address(settings.feeds_bind, settings.feeds_port), secret, roster)
    simulation = Simulation(
        pack,
        numbers,
        roster,
        clock,
        feeds,
        settings.var_dir / STARTED_FILE,
        control.socket_of(settings.var_dir),
    )
    parts = [asyncio.create_task(simulation.run())]
    key_file = settings.var_dir / GATEWAY_KEY_FILE
    if key_file.exists():
        web = WebDoor(_address(settings.bind, settings.port), key_file.read_text(encoding="ascii").strip())
        receivers = Receivers(web, pack, numbers.receivers, numbers.seed, simulation.workforce, clock)
        parts.append(asyncio.create_task(receivers.run()))
    else:
        logging.warning("no gateway key in %s: commands will not be answered", key_file)
    account = read_credentials(settings.var_dir / OFFICER_FILE)
    if account is not None:
        officer = DutyOfficer(
            _address(settings.bind, settings.port), account, simulation.wishes, clock, cases=simulation.cases
        )
        parts.append(asyncio.create_task(officer.run()))
    if settings.telling_gateway == "files":
        carrier = Carrier(outbox_of(settings.var_dir), clock, numbers.seed)
        parts.append(asyncio.create_task(carrier.run()))
    await asyncio.gather(*parts)


def _address(bind: str, port: int) -> str:
    """Return where a door is reached from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)
    return f"http://{host}:{port}"


if __name__ == "__main__":
    sys.exit(main())
