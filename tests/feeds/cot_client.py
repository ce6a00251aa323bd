"""A TAK client as the schema describes it, written so that it shares nothing with the decoder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import quoteattr

from takproto.proto import TakMessage

from tests.feeds.feed_city import NOW, key_of

UID = "ANDROID-4eb92ff46e615c21"

# Events captured from clients, as others published them; the file says by whom.
CAPTURED = {
    name: bytes.fromhex(text[4:]) if text.startswith("hex ") else text.encode()
    for name, _, text in (
        line.partition(": ")
        for line in (Path(__file__).parent / "captured" / "cot.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    )
}


def date(at: int) -> str:
    """An instant (UTC ms) as clients write it."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03d}Z"


def event(
    detail: str = "",
    *,
    uid: str = UID,
    type_: str = "a-f-G-U-C",
    how: str = "m-g",
    at: int = NOW,
    start: int | None = None,
    stale: int | None = None,
    lat: object = 35.4,
    lon: object = 119.5,
    ce: object = 9.9,
    prologue: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
) -> bytes:
    """One event."""
    head = {
        "version": "2.0", "uid": uid, "type": type_, "how": how, "time": date(at),
        "start": date(at if start is None else start), "stale": date(at + 75_000 if stale is None else stale),
    }  # fmt: skip
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in head.items())
    point = f'<point lat="{lat}" lon="{lon}" hae="20.0" ce="{ce}" le="9999999.0"/>'
    return f"{prologue}<event {attributes}>{point}<detail>{detail}</detail></event>".encode()


def message(
    detail: str = "", *, uid: str = UID, at: int = NOW, lat: float = 35.4, lon: float = 119.5
) -> bytes:
    """The protobuf of a position without a frame around it."""
    found = TakMessage()
    cot = found.cotEvent
    cot.uid, cot.type, cot.how, cot.lat, cot.lon, cot.ce = uid, "a-f-G-U-C", "m-g", lat, lon, 9.9
    cot.sendTime = cot.startTime = at
    cot.staleTime = at + 75_000
    cot.detail.track.speed, cot.detail.track.course = 1.5, 90.0
    cot.detail.xmlDetail = detail
    return found.SerializeToString()


def frame(content: bytes) -> bytes:
    """A frame of the stream form."""
    length, head = len(content), b""
    while length > 127:
        head, length = head + bytes([length & 127 | 128]), length >> 7
    return b"\xbf" + head + bytes([length]) + content


def auth(device: str = "dev-0", key: str | None = None, uid: str = UID) -> bytes:
    """The message that opens a connection."""
    names = {"username": device, "password": key_of(device) if key is None else key, "uid": uid}
    attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in names.items())
    return f'<?xml version="1.0"?>\n<auth><cot {attributes}/></auth>'.encode()


def ours(device: str = "dev-0", **more: str) -> str:
    """Our element with a device's key, as a datagram has to carry it."""
    names = {"device": device, "key": key_of(device), **more}
    return f"<zhongshu {' '.join(f'{name}={quoteattr(value)}' for name, value in names.items())}/>"


def alert(
    uid: str = f"{UID}-9-1-1", *, at: int = NOW, owner: str | None = UID, is_over: bool = False
) -> bytes:
    """A 911 alert, or its end."""
    link = f'<link uid="{owner}" type="a-f-G-U-C" relation="p-p"/>' if owner and not is_over else ""
    word = (
        '<emergency cancel="true">X</emergency>' if is_over else '<emergency type="911 Alert">X</emergency>'
    )
    return event(link + word, uid=uid, type_="b-a-o-can" if is_over else "b-a-o-tbl", how="h-e", at=at)
