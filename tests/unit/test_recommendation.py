"""Whom to send: near in the tree first, free before tasked, and what is left out says why."""

from __future__ import annotations

from dashboard.domain.divisions import Division, Divisions
from dashboard.domain.recommendation import (
    ON_DUTY,
    TASKED,
    KnownUnit,
    KnownWorker,
    WorkerFix,
    recommend,
    travel_minutes,
)

NOW = 1_000_000_000
PLACE = (119.53, 35.39)


def division(code: str, level: str, parent: str | None) -> Division:
    return Division(code, code, level, parent, *PLACE, "x", True)  # type: ignore[arg-type]


TREE = Divisions(
    [
        division("c", "city", None), division("r", "region", "c"), division("t", "township", "r"),
        division("v1", "village", "t"), division("v2", "village", "t"), division("g1", "grid", "v1"),
        division("g2", "grid", "v1"), division("g3", "grid", "v2"),
    ]
)  # fmt: skip


def worker(
    name: str,
    grid: str,
    *,
    state: int = ON_DUTY,
    age_ms: int = 0,
    north_m: float = 300,
    skills: tuple[str, ...] = (),
) -> KnownWorker:
    fix = WorkerFix(0, PLACE[0], PLACE[1] + north_m / 110_950, NOW - age_ms, state)
    return KnownWorker(name, name, grid, skills, fix)


def ranked(*workers: KnownWorker) -> list[str]:
    return [one.id for one in recommend(PLACE, "g1", "0203", [], workers, TREE, NOW).candidates]


def test_own_grid_goes_before_own_village_before_own_township() -> None:
    assert ranked(worker("far", "g3"), worker("village", "g2"), worker("own", "g1")) == [
        "own",
        "village",
        "far",
    ]


def test_a_free_worker_goes_before_a_tasked_one() -> None:
    assert ranked(worker("tasked", "g1", state=ON_DUTY | TASKED), worker("free", "g3")) == ["free", "tasked"]


def test_among_equals_skill_and_then_distance_decide() -> None:
    assert ranked(
        worker("near", "g2", north_m=100),
        worker("skilled", "g2", north_m=500, skills=("02",)),
        worker("mid", "g2", north_m=200),
    ) == ["skilled", "near", "mid"]


def test_who_is_off_duty_or_silent_is_left_out_with_the_reason() -> None:
    answer = recommend(
        PLACE,
        "g1",
        "0203",
        [],
        [worker("off", "g1", state=0), worker("silent", "g1", age_ms=12 * 60_000)],
        TREE,
        NOW,
    )
    assert answer.candidates == ()
    assert {one.id: one.reason.code for one in answer.left_out} == {"off": "off_duty", "silent": "silent"}
    assert [one.code for one in answer.shortfall] == ["no_unit_for_category", "no_worker_in_reach"]


def test_the_shortfall_says_who_is_nearer_and_why_not() -> None:
    answer = recommend(
        PLACE, "g1", "0203", [],
        [
            worker("a", "g1", state=ON_DUTY | TASKED), worker("b", "g1", state=ON_DUTY | TASKED, north_m=400),
            worker("silent", "g1", age_ms=12 * 60_000), worker("free", "g3", north_m=1_900),
        ],
        TREE, NOW,
    )  # fmt: skip
    said = next(one for one in answer.shortfall if one.code == "nearest_free_far")
    assert said.params == {"km": 1.9, "tasked": 2, "silent": 1}


def test_units_keep_the_directorys_order_and_say_what_they_have_in_hand() -> None:
    units = [
        KnownUnit("lead", "热力公司", "热", "c", PLACE[0] + 0.05, PLACE[1], 12, 1),
        KnownUnit("assist", "城管局", "城", "c", PLACE[0], PLACE[1], 0, 0),
    ]
    answer = recommend(PLACE, "g1", "0203", units, [], TREE, NOW)
    assert [(one.id, one.role) for one in answer.candidates] == [("lead", "lead"), ("assist", "assist")]
    assert [reason.code for reason in answer.candidates[0].reasons] == [
        "directory_lead", "distance", "on_whistle", "in_hand",
    ]  # fmt: skip


def test_a_matter_without_a_place_still_gets_its_units() -> None:
    unit = KnownUnit("lead", "热力公司", "热", "c", *PLACE, 0, 0)
    answer = recommend(None, None, "0203", [unit], [], TREE, NOW)
    assert answer.candidates[0].minutes is None
    assert "no_place" in [one.code for one in answer.shortfall]


def test_travel_takes_at_least_a_minute_and_longer_with_distance() -> None:
    assert travel_minutes(0, "worker") == 1
    assert travel_minutes(4_000, "unit") < travel_minutes(8_000, "unit")
