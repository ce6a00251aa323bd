"""Tables to take away: whose rows, how many, masked, with a watermark and a row of the chain, harmless in Excel."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from dashboard import principal_context, service
from dashboard.documents.table import BOM
from dashboard.domain.principal import Principal
from dashboard.service.exporting import taking
from dashboard.store import tables
from data_feeds.http.answering import ApiParts
from data_feeds.http.exports_api import exports_router
from layouts.catalogue import said_or_code
from layouts.refusal import refusal_text
from tests.store.centre import DONGGANG, LANSHAN, Centre, done, officer, refusal

FORMULA = "=HYPERLINK(1)"
TOLD = ("rates", "returns", "repeats", "groups")  # tables of what the asker's page of the hotline is told


def taken(centre: Centre, table: str, actor: Principal | None = None, **more: Any) -> service.TakenTable:
    request = service.TakeTable(table, **more)
    value = done(service.take_table(centre.services, actor or centre.officer, request, centre.now))
    assert isinstance(value, service.TakenTable)
    return value


def downloaded(centre: Centre, table: str, actor: Principal, **query: Any) -> httpx.Response:
    """The file as it comes over HTTP."""
    app = FastAPI()
    parts = ApiParts(centre.services, centre.clock, None, None, refusal_text, say=said_or_code)  # type: ignore[arg-type]
    app.include_router(exports_router(parts))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(f"/api/v1/exports/{table}", params=query)

    import asyncio

    token = principal_context.enter(actor)
    try:
        return asyncio.run(ask())
    finally:
        principal_context.leave(token)


def audited(centre: Centre) -> list[Any]:
    with centre.services.store.read() as connection:
        column = tables.audit.c
        found = connection.execute(
            select(tables.audit).where(column.act == "export_table").order_by(column.n)
        )
        return list(found)


def test_a_csv_has_the_watermark_the_words_and_only_what_the_screen_shows(centre: Centre) -> None:
    centre.order(title=FORMULA)
    centre.order(title="请打 13812345678")
    answer = downloaded(centre, "queue", centre.officer, format="csv")
    assert answer.status_code == 200
    written = answer.content.decode()
    assert written.startswith(BOM)
    mark, heads, *rows = list(csv.reader(io.StringIO(written.removeprefix(BOM))))
    (row,) = audited(centre)
    assert (row.subject, row.result) == ("export:queue.csv", "done")
    for said in (
        "王**",
        "值班员",
        "日照市",
        "2026-11-23 10:00:00",
        "10.0.0.1",
        f"审计第 {row.n} 条",
        "共 2 行",
    ):
        assert said in mark[0]
    assert f"%E5%AE%A1%E8%AE%A1{row.n}.csv" in answer.headers["content-disposition"]  # 审计n
    shown = [dict(zip(heads, one, strict=True)) for one in rows]
    assert sorted(one["事项"] for one in shown) == sorted([f"'{FORMULA}", "请打 138****5678"])
    assert {(one["类型"], one["紧急程度"], one["区县"]) for one in shown} == {
        ("12345 工单", "紧急", "东港区")
    }


def test_a_workbook_holds_the_same_rows_as_text_and_no_formula(centre: Centre) -> None:
    centre.order(title=FORMULA)
    answer = downloaded(centre, "queue", centre.officer, format="xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.active
    assert sheet is not None
    assert "水印" in str(sheet["A1"].value) and "水印" in str(sheet.oddFooter.left.text)
    assert sheet["B2"].value == "事项"
    assert (sheet["B3"].value, sheet["B3"].data_type) == (f"'{FORMULA}", "s")
    assert {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None} == {
        "s",
        "n",
    }


def test_each_takes_no_more_than_the_own_place(centre: Centre) -> None:
    matter = centre.order()  # in 东港区
    unit = centre.units(1)[0]
    done(centre.dispatch(matter, unit))
    centre.wait(minutes=200)
    here, elsewhere = officer(jurisdiction=DONGGANG), officer(jurisdiction=LANSHAN)
    for table in ("queue", "orders", "receipts", "tellings"):
        mine = taken(centre, table, here)
        assert mine.count == len(list(mine.rows())) > 0, table
        other = taken(centre, table, elsewhere)
        assert (other.count, list(other.rows())) == (0, []), table


@pytest.mark.parametrize(
    ("role", "tables_of"),
    [
        ("duty_officer", {"queue", "orders", "receipts", "tellings", *TOLD}),
        ("leader", {"queue", "orders", "receipts", "tellings", "overdue", "red", *TOLD}),
        ("auditor", {"audit"}),
        ("secadmin", {"accounts"}),
        ("sysadmin", {"delivery"}),
        ("unit_liaison", set()),
        ("grid_worker", set()),
    ],
)
def test_whose_a_table_is(centre: Centre, role: str, tables_of: set[str]) -> None:
    actor = officer(role, unit=centre.units(1)[0] if role == "unit_liaison" else None)
    allowed = set()
    for table in taking.TABLES:
        request = service.TakeTable(table, told=lambda: told(centre))
        outcome = service.take_table(centre.services, actor, request, centre.now)
        if isinstance(outcome, service.Refused):
            assert outcome.code == "no_right"
        else:
            allowed.add(table)
            assert len(list(outcome.value.rows())) == outcome.value.count
    assert allowed == tables_of
    assert len(audited(centre)) == len(taking.TABLES)  # refused ones too


def test_too_much_is_refused_in_words_and_nothing_leaves(centre: Centre, monkeypatch: Any) -> None:
    monkeypatch.setattr(taking, "MOST_ROWS", 1)
    centre.order()
    centre.order()
    answer = downloaded(centre, "orders", centre.officer)
    assert answer.status_code == 409
    assert "共 2 行" in answer.json()["words"] and "缩短时段" in answer.json()["words"]
    assert [one.result for one in audited(centre)] == ["export_too_large"]
    request = service.TakeTable("nothing")
    refused = service.take_table(centre.services, centre.officer, request, centre.now)
    assert refusal(refused) == "no_such_table"


def test_a_long_table_is_read_page_by_page_and_whole(centre: Centre, monkeypatch: Any) -> None:
    from dashboard.service.exporting import centre as source

    monkeypatch.setattr(source, "PAGE", 2)
    numbers = [centre.order()["no"] for _ in range(5)]  # all in one instant
    assert sorted(one["no"] for one in taken(centre, "orders").rows()) == sorted(numbers)
    period = {"from_at": centre.now + 1, "until_at": centre.now + 2}
    assert taken(centre, "orders", **period).count == 0


@pytest.mark.parametrize("begin", ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r=1"])
def test_what_begins_like_a_formula_stays_a_text(begin: str) -> None:
    from dashboard.documents.table import harmless

    assert str(harmless(begin)).startswith("'")
    assert harmless(-1) == -1
    assert harmless("东港-1") == "东港-1"


def told(centre: Centre) -> dict[str, Any]:
    """A month's results as the page is told them: a county, a township of it, a unit, a caller, a group."""
    counts = {
        "response": [9, 10], "resolved": [7, 8], "satisfied": [6, 8], "open": 3, "redo": 1, "causes": [],
        "call_back": {"asked": 8, "waiting": 2, "closed": 10},
    }  # fmt: skip
    town = centre.pack.divisions.children(DONGGANG)[0]
    unit = next(iter(centre.pack.units)).id
    return {
        "at": centre.now, "month": "2026-11", "city": counts | {"unplaced": 0},
        "regions": [{"region": DONGGANG, **counts}],
        "townships": [{"township": town, "region": DONGGANG, **counts}],
        "units": [{"unit": unit, "region": DONGGANG, "dispatched": 5, "bounced": 1, "twice": 0, "asked": 2, "upheld": 1,
                   "forced": 1, "waiting": 0}],
        "repeats": [{"caller": "王**", "count": 4, "open": 1, "no": "G0001", "category": "0203", "region": DONGGANG,
                     "last_at": centre.now}],
        "groups": [{"no": "G0002", "title": "整栋停暖", "citizens": 6, "category": "0203", "region": DONGGANG,
                    "township": town, "opened_at": centre.now, "due_at": centre.now}],
    }  # fmt: skip


