"""Pictures of pages beside the ones that were accepted: what differs without a reason fails.

Two pictures are held together twice. In fine, where the Chromium is the one that the kept pictures were taken with: at
half the size, so that the edge of a letter that lies a fraction of a pixel elsewhere is no difference. In coarse, on
any other: cells of eight by eight pixels, in which letters are grey and what is missing, moved or of another colour
is not.
The limits are measured (docs/screens.md). New pictures are accepted with `make pictures`.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.hand_server import PICTURES, ROOT
from tests.browser.waiting import eventually

KEPT: Final = ROOT / "tests" / "golden" / "pictures"
CHROMIUM: Final = KEPT / "chromium.txt"
ACCEPT: Final = "ZHONGSHU_ACCEPT_PICTURES"
COLOURS: Final = (
    64  # of a kept picture, so that it is small; fine eyes see no difference (0.0004 % of a wall)
)
WIDEST: Final = 1_920  # of a kept picture, px: a wall of 3840 is kept at half its size


@dataclass(frozen=True, slots=True)
class Grain:
    """How two pictures are held together: cells of `cell` px, apart by more than `seen` of 255, in at most `share`."""

    cell: int
    seen: int
    share: float


FINE: Final = Grain(cell=2, seen=40, share=0.0003)
COARSE: Final = Grain(cell=8, seen=28, share=0.004)


def grain_of(browser: Browser | None) -> Grain:
    """Fine in the Chromium that took the kept pictures; accepting takes them with this one."""
    ours = browser.version if browser else ""
    if os.environ.get(ACCEPT):
        KEPT.mkdir(exist_ok=True)
        CHROMIUM.write_text(f"{ours}\n", encoding="utf-8")
    return FINE if CHROMIUM.read_text(encoding="utf-8").strip() == ours else COARSE


def taken(page: Page) -> Image.Image:
    """The page as it is seen once it is drawn: every letter's file is there, and two looks at it are equal."""
    shots: list[bytes] = []

    def rests() -> bool:
        page.evaluate("document.fonts.ready.then(() => true)")
        shots.append(page.screenshot(animations="disabled", caret="hide"))
        return (
            len(shots) > 1 and shots[-1] == shots[-2] and page.evaluate("document.fonts.status") == "loaded"
        )

    eventually(rests, "the page is drawn and stays as it is")
    picture = Image.open(io.BytesIO(shots[-1])).convert("RGB")
    if picture.width <= WIDEST:
        return picture
    return picture.resize((WIDEST, picture.height * WIDEST // picture.width), Image.Resampling.BOX)


def difference(picture: Image.Image, name: str, grain: Grain) -> str:
    """What is wrong with the picture beside the kept one, "" for nothing.

    A picture that differs is left in test-pictures/ as `new-<name>.png`, where it differs as `difference-<name>.png`.
    """
    file = KEPT / f"{name}.png"
    kept = Image.open(file).convert("RGB") if file.exists() else None
    share = apart(picture, kept, grain)[0] if kept else 1.0
    if os.environ.get(ACCEPT):
        if share > grain.share:
            _small(picture).save(file, optimize=True)
        return ""
    if share <= grain.share:
        return ""
    PICTURES.mkdir(exist_ok=True)
    picture.save(PICTURES / f"new-{name}.png")
    if kept is None:
        return f"{name}: no picture is kept; look at test-pictures/new-{name}.png and accept it with `make pictures`"
    draw(picture, kept, grain, PICTURES / f"difference-{name}.png")
    return (
        f"{name}: {share:.3%} of it differs, {grain.share:.3%} may; "
        f"look at test-pictures/difference-{name}.png and, if it is meant, accept it with `make pictures`"
    )


def apart(picture: Image.Image, kept: Image.Image, grain: Grain) -> tuple[float, Image.Image]:
    """Which share of the cells differs, and where: white on black, a point for each cell."""
    size = (max(1, picture.width // grain.cell), max(1, picture.height // grain.cell))
    if picture.size != kept.size:
        return 1.0, Image.new("L", size, 255)
    ours, theirs = (
        np.asarray(one.resize(size, Image.Resampling.BOX), dtype=np.int16) for one in (picture, kept)
    )
    differs = np.abs(ours - theirs).max(axis=2) > grain.seen
    return float(differs.mean()), Image.fromarray(np.where(differs, 255, 0).astype(np.uint8))


def _small(picture: Image.Image) -> Image.Image:
    """The picture in few colours, chosen by how far apart they lie: by how often, amber and red are lost first."""
    return picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def draw(picture: Image.Image, kept: Image.Image, grain: Grain, file: Path) -> None:
    """What is kept, what is now, and the latter pale with what differs in red, beside each other."""
    where = apart(picture, kept, grain)[1]
    pale = Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.7)
    red = Image.new("RGB", picture.size, (206, 42, 36))
    pale.paste(red, mask=where.resize(picture.size, Image.Resampling.NEAREST))
    beside = Image.new("RGB", (kept.width + 2 * picture.width, max(kept.height, picture.height)))
    for left, one in ((0, kept), (kept.width, picture), (kept.width + picture.width, pale)):
        beside.paste(one, (left, 0))
    beside.save(file)
