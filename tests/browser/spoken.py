"""Chinese on a page that is shown in English: only what is said so on the telephone may stay (docs/screens.md)."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable
from types import ModuleType
from typing import Final

from playwright.sync_api import Page

from dashboard.citypack import CityPack

CJK: Final = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
CJK_RUN: Final = re.compile(r"[\u3400-\u9fff]+")
NUMBER: Final = r"[哨令批督商]\d+|第\d+网格"
GLYPH: Final = re.compile(r"[\u3400-\u9fff]")  # a unit's one character on the map (look.md)
MASKED: Final = r"[\u3400-\u9fff]\*\*"
# Whatever is seen or read out: text, and the attributes that stand for text. The switch names the other language.
SHOWN: Final = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const other = '[lang="zh-CN"], #desk-language';
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement, nodeValue } = walk.currentNode;
    if (!parentElement.closest(`script, style, ${other}`) && seen(parentElement)) found.push(nodeValue);
  }
  for (const one of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    if (!seen(one) || one.closest(other)) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(one.getAttribute(name) ?? "");
  }
  found.push(document.title);
  return found;
}"""


class Spoken:
    """Names of people, places and units of the city, numbers of commands, kinds of matter for which the city has no
    English name, and what people wrote in a scene."""

    def __init__(self, pack: CityPack, scenes: Iterable[ModuleType], more: Iterable[str] = ()) -> None:
        names = {one.name for one in pack.divisions} | {one.short for one in pack.units}
        names |= {one.name for one in pack.units} | {
            one.name for one in pack.categories if CJK.search(one.name_en)
        }
        written = {words for one in scenes for words in _written(one)}
        runs = {run for one in (*names, *written, *more) for run in CJK_RUN.findall(one)}
        allowed = sorted({one for one in (*names, *written, *runs) if len(one) > 1}, key=len, reverse=True)
        self._allowed = re.compile("|".join([NUMBER, MASKED, *map(re.escape, allowed)]))

    def strays(self, shown: Iterable[str]) -> list[str]:
        """The texts in which Chinese is left when what may stay is taken out."""
        left = [one for one in shown if CJK.search(self._allowed.sub("", one))]
        return sorted({" ".join(one.split())[:90] for one in left if not GLYPH.fullmatch(one.strip())})


def _written(scene: ModuleType) -> list[str]:
    tree = ast.parse(inspect.getsource(scene))
    return [
        one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def chinese_on(page: Page, spoken: Spoken) -> list[str]:
    """What an English page says in Chinese without a reason."""
    return spoken.strays(page.evaluate(SHOWN))
