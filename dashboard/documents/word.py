"""A brief as a Word document: the same sentences and charts, to be written on."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, Any, Final

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from PIL import Image, ImageDraw, ImageFont

from dashboard.documents.charts import THIRD, Label, Line, Rect, Shape, shapes
from dashboard.documents.face import face

WIDTH_PT: Final = 450.0
HEIGHT_PT: Final = 130.0
LONGEST_PROPERTY: Final = 255  # characters that Office takes of a document's title
PIXELS_PER_POINT: Final = 3  # 216 dots an inch: sharp on paper, some 30 kB a chart
# Of the reader's machine: official documents are set in 仿宋; where it is missing Word takes another.
WORD_FONT: Final = "仿宋"
_ANCHOR: Final = {"start": "ls", "middle": "ms", "end": "rs"}


def write_word(job: Mapping[str, Any], made: IO[bytes]) -> None:
    """Write the brief; `job` as `data_feeds.http.briefs_api.brief_job` makes it."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    style = document.styles["Normal"]
    style.font.name, style.font.size = WORD_FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), WORD_FONT)
    document.core_properties.title = job["title"][:LONGEST_PROPERTY]
    _write(document, job["title"], 20, bold=True)
    _write(document, " · ".join(one for one in (job["state"], job["demonstration"]) if one), 11, THIRD)
    for part in job["sections"]:
        _write(document, part["head"], 15, bold=True)
        for pieces in part["sentences"]:
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(28)
            for words, mark in pieces:
                font = paragraph.add_run(words).font
                font.strike, font.superscript = mark == "unlinked", mark == "reference"
    for chart in job["charts"]:
        document.add_picture(_picture(shapes(chart, WIDTH_PT, HEIGHT_PT)), width=Pt(WIDTH_PT))
    if job["references"]["lines"]:
        _write(document, job["references"]["head"], 11, bold=True)
        for line in job["references"]["lines"]:
            _write(document, line, 9, THIRD)
    for note in job["notes"]:
        _write(document, note, 9, THIRD)
    _put(section.footer.paragraphs[0], job["mark"], 8, THIRD)
    document.save(made)


def _write(document: Any, words: str, size: float, colour: str = "", bold: bool = False) -> None:
    _put(document.add_paragraph(), words, size, colour, bold)


def _put(paragraph: Any, words: str, size: float, colour: str = "", bold: bool = False) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))


def _picture(drawn: list[Shape]) -> io.BytesIO:
    scale = PIXELS_PER_POINT
    image = Image.new("RGB", (round(WIDTH_PT * scale), round(HEIGHT_PT * scale)), "white")
    draw = ImageDraw.Draw(image)
    letters = face().getvalue()
    faces = {
        size: ImageFont.truetype(io.BytesIO(letters), round(size * scale))
        for size in {one.size for one in drawn if isinstance(one, Label)}
    }
    for one in drawn:
        if isinstance(one, Rect):
            box = (one.x, one.y, one.x + one.width, one.y + one.height)
            draw.rectangle([round(edge * scale) for edge in box], fill=one.colour)
        elif isinstance(one, Line):
            _line(draw, one, scale)
        else:
            place = (one.x * scale, one.y * scale)
            draw.text(place, one.words, one.colour, faces[one.size], anchor=_ANCHOR[one.align])
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    written.seek(0)
    return written


def _line(draw: Any, one: Line, scale: int) -> None:
    points = [(x * scale, y * scale) for x, y in one.points]
    width = max(1, round(one.width * scale))
    if not one.dashed:
        draw.line(points, fill=one.colour, width=width, joint="curve")
        return
    (x, y), (end, _) = points  # a target: one level line
    dash = 2 * scale
    while x < end:
        draw.line([(x, y), (min(x + dash, end), y)], fill=one.colour, width=width)
        x += 2 * dash
