"""Each act of a person has its control, or a sentence that says why not: docs/acts.md, held against the code."""

from __future__ import annotations

import re

from callbacks.desk.features import FEATURES
from callbacks.desk.wiring import RIGHT_OF_ACT
from dashboard.domain.rights import RIGHTS
from tests.conftest import PROJECT_ROOT

NOBODY = frozenset({"system", "gateway", "viewer_wall"})
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def places() -> dict[str, set[str]]:
    section = (
        (PROJECT_ROOT / "docs/acts.md").read_text(encoding="utf-8").split("## Where a person does it")[1]
    )
    rows = ROW.findall(section.split("\n## ")[0])
    return {place: set(re.findall(r"`([a-z_]+)`", acts)) for place, acts in rows}


def test_every_act_of_a_person_has_a_place_where_it_is_done() -> None:
    acts = set().union(*(rights for role, rights in RIGHTS.items() if role not in NOBODY))
    reads = {one for one in acts if one.startswith("see")}
    assert set().union(*places().values()) == acts - reads


def test_the_desk_offers_what_is_said_of_it() -> None:
    (said,) = [acts for place, acts in places().items() if place.startswith("the desk: ")]
    assert said == {one.right for feature in FEATURES for one in feature.acts} | set(RIGHT_OF_ACT.values())
