"""One client's connection without its socket: bytes in, what was said out; answers as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from data_feeds.decoders.cot.events import OFFER, PING, CotEvent, Credentials
from data_feeds.decoders.cot.framing import DocumentReader, StreamLost
from data_feeds.decoders.cot.tak_messages import read_message, write_message
from data_feeds.decoders.cot.xml_events import read_document
from data_feeds.decoders.errors import DecodeError

PROTOCOL_VERSION: Final = "1"
_PONG: Final = f"{PING}-r"
_RESPONSE: Final = "t-x-takp-r"
_NEGOTIATION_UID: Final = "zhongshu-protocol"
_NEGOTIATION_LASTS_MS: Final = 60_000  # protocol.txt: a request is listened for at least one minute
_PONG_LASTS_MS: Final = 20_000


class Unreadable(NamedTuple):
    """What could not be read; `is_lost` where nothing more can be read on this connection."""

    error: DecodeError
    is_lost: bool


Said = CotEvent | Credentials | Unreadable


class Session:
    """Reads what a client sends and writes what it is answered.

    `speaks_protobuf` is set once it was promised that everything we write from now on is. `heard_at_s` is when the
    last whole document came, on the clock of `at_s`.
    """

    def __init__(self, at_s: float) -> None:
        self.speaks_protobuf = False
        self.heard_at_s = at_s
        self._reader = DocumentReader()

    def feed(self, data: bytes) -> None:
        """Take in what came; `said` gives it out."""
        self._reader.feed(data)

    @property
    def waiting_bytes(self) -> int:
        """How much was fed and not drawn yet."""
        return self._reader.waiting_bytes

    def said(self, at_s: float) -> Iterator[Said]:
        """Yield what is there in whole; what is not drawn stays and comes at the next call.

        Args:
            at_s: a clock in seconds that only goes forward.
        """
        while True:
            try:
                document = self._reader.next()
                if document is None:
                    return
                self.heard_at_s = at_s
                said = (read_message if document.is_message else read_document)(document.content)
            except StreamLost as error:
                yield Unreadable(error, True)
                return
            except DecodeError as error:
                yield Unreadable(error, False)
            else:
                if said is not None:
                    yield said

    def answer_ping(self, now: int) -> bytes:
        """Return the answer to a ping; a client that hears none for 25 s takes the line for dead."""
        if self.speaks_protobuf:
            return write_message("takPong", _PONG, "h-g-i-g-o", now, _PONG_LASTS_MS)
        return _event("takPong", _PONG, "h-g-i-g-o", "", now, _PONG_LASTS_MS)

    def offer_protocol(self, now: int) -> bytes:
        """Return the offer of the TAK protocol, which is made once, in XML."""
        return _negotiation(OFFER, f'<TakProtocolSupport version="{PROTOCOL_VERSION}"/>', now)

    def answer_request(self, version: str | None, now: int) -> bytes:
        """Return the answer to what a client asks for; after a yes both sides write protobuf and nothing else."""
        if self.speaks_protobuf:
            return b""
        is_granted = version == PROTOCOL_VERSION
        answer = _negotiation(_RESPONSE, f'<TakResponse status="{str(is_granted).lower()}"/>', now)
        self.speaks_protobuf = is_granted
        return answer


def _negotiation(type_: str, control: str, now: int) -> bytes:
    detail = f"<TakControl>{control}</TakControl>"
    return _event(_NEGOTIATION_UID, type_, "m-g", detail, now, _NEGOTIATION_LASTS_MS)


def _event(uid: str, type_: str, how: str, detail: str, now: int, lasts_ms: int) -> bytes:
    at, stale = _date(now), _date(now + lasts_ms)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<event version="2.0" uid="{uid}" type="{type_}" how="{how}" time="{at}" start="{at}" stale="{stale}">'
        f'<point lat="0.0" lon="0.0" hae="0.0" ce="9999999.0" le="9999999.0"/><detail>{detail}</detail></event>'
    ).encode()


def _date(at: int) -> str:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"
