"""Events of the grid platform, each time the whole event as it stands: POST /v1/events."""

from __future__ import annotations

from typing import Annotated

import msgspec

from dashboard.domain.datum import Datum
from dashboard.domain.readings import EVENT_STATUSES, GridEventReading
from data_feeds.decoders.errors import Batch
from data_feeds.decoders.item_rules import (
    Category,
    Channel,
    Code,
    FieldFault,
    Identifier,
    Instant,
    Latitude,
    Longitude,
    Name,
    OptionalIdentifier,
    Phone,
    Place,
    Text,
    Title,
    Urgency,
    place_in_wgs84,
    refuse_bad_instants,
    refuse_before,
)
from data_feeds.decoders.json_batch import BatchDecoder
from data_feeds.decoders.limits import BACKLOG_AGE_LIMIT_MS, ITEMS_LIMIT

SOURCE = "events"
_STEPS = ("verified_at", "assigned_at", "on_site_at", "disposed_at", "closed_at")


class EventItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One grid event as it is sent; docs/feeds.md describes each field."""

    event_no: Identifier
    grid: Code
    category: Category
    level: Annotated[int, msgspec.Meta(ge=1, le=4)]
    reported_at: Instant
    status: str = "REPORTED"
    urgency: Urgency = 3
    title: Title = ""
    text: Text = ""
    place: Place = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    datum: Datum = "wgs84"
    village: Code | None = None
    township: Code | None = None
    region: Code | None = None
    reporter: OptionalIdentifier = ""
    channel: Channel = "worker"
    citizen_name: Name = ""
    citizen_phone: Phone = ""
    address: Place = ""
    unit: Identifier | None = None
    verified_at: Instant | None = None
    assigned_at: Instant | None = None
    on_site_at: Instant | None = None
    disposed_at: Instant | None = None
    closed_at: Instant | None = None
    returned: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    resolved: bool | None = None
    satisfied: bool | None = None
    merged_into: Identifier | None = None


def _build(item: EventItem, now: int, platform: str) -> GridEventReading:
    if item.status not in EVENT_STATUSES:
        raise FieldFault("field `status` is not one of the statuses in docs/feeds.md")
    refuse_bad_instants(item, ("reported_at", *_STEPS), now=now, oldest_ms=BACKLOG_AGE_LIMIT_MS)
    refuse_before(item, "reported_at", _STEPS)
    if item.status == "CLOSED" and item.closed_at is None:
        raise FieldFault("field `closed_at` is needed for status CLOSED")
    if item.merged_into == item.event_no:
        raise FieldFault("field `merged_into` names the event itself")
    fields = msgspec.structs.asdict(item)
    fields["lon"], fields["lat"] = place_in_wgs84(item.lon, item.lat, fields.pop("datum"))
    return GridEventReading(source=platform, **fields)


_DECODER = BatchDecoder(SOURCE, "events", EventItem, ITEMS_LIMIT, _build)


def decode_grid_events(body: bytes, *, now: int, platform: str) -> Batch[GridEventReading]:
    """Decode `{"events": [...]}`; arguments and errors as `decode_calls`."""
    return _DECODER.decode(body, now=now, platform=platform)
