"""A bell wakes whom it concerns, at once, and no news falls between two questions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dashboard.live.picture import Picture
from data_feeds import bells
from data_feeds.bells import LOG_BELL, Bells, matter_bell, unit_bell, worker_bell

LONG_S = 30.0


def matter(matter_id: str = "m1", **given: Any) -> dict[str, Any]:
    return {"id": matter_id, "unit": None, "worker": None, "scope": ["371100"]} | given


def command(command_id: str, matter_id: str, *receivers: tuple[str, str]) -> dict[str, Any]:
    rows = [{"kind": kind, "id": receiver} for kind, receiver in receivers]
    return {"id": command_id, "matter_id": matter_id, "receivers": rows, "scope": ["371100"]}


class City:
    """A picture with bells on it, as the hub keeps them."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.picture.load("e", 10, [], [], [])
        self.bells = Bells()
        self.bells.reloaded(self.picture)

    def say(self, **rows: Any) -> int:
        seq = self.picture.seq + 1
        gone = rows.pop("gone", {})
        line = {"matter_id": rows.pop("of", None), "params": rows.pop("params", {})}
        entry = {"seq": seq, "at": 0, "kind": "X", "rows": rows | {"gone": gone}, **line}
        change = self.picture.apply(entry)
        assert change is not None
        self.bells.changed([change])
        return seq

    async def hears(self, *names: str, after: int | None = None) -> bool:
        """Whether a question from `after` is answered without waiting."""
        return await self.bells.rung(names, self.picture.seq if after is None else after, 0.0, "p")


async def test_a_unit_that_a_consultation_calls_is_woken_though_the_matter_is_none_of_its_own() -> None:
    city = City()
    city.say(matters=[matter(unit="a")])
    before = city.picture.seq
    city.say(of="m1", params={"calls": [[3, "unit", "b"], [4, "centre", "371103"]]})
    assert await city.hears(unit_bell("b"), after=before)
    assert not await city.hears(unit_bell("371103"), after=before)
    assert not await city.hears(unit_bell("c"), after=before)


async def test_the_logs_bell_rings_with_every_entry_of_whatever_matter() -> None:
    city = City()
    before = city.picture.seq
    assert not await city.hears(LOG_BELL)
    city.say(matters=[matter()])
    city.say()
    assert await city.hears(LOG_BELL, after=before)
    assert await city.hears(LOG_BELL, after=before + 1)
    assert not await city.hears(LOG_BELL)


async def test_a_waiting_unit_is_woken_by_its_own_matter_and_by_no_other() -> None:
    city = City()
    mine = asyncio.create_task(city.bells.rung([unit_bell("a")], 10, LONG_S, "p"))
    other = asyncio.create_task(city.bells.rung([unit_bell("b")], 10, LONG_S, "q"))
    await asyncio.sleep(0)
    city.say(matters=[matter(unit="a")])
    assert await mine is True
    assert not other.done()
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    assert city.bells.waiting == 0


async def test_news_between_two_questions_are_not_lost() -> None:
    city = City()
    seq = city.say(commands=[command("c1", "m1", ("worker", "w1"))])
    assert await city.hears(worker_bell("w1"), after=seq - 1)
    assert not await city.hears(worker_bell("w1"), after=seq)


async def test_the_unit_that_a_matter_leaves_is_told_too() -> None:
    city = City()
    city.say(matters=[matter(unit="a")])
    seq = city.say(matters=[matter(unit="b")])
    assert await city.hears(unit_bell("a"), after=seq - 1)
    assert await city.hears(unit_bell("b"), after=seq - 1)
    seq = city.say(gone={"matters": ["m1"]})
    assert not await city.hears(unit_bell("a"), after=seq - 1)
    assert await city.hears(unit_bell("b"), after=seq - 1)


async def test_receivers_of_an_order_hear_of_its_matter_and_of_its_end() -> None:
    city = City()
    city.say(matters=[matter(unit="a")], commands=[command("c1", "m1", ("unit", "b"))])
    seq = city.say(matters=[matter(unit="a", urgency=1)])
    assert await city.hears(unit_bell("b"), after=seq - 1)
    seq = city.say(gone={"matters": [], "commands": ["c1"]})
    assert await city.hears(unit_bell("b"), after=seq - 1)
    assert await city.hears(unit_bell("a"), after=seq - 1)


