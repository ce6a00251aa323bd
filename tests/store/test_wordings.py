"""What agents are to say (口径): given, changed, ended and read, each by whoever may, each refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.readings import CallReading
from dashboard.domain.wording import LONGEST, MOST
from dashboard.service import Refused
from dashboard.store import tables
from dashboard.store.news import WORDINGS, News
from layouts.catalogue import has_text
from tests.store.centre import CITY, DONGGANG, LANSHAN, Centre, done, officer

TEXT = "停暖：管网抢修中，11:00 更新恢复时间。有老人请登记。"
HALL = Principal("g1", "call hall", "gateway", "gateway", CITY)


@pytest.fixture
def seated(centre: Centre) -> Centre:
    """Three seats on duty and one that went home."""
    seats = (("A1", "talk"), ("A2", "idle"), ("A3", "rest"), ("A4", "off"))
    readings = [
        CallReading(f"s{seat}", "agent", centre.now, agent=seat, agent_state=state) for seat, state in seats
    ]
    service.record_calls(centre.services, readings, centre.now)
    return centre


def give(centre: Centre, actor: Principal | None = None, text: str = TEXT, **given: Any) -> Any:
    return centre.do(service.give_wording, service.GiveWording(text, **given), actor)


def shown(centre: Centre, actor: Principal | None = None) -> list[dict[str, Any]]:
    found = service.hotline_wordings(centre.services, actor or centre.officer, centre.now)
    assert not isinstance(found, Refused)
    return list(found["wordings"])


def report(centre: Centre, wording: dict[str, Any], *agents: str, version: int = 1) -> Any:
    request = service.ReportWordingReads(wording["id"], version, agents)
    return centre.do(service.report_wording_reads, request, HALL)


def refusal_of(outcome: Any) -> str:
    assert isinstance(outcome, Refused), outcome
    assert has_text(outcome.key), outcome.key
    return outcome.code


def test_every_seat_on_duty_has_to_read_it_and_each_that_has_is_counted_once(seated: Centre) -> None:
    wording = done(give(seated))
    assert (shown(seated)[0]["read"], shown(seated)[0]["unread"]) == (0, ["A1", "A2", "A3"])
    assert done(report(seated, wording, "A1", "A2", "A9")) == {"new": 2, "unknown": ["A9"]}
    assert done(report(seated, wording, "A2"))["new"] == 0
    assert (shown(seated)[0]["read"], shown(seated)[0]["unread"]) == (2, ["A3"])


def test_a_new_version_has_been_read_by_nobody_and_keeps_what_was_said_before(seated: Centre) -> None:
    wording = done(give(seated))
    done(report(seated, wording, "A1", "A2", "A3"))
    seated.wait(minutes=1)
    revised = done(
        seated.do(
            service.revise_wording, service.ReviseWording(wording["id"], "已恢复供暖。", 1), seated.leader
        )
    )
    assert revised["version"] == 2
    (row,) = shown(seated)
    assert (row["text"], row["read"], row["unread"]) == ("已恢复供暖。", 0, ["A1", "A2", "A3"])
    assert [(one["version"], one["text"]) for one in row["before"]] == [(1, TEXT)]


def test_what_was_read_is_a_version_and_an_older_one_is_refused(seated: Centre) -> None:
    wording = done(give(seated))
    done(seated.do(service.revise_wording, service.ReviseWording(wording["id"], "改。", 1)))
    assert refusal_of(report(seated, wording, "A1", version=1)) == "wording_changed"
    late = seated.do(service.read_wording, service.ReadWording(wording["id"], 1))
    assert refusal_of(late) == "wording_changed"
    second = seated.do(
        service.revise_wording, service.ReviseWording(wording["id"], "又改。", 1), seated.leader
    )
    assert refusal_of(second) == "wording_changed"


def test_an_officer_who_has_read_it_stands_beside_the_seats(seated: Centre) -> None:
    wording = done(give(seated))
    done(seated.do(service.read_wording, service.ReadWording(wording["id"], 1)))
    (row,) = shown(seated)
    assert [one["name"] for one in row["officers"]] == ["王**"]
    assert (row["is_read"], row["read"]) == (True, 0)


def test_what_ended_is_shown_to_nobody_and_can_neither_be_changed_nor_read(centre: Centre) -> None:
    wording = done(give(centre))
    assert (
        refusal_of(centre.do(service.end_wording, service.EndWording(wording["id"], " "))) == "reason_missing"
    )
    done(centre.do(service.end_wording, service.EndWording(wording["id"], "已恢复")))
    assert shown(centre) == []
    assert service.wordings_for_agents(centre.services, HALL, centre.now) == []
    for act, request in (
        (service.revise_wording, service.ReviseWording(wording["id"], "改。", 1)),
        (service.end_wording, service.EndWording(wording["id"], "再")),
        (service.read_wording, service.ReadWording(wording["id"], 1)),
    ):
        assert refusal_of(centre.do(act, request)) == "wording_ended"


@pytest.mark.parametrize(
    ("text", "given", "code"),
    [
        ("  ", {}, "wording_missing"),
        ("长" * (LONGEST + 1), {}, "wording_too_long"),
        ("请找王师傅 13812345678", {}, "wording_personal"),
        (TEXT, {"category": "9999"}, "no_such_category"),
        (TEXT, {"place": "370100"}, "outside_jurisdiction"),
    ],
)
def test_what_agents_cannot_say_is_refused(
    centre: Centre, text: str, given: dict[str, str], code: str
) -> None:
    assert refusal_of(give(centre, text=text, **given)) == code
    assert shown(centre) == []


def test_a_place_has_so_many_and_no_more(centre: Centre) -> None:
    for number in range(MOST):
        done(give(centre, text=f"第{number}条"))
    assert refusal_of(give(centre)) == "too_many_wordings"


def test_a_county_tells_its_own_and_hears_the_citys(centre: Centre) -> None:
    lanshan, donggang = (officer(jurisdiction=one) for one in (LANSHAN, DONGGANG))
    city = done(give(centre, text="全市口径"))
    own = done(give(centre, lanshan, text="岚山口径"))
    assert own["place"] == LANSHAN
    assert {one["text"] for one in shown(centre, lanshan)} == {"全市口径", "岚山口径"}
    assert {one["text"] for one in shown(centre, donggang)} == {"全市口径"}
    assert {one["text"] for one in shown(centre)} == {"全市口径", "岚山口径"}
    assert refusal_of(give(centre, lanshan, place=CITY)) == "outside_jurisdiction"
    ended = service.EndWording(city["id"], "停")
    assert refusal_of(centre.do(service.end_wording, ended, lanshan)) == "outside_jurisdiction"
    foreign = service.ReviseWording(own["id"], "改。", 1)
    assert refusal_of(centre.do(service.revise_wording, foreign, donggang)) == "no_such_wording"


def test_a_leader_reads_and_gives_none(centre: Centre) -> None:
    leader = officer("leader")
    wording = done(give(centre))
    assert refusal_of(give(centre, leader)) == "no_right"
    assert done(centre.do(service.read_wording, service.ReadWording(wording["id"], 1), leader)) == {"new": 1}


def test_every_word_stands_in_the_audit_and_reads_are_no_line_of_the_log(seated: Centre) -> None:
    wording = done(give(seated))
    seq = seated.seq()
    done(report(seated, wording, "A1"))
    assert seated.seq() == seq
    refusal_of(give(seated, text=""))
    with seated.services.store.read() as connection:
        audit = tables.audit.c
        rows = connection.execute(
            select(audit.act, audit.result, audit.detail).order_by(audit.n.desc()).limit(3)
        ).all()
    assert [(row.act, row.result) for row in rows] == [
        ("give_wording", "wording_missing"), ("report_wording_reads", "done"), ("give_wording", "done"),
    ]  # fmt: skip
    assert "11:00 更新恢复时间" in rows[2].detail


def test_pages_are_told_of_a_change_of_shift_while_a_wording_holds(seated: Centre) -> None:
    told: list[News] = []
    seated.services.store.on_news = told.extend

    def sits(agent: str, state: str, second: int) -> None:
        one = CallReading(f"c{second}", "agent", seated.now + second, agent=agent, agent_state=state)
        service.record_calls(seated.services, [one], seated.now + second)

    sits("A3", "off", 1)
    assert [one.of for one in told] == [], "nothing was to be read"
    wording = done(give(seated))
    done(report(seated, wording, "A1", "A2"))
    told.clear()
    sits("A1", "idle", 2)
    assert told == [], "the same seats are on duty"
    sits("A4", "idle", 3)
    assert [(one.of, LANSHAN in one.scope) for one in told] == [(WORDINGS, True)]
    assert (shown(seated)[0]["read"], shown(seated)[0]["unread"]) == (2, ["A4"])


def test_pages_of_the_place_are_told_and_no_others(seated: Centre) -> None:
    told: list[News] = []
    seated.services.store.on_news = told.extend
    wording = done(give(seated, place=LANSHAN))
    done(report(seated, wording, "A1"))
    done(report(seated, wording, "A1"))
    heard = [one for one in told if one.of == WORDINGS]
    assert heard == [News(WORDINGS, (LANSHAN,))] * 2
