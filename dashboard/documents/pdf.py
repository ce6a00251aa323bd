"""A brief as PDF: Chinese letters embedded, charts as vectors, the watermark on every page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import IO, Any, Final

from reportlab.graphics.shapes import Drawing, PolyLine, String
from reportlab.graphics.shapes import Rect as DrawnRect
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

from dashboard.documents.charts import INK, SECOND, THIRD, Label, Line, Rect, Shape, shapes
from dashboard.documents.face import NAME, face

MARGIN: Final = 22 * mm
CHART_HEIGHT: Final = 130.0  # points
_ANCHOR: Final = {"start": "start", "middle": "middle", "end": "end"}


def write_pdf(job: Mapping[str, Any], made: IO[bytes]) -> None:
    """Write the brief; `job` as `data_feeds.http.briefs_api.brief_job` makes it."""
    pdfmetrics.registerFont(TTFont(NAME, face()))
    width = A4[0] - 2 * MARGIN
    document = SimpleDocTemplate(
        made, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=job["title"], author="",
    )  # fmt: skip
    under = " · ".join(one for one in (job["state"], job["demonstration"]) if one)
    story: list[Any] = [
        Paragraph(escape(job["title"]), _style(20, 28, after=4)),
        Paragraph(escape(under), _style(10, 15, SECOND, 12)),
    ]  # fmt: skip
    for section in job["sections"]:
        said = [Paragraph(_sentence(one), _style(12, 20, indent=24, after=2)) for one in section["sentences"]]
        head = Paragraph(escape(section["head"]), _style(13.5, 20, before=8, after=3))
        story += [KeepTogether([head, said[0]]), *said[1:]]
    for chart in job["charts"]:
        story += [Spacer(1, 12), _drawing(shapes(chart, width, CHART_HEIGHT), width, CHART_HEIGHT)]
    if job["references"]["lines"]:
        story.append(Paragraph(escape(job["references"]["head"]), _style(10.5, 16, before=12, after=2)))
        story += [Paragraph(escape(one), _style(9, 14, SECOND)) for one in job["references"]["lines"]]
    story.append(Spacer(1, 14))
    story += [Paragraph(escape(one), _style(9, 14, THIRD)) for one in job["notes"]]

    def mark(canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.setFont(NAME, 8)
        canvas.setFillColor(HexColor(THIRD))
        canvas.drawString(MARGIN, 12 * mm, job["mark"])
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, str(canvas.getPageNumber()))
        canvas.restoreState()

    document.build(story, onFirstPage=mark, onLaterPages=mark)


def _style(
    size: float, leading: float, colour: str = INK, after: float = 0, before: float = 0, indent: float = 0
) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}", fontName=NAME, fontSize=size, leading=leading, textColor=HexColor(colour), wordWrap="CJK",
        spaceAfter=after, spaceBefore=before, firstLineIndent=indent,
    )  # fmt: skip


def _sentence(pieces: list[list[str]]) -> str:
    """A number that no query gave is struck through: what it says is not what the system knows."""
    around = {"unlinked": "<strike>{}</strike>", "reference": '<super size="7">{}</super>'}
    return "".join(around.get(mark, "{}").format(escape(words)) for words, mark in pieces)


def _drawing(drawn: list[Shape], width: float, height: float) -> Drawing:
    drawing = Drawing(width, height)
    for one in drawn:
        drawing.add(_drawn(one, height))
    return drawing


def _drawn(one: Shape, height: float) -> Any:
    if isinstance(one, Rect):
        y = height - one.y - one.height
        return DrawnRect(one.x, y, one.width, one.height, fillColor=HexColor(one.colour), strokeColor=None)
    if isinstance(one, Line):
        flat = [value for x, y in one.points for value in (x, height - y)]
        dashes = [2, 2] if one.dashed else None
        return PolyLine(flat, strokeColor=HexColor(one.colour), strokeWidth=one.width, strokeDashArray=dashes)
    assert isinstance(one, Label)
    return String(
        one.x, height - one.y, one.words, fontName=NAME, fontSize=one.size, fillColor=HexColor(one.colour),
        textAnchor=_ANCHOR[one.align],
    )  # fmt: skip