async def test_a_line_about_a_matter_rings_its_room() -> None:
    city = City()
    seq = city.say(of="m7")
    assert await city.hears(matter_bell("m7"), after=seq - 1)


async def test_a_fresh_picture_answers_everybody_who_knows_less() -> None:
    city = City()
    waiting = asyncio.create_task(city.bells.rung([unit_bell("a")], 10, LONG_S, "p"))
    await asyncio.sleep(0)
    city.picture.load("e", 50, [matter(unit="a")], [], [])
    city.bells.reloaded(city.picture)
    assert await waiting is True
    assert await city.hears(unit_bell("nobody"), after=49)
    assert not await city.hears(unit_bell("a"), after=50)


async def test_one_person_cannot_pile_up_questions() -> None:
    city = City()
    asked = [
        asyncio.create_task(city.bells.rung([unit_bell("a")], 10, LONG_S, "p"))
        for _ in range(bells.MOST_WAITING + 3)
    ]
    await asyncio.sleep(0.01)
    assert [one.done() for one in asked[:4]] == [True, True, True, False]
    assert city.bells.waiting == bells.MOST_WAITING
    for one in asked:
        one.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    assert city.bells.waiting == 0


async def test_what_is_remembered_is_bounded_and_forgets_on_the_safe_side() -> None:
    city = City()
    for number in range(bells.MOST_REMEMBERED + 5):
        city.say(of=f"m{number}")
    assert len(city.bells._rung) == bells.MOST_REMEMBERED
    assert await city.hears(matter_bell("never heard of"), after=11)
    assert not await city.hears(matter_bell("never heard of"))


async def test_a_bell_tells_for_which_matters_it_has_rung_since_a_place() -> None:
    city = City()
    city.say(matters=[matter("m1", unit="a"), matter("m2", unit="b")])
    second = city.say(matters=[matter("m3", unit="a")])
    assert city.bells.touched([unit_bell("a")], 10) == {"m1", "m3"}
    assert city.bells.touched([unit_bell("a")], second) == frozenset()
    assert city.bells.touched([unit_bell("b")], 10) == {"m2"}
    city.say(commands=[command("c1", "m2", ("unit", "a"))])
    city.say(matters=[matter("m1", unit="b")])  # it went from one to the other: both are told
    assert city.bells.touched([unit_bell("a")], second) == {"m1", "m2"}
    assert city.bells.touched([unit_bell("b")], second) == {"m1", "m2"}


async def test_a_bell_that_does_not_reach_back_says_so_instead_of_leaving_something_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bells, "MOST_TOUCHED", 2)
    city = City()
    assert city.bells.touched([unit_bell("a")], 9) is None
    for number in range(4):
        city.say(matters=[matter(f"m{number}", unit="a")])
    assert city.bells.touched([unit_bell("a")], 11) is None
    assert city.bells.touched([unit_bell("a")], 12) == {"m2", "m3"}
    city.bells.reloaded(city.picture)
    assert city.bells.touched([unit_bell("a")], 13) is None


async def test_all_who_wait_can_be_answered_without_a_ring_and_know_that_none_rang() -> None:
    bells = Bells()
    asked = [asyncio.create_task(bells.rung((f"unit:{n}",), 0, 30, f"person-{n}")) for n in range(40)]
    await asyncio.sleep(0)
    began = asyncio.get_running_loop().time()
    await bells.answer_all(0.2)
    assert await asyncio.gather(*asked) == [False] * 40
    assert 0.15 < asyncio.get_running_loop().time() - began < 5
    assert bells.waiting == 0
    await bells.answer_all(0.2)  # nobody waits: nothing to do


async def test_a_ring_that_comes_first_is_a_ring() -> None:
    bells = Bells()
    asked = asyncio.create_task(bells.rung(("unit:a",), 0, 30, "somebody"))
    await asyncio.sleep(0)
    bells.reloaded(Picture())
    await bells.answer_all(0.01)
    assert await asked is True
