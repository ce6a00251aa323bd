"""Attachments: judged by content, drawn anew, never lost once acknowledged, seen only by who sees their matter."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from dashboard import service
from dashboard.service import Refused
from dashboard.service.attachment_content import MAX_BYTES, MAX_SIDE
from dashboard.service.attachments import ORPHAN_AFTER_S
from dashboard.store import attachments as shelf
from dashboard.store import tables
from tests.store.centre import LANSHAN, MINUTE_MS, Centre, done, officer, refusal
from tests.store.pictures import PDF_BYTES, encoded, jpeg, png_bomb


def new(matter: dict[str, Any], content: bytes, kind: str = "photo", **more: Any) -> service.NewAttachment:
    return service.NewAttachment(
        matter["id"], None, None, kind, more.pop("name", "现场.jpg"), content, **more
    )


def keep(centre: Centre, matter: dict[str, Any], content: bytes, kind: str = "photo", **more: Any) -> Any:
    return centre.do(service.keep_attachment, new(matter, content, kind, **more))


def files(centre: Centre) -> list[Path]:
    folder = centre.services.attachments_dir
    assert folder is not None
    return sorted(one for one in folder.rglob("*") if one.is_file())


def content_of(centre: Centre, row: dict[str, Any], *, preview: bool = False) -> bytes:
    found = service.read_attachment(centre.services, centre.officer, row["id"], centre.now, preview=preview)
    assert not isinstance(found, Refused), found
    return found.content


def test_a_photo_is_drawn_anew_and_keeps_only_when_and_where(centre: Centre) -> None:
    sent = jpeg((200, 100), taken="2026:11:23 09:41:05", at=(119.5, 35.4))
    row = done(keep(centre, centre.order(), sent))
    assert row["taken_at"] == centre.now - 18 * MINUTE_MS - 55_000  # the camera writes Rizhao's time
    assert (round(row["lon"], 6), round(row["lat"], 6), row["place_from"]) == (119.5, 35.4, "photo")
    kept = content_of(centre, row)
    assert kept != sent
    assert "李小明".encode() not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (200, 100), {})
    with Image.open(io.BytesIO(content_of(centre, row, preview=True))) as image:
        assert image.format == "JPEG"


def test_what_the_sending_device_says_goes_before_the_photo(centre: Centre) -> None:
    sent = jpeg(taken="2026:11:23 09:41:05", at=(119.5, 35.4))
    row = done(keep(centre, centre.order(), sent, taken_at=centre.now - 1000, lon=119.4, lat=35.3))
    assert (row["taken_at"], row["lon"], row["lat"], row["place_from"]) == (
        centre.now - 1000, 119.4, 35.3, "device",
    )  # fmt: skip


def test_a_photo_is_not_taken_after_it_was_sent(centre: Centre) -> None:
    row = done(keep(centre, centre.order(), jpeg(taken="2031:01:01 00:00:00")))
    assert row["taken_at"] is None


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "P"), ("JPEG", "CMYK")])
def test_every_picture_comes_out_as_one_plain_jpeg(centre: Centre, form: str, mode: str) -> None:
    row = done(keep(centre, centre.order(), encoded(form, mode=mode), name="a.png"))
    assert (row["media_type"], row["name"]) == ("image/jpeg", "a.jpg")


def test_a_large_photo_is_made_smaller(centre: Centre) -> None:
    row = done(keep(centre, centre.order(), encoded("JPEG", (6000, 4000))))
    assert max(row["width"], row["height"]) == MAX_SIDE


def test_a_pdf_is_a_document_without_preview_and_is_no_photo(centre: Centre) -> None:
    matter = centre.order()
    row = done(keep(centre, matter, PDF_BYTES, "document", name="鉴定报告.pdf"))
    assert (row["media_type"], row["name"], row["has_preview"]) == ("application/pdf", "鉴定报告.pdf", False)
    assert content_of(centre, row) == PDF_BYTES
    found = service.read_attachment(centre.services, centre.officer, row["id"], centre.now, preview=True)
    assert refusal(found) == "no_preview"
    assert refusal(keep(centre, matter, PDF_BYTES, "photo")) == "attachment_type"


def _archive_after(front: bytes) -> bytes:
    out = io.BytesIO(front)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>%%EOF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "attachment_empty"),
        (b"<html><script>alert(1)</script>", "attachment_type"),
        (b"GIF89a" + b"\0" * 50, "attachment_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "attachment_type"),
        (b"MZ" + b"\0" * 500, "attachment_type"),
        (_archive_after(b""), "attachment_type"),
        (b" %PDF-1.7 later", "attachment_type"),
        (b"%PDF-1.7\n<script>", "attachment_broken"),
        (_archive_after(PDF_BYTES), "attachment_two_files"),
        (jpeg((900, 900))[:700], "attachment_broken"),
        (b"\xff\xd8\xff" + b"<script>" * 40, "attachment_type"),
        (b"RIFF\0\0\0\0WAVEfmt ", "attachment_type"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "attachment_type"),
        (jpeg() + b"\0" * MAX_BYTES, "attachment_too_large"),
    ],
)
def test_what_is_no_picture_and_no_pdf_is_refused(centre: Centre, content: bytes, code: str) -> None:
    outcome = keep(centre, centre.order(), content, "document", name="photo.jpg")
    assert refusal(outcome) == code
    assert files(centre) == []


def test_what_is_hidden_behind_a_picture_does_not_survive(centre: Centre) -> None:
    row = done(keep(centre, centre.order(), _archive_after(jpeg())))
    kept = content_of(centre, row)
    assert b"PK\x05\x06" not in kept
    assert b"<script>" not in kept


def test_a_bomb_is_refused_before_it_is_decoded(centre: Centre) -> None:
    bomb = png_bomb()
    assert len(bomb) < 100_000
    assert refusal(keep(centre, centre.order(), bomb)) == "attachment_pixels"
    assert files(centre) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd.jpg"),
        ("..\\..\\web.config", "web.config.jpg"),
        ("a\r\nset-cookie: x.jpg", "aset-cookie x.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("<img src=x onerror=alert(1)>.png", "img src=x onerror=alert(1).jpg"),
        ("", "photo.jpg"),
        ("....", "photo.jpg"),
        ("照片" * 100, "照片" * 40 + ".jpg"),
    ],
)
def test_a_name_is_shown_and_never_a_path(centre: Centre, name: str, shown: str) -> None:
    row = done(keep(centre, centre.order(), jpeg(), name=name))
    assert row["name"] == shown
    folder = centre.services.attachments_dir
    assert folder is not None
    assert {one.parent.parent for one in files(centre)} == {folder}


def test_the_same_act_twice_keeps_one_attachment(centre: Centre) -> None:
    matter, sent = centre.order(), jpeg()
    first = centre.do(service.keep_attachment, new(matter, sent), idempotency_key="photo-0001")
    again = centre.do(service.keep_attachment, new(matter, sent), idempotency_key="photo-0001")
    assert done(first) == done(again)
    assert centre.count("attachments") == 1
    other = centre.do(
        service.keep_attachment, new(matter, encoded("PNG", (9, 9))), idempotency_key="photo-0001"
    )
    assert refusal(other) == "key_reused"


def test_neither_log_nor_audit_holds_the_bytes(centre: Centre) -> None:
    done(keep(centre, centre.order(), jpeg()))
    with centre.services.store.read() as connection:
        detail = connection.execute(
            select(tables.audit.c.detail).where(tables.audit.c.act == "keep_attachment")
        ).scalar_one()
    assert "\\xff" not in detail
    assert "sha256" in detail


def test_what_lies_outside_can_neither_be_read_nor_added_to(centre: Centre) -> None:
    matter = centre.order()
    row = done(keep(centre, matter, jpeg()))
    theirs = officer(jurisdiction=LANSHAN)
    found = service.read_attachment(centre.services, theirs, row["id"], centre.now)
    assert refusal(found) == "no_such_attachment"
    assert (
        refusal(service.attachments_of(centre.services, theirs, matter["id"], centre.now)) == "no_such_matter"
    )
    before = files(centre)
    outcome = centre.do(service.keep_attachment, new(matter, encoded("PNG", (7, 7))), theirs)
    assert refusal(outcome) == "no_such_matter"
    assert files(centre) == before


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor", "viewer_wall"])
def test_a_role_that_sees_no_matter_sees_no_attachment(centre: Centre, role: str) -> None:
    matter = centre.order()
    row = done(keep(centre, matter, jpeg()))
    theirs = officer(role)
    found = service.read_attachment(centre.services, theirs, row["id"], centre.now)
    if role != "viewer_wall":
        assert refusal(found) == "no_right"
    assert refusal(centre.do(service.keep_attachment, new(matter, jpeg()), theirs)) == "no_right"


def test_a_liaison_keeps_photos_of_its_own_matters_alone(centre: Centre) -> None:
    mine, other = centre.units(2)
    handled = centre.order(status="TO_SIGN", unit=mine, dispatched_at=centre.now)
    foreign = centre.order(status="TO_SIGN", unit=other, dispatched_at=centre.now)
    liaison = officer("unit_liaison", unit=mine)
    row = done(centre.do(service.keep_attachment, new(handled, jpeg()), liaison))
    assert row["kept_unit"] == mine
    outcome = centre.do(service.keep_attachment, new(foreign, jpeg()), liaison)
    assert refusal(outcome) == "no_such_matter"


def test_a_command_of_another_matter_is_refused(centre: Centre) -> None:
    unit = centre.units(1)[0]
    command = done(centre.dispatch(centre.order(), unit))
    other = centre.order()
    request = service.NewAttachment(other["id"], command["id"], None, "photo", "a", jpeg())
    assert refusal(centre.do(service.keep_attachment, request)) == "no_such_command"


def test_changed_bytes_are_not_given_out(centre: Centre) -> None:
    row = done(keep(centre, centre.order(), jpeg()))
    for file in files(centre):
        file.chmod(0o600)
        file.write_bytes(b"<script>")
    with pytest.raises(service.NoSuchContent):
        content_of(centre, row)


def test_bytes_without_a_row_are_swept_after_a_day_and_others_never(centre: Centre) -> None:
    done(keep(centre, centre.order(), jpeg()))
    named = files(centre)
    folder = centre.services.attachments_dir
    assert folder is not None
    orphan = shelf.path_of(folder, shelf.keep(folder, b"cut off after the bytes were written"))
    now_s = orphan.stat().st_mtime
    assert service.forget_orphans(centre.services, now_s) == 0
    for file in files(centre):
        os.utime(file, (0, now_s - ORPHAN_AFTER_S - 1))
    assert service.forget_orphans(centre.services, now_s) == 1
    assert files(centre) == named
