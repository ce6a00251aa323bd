"""Command line of the replayer; docs/feeds.md describes it under Recordings."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx

from dashboard.citypack import CityPack, load_pack
from dashboard.clock import Clock, open_clock
from dashboard.domain.device_keys import platform_key
from dashboard.settings import SettingError, Settings
from dashboard.store.secret_file import SecretFileError, read_secret
from data_feeds.replay.affine_move import box_onto_box
from data_feeds.replay.call_volume import read_calls
from data_feeds.replay.player import Player, PlayerRefused, part_of
from data_feeds.replay.service_requests import BOSTON_BOX, RequestPlaces, read_requests
from data_feeds.replay.table_files import TableFile
from data_feeds.replay.timed import RecordingError, Route, Timed, TimeShift
from data_feeds.replay.walks import read_walks

PLATFORMS: dict[Route, str] = {"calls": "hotline", "orders": "hotline", "positions": "grid"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Play one recording; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
        secret = read_secret(settings.secret_file)
        items = open_recording(options.kind, options.file, load_pack(settings.city_pack), options.devices)
        chosen = part_of(items, options.start, options.end, options.limit)
        headers: dict[Route, dict[str, str]] = {
            route: {"authorization": f"Bearer {platform_key(secret, platform)}"}
            for route, platform in PLATFORMS.items()
        }
        address = options.feeds or f"http://127.0.0.1:{settings.feeds_port}"
        return asyncio.run(_play(chosen, headers, address, open_clock(settings), options.speed))
    except (RecordingError, PlayerRefused, SettingError, SecretFileError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def open_recording(kind: str, file: Path, pack: CityPack, devices: Sequence[str]) -> Iterator[Timed]:
    """Open a recording and say on standard output what was taken and what was moved.

    Raises:
        RecordingError: the file is not of this kind.
    """
    table = TableFile(file)
    run = f"{datetime.now(UTC):%y%m%d%H%M%S}"
    print(f"{file.name}: {kind} with the columns {', '.join(table.columns)}")
    if kind == "calls":
        return read_calls(table, run)
    if kind == "walks":
        fixes, move = read_walks(table, devices, pack.map.urban_centre)
        print(f"places are moved into {pack.name_en}, distances kept: {move}")
        return iter(fixes)
    move = box_onto_box(BOSTON_BOX, pack.map.urban_bounds)
    if table.has("CASE_ENQUIRY_ID"):
        print(f"places are moved into {pack.name_en} (移植位置): {move}")

    def name_of(grid: str) -> str:
        township = pack.divisions.township_of(grid)
        return pack.divisions.get(township).name if township else pack.name

    return read_requests(table, run, RequestPlaces(move, pack.locator, name_of))


async def _play(
    items: Iterator[Timed], headers: dict[Route, dict[str, str]], address: str, clock: Clock, speed: float
) -> int:
    first = next(items, None)
    if first is None:
        print("nothing to play in this part of the recording")
        return 1
    shift = TimeShift(first.at, clock.now_ms(), speed)
    async with httpx.AsyncClient(base_url=address, timeout=30.0, trust_env=False) as client:
        player = Player(client, headers, clock)
        try:
            await player.play(itertools.chain([first], items), shift)
        finally:
            for name, count in sorted(player.outcomes.items()):
                print(f"{name}: {count}")
            for reason, count in player.reasons.most_common(10):
                print(f"  {count} x {reason}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data_feeds.replay", description=__doc__)
    parser.add_argument("kind", choices=("calls", "requests", "walks"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--speed", type=_speed, default=1.0, help="recorded seconds per second of the clock")
    parser.add_argument("--feeds", default="", help="address of the feeds")
    parser.add_argument("--from", dest="start", type=_moment, help="first instant, the recording's own time")
    parser.add_argument("--until", dest="end", type=_moment, help="end of the part, the recording's own time")
    parser.add_argument("--limit", type=int, help="at most so many items")
    parser.add_argument("--devices", type=_names, default=(), help="for walks: devices of the roster")
    return parser


def _speed(text: str) -> float:
    speed = float(text)
    if not 0.01 <= speed <= 1_000_000:
        raise argparse.ArgumentTypeError("0.01 to 1,000,000")
    return speed


def _moment(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


if __name__ == "__main__":
    sys.exit(main())
