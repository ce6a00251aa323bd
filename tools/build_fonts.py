"""Makes `assets/fonts`, `assets/css/fonts.css` (Latin) and `fonts_chinese.css` from the fonts' npm packages.

Run by hand when a font changes, with the folder in which `npm pack @fontsource/b612
@fontsource/ibm-plex-sans-condensed @fontsource-variable/noto-sans-sc` was called:

    python tools/build_fonts.py FOLDER
"""

from __future__ import annotations

import re
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
FONTS = ASSETS / "fonts"

# Named by no machine: a locally installed CJK font comes before it in the stack and nothing is downloaded.
CJK_FAMILY = "Zhongshu CJK"


@dataclass(frozen=True, slots=True)
class Latin:
    """One Latin face: the family's name in the stylesheet, the package, and the weights that the look
    uses.
    """

    family: str
    package: str
    weights: tuple[int, ...]


LATIN = (
    Latin("B612", "fontsource-b612", (700,)),
    Latin("IBM Plex Sans Condensed", "fontsource-ibm-plex-sans-condensed", (400, 500, 600, 700)),
)
CJK_PACKAGE = "fontsource-variable-noto-sans-sc"
HEAD = "/* Made by tools/build_fonts.py. Licences: assets/fonts/README.md. */"


def unpack(folder: Path, package: str, into: Path) -> Path:
    """The unpacked content of the one archive of `package` in `folder`."""
    archives = [file for file in folder.glob("*.tgz") if re.fullmatch(rf"{package}-\d[\d.]*\.tgz", file.name)]
    if len(archives) != 1:
        raise SystemExit(f"{folder} should hold one {package}-VERSION.tgz, found {len(archives)}")
    with tarfile.open(archives[0]) as archive:
        archive.extractall(into / package, filter="data")
    return into / package / "package"


def face(family: str, weight: str, file: str, ranges: str) -> str:
    """One @font-face rule."""
    source = f'url("../fonts/{file}") format("woff2")'
    return (
        f'@font-face {{ font-family: "{family}"; font-style: normal; font-weight: {weight}; '
        f"font-display: swap; src: {source}; unicode-range: {ranges}; }}"
    )


def latin_faces(content: Path, latin: Latin) -> list[str]:
    """Copy the Latin slice of each weight and return its rules."""
    slug = latin.package.removeprefix("fontsource-")
    ranges = re.search(r'"latin":\s*"([^"]+)"', (content / "unicode.json").read_text(encoding="utf-8"))
    if ranges is None:
        raise SystemExit(f"{latin.package} names no latin range")
    rules = []
    for weight in latin.weights:
        name = f"{slug}-latin-{weight}-normal.woff2"
        shutil.copyfile(content / "files" / name, FONTS / name)
        rules.append(face(latin.family, str(weight), name, ranges[1]))
    return rules


def cjk_faces(content: Path) -> list[str]:
    """Copy the numbered slices (each about a hundred characters) and return their rules."""
    rules = []
    stylesheet = (content / "index.css").read_text(encoding="utf-8")
    pattern = r"url\(\./files/(noto-sans-sc-\d+-wght-normal\.woff2)\).*?unicode-range:\s*([^;]+);"
    for name, ranges in re.findall(pattern, stylesheet, flags=re.DOTALL):
        shutil.copyfile(content / "files" / name, FONTS / name)
        rules.append(face(CJK_FAMILY, "100 900", name, ranges))
    return rules


def main(folder: Path) -> None:
    """Write the fonts, their licences and the stylesheet."""
    FONTS.mkdir(parents=True, exist_ok=True)
    rules, chinese = [HEAD], [HEAD]
    with tempfile.TemporaryDirectory() as scratch:
        for latin in LATIN:
            content = unpack(folder, latin.package, Path(scratch))
            rules += latin_faces(content, latin)
            shutil.copyfile(
                content / "LICENSE", FONTS / f"{latin.package.removeprefix('fontsource-')}.OFL.txt"
            )
        content = unpack(folder, CJK_PACKAGE, Path(scratch))
        chinese += cjk_faces(content)
        shutil.copyfile(content / "LICENSE", FONTS / "noto-sans-sc.OFL.txt")
    for name, written in (("fonts", rules), ("fonts_chinese", chinese)):
        (ASSETS / "css" / f"{name}.css").write_text("\n".join(written) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