def test_the_hotlines_tables_are_what_the_page_is_told_and_say_as_of_when(centre: Centre) -> None:
    picture = told(centre)
    tables_taken = {name: list(taken(centre, name, told=lambda: picture).rows()) for name in TOLD}
    assert [(one["response"], one["response_of"]) for one in tables_taken["rates"]] == [(9, 10)] * 3
    assert [one["place"] for one in tables_taken["rates"]][:2] == [centre.pack.name, "东港区"]
    assert tables_taken["rates"][0]["called_back"] == 8
    assert tables_taken["rates"][0]["to_call_back"] == 12
    assert tables_taken["returns"][0]["returns_upheld"] == 1
    assert tables_taken["repeats"][0]["caller"] == "王**"
    assert tables_taken["groups"][0]["citizens"] == 6
    assert {one["as_of"] for rows in tables_taken.values() for one in rows} == {centre.now}
    assert [one.subject for one in audited(centre)] == [f"export:{name}.xlsx" for name in TOLD]


def test_before_the_month_was_counted_nothing_is_taken_and_the_reason_is_said(centre: Centre) -> None:
    refused = service.take_table(centre.services, centre.officer, service.TakeTable("rates"), centre.now)
    assert refusal(refused) == "no_results_yet"
    assert [one.result for one in audited(centre)] == ["no_results_yet"]
