"""The simulator's command line: run the simulated city, make its roster, start a scenario in it.

    python -m data_feeds.simulator                    run until stopped (the launcher does this)
    python -m data_feeds.simulator roster --out FILE  write the demonstration roster
    python -m data_feeds.simulator scenarios          list the scenarios
    python -m data_feeds.simulator scenario NAME      start one in the running simulator
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dashboard.citypack import load_pack
from dashboard.settings import SettingError, Settings
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.roster import make_roster, write_roster


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m data_feeds.simulator", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    commands = parser.add_subparsers(dest="command")
    roster = commands.add_parser("roster", help="write the demonstration roster as CSV")
    roster.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 2
    return _write_roster(settings, options.out)


def _write_roster(settings: Settings, out: Path) -> int:
    rows = make_roster(load_pack(settings.city_pack), parameters())
    write_roster(out, rows)
    assessed = sum(row.assessed for row in rows)
    print(f"{out}: {len(rows)} 人，纳入考核 {assessed} 人 · {len(rows)} workers, {assessed} assessed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
