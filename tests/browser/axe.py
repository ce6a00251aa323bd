"""What axe-core finds on a page: WCAG 2.2 A and AA, and its best practices where they are serious."""

from __future__ import annotations

import json
from typing import Any, Final

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

from tests.browser.waiting import lasting

# Dash's dropdown catches the caret in a hidden input and hands it to its button at once: nobody stays there.
# `test_a_dropdown_is_reached_by_tab` holds it to that.
HANDED_ON: Final = (".dash-dropdown-focus-target",)
SCRIPT: Final = AXE_FILE_PATH.read_text(encoding="utf-8")
WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": [*WCAG, "best-practice"]},
    "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2, which axe leaves out unless asked
}
COLOURS: Final[dict[str, Any]] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast"]},
}


# Returns the theme that it has changed to. The grid reads a mark of its own.
IN_THE_OTHER_THEME: Final = """() => {
  const { dataset } = document.documentElement;
  dataset.theme = dataset.theme === "light" ? "dark" : "light";
  document.body.dataset.agThemeMode = dataset.theme;
  return dataset.theme;
}"""
MOVING: Final = """() => document.getAnimations().filter((one) => one.playState === "running")
  .map((one) => one.animationName ?? one.transitionProperty)"""


def findings(page: Page, options: dict[str, Any], within: str, without: tuple[str, ...]) -> list[str]:
    """One line for each element `within` that breaks a rule; `without` are selectors that axe does not look into."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(SCRIPT)
    context = {"include": [[within]], "exclude": [[one] for one in without]}
    found = page.evaluate(f"axe.run({json.dumps(context)}, {json.dumps(options)})")
    lines = []
    for rule in found["violations"]:
        for node in rule["nodes"]:
            if not (set(rule["tags"]) & set(WCAG)) and node["impact"] not in ("serious", "critical"):
                continue
            said = [one["message"] for one in (*node["any"], *node["all"], *node["none"])]
            lines.append(f"{rule['id']} ({node['impact']}): {node['target'][0]}: {'; '.join(said)[:200]}")
    return lines


def looked_at(
    page: Page, within: str = "html", without: tuple[str, ...] = HANDED_ON, *, both_themes: bool = True
) -> list[str]:
    """What is wrong with what is seen now: every rule as it stands, colours in the other theme, and what moves.

    The page must have been opened by somebody who wants no motion.
    """
    found = lasting(lambda: findings(page, EVERYTHING, within, without))
    found += [f"moves: {one}" for one in lasting(lambda: page.evaluate(MOVING))]
    if not both_themes:
        return found
    other = page.evaluate(IN_THE_OTHER_THEME)
    found += [f"{other}: {one}" for one in lasting(lambda: findings(page, COLOURS, within, without))]
    page.evaluate(IN_THE_OTHER_THEME)
    return found


# Where the focus is, and what is wrong with how it shows: no line around it, or covered by something else.
FOCUS: Final = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const words = (at.textContent || at.name || "").trim().slice(0, 20);
  const name = `${at.tagName.toLowerCase()}${at.id ? `#${at.id}` : ""}.${at.className} ${words}`;
  // A box that is drawn over its own input, or around it, bears the frame for it.
  const bearers = [at, at.nextElementSibling, at.parentElement, at.parentElement?.parentElement].filter(Boolean);
  const framed = bearers.some((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  });
  const shown = at.getBoundingClientRect().width > 4 ? at : at.nextElementSibling ?? at.parentElement;
  const { x: left, y: top, width, height } = shown.getBoundingClientRect();
  const spots = [0.1, 0.5, 0.9].flatMap((x) => [0.2, 0.5, 0.8].map((y) => [left + width * x, top + height * y]));
  const seen = spots.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit !== null && (shown.contains(hit) || hit.contains(shown) || at.labels?.[0]?.contains(hit));
  });
  const faults = [...(framed ? [] : ["no frame"]), ...(seen ? [] : ["covered"])];
  if (!at.zsStation) at.zsStation = String(Math.random());
  return { name, faults, station: at.zsStation };
}"""
MOST_STATIONS: Final = 60


def by_tab(page: Page) -> tuple[list[str], list[str]]:
    """Go through the page by Tab until it begins again; returns where it stopped, and what was wrong there."""
    stations: dict[str, str] = {}
    faults = []
    page.evaluate("document.activeElement?.blur()")
    for _ in range(MOST_STATIONS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None or found["station"] in stations:
            break
        stations[found["station"]] = found["name"]
        faults += [f"{found['name']}: {one}" for one in found["faults"]]
    return list(stations.values()), faults
