"""Events and `<auth>` in XML: expat without document types, entities, depth or bulk; attributes are all we need."""

from __future__ import annotations

from typing import Final, cast
from xml.parsers import expat

from dashboard.domain.datum import Datum
from data_feeds.decoders.cot import SOURCE
from data_feeds.decoders.cot.events import (
    CotEvent,
    Credentials,
    OwnElement,
    accuracy_of,
    bearing_of,
    earlier,
    instant_of,
    number_of,
    speed_of,
    within,
)
from data_feeds.decoders.errors import DecodeError

DEPTH_LIMIT: Final = 16  # the deepest that clients send is 6
ELEMENTS_LIMIT: Final = 1_000
_TEXT_LIMIT: Final = 256  # characters of a uid, a type, a name; ATAK's longest uid, of a chat, has 130
_FLAGS: Final = {"1": True, "true": True, "0": False, "false": False}
_OWN: Final = frozenset(OwnElement._fields)

Attributes = dict[str, str]


class Details(dict[str, Attributes]):
    """The attributes of the elements in a detail by their name, of each name the first; of links the one p-p."""

    def note(self, name: str, attributes: Attributes) -> None:
        """Keep an element."""
        if name != "link" or attributes.get("relation") == "p-p":
            self.setdefault(name, attributes)


class _Collector:
    """Takes what expat finds."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.root = ""
        self.of_root: Attributes = {}
        self.point: Attributes | None = None
        self.cot: Attributes | None = None
        self.details = Details()
        self._elements = 0

    def start(self, name: str, attributes: Attributes) -> None:
        path = self.path
        depth = len(path)
        self._elements += 1
        if depth >= DEPTH_LIMIT or self._elements > ELEMENTS_LIMIT:
            raise DecodeError(
                SOURCE, 0, f"over {DEPTH_LIMIT} elements deep, or over {ELEMENTS_LIMIT} elements"
            )
        if depth == 0:
            self.root, self.of_root = name, attributes
        elif depth == 1:
            if name == "point" and self.point is None:
                self.point = attributes
            elif name == "cot" and self.cot is None:
                self.cot = attributes
        elif path[1] == "detail" and (depth == 2 or path[2] == "TakControl"):
            self.details.note(name, attributes)
        path.append(name)

    def end(self, name: str) -> None:
        self.path.pop()

    @staticmethod
    def refuse(*_: object) -> None:
        raise DecodeError(SOURCE, 0, "a document type, which no client sends")


def read_document(document: bytes) -> CotEvent | Credentials:
    """Read one whole document in UTF-8.

    Raises:
        DecodeError: not XML, more than the limits, a document type, or neither an event nor auth.
    """
    found = _parse(document)
    if found.root == "auth":
        return _credentials(found)
    if found.root != "event":
        raise DecodeError(SOURCE, 0, "the document is neither an event nor auth")
    head, point, details = found.of_root, found.point or {}, found.details
    return event_of(
        uid=head.get("uid", ""),
        type_=head.get("type", ""),
        how=head.get("how", ""),
        at=earlier(instant_of(head.get("time")), instant_of(head.get("start"))),
        stale_at=instant_of(head.get("stale")),
        lat=number_of(point.get("lat")),
        lon=number_of(point.get("lon")),
        ce=number_of(point.get("ce")),
        speed=number_of(details.get("track", {}).get("speed")),
        course=number_of(details.get("track", {}).get("course")),
        details=details,
    )


def read_details(fragment: str) -> Details:
    """Read the inside of a detail.

    Raises:
        DecodeError: as `read_document`.
    """
    return _parse(f"<event><detail>{fragment}</detail></event>".encode("utf-8", "replace")).details


def event_of(
    *,
    uid: str,
    type_: str,
    how: str,
    at: int | None,
    stale_at: int | None,
    lat: float | None,
    lon: float | None,
    ce: float | None,
    speed: float | None,
    course: float | None,
    details: Details,
) -> CotEvent:
    """Return the event of what was read, in XML or protobuf.

    Raises:
        DecodeError: no uid or type, one that is too long, or an element of ours that is not as docs/feeds.md has it.
    """
    if not uid or not type_:
        raise DecodeError(SOURCE, 0, "`uid` or `type` is missing")
    if len(uid) > _TEXT_LIMIT or len(type_) > _TEXT_LIMIT:
        raise DecodeError(SOURCE, 0, f"`uid` or `type` is over {_TEXT_LIMIT} characters")
    emergency, link = details.get("emergency"), details.get("link")
    return CotEvent(
        uid,
        type_,
        how,
        at,
        stale_at,
        within(lat, 90),
        within(lon, 180),
        accuracy_of(ce),
        speed_of(speed),
        bearing_of(course),
        None if link is None else link.get("uid"),
        None if emergency is None else emergency.get("cancel", "").lower() != "true",
        details.get("TakRequest", {}).get("version"),
        _own_element(details.get("zhongshu")),
    )


def _parse(document: bytes) -> _Collector:
    found = _Collector()
    if not document.lstrip().startswith(b"<"):
        raise DecodeError(SOURCE, 0, "not well-formed XML in UTF-8")  # a mark of UTF-16 would be followed
    # The encoding is ours to say: a document's own may be one that turns harmless bytes into something else.
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    # Without a document type there are no entities to expand, inside or outside.
    parser.StartDoctypeDeclHandler = found.refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise DecodeError(SOURCE, max(0, parser.ErrorByteIndex), "not well-formed XML in UTF-8") from error
    return found


def _credentials(found: _Collector) -> Credentials:
    attributes = found.cot
    if attributes is None:
        raise DecodeError(SOURCE, 0, "auth without `cot`")
    device, key = attributes.get("username", ""), attributes.get("password", "")
    uid = attributes.get("uid", "")
    if max(len(device), len(key), len(uid)) > _TEXT_LIMIT:
        raise DecodeError(SOURCE, 0, f"a name or a key over {_TEXT_LIMIT} characters")
    return Credentials(device, key, uid)


def _own_element(attributes: Attributes | None) -> OwnElement | None:
    if attributes is None:
        return None
    if not attributes.keys() <= _OWN:
        raise DecodeError(SOURCE, 0, "`zhongshu` has an attribute that is not known")
    device, key = attributes.get("device", ""), attributes.get("key", "")
    if max(len(device), len(key)) > _TEXT_LIMIT:
        raise DecodeError(SOURCE, 0, f"a name or a key over {_TEXT_LIMIT} characters")
    datum = attributes.get("datum", "wgs84")
    if datum not in ("wgs84", "gcj02", "bd09"):
        raise DecodeError(SOURCE, 0, "`datum` is not wgs84, gcj02 or bd09")
    return OwnElement(device, key, cast(Datum, datum), _flag(attributes, "duty"), _flag(attributes, "task"))


def _flag(attributes: Attributes, name: str) -> bool | None:
    text = attributes.get(name)
    if text is None:
        return None
    flag = _FLAGS.get(text)
    if flag is None:
        raise DecodeError(SOURCE, 0, f"`{name}` is not 0, 1, true or false")
    return flag
