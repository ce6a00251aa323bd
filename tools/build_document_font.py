"""Makes `dashboard/documents/font.ttf.gz`, one static face for PDF and charts, from the slices of `assets/fonts`.

Run by hand when the slices change (`tools/build_fonts.py`):

    python -m tools.build_document_font

Documents are made where no font is installed, and neither reportlab nor Pillow reads the slices of a web page. The name
is that of no installed font, and the licence (SIL OFL 1.1, beside the slices) allows the cutting.
"""

from __future__ import annotations

import gzip
import io
import tempfile
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT: Final = Path(__file__).resolve().parents[1]
SLICES: Final = ROOT / "assets" / "fonts"
TARGET: Final = ROOT / "dashboard" / "documents" / "font.ttf.gz"
WEIGHT: Final = 400
NAME: Final = "Zhongshu Document"
# Drawing needs the shapes and which letter has which; neither library shapes text with the others.
KEPT_TABLES: Final = (
    "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name", "post",
)  # fmt: skip


def static_slice(file: Path) -> TTFont:
    """One slice at one weight with nothing but its shapes."""
    font = instancer.instantiateVariableFont(TTFont(file), {"wght": WEIGHT})
    options = subset.Options(
        layout_features=[], hinting=False, name_IDs=["*"], glyph_names=False, notdef_outline=True
    )
    cut = subset.Subsetter(options)
    cut.populate(unicodes=font.getBestCmap().keys())
    cut.subset(font)
    for table in [one for one in font.keys() if one not in KEPT_TABLES and one != "GlyphOrder"]:  # noqa: SIM118
        del font[table]
    return font


def main() -> None:
    """Merge the slices and write the font."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, file in enumerate(sorted(SLICES.glob("noto-sans-sc-*-wght-normal.woff2"))):
            font = static_slice(file)
            font.flavor = None
            files.append(str(Path(folder) / f"{number}.ttf"))
            font.save(files[-1])
        whole = Merger(Options()).merge(files)
    for record in whole["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = NAME
        elif record.nameID == 6:
            record.string = NAME.replace(" ", "")
    written = io.BytesIO()
    whole.save(written)
    # Without a time in its head, the same slices give the same file.
    TARGET.write_bytes(gzip.compress(written.getvalue(), 9, mtime=0))
    print(
        f"{len(whole.getBestCmap())} letters, {len(written.getvalue())} bytes, {TARGET.stat().st_size} zipped"
    )


if __name__ == "__main__":
    main()
