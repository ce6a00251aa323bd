"""一格一码: the QR code of every grid, as a page that is printed and put up where people pass."""

from __future__ import annotations

import io
from html import escape

import segno

from dashboard.domain.divisions import Divisions

# A poster of 100 x 130 mm; the code is read at arm's length from about 60 mm on.
WIDTH_MM, HEIGHT_MM, CODE_MM = 100, 130, 70
QUIET_MODULES = 4  # ISO/IEC 18004: the blank border that readers need


def report_address(web: str, grid: str) -> str:
    """Return what a phone opens after scanning a grid's code; `web` is the product's public address."""
    return f"{web.rstrip('/')}/report/{grid}"


def code_svg(text: str) -> str:
    """Return a QR code as an SVG drawing without a size of its own; level Q stands a scratched corner."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(
        out, kind="svg", border=QUIET_MODULES, xmldecl=False, svgns=True, omitsize=True, nl=False
    )
    return out.getvalue().decode("ascii")


def poster_svg(divisions: Divisions, grid: str, web: str, hotline: str = "12345") -> str:
    """Return the poster of a grid, ready to print.

    Raises:
        UnknownDivision: there is no such grid.
    """
    division = divisions.get(grid)
    left = (WIDTH_MM - CODE_MM) / 2
    code = code_svg(report_address(web, grid)).replace(
        "<svg ", f'<svg x="{left}" y="30" width="{CODE_MM}" height="{CODE_MM}" ', 1
    )
    lines = (
        (12, 7, "扫码说事"),
        (22, 4.6, divisions.place_name(division.code)),
        (108, 4, "看到隐患、脏乱、损坏，扫一扫，网格长来核实"),
        (116, 4, f"不用登录，可留电话；急事请拨 {hotline}"),
        (125, 3, f"网格编码 {grid}"),
    )
    text = "".join(
        f'<text x="{WIDTH_MM / 2}" y="{y}" font-size="{size}" text-anchor="middle">{escape(words)}</text>'
        for y, size, words in lines
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm"'
        f' viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}" font-family="Source Han Sans SC, Noto Sans CJK SC, sans-serif">'
        f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="#fff"/>{text}{code}</svg>\n'
    )
