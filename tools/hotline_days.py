"""`make hotline-days`: three days played through the feeds, and what the hotline's page said of them and when.

Each day is a whole installation of its own (launcher, feeds, Redis, workers with their analysis, simulator) on a clock
that runs faster; a browser has `/hotline` open and is read as it stands. Prints Markdown; with `--write` it goes into
docs/hotline.md, and pictures of the page into docs/pictures/.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.browser.centre import ROOT, Centre
from tools.bench_analysis import DOCUMENT, write
from tools.bench_browser import FLAGS, chromium_path

MINUTE_MS: Final = 60_000
ROW_MS: Final = 15 * MINUTE_MS
READER: Final = "zhibanyuan"  # a duty officer of the city
SIZE: Final[ViewportSize] = {"width": 1920, "height": 1080}
COLOURS: Final = 64
PATIENCE_MS: Final = 120_000

# What the page says, as words: figures of the strip, and the rows of what surges.
SAID: Final = """() => {
  const words = (node) => (node ? node.innerText.replace(/\\s+/g, " ").trim() : "");
  const box = (name) => words(document.querySelector(`[data-box=${name}] .hotline-figures`));
  const { live } = window.zhongshuHotline;
  return {
    at: live.now(),
    strip: Object.fromEntries(["calls", "within", "connected", "staff"].map((name) => [name, box(name)])),
    target: words(document.querySelector("[data-box=calls] .hotline-note")),
    analysis: words(document.querySelector("[data-panel=surge] [data-analysis]")),
    surges: [...document.querySelectorAll("[data-surge]")].map((row) => [row.dataset.surge, words(row)]),
    spots: [...document.querySelectorAll("[data-spot]")].map((row) => [row.dataset.spot, words(row)]),
    beyond: words(document.querySelector("[data-panel=volume] .hotline-beside")),
  };
}"""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is played: from when, what is started then and how long it is watched."""

    name: str
    title: str
    begins: str  # the city's time when the page is opened
    scenario: str = ""
    after_min: int = 15  # the scenario starts so long after the page is opened
    hours: float = 1.5
    pictures_min: tuple[int, ...] = (50, 85)  # of the page, so long after it was opened


DAYS: Final = {
    one.name: one
    for one in (
        Day("flood", "暴雨：来电 1.87 倍", "2026-07-22T09:00", "flood", pictures_min=(65, 87)),
        Day("heat", "寒潮停暖：三个街道", "2026-11-24T08:30", "heat_outage"),
        Day("holiday", "国庆假日，没有事", "2026-10-03T09:00"),
    )
}


@dataclass
class Watched:
    """What a day's page said: a row each quarter of an hour, and the instants at which it began to say something."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    began: list[tuple[int, str]] = field(default_factory=list)
    ended: list[tuple[int, str]] = field(default_factory=list)
    pictures: list[tuple[int, str]] = field(default_factory=list)


def main() -> int:
    """Play the chosen days one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"days, comma between: {', '.join(DAYS)}")
    parser.add_argument("--rate", type=float, default=10.0, help="seconds of the city in one real second")
    parser.add_argument("--write", action="store_true", help="write into docs/hotline.md and docs/pictures/")
    wanted = parser.parse_args()
    for name in [one for one in wanted.only.split(",") if one] or list(DAYS):
        day = DAYS[name]
        lines = report(day, watch(day, wanted.rate, wanted.write), wanted.rate)
        print(f"\n## {day.title}\n\n" + "\n".join(lines), flush=True)
        if wanted.write:
            write(DOCUMENT, f"day-{name}", lines, "hotline-days")
    return 0


def watch(day: Day, rate: float, keep_pictures: bool) -> Watched:
    """Play one day and read its page until its hours are over."""
    with tempfile.TemporaryDirectory(prefix="zs-day-") as folder:
        settings = {
            "ZHONGSHU_DEMONSTRATION": "1",
            "ZHONGSHU_CLOCK_START": day.begins,
            "ZHONGSHU_CLOCK_RATE": str(rate),
        }
        with Centre(Path(folder) / "var", settings) as centre, opened(centre) as page:
            return _read(day, centre, page, rate, keep_pictures)


