"""Colours for components that take a colour as a value instead of a style sheet.

`assets/css/tokens.css` is what screens read; this table repeats its colours for AG Grid and Plotly,
and a test compares the two so that neither can drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

ThemeName = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: token name (as in the style sheet, without the dashes in front) to `#RRGGBB`."""

    name: ThemeName
    colours: Mapping[str, str]

    def __getitem__(self, token: str) -> str:
        return self.colours[token]


DARK: Final = Theme(
    "dark",
    MappingProxyType(
        {
            "ground": "#0B1016",
            "panel": "#111922",
            "raised": "#19232E",
            "hair": "#1D2833",
            "line": "#32404D",
            "ink": "#E9EFF4",
            "ink2": "#AEBBC7",
            "ink3": "#8593A1",
            "ink4": "#6A7986",
            "data": "#7DB1DA",
            "people": "#4E9A8F",
            "people-tasked": "#93D6C7",
            "risk": "#F5B23E",
            "alarm": "#FF6259",
            "alarm-fill": "#CE2A24",
            "alarm-ink": "#FFFFFF",
            "land": "#15202B",
        }
    ),
)

LIGHT: Final = Theme(
    "light",
    MappingProxyType(
        {
            "ground": "#EEF0EF",
            "panel": "#FAFBFA",
            "raised": "#FFFFFF",
            "hair": "#DFE4E5",
            "line": "#BCC6CB",
            "ink": "#111C26",
            "ink2": "#3D4C58",
            "ink3": "#5A6975",
            "ink4": "#7A8892",
            "data": "#1B6399",
            "people": "#4C948B",
            "people-tasked": "#0A544B",
            "risk": "#8F5400",
            "alarm": "#B81712",
            "alarm-fill": "#C4211B",
            "alarm-ink": "#FFFFFF",
            "land": "#F9FAF8",
        }
    ),
)

THEMES: Final[Mapping[ThemeName, Theme]] = MappingProxyType({"dark": DARK, "light": LIGHT})


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio (1 to 21) of two `#RRGGBB` colours."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
