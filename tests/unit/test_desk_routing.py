"""Routing help in the desk's dispatch form: said with how sure it is, and not at all once the analysis fell silent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callbacks.desk.routing import help_of
from dashboard.citypack import CityPack, load_pack
from layouts.desk.routing import Help, routing_help

NOW = 1_795_401_600_000
EVERY_MS = 20_000
ROW = ["m1", [["0203", 0.81], ["0502", 0.12]], [["rz-heating", 0.83], ["gone", 0.1]], "371102"]


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(Path(__file__).resolve().parents[2] / "citypacks" / "rizhao")


@dataclass
class Live:
    """A hub that has heard one analysis."""

    board: dict[str, Any]
    asked: str = ""

    def analysis(self, jurisdiction: str) -> dict[str, Any]:
        self.asked = jurisdiction
        return self.board


def board(**more: Any) -> dict[str, Any]:
    return {"at": NOW, "state": "live", "every_ms": EVERY_MS, "routing": [ROW]} | more


def found(pack: CityPack, heard: dict[str, Any], matter: str = "m1", now: int = NOW) -> Help | None:
    live = Live(heard)
    said = help_of(live, pack, "371102", matter, now, "zh")  # type: ignore[arg-type]
    assert live.asked == "371102"  # the server leaves out what this officer may not see
    return said


def words(found: Help, lang: str = "zh") -> str:
    parts = routing_help(found, lang).children
    return "".join(one if isinstance(one, str) else str(one.children) for one in parts)


def test_categories_and_units_are_named_with_how_sure_it_is(pack: CityPack) -> None:
    said = found(pack, board())
    assert said is not None
    assert said.categories[0][1] == 0.81
    assert [name for name, _ in said.units] == ["热力公司"]  # a unit that the pack no longer has is left out
    line = words(said)
    assert "供热" in line
    assert "81%" in line
    assert "热力公司 83%" in line
    assert "不会自动派" in line


def test_what_words_alone_say_claims_no_percentage(pack: CityPack) -> None:
    said = found(pack, board(routing=[["m1", [["0203", None]], [], ""]]))
    assert said is not None
    assert "%" not in words(said)
    assert "%" not in words(said, "en")


@pytest.mark.parametrize(
    ("heard", "matter", "late_ms"),
    [
        ({}, "m1", 0),
        (board(state="down", since=NOW), "m1", 0),
        (board(), "another", 0),
        (board(), "m1", 3 * EVERY_MS + 1),
    ],
)
def test_without_a_word_of_now_nothing_is_said(
    pack: CityPack, heard: dict[str, Any], matter: str, late_ms: int
) -> None:
    assert found(pack, heard, matter, NOW + late_ms) is None
