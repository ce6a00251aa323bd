"""Where words are cut off or lie upon each other on a page of panels, by the boxes that the browser gave them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Words may be shortened where the whole stands in a title; a panel that scrolls down cuts nothing.
_CUT = """() => {
  const found = [];
  const nameOf = (one) => one.className?.baseVal ?? one.className;
  const say = (what, one, more = "") => found.push(`${what}: ${nameOf(one)} ${(one.textContent ?? "").slice(0, 40)} ${more}`);
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) say("sideways", root);
  const boxes = [
    ".hotline-place", ".hotline-column", ".hotline-strip", ".hotline-box", ".hotline-panel", ".hotline-panel-head",
    ".hotline-figures", ".hand-top",
  ];
  for (const one of document.querySelectorAll(boxes.join())) {
    if (one.scrollWidth > one.clientWidth + 1) say("wider than its box", one, `${one.scrollWidth} ${one.clientWidth}`);
  }
  const place = (one) => one.getBoundingClientRect();
  const crosses = (a, b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  for (const panel of document.querySelectorAll(".hotline-place")) {
    const room = place(panel);
    for (const words of panel.querySelectorAll("svg text")) {
      const box = place(words);
      if (box.width && (box.left < room.left || box.right > room.right)) say("out of its panel", words);
    }
  }
  for (const group of [".hotline-watches > .watch-label", ".hotline-panel-head > *", ".hotline-figures > *"]) {
    const [, child] = group.split(" > ");
    for (const parent of new Set([...document.querySelectorAll(group)].map((one) => one.parentNode))) {
      const shown = [...parent.querySelectorAll(`:scope > ${child}`)].filter((one) => place(one).width);
      shown.forEach((one, number) => shown.slice(number + 1).forEach((other) => {
        if (crosses(place(one), place(other))) say("upon each other", one, other.textContent.slice(0, 40));
      }));
    }
  }
  for (const name of document.querySelectorAll(".hotline-cell")) {
    if (!name.title) say("a shortened name without its whole", name);
  }
  return found;
}"""  # noqa: E501


def cut_off(page: Page) -> list[Any]:
    """What is cut off at the sides of its panel, or lies upon what stands beside it, in words; [] when nothing is."""
    return list(page.evaluate(_CUT))
