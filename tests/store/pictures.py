"""Small files for tests of attachments, made here so that every byte of them is known."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import ExifTags, Image

PDF_BYTES = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def jpeg(
    size: tuple[int, int] = (64, 48),
    *,
    taken: str = "",
    zone: str = "",
    at: tuple[float, float] | None = None,
) -> bytes:
    """A JPEG with, if asked, EXIF of when and where."""
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if zone:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = zone
    if at is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lon, lat = at
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        gps[ExifTags.GPS.GPSLatitude] = (int(lat), 0.0, (lat - int(lat)) * 3600)
        gps[ExifTags.GPS.GPSLongitude] = (int(lon), 0.0, (lon - int(lon)) * 3600)
        exif[ExifTags.Base.Make] = "Camera of 李小明"
    return encoded("JPEG", size, exif=exif)


def encoded(form: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#2b6").save(out, form, **more)
    return out.getvalue()


def png_bomb(side: int = 9_000) -> bytes:
    """A PNG of some 80 kB that is 81 megapixels when decoded."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    row = b"\0" * (side + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
