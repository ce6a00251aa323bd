"""A disk without room is told from a database that is merely busy, and what follows goes through once there is room."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from dashboard.store import attachments, tables
from dashboard.store.store import Store, StoreFull
from data_feeds.http import answering
from tests.store.centre import Centre

ROOM_ENOUGH = 1_000_000  # pages


def limit_pages(store: Store, pages: int) -> None:
    """SQLite's own limit, at least what the file has: beyond it the real error of a full disk."""
    with store.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def put(store: Store, key: str) -> None:
    with store.write() as connection:
        connection.execute(insert(tables.meta), {"key": key, "value": "x" * 100_000})


def test_a_full_disk_is_named_and_nothing_of_the_act_stays(centre: Centre) -> None:
    store = centre.services.store
    if not store.is_sqlite:
        pytest.skip("the limit is SQLite's own")
    limit_pages(store, 1)
    with pytest.raises(StoreFull):
        put(store, "full")
    limit_pages(store, ROOM_ENOUGH)
    put(store, "room")
    column = tables.meta.c.key
    with store.read() as connection:
        kept = connection.execute(select(column).where(column.in_(("full", "room")))).scalars().all()
    assert kept == ["room"]


def test_postgresql_says_by_its_code_that_there_is_no_room(centre: Centre) -> None:
    class DiskFull(Exception):
        sqlstate = "53100"

    with pytest.raises(StoreFull), centre.services.store.read():
        raise OperationalError("INSERT", {}, DiskFull())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_file_without_room_is_not_kept_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(attachments.os, "fsync", full)
        with pytest.raises(StoreFull):
            attachments.keep(tmp_path, b"a photo")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
    name = attachments.keep(tmp_path, b"a photo")
    assert attachments.load(tmp_path, name) == b"a photo"


async def test_the_interface_names_it_as_a_503(centre: Centre) -> None:
    answer = answering.store_busy_answer(StoreFull("database or disk is full"), "")
    assert answer.status_code == 503
    assert b'"store_full"' in answer.body
