"""The dispatch catalogue as data: one row at a time, versions, an audit row each, refusals in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard import service
from dashboard.service.dispatch_catalogue import (
    EditDirection,
    directions_in_force,
    dispatch_catalogue,
    edit_direction,
    units_for,
)
from dashboard.store import audit
from tests.store.centre import Centre, done, officer, refusal

SYSADMIN = officer("sysadmin", name="吴某某")
HEATING = EditDirection("0203", "urban", ("heating", "town"), "region", 0, "供热移交区县")


def edit(centre: Centre, request: EditDirection, actor=SYSADMIN) -> service.Outcome:
    return edit_direction(centre.services, actor, request, centre.now, centre.key())


def row(centre: Centre) -> dict:
    found = dispatch_catalogue(centre.services, SYSADMIN)
    assert isinstance(found, list)
    return next(one for one in found if one["category"] == "0203")


def test_before_anybody_edits_it_is_the_packs(centre: Centre) -> None:
    found = dispatch_catalogue(centre.services, SYSADMIN)
    assert isinstance(found, list)
    assert {one["category"] for one in found} == set(centre.pack.units.directory)
    assert {one["version"] for one in found} == {0}


def test_a_change_counts_at_once_and_leaves_a_version_and_an_audit_row(centre: Centre) -> None:
    with centre.services.store.read() as connection:
        before = units_for(
            centre.pack, directions_in_force(connection, centre.pack), "020301", "371102", None
        )
    assert done(edit(centre, HEATING)) == 1
    found = row(centre)
    assert (found["lead"], found["assists"], found["level"]) == ("urban", ("heating", "town"), "region")
    assert (found["version"], found["made_by"], found["why"]) == (1, "吴**", "供热移交区县")
    with centre.services.store.read() as connection:
        directions = directions_in_force(connection, centre.pack)
        rows = [one for one in audit.rows_between(connection, 1, None) if one["act"] == "edit_catalogue"]
    named = units_for(centre.pack, directions, "020301", "371102", None)
    assert named[0].kind == "urban" != before[0].kind
    assert named[0].region == "371102"
    assert '"lead": ["heating", "urban"]' in rows[0]["detail"]


def test_what_officers_are_recommended_goes_by_it(centre: Centre) -> None:
    order = centre.order()
    matter = order["id"]
    person = officer("duty_officer")

    def lead() -> str:
        found = service.recommend(centre.services, person, matter, [], centre.now)
        assert isinstance(found, service.Recommendation)
        return next(one.id for one in found.candidates if one.kind == "unit")

    first = lead()
    category = order["category"][:4]
    current = centre.pack.units.directory[category]
    assert current.lead != "police"
    done(edit(centre, EditDirection(category, "police", (), current.level, 0, "试行")))
    assert lead() != first
    assert centre.pack.units.get(lead()).kind == "police"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"why": " "}, "reason_missing"),
        ({"category": "9999"}, "no_such_category"),
        ({"lead": "steam"}, "no_such_unit_kind"),
        ({"assists": ("steam",)}, "no_such_unit_kind"),
        ({"level": "province"}, "no_such_level"),
        ({"based_on": 3}, "direction_moved_on"),
        ({"lead": "heating", "assists": ("urban", "town"), "level": "city"}, "direction_unchanged"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(centre: Centre, change: dict, code: str) -> None:
    assert refusal(edit(centre, replace(HEATING, **change))) == code
    assert row(centre)["version"] == 0


def test_two_who_edit_the_same_row_do_not_overwrite_each_other(centre: Centre) -> None:
    done(edit(centre, HEATING))
    late = edit(centre, replace(HEATING, lead="housing"))
    assert isinstance(late, service.Refused)
    assert (late.code, late.params["version"], late.params["by"]) == ("direction_moved_on", 1, "吴**")
    assert done(edit(centre, replace(HEATING, lead="housing", based_on=1))) == 2
    assert row(centre)["lead"] == "housing"


def test_only_the_system_administrator_may(centre: Centre) -> None:
    for role in ("duty_officer", "commander", "secadmin", "auditor", "unit_liaison"):
        assert refusal(edit(centre, HEATING, officer(role))) == "no_right"
        assert isinstance(dispatch_catalogue(centre.services, officer(role)), service.Refused)
