"""Measures the desk's queue in a real browser with a picture from a file; prints times in ms as JSON.

`python -m tools.bench_queue PICTURE.json`; used by `tools.bench_loop`. Page, grid and modules are the product's;
only the socket is replaced by the stand-in of the browser tests, so that one change can be timed to its paint.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from dashboard.domain.principal import Principal
from tests.browser.desk_server import DeskServer
from tools.bench_browser import FLAGS, chromium_path

OFFICER = Principal("officer:bench", "王大明", "officer", "duty_officer", "371100", address="127.0.0.1")
PHASES = {"first_rows": 8, "change": 30, "burst": 15}
MEASURE = Path(__file__).with_suffix(".mjs")
# What the page's main thread does for itself; painting and the compositor depend on the machine's graphics.
WORK = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


def main(arguments: list[str]) -> None:
    """Measure and print: of each phase its times, and the main thread's work for each of them."""
    from playwright.sync_api import sync_playwright

    picture: dict[str, Any] = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    server = DeskServer(OFFICER, lambda: {"now": 1_795_399_200_000, "asks": [], **picture})
    server.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.set_default_timeout(120_000)
        page.goto(server.url)
        page.wait_for_selector("[data-ready]", state="attached")
        page.wait_for_timeout(3_000)  # the map and the graph are drawn behind the queue
        inspector = page.context.new_cdp_session(page)
        inspector.send("Performance.enable", {"timeDomain": "threadTicks"})  # processor time of the thread

        def work_ms() -> float:
            metrics = inspector.send("Performance.getMetrics")["metrics"]
            return sum(1_000 * float(one["value"]) for one in metrics if one["name"] in WORK)

        found: dict[str, list[float]] = {}
        for phase, times in PHASES.items():
            before = work_ms()
            found[phase] = page.evaluate(MEASURE.read_text(encoding="utf-8"), [phase, times])
            found[f"{phase}_script"] = [(work_ms() - before) / times]
        print(json.dumps(found))
        browser.close()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
