"""What a commit tells besides the log: of what, to whom; nothing of what was undone, and nothing that says more."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from dashboard.domain.rights import RIGHT_OF_SECTION
from dashboard.service import TakePost
from dashboard.store import tables
from dashboard.store.news import DESK_NEWS, POSTS, SECTION_NEWS, SECTIONS_OF_TABLE, TELLINGS, News
from dashboard.store.records import TELLINGS as TELLING_ROWS
from tests.store.centre import CITY, DONGGANG, Centre, done, officer, refusal


@pytest.fixture
def told(centre: Centre) -> list[frozenset[News]]:
    """What each commit told, in order."""
    found: list[frozenset[News]] = []
    centre.services.store.on_news = found.append
    return found


def of_desks(told: list[frozenset[News]]) -> list[News]:
    return [one for each in told for one in each if one.of in DESK_NEWS]


def of_sections(told: list[frozenset[News]]) -> set[str]:
    found = [one for each in told for one in each if one.of in SECTION_NEWS]
    assert all(one.scope == () for one in found)
    return {one.of for one in found}


def test_every_table_that_is_watched_exists_and_every_section_has_one() -> None:
    assert set(SECTIONS_OF_TABLE) <= set(tables.metadata.tables)
    assert set(SECTION_NEWS) == set(RIGHT_OF_SECTION)


def test_whoever_holds_a_post_and_acts_is_told_to_the_desks_of_the_own_jurisdiction_alone(
    centre: Centre, told: list[frozenset[News]]
) -> None:
    county = officer(jurisdiction=DONGGANG, name="赵一")
    matter = centre.order()
    done(centre.do(service.take_post, TakePost("A"), county))
    told.clear()
    done(centre.do(service.note, service.Note(matter["id"], "已联系"), county))
    assert of_desks(told) == [News(POSTS, (DONGGANG,), is_exact=True)]
    told.clear()
    done(centre.do(service.note, service.Note(matter["id"], "已联系"), officer(name="孙立新")))  # on no post
    assert of_desks(told) == []


def test_a_telling_that_a_desk_has_shown_is_told_to_the_desks_of_its_scope(
    centre: Centre, told: list[frozenset[News]]
) -> None:
    matter = centre.event()
    done(centre.whistle(matter, centre.units(1)[0]))
    centre.wait(minutes=31)
    assert [one for one in of_desks(told) if one.of == TELLINGS] == []  # the log tells of new ones
    with centre.services.store.read() as connection:
        rows = [TELLING_ROWS.value(row) for row in connection.execute(TELLING_ROWS.select())]
    shown = next(one for one in rows if one.recipient_kind == "desk" and one.means == "screen")
    told.clear()
    done(service.receipt_shown(centre.services, centre.officer, [shown.id], centre.now))
    assert of_desks(told) == [News(TELLINGS, shown.scope)]
    assert "delivery" in of_sections(told)
    told.clear()
    done(service.receipt_shown(centre.services, centre.officer, [shown.id], centre.now))
    assert told == []  # said twice, changed once


def test_each_change_of_an_administrators_table_is_told_to_its_section(
    centre: Centre, told: list[frozenset[News]]
) -> None:
    services, now = centre.services, centre.now
    security, system = officer("secadmin", name="郑某某"), officer("sysadmin", name="吴某某")
    service.ensure_policy(services, now)
    done(service.open_webhook(services, system, "外部平台", "https://example.org/hook", CITY, now))
    assert of_sections(told) >= {"policies", "webhooks", "audit"}
    told.clear()
    service.open_kiosk_token(services, security, "大厅", CITY, now)
    assert of_sections(told) >= {"tokens", "audit"}


def test_what_is_undone_is_not_told(centre: Centre, told: list[frozenset[News]]) -> None:
    class Fault(Exception):
        pass

    def fail() -> None:
        with centre.services.store.write() as connection:
            connection.execute(tables.audit.delete())
            raise Fault

    with pytest.raises(Fault):
        fail()
    assert told == []
    # Nor does it come out with the next transaction on the same connection.
    with centre.services.store.write() as connection:
        connection.execute(tables.meta.update().values(value=tables.meta.c.value))
    assert told == []


def test_a_refused_act_tells_of_its_audit_alone(centre: Centre, told: list[frozenset[News]]) -> None:
    stranger: Any = officer("secadmin", name="郑某某")
    assert refusal(centre.do(service.take_post, TakePost("A"), stranger)) == "no_right"
    assert of_desks(told) == []
    assert of_sections(told) == {"audit"}
