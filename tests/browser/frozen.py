"""A browser in which nothing runs on: one instant, no motion, the product's own letters; two looks are equal."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext

from dashboard.service import act
from tests.browser.hand_server import ROOT

PATIENCE_MS: Final = 60_000  # the tests share their machine
FACES: Final = ROOT / "assets" / "css"
# A machine's own Chinese letters are not those of another: every machine draws with the product's.
OWN_LETTERS: Final = """
:root { --face-cjk: "Zhongshu CJK", sans-serif !important; }
*, *::before, *::after { caret-color: transparent !important; }
"""
# Before anything is laid out, so that nothing is measured in other letters first.
WEAR: Final = """
const worn = new CSSStyleSheet();
worn.replaceSync(WORDS);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, worn];
localStorage.setItem("zhongshu.desk.theme", THEME);
"""


@contextmanager
def counted_ids() -> Iterator[None]:
    """What is made meanwhile is numbered as it comes: things of one instant stand in the order of their ids."""
    numbers = itertools.count(1)
    drawn = act.secrets
    act.secrets = SimpleNamespace(token_hex=lambda size: f"{next(numbers):0{2 * size}x}")  # type: ignore[assignment]
    try:
        yield
    finally:
        act.secrets = drawn


def own_letters() -> str:
    """The faces of the product by addresses that hold from every page, and that they come first."""
    css = "".join((FACES / name).read_text(encoding="utf-8") for name in ("fonts.css", "fonts_chinese.css"))
    return re.sub(r"url\(\"\.\./", 'url("/assets/', css) + OWN_LETTERS


@contextmanager
def frozen(
    browser: Browser, now: int, size: dict[str, int], theme: str = "dark", cookies: Any = ()
) -> Iterator[BrowserContext]:
    """A context of `size` at `now` (ms): `Date` stands there, and timers run, so that pages still load."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=theme,  # type: ignore[arg-type]
        service_workers="block",
        reduced_motion="reduce",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE_MS)
    context.clock.set_fixed_time(now)
    context.add_init_script(
        WEAR.replace("WORDS", json.dumps(own_letters())).replace("THEME", json.dumps(theme))
    )
    context.add_cookies(list(cookies))
    yield context
    context.close()
