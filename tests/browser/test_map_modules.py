"""The map's pure modules in a real browser: labels, lengths, outlines, figures, and the datum as Python has it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from dashboard.domain.datum import from_wgs84

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://modules.test"


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page on which the modules' files are there and nothing else."""

    def give(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(
                body="<!doctype html><html data-words='desk desk_map'></html>", content_type="text/html"
            )
        else:
            route.fulfill(path=ROOT / path.lstrip("/"))

    page = chromium.new_page()
    page.route(f"{ORIGIN}/**", give)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


def run(page: Page, module: str, body: str, given: Any = None) -> Any:
    return page.evaluate(
        f"async (given) => {{ const m = await import('/assets/{module}'); return (() => {{ {body} }})(); }}",
        given,
    )


# -- labels ---------------------------------------------------------------------------------------------------------

FRAME = [0, 0, 400, 300]
PLACE = "return m.placeFreeLabels(given.labels, given.taken, given.frame);"


def label(x: float, y: float, text: str = "石臼街道", **more: Any) -> dict[str, Any]:
    return {"at": [x, y], "clear": 4, "gap": 3, "lines": [{"text": text, "size": 12}], "name": text, **more}


def placed(page: Page, labels: list[Any], taken: list[Any]) -> list[dict[str, Any]]:
    return run(page, "live/label_places.mjs", PLACE, {"labels": labels, "taken": taken, "frame": FRAME})


def overlap(one: list[float], other: list[float]) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])


