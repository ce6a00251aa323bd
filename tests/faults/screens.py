"""A wall, a desk and a leader's page of one running centre, and what each says of the line to its server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from dashboard.store import event_log, tables
from dashboard.store.store import Store
from tests.browser.centre import Centre
from tests.browser.waiting import eventually
from tests.crash.people import Acknowledged, Officer

PATIENCE_MS = 120_000
DESK, LEADER = "zhibanzhang", "lingdao"

# What each page says of its line: "live" or "late" while the server is heard.
SAYS = {
    "wall": "document.querySelector('#wall-connection')?.dataset.state",
    "desk": "document.querySelector('#desk-fresh-mark')?.dataset.state",
    "leader": "document.querySelector('#hand-connection')?.dataset.state",
}
HEARD = ("live", "returned")
# When the newest thing of each page came to it.
NEWEST = "Math.max(0, ...[...document.querySelectorAll('#desk-log [data-seq]')].map((one) => Number(one.dataset.seq)))"


@dataclass
class Screens:
    """The three pages, opened at `address` by people of `centre`."""

    centre: Centre
    pages: dict[str, Page] = field(default_factory=dict)

    def open(self, chromium: Browser, address: str) -> None:
        token = self.centre.wall.split("kiosk=")[1]
        self.pages["wall"] = opened(chromium, f"{address}/wall?kiosk={token}&scene=overview")
        self.pages["wall"].wait_for_selector("#wall-map[data-freshness=fresh]")
        for name, who in (("desk", DESK), ("leader", LEADER)):
            page = self.pages[name] = opened(chromium, f"{address}/{name}")
            page.fill("input[name=name]", who)
            page.fill("input[name=password]", self.centre.accounts[who])
            page.keyboard.press("Enter")
        self.pages["desk"].wait_for_selector("[data-ready='1']", state="attached")
        self.pages["desk"].wait_for_selector("#desk-queue .ag-row")
        self.pages["leader"].wait_for_selector("#hand-connection[data-state=live]")

    def says(self, name: str) -> str:
        """What a page says of its line now."""
        return str(self.pages[name].evaluate(SAYS[name]))

    def until_all(
        self, holds: Callable[[str], bool], what: str, patience_s: float = 60.0
    ) -> dict[str, float]:
        """Wait until each page says something of the kind; returns name -> seconds that it took."""
        began, took = time.monotonic(), dict[str, float]()

        def looked() -> bool:
            for name in self.pages:
                if name not in took and holds(self.says(name)):
                    took[name] = time.monotonic() - began
            return len(took) == len(self.pages)

        eventually(looked, f"{what}: {took} of {list(self.pages)}", patience_s)
        return took

    def newest_on_desk(self) -> int:
        """The number of the newest log line on the desk."""
        return int(self.pages["desk"].evaluate(NEWEST))


def opened(chromium: Browser, url: str) -> Page:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(url)
    return page


def ordering(centre: Centre, seed: int) -> Officer:
    """An officer who sends orders on the demonstration's matters, as quickly as they are answered."""
    with httpx.Client(base_url=centre.web, timeout=60, headers={"origin": centre.web}) as client:
        name = "zhibanyuan"
        answer = client.post("/sign-in", data={"name": name, "password": centre.accounts[name]})
        assert answer.status_code == 303, answer.text
        matters = [row["id"] for row in client.get("/api/v1/matters").json()["matters"] if not row["whistle"]]
    return Officer(
        centre.web, seed, name_=name, password=centre.accounts[name], matters=matters[:16],
        units=["rz-heating", "rz-power", "rz-gas", "rz-water"], whistle_share=0.0,
    )  # fmt: skip


def store_of(centre: Centre) -> Store:
    """The truth of a running centre, beside it."""
    return Store(f"sqlite:///{centre.var_dir / 'zhongshu.sqlite3'}")


def missing(store: Store, acknowledged: list[Acknowledged]) -> list[str]:
    """Keys that somebody was told are done and that the store does not have, or has under another number."""
    column = tables.idempotency.c
    with store.read() as connection:
        kept = {row.key: row.seq for row in connection.execute(select(column.key, column.seq))}
    return [one.key for one in acknowledged if kept.get(one.key) != one.seq]


def last_seq(store: Store) -> int:
    """The number of the last entry of the log."""
    with store.read() as connection:
        return event_log.last_seq(connection)
