"""Tables to take away: /api/v1/exports."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response, StreamingResponse

from dashboard import service
from dashboard.clock import CITY_ZONE
from dashboard.documents import making
from dashboard.documents.table import csv_lines
from dashboard.principal_context import current_principal
from data_feeds.http.answering import ApiParts, Instant, rendered
from data_feeds.http.described import file_answer

MEDIA_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TableName = Annotated[str, Path(max_length=40, pattern=r"^[a-z_]+$")]


def exports_router(parts: ApiParts) -> APIRouter:
    """Build the router of exports."""
    router = APIRouter(prefix="/api/v1")

    @router.post("/exports/{table}", response_class=Response, responses=file_answer(*MEDIA_TYPES.values()))
    async def take(
        table: TableName,
        format: Literal["xlsx", "csv"] = "xlsx",
        from_at: Instant | None = None,
        until_at: Instant | None = None,
    ) -> Response:
        """A table as a file; that it was taken is a row of the audit chain."""
        actor, now = current_principal(), parts.clock.now_ms()
        told = partial(_told, parts, actor.jurisdiction)
        request = service.TakeTable(table, format, from_at, until_at, told)
        outcome = await asyncio.to_thread(service.take_table, parts.services, actor, request, now)
        if isinstance(outcome, service.Refused):
            return rendered(outcome, parts)
        written = WrittenTable(parts, outcome.value, actor.language)
        named = {"content-disposition": f"attachment; filename*=UTF-8''{quote(written.file_name)}"}
        if format == "csv":
            return StreamingResponse(written.csv(), media_type=MEDIA_TYPES[format], headers=named)
        try:
            file = await making.make_in_turn(written.job(), written.rows())
        except making.DocumentFailed:
            return JSONResponse({"error": "document_failed"}, 503, {"retry-after": "5"})
        return StreamingResponse(making.chunks(file), media_type=MEDIA_TYPES[format], headers=named)

    return router


def _told(parts: ApiParts, jurisdiction: str) -> dict[str, Any]:
    return parts.live.results(jurisdiction)


class WrittenTable:
    """A taken table in words: its heads, cells and watermark in the asker's language."""

    def __init__(self, parts: ApiParts, taken: service.TakenTable, language: str) -> None:
        self._taken = taken
        self._is_demonstration = parts.clock.is_demonstration
        self._language = language
        self._say = parts.say
        self.title = self._words(f"export.table.{taken.table.id}")

    @property
    def file_name(self) -> str:
        """Which table, who, when, and the row of the audit chain that says so."""
        mark = self._taken.mark
        at = f"{datetime.fromtimestamp(mark['at'] / 1000, CITY_ZONE):%Y%m%d-%H%M}"
        who = mark["name"].replace("*", "")  # no file on Windows may have one in its name
        demonstration = self._words("export.demonstration") if self._is_demonstration else ""
        said = [self.title, demonstration, who, at, f"{self._words('export.audit')}{mark['n']}"]
        return "_".join(one for one in said if one).replace(" ", "-") + f".{self._taken.format}"

    @property
    def heads(self) -> list[str]:
        """The columns' names."""
        return [self._words(f"export.column.{one.name}") for one in self._taken.table.columns]

    @property
    def mark(self) -> str:
        """The watermark: who, when, where, how many rows, under which row of the audit chain."""
        mark, taken = self._taken.mark, self._taken
        said = self._words(
            "export.mark",
            table=self.title,
            name=mark["name"],
            person=mark["person"],
            role=self._words(f"role.{mark['role']}"),
            place=mark["place"],
            time=local_time(mark["at"]),
            address=mark["address"],
            n=mark["n"],
            count=taken.count,
        )
        if taken.from_at is not None and taken.until_at is not None:
            period = {"first": local_time(taken.from_at), "last": local_time(taken.until_at)}
            said += self._words("export.mark_period", **period)
        return said + (self._words("export.mark_demonstration") if self._is_demonstration else "")

    def csv(self) -> Iterator[bytes]:
        """Yield the file as CSV."""
        return csv_lines(self.mark, self.heads, self.rows())

    def job(self) -> dict[str, Any]:
        """What the process that makes the workbook has to know; the rows follow."""
        kinds = [one.kind for one in self._taken.table.columns]
        return {"kind": "xlsx", "title": self.title, "mark": self.mark, "heads": self.heads, "kinds": kinds}

    def rows(self) -> Iterator[list[Any]]:
        """Yield the cells of each row in the order of the heads."""
        columns = self._taken.table.columns
        for row in self._taken.rows():
            yield [self._cell(row.get(one.name), one.kind, one.words) for one in columns]

    def _cell(self, value: Any, kind: str, words: str) -> Any:
        if value is None or value == "":
            return ""
        if kind == "instant":
            return local_time(int(value))
        if kind == "number":
            return value
        if isinstance(value, bool):
            value = "yes" if value else "no"
        return self._words(f"{words}.{value}") if words else str(value)

    def _words(self, key: str, **params: object) -> str:
        return self._say(key, self._language, **params)


def local_time(at: int) -> str:
    """An instant as a sheet shows and sorts it, in the city's time."""
    return f"{datetime.fromtimestamp(at / 1000, CITY_ZONE):%Y-%m-%d %H:%M:%S}"
