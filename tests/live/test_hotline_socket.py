"""The hotline page's socket: its own pictures, of its own jurisdiction, written once for all who share it."""

from __future__ import annotations

import json
from typing import Any

from dashboard.domain.principal import Principal
from dashboard.live.view import ScopeFilter
from dashboard.live.wire import Kind, decode_json, kind_of
from dashboard.store.news import MERGES, WALLS, WORDINGS, News
from data_feeds.hotline_socket import SHOWN, HotlineSockets
from data_feeds.live_boards import Boards
from data_feeds.live_outbox import OutboxCounts
from data_feeds.live_screens import Socket

CITY, DONGGANG, LANSHAN = "371100", "371102", "371103"


class Kept:
    """An outbox that keeps the newest frame of each kind."""

    def __init__(self) -> None:
        self.frames: list[tuple[Kind, bytes]] = []

    def offer_latest(self, kind: Kind, frame: bytes) -> None:
        assert kind_of(frame) == kind
        self.frames.append((kind, frame))

    def newest(self, kind: Kind) -> Any:
        return decode_json(next(frame for one, frame in reversed(self.frames) if one is kind))


class Process:
    """Sockets over boards that a test fills."""

    def __init__(self) -> None:
        self.boards = Boards(
            None,  # type: ignore[arg-type]  # nothing is followed: the test tells
            lambda: 0, lambda: {"picture": "live"}, lambda kind: self.sockets.board_changed(kind), lambda: None,
        )  # fmt: skip
        self.written = 0
        self.sockets = HotlineSockets(
            self,  # type: ignore[arg-type]  # says no hello and no time here
            OutboxCounts(),
            self._boards,
            lambda code: ScopeFilter(code, CITY, lambda one, other: one.startswith(other)),
        )

    def _boards(self) -> Boards:
        self.written += 1
        return self.boards

    def open(self, jurisdiction: str) -> Kept:
        kept = Kept()
        person = Principal(f"officer:{jurisdiction}", "王", "officer", "duty_officer", jurisdiction)
        one = Socket(principal=person, outbox=kept, recheck=None, asked_s=0.0)  # type: ignore[arg-type]
        self.sockets.greet(one)
        self.sockets._sockets.add(one)
        return kept

    def tell(self, kind: Kind, **value: Any) -> None:
        self.boards._take(kind, json.dumps(value).encode())


def test_whoever_comes_is_given_every_picture_as_it_is() -> None:
    process = Process()
    process.tell(Kind.HOTLINE, at=7)
    page = process.open(CITY)
    assert {kind for kind, _ in page.frames} == {*SHOWN, Kind.NOTICE}
    assert page.newest(Kind.HOTLINE) == {"at": 7}
    assert page.newest(Kind.HOTLINE_BOARD) == {}


def test_a_county_is_given_its_own_rows_of_the_results() -> None:
    process = Process()
    county, city = process.open(LANSHAN), process.open(CITY)
    rows = [{"region": DONGGANG, "n": 1}, {"region": LANSHAN, "n": 2}]
    process.tell(
        Kind.HOTLINE_RESULTS, city={"open": 9}, **dict.fromkeys(("regions", "units", "repeats"), rows)
    )
    for name in ("regions", "units", "repeats"):
        assert county.newest(Kind.HOTLINE_RESULTS)[name] == [{"region": LANSHAN, "n": 2}]
        assert city.newest(Kind.HOTLINE_RESULTS)[name] == rows
    assert "city" not in county.newest(Kind.HOTLINE_RESULTS)
    assert city.newest(Kind.HOTLINE_RESULTS)["city"] == {"open": 9}


def test_the_city_is_given_the_first_of_what_is_published_for_each_region() -> None:
    process = Process()
    county, city = process.open(LANSHAN), process.open(CITY)
    rows = [{"region": one, "n": n} for one in (DONGGANG, LANSHAN) for n in range(30)]
    counts = [{"region": LANSHAN, "count": 70}, {"region": DONGGANG, "count": 80}]
    process.tell(Kind.HOTLINE_RESULTS, groups=rows, group_counts=counts)
    assert city.newest(Kind.HOTLINE_RESULTS) == {"groups": rows[:30], "group_counts": counts}
    assert county.newest(Kind.HOTLINE_RESULTS) == {"groups": rows[30:], "group_counts": counts[:1]}


def test_a_picture_is_written_once_for_all_of_a_jurisdiction() -> None:
    process = Process()
    pages = [process.open(CITY) for _ in range(5)]
    process.written = 0
    process.tell(Kind.HOTLINE_BOARD, at=1)
    assert process.written == 1
    assert all(page.newest(Kind.HOTLINE_BOARD) == {"at": 1} for page in pages)


def test_news_reach_the_pages_of_their_place_alone() -> None:
    process = Process()
    county, city = process.open(LANSHAN), process.open(CITY)
    process.sockets.news_heard([News(WORDINGS, (DONGGANG,)), News(WALLS, (LANSHAN,))])
    assert county.newest(Kind.NOTICE)["params"] == {WORDINGS: 0, MERGES: 0}
    assert city.newest(Kind.NOTICE)["params"] == {WORDINGS: 1, MERGES: 0}
    process.sockets.news_heard(None)
    assert county.newest(Kind.NOTICE)["params"] == {WORDINGS: 1, MERGES: 1}


def test_whoever_may_no_longer_see_the_hotline_is_not_the_same() -> None:
    sockets = Process().sockets
    then = Principal("o", "王", "officer", "duty_officer", CITY)
    assert sockets.is_same(then, then)
    assert not sockets.is_same(Principal("o", "王", "officer", "unit_liaison", CITY, "u"), then)
    assert not sockets.is_same(Principal("o", "王", "officer", "duty_officer", LANSHAN), then)
