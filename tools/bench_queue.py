"""Measures the desk's queue in a real browser with a picture from a file; prints times in ms as JSON.

`python -m tools.bench_queue PICTURE.json`; used by `tools.bench_loop`. Page, grid and modules are the product's;
only the socket is replaced by the stand-in of the browser tests, so that one change can be timed to its paint.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from dashboard.domain.principal import Principal
from tests.browser.desk_server import DeskServer
from tools.bench_browser import FLAGS

OFFICER = Principal("officer:bench", "王大明", "officer", "duty_officer", "371100", address="127.0.0.1")
TIMES = 12

MEASURE = Path(__file__).with_suffix(".mjs")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium here")
    picture: dict[str, Any] = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    server = DeskServer(OFFICER, lambda: {"now": 1_795_399_200_000, "asks": [], **picture})
    server.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.set_default_timeout(120_000)
        page.goto(server.url)
        page.wait_for_selector("[data-ready]", state="attached")
        print(json.dumps(page.evaluate(MEASURE.read_text(encoding="utf-8"), TIMES)))
        browser.close()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