def test_no_label_lies_on_another_on_a_symbol_or_over_the_edge(page: Page) -> None:
    labels = [label(30 + 37 * (n % 10), 25 + 23 * (n // 10), f"第{n}网格") for n in range(120)]
    taken = [[x, 100, x + 16, 116] for x in range(0, 400, 60)]
    found = placed(page, labels, taken)
    assert 20 < len(found) < 120  # there is no room for all
    boxes = [one["box"] for one in found]
    for at, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= 400
        assert box[3] <= 300
        assert not any(overlap(box, other) for other in [*boxes[at + 1 :], *taken])


def test_the_first_label_gets_the_place_and_the_next_makes_room(page: Page) -> None:
    first, second = placed(page, [label(200, 150, "甲"), label(200, 150, "乙")], [])
    assert first["name"] == "甲"
    assert first["anchor"] == "start"
    assert second["box"] != first["box"]


def test_a_label_without_any_room_is_left_out(page: Page) -> None:
    assert placed(page, [label(200, 150)], [[100, 100, 300, 200]]) == []


# -- lengths --------------------------------------------------------------------------------------------------------


def test_lengths_are_those_of_a_sphere_of_the_earths_mean_radius(page: Page) -> None:
    quarter = run(page, "desk/map/measure.mjs", "return m.metresBetween([0, 0], [0, 90]);")
    assert quarter == pytest.approx(math.pi / 2 * 6_371_008.8)
    # One degree of longitude at 60 N, along the great circle.
    east = run(page, "desk/map/measure.mjs", "return m.metresBetween([10, 60], [11, 60]);")
    assert east == pytest.approx(55_596, abs=2)
    along = run(page, "desk/map/measure.mjs", "return m.lengthsAlong([[119, 35], [119, 35.01], [119, 35]]);")
    assert along == pytest.approx([0, 1_111.95, 2_223.9], abs=0.1)
    assert run(page, "desk/map/measure.mjs", "return m.lengthsAlong([]);") == []


@pytest.mark.parametrize(
    ("metres", "said"),
    [
        (0, "0 m"),
        (87.4, "87 m"),
        (854, "850 m"),
        (994, "990 m"),
        (996, "1.00 km"),
        (1_237, "1.24 km"),
        (9_996, "10.0 km"),
    ],
)
def test_a_length_is_said_as_finely_as_it_can_be_read(page: Page, metres: float, said: str) -> None:
    found = run(page, "desk/map/measure.mjs", "return m.saidLength(given);", metres)
    assert f"{found['value']} {found['unit']}" == said


# -- outlines -------------------------------------------------------------------------------------------------------


def test_a_point_is_inside_a_ring_with_a_bay_or_not(page: Page) -> None:
    ring = [[0, 0], [10, 0], [10, 10], [5, 2], [0, 10], [0, 0]]
    points = [[5, 1], [5, 5], [1, 5], [11, 5], [-1, 1]]
    body = "return given.points.map((point) => m.isInside(point, given.ring));"
    found = run(page, "desk/map/place_shapes.mjs", body, {"ring": ring, "points": points})
    assert found == [True, False, True, False, False]


# -- cameras --------------------------------------------------------------------------------------------------------


def test_what_stands_in_one_square_is_one_sign_wherever_the_map_was_moved(page: Page) -> None:
    points = [{"id": "a", "x": 10, "y": 10}, {"id": "b", "x": 30, "y": 20}, {"id": "c", "x": 70, "y": 10}]
    body = "return m.clustersOf(given.points, 50, given.origin);"
    found = run(page, "desk/map/clusters.mjs", body, {"points": points, "origin": {"x": 0, "y": 0}})
    assert found == [{"x": 20, "y": 15, "ids": ["a", "b"]}, {"x": 70, "y": 10, "ids": ["c"]}]
    moved = [point | {"x": point["x"] + 33} for point in points]
    after = run(page, "desk/map/clusters.mjs", body, {"points": moved, "origin": {"x": 33, "y": 0}})
    assert [one["ids"] for one in after] == [["a", "b"], ["c"]]


# -- datum ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_the_browser_shifts_as_the_server_does(page: Page, datum: Any) -> None:
    points = [(73.5 + 7.1 * n, 4.2 + 4.9 * n) for n in range(10)] + [
        (119.5267, 35.4154),
        (-0.1, 51.5),
        (139.7, 35.7),
    ]
    body = "return given.points.map(([lon, lat]) => m.fromWgs84(lon, lat, given.datum));"
    found = run(page, "live/datum.mjs", body, {"points": points, "datum": datum})
    for point, shifted in zip(points, found, strict=True):
        assert shifted == pytest.approx(from_wgs84(*point, datum), abs=1e-9)


# -- figures --------------------------------------------------------------------------------------------------------

FIGURES = """
    const now = 1_000_000;
    const fleet = { n: given.workers.length, slots: given.workers.map((_, slot) => slot),
        state: given.workers.map((one) => one.state),
        workers: new Map(given.workers.map((one, slot) => [slot, one])) };
    const full = (row, at) => [String(at), { id: String(at), limit_ms: 600_000, ...row }];
    const matters = new Map(given.matters.map(full));
    const live = { fleet, matters, commands: new Map(), now };
    const { own, children, elsewhere, gaps, knowsFleet } = m.figuresOf(given.answer, live);
    return { own, children: Object.fromEntries(children), elsewhere, gaps: [...gaps], knowsFleet };
"""
TOWNSHIP = {
    "place": {"code": "T", "level": "township", "grids": 3},
    "children": [{"code": "V1", "grids": 2}, {"code": "V2", "grids": 1}],
    "members": {"g1": "V1", "g2": "V1", "g3": "V2"},
}
ON, STALE, LOST, SOS = 0x01, 0x20, 0x40, 0x04


def worker(grid: str, state: int, township: str = "T") -> dict[str, Any]:
    return {"grid": grid, "township": township, "region": "R", "state": state}


def figures(page: Page, workers: list[Any], matters: list[Any], answer: Any = TOWNSHIP) -> Any:
    given = {"answer": answer, "workers": workers, "matters": matters}
    return run(page, "desk/map/place_figures.mjs", FIGURES, given)


def test_a_grid_is_covered_by_one_fresh_fix_however_many_stand_there(page: Page) -> None:
    workers = [
        worker("g1", ON), worker("g1", ON), worker("g2", ON | STALE), worker("g3", ON | LOST | SOS), worker("g3", 0),
        worker("x", ON, "elsewhere"),
    ]  # fmt: skip
    found = figures(page, workers, [])
    own = {"grids": 3, "covered": 1, "workers": 5, "onDuty": 4, "fresh": 2, "lost": 1, "calling": 1}
    assert found["own"] == own | {"open": 0, "overdue": 0, "risk": 0}
    assert found["gaps"] == ["g2", "g3"]
    assert found["children"]["V1"]["covered"] == 1
    assert found["children"]["V2"] == {**found["children"]["V2"], "workers": 2, "lost": 1, "covered": 0}


def test_before_the_roster_has_come_nobody_is_said_to_be_missing(page: Page) -> None:
    found = figures(page, [], [])
    assert found["knowsFleet"] is False
    assert found["gaps"] == []
    assert figures(page, [worker("g1", 0)], [])["knowsFleet"] is True


def test_what_is_known_no_lower_is_counted_here_and_not_below(page: Page) -> None:
    row = {"township": "T", "region": "R", "urgency": 3, "acknowledged": True, "grid": None}
    matters = [
        row | {"village": "V1", "due_at": 900_000}, row | {"village": "V1", "due_at": 1_100_000},
        row | {"village": None, "due_at": None},
        row | {"village": "V2", "due_at": 9_000_000, "urgency": 1, "acknowledged": False},
        row | {"township": "other", "village": "V9", "due_at": 1},
    ]  # fmt: skip
    found = figures(page, [], matters)
    assert [found["own"][name] for name in ("open", "overdue", "risk")] == [4, 1, 1]
    assert [found["children"]["V1"][name] for name in ("open", "overdue", "risk")] == [2, 1, 1]
    assert (
        found["children"]["V2"]["overdue"] == 0
    )  # an alarm that nobody has answered for is red, and in time
    assert found["elsewhere"]["open"] == 1


def test_a_city_counts_all_that_its_screen_is_shown(page: Page) -> None:
    city = {
        "place": {"code": "C", "level": "city", "grids": 9},
        "children": [{"code": "R", "grids": 9}],
        "members": {},
    }
    found = figures(page, [worker("g1", ON)], [{"region": None, "due_at": None, "urgency": 3}], city)
    assert found["own"]["workers"] == found["children"]["R"]["workers"] == 1
    assert found["own"]["open"] == found["elsewhere"]["open"] == 1
    assert found["gaps"] == []


AS_THE_QUEUE = """
    const { QueueFeed, countAll } = queue;
    const matters = new Map(given.matters.map((row) => [row.id, row]));
    const commands = new Map(given.commands.map((row) => [row.id, row]));
    const { now, answer } = given;
    const { own } = map.figuresOf(answer, { fleet: { n: 0, workers: new Map() }, matters, commands, now });
    const feed = new QueueFeed();
    feed.take(matters, commands, true); // the caret stands in the table: what arrives waits, and is counted
    const counts = countAll([...feed.everything()], now, { role: "duty_officer" });
    return { map: [own.open, own.overdue, own.risk], queue: [counts.all, counts.overdue, counts.soon] };
"""


def test_the_map_and_the_queue_count_the_same_matters_as_overdue_and_at_risk(page: Page) -> None:
    now, minute = 10_000_000, 60_000
    receivers = [{"arrived_at": None, "declined_at": None, "recalled_at": None}] * 2
    there = [{"arrived_at": 1, "declined_at": None, "recalled_at": None}]
    commands = [
        {
            "id": "c1",
            "state": "running",
            "due_at": now - minute,
            "limit_ms": 30 * minute,
            "receivers": receivers,
        },
        {"id": "c2", "state": "running", "due_at": now - minute, "limit_ms": 30 * minute, "receivers": there},
        {
            "id": "c3",
            "state": "conferring",
            "due_at": now - minute,
            "limit_ms": 30 * minute,
            "receivers": receivers,
        },
    ]
    matters = [
        {
            "id": f"{urgency}{acknowledged}{whistle}{due_at}", "urgency": urgency, "acknowledged": acknowledged,
            "whistle": whistle, "due_at": due_at, "limit_ms": 30 * minute, "due_for": "sign",
        }
        for urgency in (1, 2, 3)
        for acknowledged in (True, False)
        for whistle in (None, "c1", "c2", "c3", "gone")
        for due_at in (None, now - 1, now, now + 5 * minute, now + 20 * minute)
    ]  # fmt: skip
    city = {"place": {"code": "C", "level": "city", "grids": 9}, "children": [], "members": {}}
    given = {"matters": matters, "commands": commands, "answer": city, "now": now}
    found = page.evaluate(
        "async (given) => { const map = await import('/assets/desk/map/place_figures.mjs');"
        f" const queue = await import('/assets/desk/queue_model.mjs'); return (() => {{ {AS_THE_QUEUE} }})(); }}",
        given,
    )
    assert found["map"] == found["queue"]
    assert found["map"][0] == len(matters)
    assert 0 < found["map"][2] < found["map"][1] < len(matters)
