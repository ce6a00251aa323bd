"""回放: the boards of any past instant equal what each screen showed then, and nothing is invented."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from dashboard import service
from dashboard.domain.past import rows_at
from dashboard.domain.principal import Principal
from dashboard.live.picture import Picture
from dashboard.live.view import ScopeFilter, view_snapshot
from dashboard.service import ReadReplay, Refused
from dashboard.service.replay import boards as reading
from dashboard.service.replay.boards import Boards, read_boards
from dashboard.service.replay.reading import scope_filter
from dashboard.service.retention import SCREEN_ROWS_KEPT_MS, forget_old
from dashboard.store import audit
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal

PLACES = (DONGGANG, LANSHAN)
Shown = dict[str, dict[str, dict[str, Any]]]


def replayed(centre: Centre, request: ReadReplay, actor: Principal | None = None) -> dict[str, Any]:
    found = service.read_replay(centre.services, actor or centre.officer, request, centre.now)
    assert not isinstance(found, Refused), found
    return found


def boards(centre: Centre, actor: Principal, from_at: int, to_at: int) -> Boards:
    with centre.services.store.read() as connection:
        return read_boards(centre.services, connection, scope_filter(centre.services, actor), from_at, to_at)


def live_rows(centre: Centre, jurisdiction: str) -> Shown:
    """What a screen of the jurisdiction that opens now is given: the live picture itself."""
    whole, picture = service.snapshot(centre.services), Picture()
    picture.load(whole.epoch, whole.seq, whole.matters, whole.commands, whole.log, whole.asks)
    scopes = ScopeFilter(jurisdiction, CITY, centre.pack.divisions.is_within)
    view = view_snapshot(picture, scopes)
    return {name: {row["id"]: row for row in copy.deepcopy(view[name])} for name in ("matters", "commands")}


class Morning:
    """Acts of an officer, units and clocks drawn at random, and what each screen showed after each."""

    def __init__(self, centre: Centre, seed: int) -> None:
        self.centre, self.dice = centre, random.Random(seed)
        self.villages = {region: _village(centre, region) for region in PLACES}
        self.grids = {
            region: next(
                one.code
                for one in centre.pack.divisions.at_level("grid")
                if one.parent == self.villages[region]
            )
            for region in PLACES
        }
        self.matters: list[str] = []
        self.calls: list[tuple[str, list[str]]] = []
        self.shown: list[tuple[int, dict[str, Shown]]] = []

    def run(self, acts: int) -> None:
        for _ in range(acts):
            self.centre.wait(minutes=self.dice.choice((0.5, 3, 11)))
            self.dice.choice(
                (self.opened, self.ordered, self.whistled, self.answered, self.noted, self.closed)
            )()
            at = self.centre.now
            self.shown.append((at, {place: live_rows(self.centre, place) for place in (CITY, *PLACES)}))

    def opened(self) -> None:
        region = self.dice.choice(PLACES)
        if self.dice.random() < 0.6:
            self.matters.append(self.centre.event(grid=self.grids[region], status="CHECKING")["id"])
        else:
            self.matters.append(self.centre.order(village=self.villages[region], urgency=2)["id"])

    def ordered(self) -> None:
        matter, units = self._one(), self.centre.units(5)
        self._called(self.centre.dispatch(matter, *self.dice.sample(units, 2)))

    def whistled(self) -> None:
        self._called(self.centre.whistle(self._one(), *self.dice.sample(self.centre.units(6), 3)))

    def answered(self) -> None:
        if self.calls:
            command, units = self.dice.choice(self.calls)
            stage = self.dice.choice(("read", "accepted", "en_route", "arrived", "done"))
            self.centre.answer(command, self.dice.choice(units), stage, result="已办")

    def noted(self) -> None:
        done(self.centre.do(service.note, service.Note(self._one()["id"], "看过")))

    def closed(self) -> None:
        matter = self._one()
        request = service.CloseMatter(matter["id"], {"handling": "已清理", "resolved": True})
        self.centre.do(service.close_matter, request, expected_version=None)

    def _one(self) -> dict[str, Any]:
        if not self.matters:
            self.opened()
        return self.centre.matter(self.dice.choice(self.matters))

    def _called(self, outcome: Any) -> None:
        if isinstance(outcome, service.Done):
            self.calls.append((outcome.value["id"], [one["id"] for one in outcome.value["receivers"]]))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_past_instant_is_what_each_screen_showed_then(centre: Centre, seed: int) -> None:
    morning = Morning(centre, seed)
    morning.run(24)
    assert {name for _, shown in morning.shown for name, rows in shown[CITY].items() if rows} == {
        "matters",
        "commands",
    }
    assert centre.log("MatterClosed"), "nothing left the boards"
    begins = morning.shown[6][0]
    for place in (CITY, *PLACES):
        read = boards(centre, officer("duty_leader", place), begins, centre.now)
        assert (read.from_at, read.missing) == (begins, 0)
        for at, shown in morning.shown[6:]:
            assert rows_at(read.base, read.steps, at) == shown[place], (place, at)


def test_what_the_log_forgot_is_counted_and_what_never_changed_is_known(centre: Centre) -> None:
    quiet, busy, elsewhere = (
        centre.order(),
        centre.order(title="爆管"),
        centre.order(village=_village(centre, LANSHAN)),
    )
    whistle = done(centre.whistle(busy, *centre.units(2)))
    centre.clock.advance(ms=SCREEN_ROWS_KEPT_MS)
    kept_at = centre.clock.advance(minutes=1)
    done(centre.do(service.note, service.Note(centre.order(title="新来")["id"], "看过")))
    begins = centre.clock.advance(minutes=1)
    centre.clock.advance(minutes=1)
    done(centre.answer(whistle["id"], centre.units(1)[0], "accepted"))
    done(centre.do(service.note, service.Note(elsewhere["id"], "看过")))
    centre.clock.advance(minutes=1)
    assert forget_old(centre.services, centre.now).screen_rows > 0

    read = boards(centre, centre.officer, begins, centre.now)
    assert (read.from_at, read.missing) == (begins, 3), (
        "the whistle, its matter and the one of the other county"
    )
    shown = rows_at(read.base, read.steps, begins)
    assert {row["title"] for row in shown["matters"].values()} == {"整栋停暖", "新来"}
    assert shown["matters"][quiet["id"]] == live_rows(centre, CITY)["matters"][quiet["id"]]
    assert rows_at(read.base, read.steps, centre.now) == live_rows(centre, CITY)
    assert boards(centre, officer("duty_officer", LANSHAN), begins, centre.now).missing == 1

    before = boards(centre, centre.officer, kept_at - 60 * MINUTE_MS, centre.now)
    assert before.from_at == kept_at, "boards begin where the log still has rows"
    past = replayed(
        centre,
        ReadReplay(
            busy["id"],
            from_at=kept_at - SCREEN_ROWS_KEPT_MS - 2 * MINUTE_MS,
            to_at=kept_at - SCREEN_ROWS_KEPT_MS + 60 * MINUTE_MS,
        ),
    )
    assert (past["boards"]["from"], past["base"], past["changes"]) == (
        None,
        {"matters": [], "commands": []},
        [],
    )
    assert "WhistleRaised" in [one["kind"] for one in past["lines"]], "events outlive the boards"
    assert [one["name"] for one in past["lanes"]] == [one["name"] for one in whistle["receivers"]]


def test_more_than_can_be_read_again_begins_later_and_says_so(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = centre.order()
    begins = centre.clock.advance(minutes=1)
    for _ in range(4):
        centre.clock.advance(minutes=1)
        done(centre.do(service.note, service.Note(first["id"], "看过")))
    monkeypatch.setattr(reading, "MOST_READ", 2)
    read = boards(centre, centre.officer, begins, centre.now)
    assert read.from_at == centre.now - MINUTE_MS
    assert rows_at(read.base, read.steps, centre.now) == live_rows(centre, CITY)
    monkeypatch.setattr(reading, "MOST_ENTRIES", 3)
    request = ReadReplay(from_at=begins, to_at=centre.now)
    assert (
        refusal(service.read_replay(centre.services, centre.officer, request, centre.now))
        == "replay_too_much"
    )


@pytest.mark.parametrize("role", ["duty_officer", "duty_leader", "commander", "leader"])
def test_who_watches_a_jurisdiction_sees_its_past_and_the_audit_knows_it(centre: Centre, role: str) -> None:
    matter = centre.order()
    centre.clock.advance(minutes=6)
    actor = officer(role, DONGGANG)
    past = replayed(centre, ReadReplay(matter["id"]), actor)
    assert past["matter"]["no"] == matter["no"]
    assert past["calls"] == {"absent": "of_the_city"}
    with centre.services.store.read() as connection:
        (row,) = [one for one in audit.rows_between(connection, 1, None) if one["act"] == "see_replay"]
    assert (row["actor"], row["subject"], row["result"]) == (actor.id, f"matter:{matter['id']}", "done")
    elsewhere = officer(role, LANSHAN)
    outside = service.read_replay(centre.services, elsewhere, ReadReplay(matter["id"]), centre.now)
    assert refusal(outside) == "no_such_matter"
    period = replayed(centre, ReadReplay(from_at=centre.now - 20 * MINUTE_MS, to_at=centre.now), elsewhere)
    assert (period["base"], period["changes"], period["lines"]) == ({"matters": [], "commands": []}, [], [])


@pytest.mark.parametrize("role", ["unit_liaison", "grid_worker", "sysadmin", "secadmin", "auditor"])
def test_nobody_else_sees_a_replay(centre: Centre, role: str) -> None:
    matter = centre.order()
    actor = officer(role, unit=centre.units(1)[0] if role == "unit_liaison" else None)
    assert (
        refusal(service.read_replay(centre.services, actor, ReadReplay(matter["id"]), centre.now))
        == "no_right"
    )


def test_a_period_is_one_that_has_been_and_not_longer_than_can_be_looked_at(centre: Centre) -> None:
    now = centre.now
    for from_at, to_at, code in (
        (now, now, "replay_not_a_period"),
        (now + 1, now + 2, "replay_not_a_period"),
        (now - 13 * 60 * MINUTE_MS, now, "replay_too_long"),
    ):
        found = service.read_replay(centre.services, centre.officer, ReadReplay(None, from_at, to_at), now)
        assert refusal(found) == code
    assert replayed(centre, ReadReplay())["from"] == now - 2 * 60 * MINUTE_MS
    matter = centre.order()
    centre.clock.advance(hours=20)
    whole = replayed(centre, ReadReplay(matter["id"]))
    assert (whole["from"], whole["to"]) == (now - 2 * MINUTE_MS, now - 2 * MINUTE_MS + 12 * 60 * MINUTE_MS)


def test_lanes_and_facts_are_the_minutes_of_the_matter(centre: Centre) -> None:
    matter = centre.order(urgency=1)
    centre.wait(minutes=4)
    first, second = centre.units(2)
    whistle = done(centre.whistle(matter, first, second))
    for minutes, stage in ((2, "accepted"), (3, "en_route"), (10, "arrived")):
        centre.wait(minutes=minutes)
        done(centre.answer(whistle["id"], first, stage))
    centre.wait(minutes=25)
    late_at = centre.now
    done(centre.answer(whistle["id"], second, "arrived"))
    centre.wait(minutes=1)
    past = replayed(centre, ReadReplay(matter["id"]))
    lanes = {one["id"]: one for one in past["lanes"]}
    sent_at = whistle["issued_at"]
    steps = [lanes[first][name] - sent_at for name in ("sent_at", "accepted_at", "en_route_at", "arrived_at")]
    assert [step // MINUTE_MS for step in steps] == [0, 2, 5, 15]
    assert (lanes[second]["arrived_at"], lanes[second]["en_route_at"]) == (late_at, None), (
        "never reported, not invented"
    )
    assert (lanes[first]["late"], lanes[second]["late"]) == (False, True)
    facts = {(one["due_for"], one["receiver_id"]): one for one in past["facts"]}
    on_site = facts["on_site", second]
    assert (on_site["took_ms"], on_site["limit_ms"], on_site["late"]) == (
        40 * MINUTE_MS,
        30 * MINUTE_MS,
        True,
    )
    assert facts["on_site", first]["late"] is False
    kinds = {one["kind"]: one["lane"] for one in past["lines"]}
    assert (kinds["WhistleRaised"], kinds["EscalationFired"], kinds["ReceiptRecorded"]) == (
        "desk",
        "escalations",
        "receipts",
    )


def _village(centre: Centre, region: str) -> str:
    villages = centre.pack.divisions.at_level("village")
    return next(one.code for one in villages if centre.pack.divisions.region_of(one.code) == region)
