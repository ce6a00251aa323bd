"""Hours of a wall on a played clock, and what the page holds after each: for the suite in short, for `tools.bench_day`
a day long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.heap_snapshot import taken

MORNING_S = 1_795_401_000
STEP_MS = 1_000  # of the page, between which streams are read


@dataclass(frozen=True, slots=True)
class Held:
    """What the page holds, without its played server, once everything that nobody needs was collected."""

    heap_bytes: int
    nodes: int
    listeners: int


class WallHours:
    """One wall that lives through hours; use as a context manager.

    Args:
        rate: how many seconds of the wall (tests/browser/wall_day.mjs) pass in one of the page.
        scene: the one that it stays at, "" for a wall that turns through all and is taken over by alarms.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        rate: int,
        size: tuple[int, int] = (1280, 720),
        scene: str = "overview",
    ) -> None:
        self._rate = rate
        self.page: Page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        self.page.set_default_timeout(300_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", lambda told: self.faults.append(told.text) if told.type == "error" else None)
        self.page.clock.install(time=MORNING_S)
        self.page.goto(f"{address}?rate={rate}&scene={scene}")
        self.page.wait_for_selector("html[data-mounted]", state="attached")
        self.page.wait_for_function("() => live.ready && live.fleet.n > 0")
        self.page.clock.pause_at((self.page.evaluate("Date.now()") + 1_000) / 1_000)
        self._inspector: CDPSession = self.page.context.new_cdp_session(self.page)

    def __enter__(self) -> WallHours:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def pass_(self, wall_s: int) -> None:
        """Let seconds of the wall pass."""
        for _ in range(0, wall_s * 1_000 // self._rate, STEP_MS):
            self.page.clock.run_for(STEP_MS)
            self.page.evaluate("settled()")

    def fail(self, feed: str) -> None:
        """A feed falls silent: "positions" or "hotline"."""
        self.page.evaluate("feed => { server.failed.add(feed); }", feed)

    def mend(self, feed: str) -> None:
        """It speaks again."""
        self.page.evaluate("feed => { server.failed.delete(feed); }", feed)

    def said_down(self, feed: str) -> bool:
        """Whether a panel said, since this was asked last, that a feed's data is gone."""
        said = self.page.evaluate(
            "() => { const said = [...server.down]; server.down.clear(); return said; }"
        )
        return {"positions": "wall-map", "hotline": "wall-calls"}[feed] in said

    def begin_to_look(self) -> None:
        """From here on every alarm must be seen: the page has opened."""
        self.page.evaluate(
            "() => { server.waiting = []; server.unseen = []; server.blind.clear(); server.down.clear(); }"
        )

    def alarms_not_shown(self) -> list[str]:
        """Numbers of the alarms that somebody in the room could not have seen before they were acknowledged."""
        return list(self.page.evaluate("server.unseen"))

    def alarms_while_blind(self) -> int:
        """How many alarms came and were acknowledged while the wall said that it hears nobody."""
        return int(self.page.evaluate("server.blind.size"))

    def held(self) -> Held:
        """Collect garbage and count."""
        with self._without_server():
            for _ in range(3):
                self._inspector.send("HeapProfiler.collectGarbage")
            counters = self._inspector.send("Memory.getDOMCounters")
            heap = self._inspector.send("Runtime.getHeapUsage")
        return Held(int(heap["usedSize"]), int(counters["nodes"]), int(counters["jsEventListeners"]))

    def snapshot(self) -> str:
        """Return a heap snapshot of the page without its played server, for `bytes_by_constructor`."""
        with self._without_server():
            return taken(self._inspector)

    @contextmanager
    def _without_server(self) -> Iterator[None]:
        """The played server lives on the page's heap: it leaves while the page is weighed."""
        server = self.page.evaluate("server.leave()")
        yield
        self.page.evaluate("server => window.server.take(JSON.parse(server))", server)
