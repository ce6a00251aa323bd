"""What the bytes of an attachment really are: judged by their content, never by their name.

A picture is decoded and drawn anew, so nothing of the sent file survives but what can be seen: no EXIF, no colour
profile, no text, nothing hidden behind its end. When and where it was taken is read first. A PDF stays as it was sent;
it is never opened here and is only ever given out as a download (docs/decisions/attachments.md).
"""

from __future__ import annotations

import io
import re
import threading
import unicodedata
import warnings
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from dashboard.domain.refusal import Refusal

MAX_BYTES: Final = 10 * 1024 * 1024
# Pixels that a decoder must hold at once: a 48-megapixel phone, with room. A JPEG is decoded at a fraction of its size.
MAX_PIXELS: Final = 64_000_000
MAX_SIDE: Final = 2560  # pixels; enough to read a licence plate on a photo of a street
PREVIEW_SIDE: Final = 480
QUALITY, PREVIEW_QUALITY = 86, 72
MAX_NAME = 80
PICTURE, PDF = "image/jpeg", "application/pdf"

_FORMATS = ("JPEG", "PNG", "WEBP")
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_PDF_HEAD = re.compile(rb"%PDF-[12]\.\d")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
# Two pictures at a time in one process: decoding holds 3 bytes a pixel and two cores serve everybody.
_DECODING = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept: the bytes to give out, a small picture of them if there is one, and what a photo said of itself.

    `taken_at` is UTC ms, `lon` and `lat` WGS-84 degrees, from the photo's own EXIF; None when it does not say.
    """

    media_type: str
    content: bytes
    preview: bytes | None = None
    width: int | None = None
    height: int | None = None
    taken_at: int | None = None
    lon: float | None = None
    lat: float | None = None


def check(received: bytes, kind: str, offset_ms: int) -> Content:
    """Return what is to be kept of the bytes that were sent.

    `kind` is "photo" (a picture) or "document" (a picture or a PDF); `offset_ms` is the city's zone, for cameras that
    write local time without saying where. Raises Refusal: attachment_empty, attachment_too_large, attachment_type,
    attachment_broken, attachment_pixels, attachment_two_files.
    """
    if not received:
        raise Refusal("attachment_empty")
    if len(received) > MAX_BYTES:
        raise Refusal("attachment_too_large", limit_mb=MAX_BYTES // (1024 * 1024))
    if received.startswith(_SIGNATURES):
        return _picture(received, offset_ms)
    if kind == "document" and _PDF_HEAD.match(received):
        return _pdf(received)
    raise Refusal("attachment_type")


def shown_name(name: str, media_type: str) -> str:
    """Return a name that is safe to show and to save under: no path, no control or direction marks, the true ending."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(one for one in base if unicodedata.category(one)[0] != "C")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", visible)
    stem = re.sub(r'[<>:"|?*%;\s]+', " ", stem).strip(" .")[:MAX_NAME]
    ending = ".pdf" if media_type == PDF else ".jpg"
    return (stem or ("document" if media_type == PDF else "photo")) + ending


def _picture(received: bytes, offset_ms: int) -> Content:
    try:
        with _DECODING, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(received, offset_ms)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("attachment_pixels", limit_mp=MAX_PIXELS // 1_000_000) from None
    except UnidentifiedImageError:
        raise Refusal("attachment_type") from None
    # Pillow's decoders raise whatever their format trips over; each means that this is no whole picture.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError):
        raise Refusal("attachment_broken") from None


def _redrawn(received: bytes, offset_ms: int) -> Content:
    with Image.open(io.BytesIO(received), formats=_FORMATS) as image:
        width, height = image.size
        if image.format == "JPEG":
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        if image.size[0] * image.size[1] > MAX_PIXELS or max(width, height) > 40_000:
            raise Refusal("attachment_pixels", limit_mp=MAX_PIXELS // 1_000_000)
        exif = image.getexif()
        blank = Content(PICTURE, b"", taken_at=_taken_at(exif, offset_ms))
        place = _place(exif)
        image.load()
        image.thumbnail((MAX_SIDE, MAX_SIDE))
        drawn = _flat(ImageOps.exif_transpose(image))
    small = drawn.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return replace(
        blank,
        content=_jpeg(drawn, QUALITY),
        preview=_jpeg(small, PREVIEW_QUALITY),
        width=drawn.size[0],
        height=drawn.size[1],
        lon=place[0] if place else None,
        lat=place[1] if place else None,
    )


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture in plain RGB on white, without anything that its file said besides."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        image = ground
    flat = image.convert("RGB")
    flat.info.clear()
    return flat


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _taken_at(exif: Image.Exif, offset_ms: int) -> int | None:
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    written = camera.get(ExifTags.Base.DateTimeOriginal)
    zone = camera.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        local = datetime.strptime(f"{str(written).strip()} +0000", "%Y:%m:%d %H:%M:%S %z")
        found = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(zone).strip())
        if found:
            size = timedelta(hours=int(found[2]), minutes=int(found[3])) // timedelta(milliseconds=1)
            offset_ms = size if found[1] == "+" else -size
        return int(local.timestamp() * 1000) - offset_ms
    except (ValueError, OverflowError):
        return None


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon, lat) == (0, 0):
        return None
    return lon, lat


def _degrees(parts: Any, reference: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(one) for one in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    size = degrees + minutes / 60 + seconds / 3600
    if size != size:  # a rational with a zero below is not a number
        return None
    return -size if str(reference).strip() == negative else size


def _pdf(received: bytes) -> Content:
    if b"%%EOF" not in received[-1024:]:
        raise Refusal("attachment_broken")
    if _is_also_an_archive(received):
        raise Refusal("attachment_two_files")
    return Content(PDF, received)


def _is_also_an_archive(received: bytes) -> bool:
    """Say whether a ZIP ends where the file ends: then the same bytes are two files, depending on who opens them."""
    at = received.rfind(_ZIP_END, max(0, len(received) - _ZIP_END_BYTES - 65_535))
    if at < 0 or at + _ZIP_END_BYTES > len(received):
        return False
    comment_bytes = int.from_bytes(received[at + 20 : at + 22], "little")
    return at + _ZIP_END_BYTES + comment_bytes <= len(received)
