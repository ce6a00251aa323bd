"""A day in balance: officers share what is open, and what is about to end or has just come is nobody's."""

from __future__ import annotations

import time
from pathlib import Path

from dashboard.citypack import load_pack
from dashboard.service.reported_matter import matter_id_of
from data_feeds.simulator.parameters import parameters
from data_feeds.simulator.roster import make_roster
from tools.scale_load import ORDER_KNOWN_S, ORDER_LIVES_S, Load
from tools.scale_people import DayOfficer

PACK = Path(__file__).resolve().parents[2] / "citypacks" / "rizhao"


def test_orders_are_acted_on_between_their_arrival_and_their_end() -> None:
    pack = load_pack(PACK)
    load = Load([], b"a secret", pack, make_roster(pack, parameters()), lambda: 0)
    now = time.monotonic()
    for number, ends_in_s in enumerate((0.0, ORDER_LIVES_S / 2, ORDER_LIVES_S)):
        load._open.append((now + ends_in_s, {"order_no": f"S{number}"}))
    assert ORDER_KNOWN_S < ORDER_LIVES_S / 2
    assert load.open_matters() == [matter_id_of("order", "hotline", "S1")]


def test_no_matter_is_before_two_officers_at_once() -> None:
    open_now = [f"m{number}" for number in range(7)]
    before: list[str] = []
    for number in range(3):
        officer = DayOfficer(
            "http://nobody",
            number,
            open_matters=lambda: open_now,
            number=number,
            officers=3,
            whistle_share=0.0,
        )
        officer._dispatch = lambda _client, _matter: None  # type: ignore[method-assign]
        officer.chance.random = lambda: 0.5  # type: ignore[method-assign]
        officer.act(None)  # type: ignore[arg-type]
        before += officer._others
    assert sorted(before) == open_now
