"""The demonstration's experts and lawyers are as many as the city has, and the administrators' command takes them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from dashboard.service import read_specialists_file
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.people import FICTIONAL_PREFIX
from data_feeds.simulator.specialists import make_specialists, write_specialists


def test_the_file_holds_106_experts_in_13_fields_and_29_lawyers_on_a_rota(tmp_path: Path) -> None:
    file = tmp_path / "specialists.csv"
    write_specialists(file, make_specialists(parameters()))
    people = read_specialists_file(file)
    assert Counter(one.kind for one in people) == {"expert": 106, "lawyer": 29}
    assert len({one.field for one in people if one.kind == "expert"}) == 13
    on = Counter(day for one in people for day in one.weekdays)
    assert set(on) == {1, 2, 3, 4, 5}
    assert min(on.values()) >= 5
    assert all(one.phone.startswith(FICTIONAL_PREFIX) for one in people)


def test_the_same_seed_makes_the_same_people() -> None:
    assert make_specialists(parameters()) == make_specialists(parameters())
