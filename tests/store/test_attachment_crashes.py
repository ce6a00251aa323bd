"""A file lies beside its row: whatever dies between the two, what was acknowledged is whole, the rest is swept."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from dashboard import service
from dashboard.service.attachments import MANY_ORPHANS, ORPHAN_AFTER_S
from dashboard.store import attachments as shelf
from dashboard.store import tables
from tests.store.centre import Centre, done
from tests.store.mortal_disk import Died, MortalDisk
from tests.store.pictures import encoded, jpeg
from tests.store.racing import RELEASES, meet

PHOTO = jpeg((90, 60))
MOST_STEPS = 60


@pytest.fixture
def disk(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> MortalDisk:
    mortal = MortalDisk(folder_of(centre).parent)
    monkeypatch.setattr(shelf, "os", mortal)
    return mortal


@pytest.fixture
def statements(centre: Centre) -> Iterator[Callable[[int | None], None]]:
    """Let the process die before the n-th statement."""
    engine, state = centre.services.store._engine, {"at": None, "seen": 0}

    def before(*_: Any) -> None:
        state["seen"] += 1
        if state["seen"] == state["at"]:
            raise Died

    event.listen(engine, "before_cursor_execute", before)
    yield lambda at: state.update(at=at, seen=0)
    event.remove(engine, "before_cursor_execute", before)


def folder_of(centre: Centre) -> Path:
    folder = centre.services.attachments_dir
    assert folder is not None
    return folder


def files(centre: Centre) -> set[str]:
    return {one.name for one in folder_of(centre).rglob("*") if one.is_file()}


def named(centre: Centre) -> set[str]:
    """The hashes that rows speak of."""
    column = tables.attachments.c
    with centre.services.store.read() as connection:
        rows = connection.execute(select(column.content_sha256, column.preview_sha256)).all()
    return {name for row in rows for name in row if name is not None}


def keep(centre: Centre, matter: dict[str, Any], key: str, content: bytes = PHOTO) -> Any:
    request = service.NewAttachment(matter["id"], None, None, "photo", "现场.jpg", content)
    return centre.do(service.keep_attachment, request, idempotency_key=key)


def every_row_is_whole(centre: Centre) -> None:
    for name in named(centre):
        assert shelf.load(folder_of(centre), name)


def sweep(centre: Centre) -> int:
    """Sweep as if everything that lies there now had been lying for more than a day."""
    for file in folder_of(centre).rglob("*"):
        if file.is_file():
            os.utime(file, (0, 0))
    return service.forget_orphans(centre.services, ORPHAN_AFTER_S + 1)


def dies(centre: Centre, matter: dict[str, Any], key: str) -> bool:
    try:
        done(keep(centre, matter, key))
    except Died:
        return True
    return False


def test_whatever_dies_the_power_too_what_was_acknowledged_is_whole_and_the_rest_is_swept(
    centre: Centre, disk: MortalDisk
) -> None:
    """At every request to the disk: the process dies, another one gets the same photo again, then the power goes."""
    matter = centre.order()
    deaths = 0
    for number in range(1, MOST_STEPS):
        disk.die_at(number)
        died = dies(centre, matter, f"photo-{number}")
        disk.die_at(None)
        every_row_is_whole(centre)
        if not died:
            break
        deaths += 1
        assert named(centre) == set(), "no row before its bytes"
        row = done(keep(centre, matter, f"photo-{number}"))
        disk.cut_power(folder_of(centre))
        every_row_is_whole(centre)
        found = service.read_attachment(centre.services, centre.officer, row["id"], centre.now)
        assert not isinstance(found, service.Refused), found
        forget_rows(centre)
        sweep(centre)
        assert files(centre) == set(), "what a dead process left is swept, finished or not"
    assert deaths >= 8
    assert centre.count("attachments") == 1


def forget_rows(centre: Centre) -> None:
    with centre.services.store.write() as connection:
        connection.execute(tables.attachments.delete())


def test_dying_at_any_statement_leaves_a_row_with_its_bytes_or_bytes_without_a_row(
    centre: Centre, disk: MortalDisk, statements: Callable[[int | None], None]
) -> None:
    matter = centre.order()
    deaths = 0
    for number in range(1, MOST_STEPS):
        statements(number)
        died = dies(centre, matter, f"photo-{number}")
        statements(None)
        if not died:
            break
        deaths += 1
        disk.cut_power(folder_of(centre))
        every_row_is_whole(centre)
        assert named(centre) == set(), "told and not committed must be impossible"
        sweep(centre)
        assert files(centre) == set()
    assert deaths >= 8
    disk.cut_power(folder_of(centre))
    every_row_is_whole(centre)
    assert files(centre) == named(centre) != set()


def test_a_sweep_takes_nothing_whose_row_is_about_to_be_committed(centre: Centre, rival: Centre) -> None:
    """Bytes of a refused act have lain for days; the sweep and an act that brings them again meet in every order."""
    for number, release in enumerate(RELEASES * 2):
        matter = centre.order()
        shelf_name = done(keep(centre, matter, f"first-{number}"))["id"]
        forget_rows(centre)
        for file in folder_of(centre).rglob("*"):
            if file.is_file():
                os.utime(file, (0, 0))

        def sweeps(at: Centre) -> int:
            return service.forget_orphans(at.services, ORPHAN_AFTER_S + 1)

        def keeps(at: Centre, matter: dict[str, Any] = matter, number: int = number) -> Any:
            return keep(at, matter, f"again-{number}")

        first, second = (sweeps, keeps) if number < len(RELEASES) else (keeps, sweeps)
        outcomes = meet(centre, rival, first, second, release)
        kept = next(one for one in outcomes if not isinstance(one, int))
        assert done(kept)["id"] != shelf_name
        every_row_is_whole(centre)
        assert files(centre) >= named(centre) != set()
        forget_rows(centre)


def test_an_act_that_found_the_bytes_before_the_sweep_took_them_brings_them_again(
    centre: Centre, rival: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one order that no statement separates: the sweep has judged the file, the act makes it young and waits for
    the lock, the sweep removes it."""
    matter = centre.order()
    done(keep(centre, matter, "first"))
    forget_rows(centre)
    for file in folder_of(centre).rglob("*"):
        if file.is_file():
            os.utime(file, (0, 0))
    waits = threading.Event()
    told: list[Any] = []
    other = threading.Thread(target=lambda: told.append(keep(rival, matter, "again")))
    judge, engine = shelf.is_older_than, rival.services.store._writer

    def judged(folder: Path, name: str, before_s: float) -> bool:
        found = judge(folder, name, before_s)
        with_lock = centre.services.store._turn.locked()
        if found and with_lock and not other.is_alive() and not told:
            event.listen(engine, "begin", lambda _: waits.set())
            other.start()
            assert waits.wait(30)
        return found

    monkeypatch.setattr(shelf, "is_older_than", judged)
    swept = service.forget_orphans(centre.services, ORPHAN_AFTER_S + 1)
    other.join(30)
    assert swept >= 1
    done(told[0])
    every_row_is_whole(centre)
    assert named(centre)


