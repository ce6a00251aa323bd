"""A second copy of each attachment: written before the upload is told done, read when the first is gone."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard import service
from dashboard.service.attachments import ORPHAN_AFTER_S
from dashboard.store import attachments as shelf
from dashboard.store.store import StoreBusy
from tests.store.centre import Centre, done
from tests.store.pictures import jpeg


@pytest.fixture
def elsewhere(centre: Centre, tmp_path: Path) -> Path:
    """The second folder, and a centre that writes there too."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    centre.services = replace(centre.services, attachments_copy=folder)
    return folder


def first_of(centre: Centre) -> Path:
    folder = centre.services.attachments_dir
    assert folder is not None
    return folder


def keep(centre: Centre, matter: dict[str, Any], key: str) -> service.Outcome:
    request = service.NewAttachment(matter["id"], None, None, "photo", "现场.jpg", jpeg((90, 60)))
    return centre.do(service.keep_attachment, request, idempotency_key=key)


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.rglob("*") if one.is_file()}


def test_both_folders_hold_what_was_told_done_and_either_gives_it_out(
    centre: Centre, elsewhere: Path
) -> None:
    row = done(keep(centre, centre.order(), "photo"))
    assert names(elsewhere) == names(first_of(centre)) != set()
    whole = service.read_attachment(centre.services, centre.officer, row["id"], centre.now)
    shutil.rmtree(first_of(centre))
    for preview in (False, True):
        found = service.read_attachment(
            centre.services, centre.officer, row["id"], centre.now, preview=preview
        )
        assert not isinstance(found, service.Refused)
    assert service.read_attachment(centre.services, centre.officer, row["id"], centre.now) == whole


def test_bytes_that_somebody_changed_are_read_from_the_other_copy(centre: Centre, elsewhere: Path) -> None:
    row = done(keep(centre, centre.order(), "photo"))
    whole = service.read_attachment(centre.services, centre.officer, row["id"], centre.now)
    for name in names(first_of(centre)):
        shelf.path_of(first_of(centre), name).write_bytes(b"something else")
    assert service.read_attachment(centre.services, centre.officer, row["id"], centre.now) == whole
    for name in names(elsewhere):
        shelf.path_of(elsewhere, name).write_bytes(b"something else")
    with pytest.raises(shelf.NoSuchContent):
        service.read_attachment(centre.services, centre.officer, row["id"], centre.now)


def test_a_share_that_is_not_mounted_takes_nothing_and_the_upload_may_come_again(
    centre: Centre, elsewhere: Path
) -> None:
    matter = centre.order()
    elsewhere.rmdir()
    with pytest.raises(StoreBusy, match="second copy"):
        keep(centre, matter, "photo")
    assert centre.count("attachments") == 0
    assert not elsewhere.exists(), "nothing is written where the share would be"
    done(centre.dispatch(centre.matter(matter["id"]), *centre.units(1)))  # orders need no second copy
    elsewhere.mkdir()
    done(keep(centre, matter, "photo"))
    assert names(elsewhere) == names(first_of(centre)) != set()


def test_a_folder_that_cannot_be_written_is_as_one_that_is_not_there(centre: Centre, elsewhere: Path) -> None:
    for first in range(256):  # files where the folders of the hashes would lie: also root cannot write there
        (elsewhere / f"{first:02x}").touch()
    with pytest.raises(StoreBusy, match="cannot be written"):
        keep(centre, centre.order(), "photo")
    assert centre.count("attachments") == 0


def test_what_no_row_speaks_of_is_swept_from_both(centre: Centre, elsewhere: Path) -> None:
    done(keep(centre, centre.order(), "photo"))
    kept = names(elsewhere)
    for folder in (first_of(centre), elsewhere):
        shelf.keep(folder, b"its act was refused")
    for folder in (first_of(centre), elsewhere):
        for file in folder.rglob("*"):
            os.utime(file, (0, 0))
    assert service.forget_orphans(centre.services, ORPHAN_AFTER_S + 1) == 2
    assert names(elsewhere) == names(first_of(centre)) == kept
