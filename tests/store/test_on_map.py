"""The map's places and its search: what lies in the own jurisdiction, and nothing that a mask hides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard import service
from dashboard.citypack.cameras import Camera
from dashboard.domain.principal import Principal
from dashboard.service import Refused, RosterWorker
from tests.store.centre import CITY, DONGGANG, LANSHAN, RONGAN, Centre, done, officer


def worker(slot: int, name: str, grid: str, centre: Centre) -> RosterWorker:
    divisions = centre.pack.divisions
    return RosterWorker(
        slot, f"w-{slot:04}", name, grid, divisions.township_of(grid) or "", divisions.region_of(grid) or "",
        True, (), f"d-{slot}", 1,
    )  # fmt: skip


@pytest.fixture
def staffed(centre: Centre) -> Centre:
    divisions = centre.pack.divisions
    here, there = divisions.children(RONGAN)[:2]
    far = next(one.code for one in divisions.at_level("grid") if divisions.is_within(one.code, LANSHAN))
    people = [("王建国", here), ("王秀英", far), ("欧阳海", there)]
    roster = [worker(slot, name, grid, centre) for slot, (name, grid) in enumerate(people)]
    done(service.import_roster(centre.services, officer("sysadmin"), roster, centre.now))
    return centre


def found(centre: Centre, words: str, actor: Principal | None = None) -> dict[str, Any]:
    answer = service.find_on_map(centre.services, actor or centre.officer, words, centre.now)
    assert not isinstance(answer, Refused), answer
    return answer


def people(centre: Centre, words: str, actor: Principal | None = None) -> list[str]:
    return [one["id"] for one in found(centre, words, actor)["workers"]["found"]]


def test_a_worker_is_found_by_surname_by_id_and_by_surname_with_a_place(staffed: Centre) -> None:
    assert people(staffed, "王") == ["w-0000", "w-0001"]
    assert people(staffed, "W-0002") == ["w-0002"]
    assert people(staffed, "欧阳 荣安") == ["w-0002"]
    assert people(staffed, "王 石臼") == ["w-0000"]


def test_a_worker_is_shown_masked_and_is_not_found_by_what_the_mask_hides(staffed: Centre) -> None:
    assert [one["name"] for one in found(staffed, "王")["workers"]["found"]] == ["王**", "王**"]
    for hidden in ("王建国", "王建", "建国"):
        assert people(staffed, hidden) == []


def test_a_place_alone_does_not_bring_everybody_in_it(staffed: Centre) -> None:
    assert people(staffed, "石臼") == []


def test_a_county_finds_its_own_people_places_and_matters(staffed: Centre) -> None:
    matter = staffed.order()
    ours, others = officer(jurisdiction=DONGGANG), officer(jurisdiction=LANSHAN)
    assert people(staffed, "王", ours) == ["w-0000"]
    assert people(staffed, "王", others) == ["w-0001"]
    assert found(staffed, "荣安", others)["places"]["total"] == 0
    assert found(staffed, matter["no"], ours)["matters"]["total"] == 1
    assert found(staffed, matter["no"], others)["matters"]["total"] == 0


def test_a_matter_is_found_by_its_number_by_the_one_it_came_under_and_by_its_whistle(centre: Centre) -> None:
    matter, other = centre.order(title="爆管，电话 13812345678"), centre.order()
    done(centre.whistle(matter, *centre.units(2)))
    whistle = next(row["no"] for row in service.snapshot(centre.services).commands)
    for number in (matter["no"], matter["no"].lower(), "261123100000000001", whistle):
        (one,) = found(centre, number)["matters"]["found"]
        assert one["id"] == matter["id"]
        assert "13812345678" not in one["title"]
    both = found(centre, matter["no"][:4])["matters"]
    assert {one["id"] for one in both["found"]} == {matter["id"], other["id"]}
    assert found(centre, "供热")["matters"]["total"] == 0
    assert found(centre, "26%")["matters"]["total"] == 0


def test_what_is_cut_is_counted(centre: Centre) -> None:
    villages = found(centre, "社区")["places"]
    assert len(villages["found"]) == 5
    assert villages["total"] > 100


def test_who_may_not_see_finds_nothing(centre: Centre) -> None:
    answer = service.find_on_map(centre.services, officer("sysadmin"), "王", centre.now)
    assert isinstance(answer, Refused)
    assert answer.code == "no_right"


def place(centre: Centre, code: str, actor: Principal | None = None) -> Any:
    return service.place_on_map(centre.services, actor or centre.officer, code, centre.now)


def test_a_place_names_what_holds_it_and_what_lies_in_it(centre: Centre) -> None:
    township = place(centre, "371102002")
    assert [one["code"] for one in township["chain"]] == [CITY, DONGGANG, "371102002"]
    assert RONGAN in [one["code"] for one in township["children"]]
    grids = {one.code for one in centre.pack.divisions.at_level("grid") if one.code.startswith("371102002")}
    assert set(township["members"]) == grids
    assert township["members"][centre.pack.divisions.children(RONGAN)[0]] == RONGAN
    assert township["place"]["grids"] == len(grids) == sum(one["grids"] for one in township["children"])
    assert set(township["outlines"]) >= grids | {RONGAN}
    west, south, east, north = township["box"]
    assert 119.4 < west < east < 119.7
    assert 35.2 < south < north < 35.5


def test_a_county_sees_its_chain_from_its_own_top_and_no_neighbour(centre: Centre) -> None:
    ours = officer(jurisdiction=DONGGANG)
    assert [one["code"] for one in place(centre, "371102002", ours)["chain"]] == [DONGGANG, "371102002"]
    for outside in (CITY, LANSHAN, "nowhere"):
        answer = place(centre, outside, ours)
        assert isinstance(answer, Refused)
        assert answer.code == "outside_jurisdiction"


def test_a_grid_is_the_last_step(centre: Centre) -> None:
    grid = centre.pack.divisions.children(RONGAN)[0]
    answer = place(centre, grid)
    assert answer["children"] == []
    assert answer["members"] == {grid: grid}
    assert [one["level"] for one in answer["chain"]] == ["city", "region", "township", "village", "grid"]


def test_cameras_are_those_of_the_own_jurisdiction_and_unknown_without_a_list(centre: Centre) -> None:
    none = service.cameras_on_map(centre.services, centre.officer, centre.now)
    assert none == {"is_known": False, "cameras": []}
    grid = centre.pack.divisions.children(RONGAN)[0]
    listed = replace(centre.pack, cameras=(Camera("C-1", "路口", 119.54, 35.39, grid),))
    services = replace(centre.services, pack=listed)
    ours = service.cameras_on_map(services, officer(jurisdiction=DONGGANG), centre.now)
    assert ours == {"is_known": True, "cameras": [["C-1", 119.54, 35.39]]}
    theirs = service.cameras_on_map(services, officer(jurisdiction=LANSHAN), centre.now)
    assert theirs == {"is_known": True, "cameras": []}
