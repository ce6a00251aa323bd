"""Walls: who may drive which, what is kept of it, who is told, and that it is still so after a restart."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.wall import DEFAULT_NAME, MUTE_MS, SCENES, wall_id
from dashboard.service import DriveWall, MuteWall, Services, SetUpWall
from dashboard.store import audit, event_log
from dashboard.store.news import WALLS, News
from tests.conftest import PROJECT_ROOT
from tests.store.centre import CITY, DONGGANG, LANSHAN, Centre, done, officer, refusal

HALL = wall_id(CITY, DEFAULT_NAME)
KIOSK = Principal("kiosk:1", DEFAULT_NAME, "kiosk", "viewer_wall", CITY)


def own(centre: Centre, actor: Principal = KIOSK, name: str = "") -> dict[str, Any]:
    row = service.own_wall(centre.services, actor, name, centre.now)
    assert not isinstance(row, Refused)
    return row


def drivable(centre: Centre, actor: Principal) -> list[tuple[str, str]]:
    found = service.drivable_walls(centre.services, actor, centre.now)
    assert not isinstance(found, Refused)
    return [(row["jurisdiction"], row["name"]) for row in found["walls"]]


def test_a_wall_that_nobody_drove_turns_through_its_scenes_and_speaks(centre: Centre) -> None:
    row = own(centre)
    assert (row["id"], row["name"], row["scene"], row["held"], row["rotates"]) == (
        HALL,
        "大厅",
        "overview",
        False,
        True,
    )
    assert (row["muted_until"], row["panels"], row["revision"]) == (0, [1, 1], 0)
    assert row["speaks"] is True and own(centre, officer())["speaks"] is False


def test_what_a_wall_was_told_is_read_by_the_wall_and_survives_a_restart(centre: Centre) -> None:
    matter = centre.order(urgency=1)
    done(centre.do(service.drive_wall, DriveWall(HALL, "incident", matter["id"], held=True, rotation_s=60)))
    again = Services(centre.services.store, centre.pack)  # another process on the same truth
    row = service.own_wall(again, KIOSK, "", centre.now)
    assert not isinstance(row, Refused)
    assert (row["scene"], row["matter_id"], row["held"], row["rotation_s"]) == (
        "incident",
        matter["id"],
        True,
        60,
    )
    assert (row["driven_at"], row["driven_by"], row["revision"]) == (centre.now, "王**", 1)
    done(centre.do(service.drive_wall, DriveWall(HALL, held=False)))
    assert (own(centre)["scene"], own(centre)["matter_id"], own(centre)["held"]) == (
        "incident",
        matter["id"],
        False,
    )


def test_only_what_is_shown_is_another_revision_that_a_wall_obeys(centre: Centre) -> None:
    done(centre.do(service.drive_wall, DriveWall(HALL, "grid")))
    for act, request in (
        (service.mute_wall, MuteWall(HALL, True, "电话会议")),
        (service.set_up_wall, SetUpWall(HALL, 3, 3, 3_630, 6_000)),
        (service.drive_wall, DriveWall(HALL, rotates=False)),
        (service.drive_wall, DriveWall(HALL, held=True)),
        (service.drive_wall, DriveWall(HALL, held=False)),
    ):
        done(centre.do(act, request))
        assert own(centre)["revision"] == 1
    done(centre.do(service.drive_wall, DriveWall(HALL, "hotline", held=True)))
    assert (own(centre)["revision"], own(centre)["scene"], own(centre)["held"]) == (2, "hotline", True)


def test_each_act_on_a_wall_stands_in_the_log_and_in_the_audit(centre: Centre) -> None:
    matter = centre.order()
    before = centre.seq()
    done(centre.do(service.drive_wall, DriveWall(HALL, "incident", matter["id"])))
    done(centre.do(service.drive_wall, DriveWall(HALL, "hotline", held=True)))
    done(centre.do(service.drive_wall, DriveWall(HALL, held=False)))
    done(centre.do(service.drive_wall, DriveWall(HALL, rotates=False)))
    done(centre.do(service.mute_wall, MuteWall(HALL, True, "电话会议")))
    done(centre.do(service.mute_wall, MuteWall(HALL, False)))
    done(centre.do(service.set_up_wall, SetUpWall(HALL, 3, 3, 3_630, 6_000)))
    with centre.services.store.read() as connection:
        told = event_log.read_after(connection, before, 20)
        assert audit.first_break(connection) is None
    assert [one.kind for one in told] == [
        "WallShown", "WallHeld", "WallReleased", "WallTurned", "WallMuted", "WallUnmuted", "WallSetUp",
    ]  # fmt: skip
    assert told[0].params["no"] == matter["no"] and told[0].params["scene_name"] == "事件"
    assert all(one.scope == (CITY,) and one.params["by"] == "王**" for one in told)


@pytest.mark.parametrize("role", ["leader", "unit_liaison", "sysadmin", "auditor", "viewer_wall", "gateway"])
def test_only_officers_drive_walls(centre: Centre, role: str) -> None:
    someone = officer(role, unit=centre.units(1)[0] if role == "unit_liaison" else None)
    for act, request in (
        (service.drive_wall, DriveWall(HALL, "hotline")),
        (service.mute_wall, MuteWall(HALL, True, "会议")),
        (service.set_up_wall, SetUpWall(HALL, 2, 2, 0, 5_000)),
    ):
        assert refusal(centre.do(act, request, someone)) == "no_right"
    assert own(centre)["revision"] == 0


def test_a_countys_officer_drives_a_wall_of_the_county_and_none_of_the_city_or_of_another(
    centre: Centre,
) -> None:
    east, south = wall_id(DONGGANG, DEFAULT_NAME), wall_id(LANSHAN, DEFAULT_NAME)
    anne = officer(jurisdiction=DONGGANG)
    done(centre.do(service.drive_wall, DriveWall(south, "grid"), officer(jurisdiction=LANSHAN)))
    done(centre.do(service.drive_wall, DriveWall(east, "grid"), anne))
    assert refusal(centre.do(service.drive_wall, DriveWall(HALL, "grid"), anne)) == "no_such_wall"
    assert refusal(centre.do(service.mute_wall, MuteWall(south, True, "会议"), anne)) == "no_such_wall"
    assert drivable(centre, anne) == [(DONGGANG, "大厅")]
    assert set(drivable(centre, officer())) == {(CITY, "大厅"), (DONGGANG, "大厅"), (LANSHAN, "大厅")}
    rows = service.drivable_walls(centre.services, officer(), centre.now)["walls"]  # type: ignore[index]
    assert {row["place"] for row in rows} == {"日照市", "东港区", "岚山区"}
    done(centre.do(service.drive_wall, DriveWall(east, "whistle"), officer("commander")))
    assert own(centre, officer(jurisdiction=DONGGANG))["scene"] == "whistle"


def test_a_matter_goes_only_on_a_wall_of_its_place_and_while_it_is_open(centre: Centre) -> None:
    matter = centre.order()
    assert matter["region"] == DONGGANG
    south, theirs = wall_id(LANSHAN, DEFAULT_NAME), officer(jurisdiction=LANSHAN)
    done(centre.do(service.drive_wall, DriveWall(south, "overview"), theirs))
    show = DriveWall(south, "incident", matter["id"])
    assert refusal(centre.do(service.drive_wall, show, theirs)) == "no_such_matter"
    assert refusal(centre.do(service.drive_wall, show, officer())) == "matter_not_on_wall"
    assert refusal(centre.do(service.drive_wall, DriveWall(HALL, "incident", "nothing"))) == "no_such_matter"
    assert service.own_wall(centre.services, theirs, "", centre.now)["matter_id"] is None  # type: ignore[index]


def test_what_no_wall_can_do_is_refused_in_words(centre: Centre) -> None:
    for request, code in (
        (DriveWall(HALL, "weather"), "no_such_scene"),
        (DriveWall(HALL, rotation_s=29), "rotation_out_of_range"),
        (DriveWall(HALL, rotation_s=61), "rotation_out_of_range"),
        (DriveWall("wall-unknown", "grid"), "no_such_wall"),
    ):
        assert refusal(centre.do(service.drive_wall, request)) == code
    for built in (SetUpWall(HALL, 0, 1, 0, 5_000), SetUpWall(HALL, 9, 1, 0, 5_000), SetUpWall(HALL, 2, 2, 200, 5_000),
                  SetUpWall(HALL, 2, 2, 0, 100)):  # fmt: skip
        assert refusal(centre.do(service.set_up_wall, built)) == "wall_out_of_range"
    assert own(centre)["revision"] == 0


def test_a_mute_needs_a_reason_and_ends_after_a_quarter_of_an_hour(centre: Centre) -> None:
    assert refusal(centre.do(service.mute_wall, MuteWall(HALL, True, " "))) == "reason_missing"
    done(centre.do(service.mute_wall, MuteWall(HALL, True, "会议，有事打 13812345678")))
    row = own(centre)
    assert row["muted_until"] == centre.now + MUTE_MS and row["muted_by"] == "王**"
    assert "13812345678" not in row["mute_reason"]
    done(centre.do(service.mute_wall, MuteWall(HALL, False)))
    assert own(centre)["muted_until"] == 0


def test_a_token_is_a_wall_by_its_name_until_it_is_revoked(centre: Centre) -> None:
    security = officer("secadmin")
    opened = done(service.open_kiosk_token(centre.services, security, "会商室", CITY, centre.now))
    assert drivable(centre, officer()) == [(CITY, "会商室"), (CITY, "大厅")]
    principal = service.kiosk(centre.services, opened.token, centre.now)
    assert principal is not None
    room = wall_id(CITY, "会商室")
    done(centre.do(service.drive_wall, DriveWall(room, "district")))
    assert own(centre, principal)["scene"] == "district" and own(centre)["scene"] == "overview"
    assert (
        own(centre, principal, "大厅")["name"] == "会商室"
    )  # a token is no other wall, whatever it asks for
    assert own(centre, officer(), "会商室")["scene"] == "district"


def test_a_driven_wall_is_told_to_those_who_see_its_jurisdiction(centre: Centre) -> None:
    told: list[frozenset[News]] = []
    centre.services.store.on_news = told.append
    done(centre.do(service.drive_wall, DriveWall(HALL, "hotline")))
    assert News(WALLS, (CITY,)) in told[-1]
    told.clear()
    assert refusal(centre.do(service.drive_wall, DriveWall(HALL, "weather"))) == "no_such_scene"
    assert all(one.of != WALLS for each in told for one in each)


def test_every_scene_of_the_page_has_a_name_that_a_wall_may_be_told() -> None:
    folder = PROJECT_ROOT / "assets" / "wall" / "scenes"
    assert {path.stem for path in folder.glob("*.mjs")} - {"index"} <= set(SCENES)
