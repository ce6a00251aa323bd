"""The open screens of one process: who looks, through which view, and what they may say."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from dashboard.domain.principal import Principal
from dashboard.domain.wall import SCENES
from dashboard.live.wire import Kind, encode_json
from dashboard.store.store import StoreBusy
from data_feeds.live_channel import ViewChannel
from data_feeds.live_outbox import CLOSE_SIGNED_OUT, Outbox

TEXT_LIMIT: Final = 64  # characters a screen may send at once
TEXTS_PER_WINDOW: Final = 40
TEXT_WINDOW_S: Final = 10.0
RECHECK_AT_ONCE: Final = 20  # 6 ms of a processor

_SCENE_SHOWN: Final = re.compile(r"w([a-z]{1,16})(?::([A-Za-z0-9_-]{1,40}))?")

_MATTER_OPENED: Final = re.compile(r"m:([A-Za-z0-9_-]{0,40})")

# Answers who a screen belongs to now, None once its session or token has ended; may block.
Recheck = Callable[[], Principal | None]
OneSocket = TypeVar("OneSocket", bound="Socket")


@dataclass(slots=True, eq=False, kw_only=True)
class Socket:
    """One open socket and whose it is."""

    principal: Principal
    outbox: Outbox
    recheck: Recheck | None
    asked_s: float  # when its rights were last asked, any steady seconds
    texts_at: list[float] = field(default_factory=list)

    def may_speak(self, now_s: float) -> bool:
        """Count one message at `now_s` (any steady seconds); False for a screen that talks too much."""
        self.texts_at = [at for at in self.texts_at if at > now_s - TEXT_WINDOW_S] + [now_s]
        return len(self.texts_at) <= TEXTS_PER_WINDOW


@dataclass(slots=True, eq=False, kw_only=True)
class Screen(Socket):
    """A socket that looks through a view."""

    id: str
    channel: ViewChannel
    seen_seq: int = 0


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """`t<number>`: what time is it; the number comes back with the answer."""

    mark: float


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """`a<number>`: the screen's picture has come to this sequence."""

    seq: int


@dataclass(frozen=True, slots=True)
class SceneShown:
    """`w<scene>` or `w<scene>:<matter id>`: what a wall shows from now on."""

    scene: str
    matter_id: str | None = None


@dataclass(frozen=True, slots=True)
class MatterOpened:
    """`m:<matter id>` or `m:`: which matter a desk has open from now on."""

    matter_id: str | None


Said = TimeAsked | Acknowledged | SceneShown | MatterOpened


def read_text(said: str | None) -> Said | None:
    """Read what a screen said; None for anything that a screen may not say."""
    if said is None or not 2 <= len(said) <= TEXT_LIMIT or not said.isascii():
        return None
    if said[0] == "w":
        shown = _SCENE_SHOWN.fullmatch(said)
        return SceneShown(shown[1], shown[2]) if shown and shown[1] in SCENES else None
    if said[0] == "m":
        opened = _MATTER_OPENED.fullmatch(said)
        return MatterOpened(opened[1] or None) if opened else None
    try:
        number = float(said[1:])
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    if said[0] == "t":
        return TimeAsked(number)
    return Acknowledged(int(number)) if said[0] == "a" else None


def due_for_recheck(screens: Collection[OneSocket], now_s: float, every_s: float) -> list[OneSocket]:
    """Return those whose rights were not asked for `every_s`, the longest waiting first, and never many at once.

    A thread that asks for a thousand holds the event loop up for half a second; asked by twenties, a tenth of a second
    apart, nobody notices. Where more than a fiftieth is due at once, the last of them wait five seconds more.
    """
    due = [one for one in screens if one.recheck is not None and now_s - one.asked_s >= every_s]
    at_once = max(RECHECK_AT_ONCE, len(screens) // 50)
    return sorted(due, key=lambda one: one.asked_s)[:at_once]


def recheck_all(screens: Sequence[Socket]) -> list[Principal | None]:
    """Ask for each screen who it belongs to; while the truth cannot be read everyone stays who they were."""
    found: list[Principal | None] = []
    for screen in screens:
        try:
            found.append(screen.recheck() if screen.recheck is not None else screen.principal)
        except StoreBusy:
            found.append(screen.principal)
    return found


async def sign_out_strangers(
    sockets: Collection[OneSocket], every_s: float, is_same: Callable[[Principal, Principal], bool]
) -> None:
    """Ask for those whose turn it is who they belong to, and end each that is now nobody's, or not `is_same`.

    `is_same` compares who it belongs to now with who it belonged to.

    A socket is thereby asked for once in `every_s`, if this is called often enough (`due_for_recheck`).
    """
    loop = asyncio.get_running_loop()
    due = due_for_recheck(sockets, loop.time(), every_s)
    if not due:
        return
    for one, principal in zip(due, await asyncio.to_thread(recheck_all, due), strict=True):
        one.asked_s = loop.time()
        if principal is None or not is_same(principal, one.principal):
            one.outbox.offer_first(encode_json(Kind.NOTICE, {"code": "signed_out", "params": {}}))
            one.outbox.close(CLOSE_SIGNED_OUT, "signed out")


async def first_ends(*works: Awaitable[None]) -> None:
    """Run works side by side; when one ends, end the others and raise what it raised."""
    # A future of its own: `asyncio.wait` keeps a kilobyte more, for as long as the screen is open.
    ended = asyncio.get_running_loop().create_future()
    tasks = [asyncio.ensure_future(work) for work in works]

    def end(_task: asyncio.Future[None]) -> None:
        if not ended.done():
            ended.set_result(None)

    for task in tasks:
        task.add_done_callback(end)
    try:
        await ended
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