def test_bytes_that_a_bad_disk_changed_are_written_anew_when_they_come_again(centre: Centre) -> None:
    matter = centre.order()
    done(keep(centre, matter, "first"))
    for name in named(centre):
        shelf.path_of(folder_of(centre), name).write_bytes(b"")
    done(keep(centre, matter, "second"))
    every_row_is_whole(centre)


def test_a_folder_of_another_database_is_left_alone_and_said(
    centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(MANY_ORPHANS + 1):
        shelf.keep(folder_of(centre), f"another city's {number}".encode())
    assert sweep(centre) == 0
    assert len(files(centre)) == MANY_ORPHANS + 1
    assert "is this their database?" in caplog.text


def test_a_sweep_asks_for_the_lock_only_for_what_is_nobodys(centre: Centre) -> None:
    """Thousands of old photos must not make officers wait every hour."""
    matter = centre.order()
    for number in range(3):
        done(keep(centre, matter, f"photo-{number}", encoded("PNG", (20 + number, 20))))
    asked: list[str] = []
    engine = centre.services.store._writer
    event.listen(engine, "begin", lambda _: asked.append("write"))
    assert sweep(centre) == 0
    assert asked == []
    shelf.keep(folder_of(centre), b"nobody's")
    assert sweep(centre) == 1
    assert asked == ["write"]
