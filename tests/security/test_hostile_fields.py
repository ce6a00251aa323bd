"""Which fields hold words is read from the tables, not remembered; what is hostile in them stays a text in files too.

The pages themselves: tests/browser/test_injection.py.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pypdf
import pytest
from lxml import etree
from sqlalchemy import select

from dashboard.documents.table import FORMULA_BEGINNINGS
from dashboard.store import tables
from tests.security.hostile import (
    BEGINNINGS,
    MARKED,
    NEVER_TOUCHED,
    NO_WORDS,
    NO_WORDS_ALL_THE_SAME,
    SEALED,
    SEALED_WITHOUT_WORDS,
    SHORT,
    WORDS_ALL_THE_SAME,
    attacked,
    columns,
    holds_words,
    sealed,
    write_over,
)
from tests.security.matrix import ROWS
from tests.security.whole_web import WholeWeb, whole_web


@pytest.fixture(scope="module")
def attacked_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeWeb]:
    """A city of its own with a hostile text in every field."""
    with whole_web(tmp_path_factory.mktemp("hostile")) as opened:
        write_over(opened.centre.services, opened.there, opened.centre.now)
        opened.there["later"] = str(opened.centre.now)
        yield opened


def test_each_name_that_is_left_out_is_a_column_or_a_table() -> None:
    there = {column.name for _, column in columns()}
    assert {name for names in NO_WORDS.values() for name in names} - there == set()
    every = {f"{table.name}.{column.name}" for table, column in columns()}
    assert every >= WORDS_ALL_THE_SAME | NO_WORDS_ALL_THE_SAME
    assert set(tables.metadata.tables) | {"alembic_version"} >= NEVER_TOUCHED


def test_each_sealed_column_is_attacked_or_said_to_hold_no_words() -> None:
    assert sealed() == set(SEALED) | SEALED_WITHOUT_WORDS


def test_every_field_of_every_row_that_holds_words_is_hostile(attacked_web: WholeWeb) -> None:
    left, rows = [], 0
    with attacked_web.centre.services.store.read() as connection:
        for table in tables.metadata.sorted_tables:
            words = [column for of, column in columns() if of is table and holds_words(table, column)]
            found = connection.execute(select(table)).mappings().all()
            assert found or table.name in NEVER_TOUCHED, f"{table.name} has no row to be attacked in"
            for row in found:
                rows += 1
                for column in words:
                    value = row[column.name]
                    if f"{table.name}.{column.name}" not in MARKED.findall(value) and value[:1] not in "[{":
                        left.append(f"{table.name}.{column.name}")
    assert left == []
    assert rows > 300
    assert len(attacked()) > 150


def test_no_answer_is_a_page_with_anybodys_markup_in_it(attacked_web: WholeWeb) -> None:
    """Every address that is read, by everybody who is let in, also with a hostile address; and its refusals."""
    hosts = {"host": SHORT}, {"referer": SHORT}, {"user-agent": SHORT}, {"x-forwarded-host": SHORT}
    for row in ROWS:
        method, _, path = row.address.partition(" ")
        if method != "GET":
            continue
        path = path.format(**attacked_web.there)
        for who in (*sorted(row.let_in)[:2], "nobody"):
            for asked in (path, f"{path}{'&' if '?' in path else '?'}q={SHORT}&{SHORT}=1", f"{path}/{SHORT}"):
                answer = attacked_web.ask(who, "GET", asked, headers={"accept": "text/html"})
                assert answer.status_code < 500, (who, asked)
                assert answer.headers["x-content-type-options"] == "nosniff"
                if not answer.headers.get("content-type", "").startswith("application/json"):
                    assert "<b data-hostile" not in answer.text, (who, asked)
    for headers in hosts:
        answer = attacked_web.ask("nobody", "GET", "/sign-in", headers=headers)
        assert "data-hostile" not in answer.text


KEPT_AS = {
    "word": "log.params", "fact": "log.params", "cause": "log.params", "improvement": "log.params",
    "due_on": "log.params", "applicant": "citizens.name_sealed", "opponent": "matters.details",
    "lines": "handover_items.title", "agenda": "decisions.question", "post": "attendance.post",
}  # fmt: skip
"""Fields of a request that are kept under another name."""
NOT_KEPT = frozenset({"left_out", "ref", "removed"})
"""Fields of a request that are compared with what there is, and kept nowhere."""


def is_free(schema: dict[str, Any]) -> bool:
    """Say whether a field takes any text at all."""
    if schema.get("type") == "string":
        return not {"enum", "const", "format"} & set(schema) and schema.get("pattern") in (
            None,
            r"^[^\x00]*$",
        )
    return any(
        is_free(one) for one in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ()))
    )


def test_every_text_that_a_request_takes_lies_in_a_field_that_is_attacked(attacked_web: WholeWeb) -> None:
    kept = {one.partition(".")[2] for one in attacked()}
    assert set(KEPT_AS.values()) <= set(attacked()) | set(SEALED)
    schemas = attacked_web.inner.openapi()["components"]["schemas"]
    free = {
        field
        for name, schema in schemas.items()
        for field, one in schema.get("properties", {}).items()
        if is_free(one) and name not in ("DoneItem", "Refusal", "Error", "Malformed")
    }
    assert free - kept - set(KEPT_AS) - NOT_KEPT == set()
    assert (set(KEPT_AS) | NOT_KEPT) - free == set()
    assert len(free) > 25


def taken(web: WholeWeb, row_format: str) -> Iterator[tuple[str, bytes]]:
    """Every table that anybody may take away, as a file."""
    from dashboard.service.exporting.tables import TABLES

    people = ("duty_leader", "leader", "auditor", "secadmin", "sysadmin")
    for table in sorted(TABLES):
        for who in people:
            answer = web.post(who, f"/api/v1/exports/{table}?format={row_format}", {})
            assert answer.status_code < 500, (table, who, answer.text[:200])
            if answer.status_code == 200:
                yield table, answer.content
                break


def test_no_cell_that_is_taken_away_is_a_formula(attacked_web: WholeWeb) -> None:
    import csv

    found = 0
    for table, content in taken(attacked_web, "csv"):
        for cells in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            for cell in cells:
                assert not cell.lstrip(" ").startswith(FORMULA_BEGINNINGS), (table, cell[:80])
                found += bool(MARKED.search(cell))
    assert found > 20
    assert {one[:1] for one in BEGINNINGS if one} <= set(FORMULA_BEGINNINGS)


def test_a_workbook_of_hostile_cells_opens_and_holds_texts_alone(attacked_web: WholeWeb) -> None:
    answer = attacked_web.post("duty_leader", "/api/v1/exports/queue?format=xlsx", {})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
    assert all(cell.hyperlink is None for cell in cells)
    assert any(MARKED.search(str(cell.value)) for cell in cells)


def test_a_brief_of_hostile_words_is_a_document_without_links_fields_or_scripts(
    attacked_web: WholeWeb,
) -> None:
    path = f"/api/v1/briefs/{attacked_web.there['brief']}/file?format="
    pdf = attacked_web.post("leader", f"{path}pdf", {})
    assert pdf.status_code == 200, pdf.text
    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    assert all("/Annots" not in page for page in reader.pages)
    assert not {"/OpenAction", "/AA", "/Names"} & set(reader.trailer["/Root"])
    word = attacked_web.post("leader", f"{path}docx", {})
    assert word.status_code == 200, word.text
    with zipfile.ZipFile(io.BytesIO(word.content)) as parts:
        body = etree.fromstring(parts.read("word/document.xml"))
        links = [parts.read(one) for one in parts.namelist() if one.endswith(".rels")]
    assert MARKED.search("".join(body.itertext()))
    assert [
        one.tag
        for one in body.iter()
        if etree.QName(one).localname in ("fldSimple", "instrText", "hyperlink")
    ] == []
    assert [one for one in links if b"evil" in one or b"javascript" in one] == []
