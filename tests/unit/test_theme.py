"""The style sheet is what screens read; the Python table may not say anything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layouts.theme import THEMES, Theme, contrast

STYLE_SHEET = Path(__file__).resolve().parents[2] / "assets" / "css" / "tokens.css"


def _tokens(theme: str) -> dict[str, str]:
    css = STYLE_SHEET.read_text(encoding="utf-8")
    block = re.search(rf'\[data-theme="{theme}"\] \{{(.*?)\n\}}', css, re.DOTALL)
    assert block is not None, f"no block for {theme}"
    return dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", block[1]))


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_python_and_style_sheet_name_the_same_colours(theme: Theme) -> None:
    tokens = _tokens(theme.name)
    assert {name: tokens.get(name) for name in theme.colours} == dict(theme.colours)


def test_both_themes_define_the_same_tokens() -> None:
    assert set(_tokens("dark")) == set(_tokens("light"))


# Ratios of the look's token table: what is read at five metres, and what is only a caption.
FLOORS = {"ink": 15.0, "ink2": 7.5, "ink3": 4.8, "data": 5.0, "risk": 4.5, "alarm": 5.5}


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
@pytest.mark.parametrize("token", FLOORS)
def test_text_colours_stand_out_from_the_ground(theme: Theme, token: str) -> None:
    assert contrast(theme[token], theme["ground"]) >= FLOORS[token]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_white_is_readable_on_the_alarm_fill(theme: Theme) -> None:
    assert contrast(theme["alarm-ink"], theme["alarm-fill"]) >= 5.0
