"""What a CoT event says of the device that sends it, and the fix that becomes of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from dashboard.domain.datum import Datum
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.positions import FixItem, checked_fix

CALL_FOR_HELP: Final = (
    "b-a-o"  # 911, ring the bell, in contact, custom: everything in the client's emergency tool
)
CALL_ENDED: Final = "b-a-o-can"
PING: Final = "t-x-c-t"
OFFER: Final = "t-x-takp-v"
REQUEST: Final = "t-x-takp-q"
_FRIEND: Final = (
    "a-f"  # clients send themselves as friends; what else an atom may be is a marker somebody set
)

_UNKNOWN: Final = 999_999.0  # clients write 9999999, servers 999999
_ACCURACY_LIMIT_M: Final = 100_000.0
_SPEED_LIMIT_MPS: Final = 200.0

_NUMBER: Final = re.compile(r"[+-]?[0-9]{0,12}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)


class Credentials(NamedTuple):
    """An `<auth>` message; `uid` is what the client calls itself in its events, "" where it does not say."""

    device: str
    key: str
    uid: str


class OwnElement(NamedTuple):
    """Our element in the detail, `<zhongshu device= key= datum= duty= task=/>`; None and "" for what it leaves out."""

    device: str = ""
    key: str = ""
    datum: Datum = "wgs84"
    duty: bool | None = None
    task: bool | None = None


class CotEvent(NamedTuple):
    """One event; a number or an instant that is missing, unknown or none is None.

    `at` is the earlier of `time` and `start`, `stale_at` `stale`, each ms UTC. `link_uid` is whose event it is (link
    with the relation p-p), None where it does not say. `emergency` is True for a call for help in the detail, False
    for its end. `version` is what a client asks for in the negotiation.
    """

    uid: str
    type: str
    how: str
    at: int | None
    stale_at: int | None
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    speed_mps: float | None = None
    bearing: float | None = None
    link_uid: str | None = None
    emergency: bool | None = None
    version: str | None = None
    own: OwnElement | None = None

    @property
    def is_position(self) -> bool:
        """Whether it says where a friend is."""
        return self.type == _FRIEND or self.type.startswith(f"{_FRIEND}-")

    @property
    def is_alert(self) -> bool:
        """Whether it is a call for help by itself, or the end of one."""
        return self.type == CALL_FOR_HELP or self.type.startswith(f"{CALL_FOR_HELP}-")

    @property
    def calls_for_help(self) -> bool | None:
        """True for a call for help, False for the end of one, None for no word about it."""
        if self.is_alert:
            return self.type != CALL_ENDED and self.emergency is not False
        return self.emergency

    @property
    def is_measured(self) -> bool:
        """Whether an instrument says so: not somebody's hand (h-), and not a simulation (m-s)."""
        return self.how.startswith("m-") and not self.how.startswith("m-s")

    @property
    def is_withdrawn(self) -> bool:
        """Whether it says that the thing is not there any more: stale before it was so."""
        return self.at is not None and self.stale_at is not None and self.stale_at < self.at


def fix_of(event: CotEvent, device: str, now: int) -> FixItem:
    """Return the fix of a position, checked and in WGS-84.

    Raises:
        FieldFault: a time that is none, lies ahead or too far back; no place on earth, or 0/0.
    """
    if event.at is None:
        raise FieldFault("`time` and `start` are not both instants that exist")
    if event.lat is None or event.lon is None:
        raise FieldFault("`lat` and `lon` are not a place on earth")
    own = event.own or OwnElement()
    fix = FixItem(
        device, event.at, event.lat, event.lon, own.datum, event.speed_mps, event.bearing, event.accuracy_m,
        own.duty, own.task, event.emergency,
    )  # fmt: skip
    return checked_fix(fix, now)


def accuracy_of(ce: float | None) -> float | None:
    """Return the accuracy that a circular error says, m: nothing is 0 m accurate, and huge ones mean unknown."""
    return None if ce is None or not 0 < ce < _UNKNOWN else min(ce, _ACCURACY_LIMIT_M)


def speed_of(speed: float | None) -> float | None:
    """Return a speed that can be, m/s."""
    return speed if speed is not None and 0 <= speed <= _SPEED_LIMIT_MPS else None


def bearing_of(course: float | None) -> float | None:
    """Return a course that can be, degrees from north."""
    return course if course is not None and 0 <= course <= 360 else None


def within(number: float | None, limit: float) -> float | None:
    """Return a number of degrees within `limit` both ways, None for any other."""
    return number if number is not None and -limit <= number <= limit else None


def number_of(text: str | None) -> float | None:
    """Read a number; None for what is none."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    try:
        return float(text)
    except ValueError:  # nothing but a sign or a dot
        return None


def instant_of(text: str | None) -> int | None:
    """Read a date and time of XML schema as ms UTC (UTC unless it carries an offset); None for what is none."""
    if text is None or not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def earlier(time: int | None, start: int | None) -> int | None:
    """Return when it was so: `time` is when the event was written, `start` from when it holds.

    A position that is sent on keeps its `start` and gets a new `time`; one that names a `start` ahead is not more
    recent for that. The earlier one makes nothing newer than it is.
    """
    return None if time is None or start is None else min(time, start)