@contextmanager
def opened(centre: Centre) -> Iterator[Page]:
    """The hotline's page of a duty officer who signed in, once it shows figures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_context(viewport=SIZE, color_scheme="dark", locale="zh-CN").new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{centre.web}/desk")
        centre.sit_down(page, READER)
        page.goto(f"{centre.web}/hotline")
        expect(page.locator("[data-box=calls] .clock-face").first).to_be_visible(timeout=PATIENCE_MS)
        yield page
        browser.close()


def _read(day: Day, centre: Centre, page: Page, rate: float, keep_pictures: bool) -> Watched:
    watched, standing = Watched(), dict[str, str]()
    opened_at = page.evaluate(SAID)["at"]
    is_started = day.scenario == ""
    pictures = list(day.pictures_min)
    for said in _looks(page, opened_at + int(day.hours * 60 * MINUTE_MS), rate):
        at, passed_min = said["at"], (said["at"] - opened_at) / MINUTE_MS
        if not is_started and passed_min >= day.after_min:
            _start(centre, day.scenario)
            watched.began.append((at, f"**{day.title}开始**（模拟器场景 `{day.scenario}`）"))
            is_started = True
        now = dict((*said["surges"], *said["spots"]))
        if not said["analysis"]:  # while the analysis is silent the page lists counts alone, and says so
            watched.began += [(at, words) for key, words in now.items() if key not in standing]
            watched.ended += [(at, words) for key, words in standing.items() if key not in now]
            standing = now
        if not watched.rows or at - watched.rows[-1]["at"] >= ROW_MS:
            watched.rows.append(said)
        if pictures and passed_min >= pictures[0]:
            pictures.pop(0)
            if keep_pictures:
                file = f"hotline-{day.name}-{len(watched.pictures) + 1}.png"
                _picture(page, ROOT / "docs" / "pictures" / file)
                watched.pictures.append((at, file))
    watched.rows.append(page.evaluate(SAID))
    return watched


def _looks(page: Page, until: int, rate: float) -> Iterator[dict[str, Any]]:
    """Look once a real second, but not more often than every ten seconds of the city."""
    while (said := page.evaluate(SAID))["at"] < until:
        yield said
        # A person who looks would move now and then; a session that nobody uses ends after half an hour of this clock.
        page.request.get(page.url)
        time.sleep(max(1.0, 10.0 / rate))


def _start(centre: Centre, scenario: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "data_feeds.simulator", "scenario", scenario],
        cwd=ROOT,
        env={**os.environ, "ZHONGSHU_VAR_DIR": str(centre.var_dir)},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _picture(page: Page, file: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def report(day: Day, watched: Watched, rate: float) -> list[str]:
    """Return the day as Markdown: each quarter of an hour, what began to be said and when, and the pictures."""
    lines = [
        f"{day.title}; {rate:g} 倍速，页面 {clock(watched.rows[0]['at'])} 打开。", "",
        "| 时刻 | 今日来电 | 超出 | 15 秒应答 | 24 时接通 | 人手 | 突增与聚集（条） |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in watched.rows:
        strip = row["strip"]
        told = row["analysis"] or str(len(row["surges"]) + len(row["spots"]))
        cells = (clock(row["at"]), f"{row['target']}：{strip['calls']}", row["beyond"] or "—", strip["within"],
                 strip["connected"], strip["staff"], told)  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| 时刻 | 页面开始说 |", "|---|---|"]
    lines += [f"| {clock(at)} | {words} |" for at, words in watched.began] or ["| — | 什么也没有说 |"]
    if watched.ended:
        lines += ["", "不再说：" + "；".join(f"{clock(at)} {words}" for at, words in watched.ended) + "。"]
    for at, file in watched.pictures:
        lines += ["", f"![{day.title}，{clock(at)}](pictures/{file})"]
    return lines


def clock(at: int) -> str:
    """Return an instant (ms) as the city's time of day."""
    return time.strftime("%H:%M", time.gmtime(at / 1_000 + 8 * 3_600))


if __name__ == "__main__":
    sys.exit(main())
