"""PDF and Word of a brief, as a reader opens them: Chinese in the file itself, charts, marks, the watermark."""

from __future__ import annotations

import asyncio
import io
import itertools
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pypdf
import pytest
from docx import Document

from dashboard.documents import making
from dashboard.documents.charts import Label, Line, Rect, shapes
from tests.conftest import PROJECT_ROOT

CHARTS = [
    {"kind": "bars", "title": "每日受理", "labels": ["11-22", "11-23"], "series": [{"name": "a", "values": [0, 1431]}]},
    {
        "kind": "lines", "title": "三率", "labels": ["1", "2", "3"],
        "series": [{"name": "响应率", "values": [99.5, None, 98.0], "target": 99.0},
                   {"name": "解决率", "values": [None, None, None], "target": 90.0}],
    },
]  # fmt: skip
JOB: dict[str, Any] = {
    "title": "日照市社会治理日报 2026-11-22",
    "state": "草稿，尚未批准",
    "demonstration": "演示数据",
    "sections": [
        {"head": "总体",
         "sentences": [[["岚山区受理 ", ""], ["1,431", ""], ["[1]", "reference"],
                         [" 件，另 ", ""], ["7", "unlinked"], [" 件。", ""]]]},
    ],
    "charts": CHARTS,
    "references": {"head": "数字来源", "lines": ["[1] 受理工单（orders_opened）"]},
    "notes": ["统计时段 <b>&"],
    "mark": "水印 李** 审计第 57 条",
}  # fmt: skip


def made(kind: str) -> bytes:
    with making.make(JOB | {"kind": kind}) as file:
        return file.read()


def test_a_pdf_brings_its_chinese_and_says_everything() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made("pdf")))
    (page,) = reader.pages
    words = re.sub(r"\s", "", page.extract_text())
    for said in (
        "日照市社会治理日报",
        "岚山区受理1,431[1]件",
        "[1]受理工单（orders_opened）",
        "每日受理",
        "响应率98.0",
        "水印李**审计第57条",
        "<b>&",
    ):
        assert said in words, said
    fonts = page["/Resources"]["/Font"]
    used = [one.get_object() for one in fonts.values()]
    embedded = [one for one in used if "ZhongshuDocument" in one["/BaseFont"]]
    assert embedded and all("/FontFile2" in one["/FontDescriptor"] for one in embedded)


def test_a_word_document_says_the_same_with_its_charts() -> None:
    document = Document(io.BytesIO(made("docx")))
    words = "\n".join(one.text for one in document.paragraphs)
    assert (
        "岚山区受理 1,431[1] 件，另 7 件。" in words
        and "[1] 受理工单（orders_opened）" in words
        and "草稿，尚未批准" in words
    )
    struck = [run.text for one in document.paragraphs for run in one.runs if run.font.strike]
    assert struck == ["7"]
    assert [r.text for one in document.paragraphs for r in one.runs if r.font.superscript] == ["[1]"]
    assert len(document.inline_shapes) == len(CHARTS)
    assert "审计第 57 条" in document.sections[0].footer.paragraphs[0].text


def test_a_chart_keeps_to_its_box_and_leaves_a_gap_where_there_is_no_value() -> None:
    bars, lines = (shapes(one, 400, 120) for one in CHARTS)
    for one in (*bars, *lines):
        if isinstance(one, Rect):
            assert one.x >= 0 and one.x + one.width <= 400 and one.y + one.height <= 120
        elif isinstance(one, Line):
            assert all(0 <= x <= 400 and 0 <= y <= 120 for x, y in one.points)
    drawn = [one for one in lines if isinstance(one, Line) and not one.dashed]
    assert len(drawn) == 1  # the axis: two single values are no line
    assert {one.words for one in lines if isinstance(one, Label)} >= {"响应率 98.0", "解决率 –"}


def test_what_goes_wrong_in_the_process_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(making.DocumentFailed):
        making.make({"kind": "nothing"})


def test_a_process_that_stops_reading_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    start = subprocess.Popen

    def deaf(_command: list[str], **given: Any) -> subprocess.Popen[bytes]:
        return start([sys.executable, "-c", "import time; time.sleep(3600)"], **given)

    monkeypatch.setattr(making.subprocess, "Popen", deaf)
    monkeypatch.setattr(making, "LONGEST_S", 0.2)
    with pytest.raises(making.DocumentFailed):
        making.make(JOB, itertools.repeat(["a cell"]))  # without end: only a broken pipe ends the feeding


async def test_who_waits_for_a_document_holds_no_thread_of_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    held, names = threading.Event(), []

    def hold(_job: object, _rows: object) -> io.BytesIO:
        names.append(threading.current_thread().name)
        held.wait()
        return io.BytesIO()

    monkeypatch.setattr(making, "make", hold)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = [asyncio.create_task(making.make_in_turn({"kind": "pdf"})) for _ in range(4)]
    try:
        while len(names) < 2:
            await asyncio.sleep(0.001)
        assert await asyncio.to_thread(lambda: "an act") == "an act"
        assert len(names) == 2  # the others wait for their turn
    finally:
        held.set()
        await asyncio.gather(*waiting)
    assert len(names) == 4 and all(one.startswith("documents") for one in names)


def test_no_process_of_the_product_loads_the_libraries_of_documents() -> None:
    asked = (
        "import sys, worker, data_feeds.http.routers; "
        + "print([one for one in ('reportlab', 'docx', 'xlsxwriter', 'lxml', 'PIL.ImageFont') if one in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", asked], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
