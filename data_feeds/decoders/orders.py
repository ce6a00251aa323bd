"""Orders of the 12345 platform, each time the whole order as it stands: POST /v1/orders."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from dashboard.domain.datum import Datum
from dashboard.domain.readings import ORDER_STATUSES, HotlineOrderReading
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
    Number,
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
from data_feeds.decoders.limits import BACKLOG_AGE_LIMIT_MS, DUE_AHEAD_LIMIT_MS, ITEMS_LIMIT

SOURCE = "orders"
_STEPS = ("dispatched_at", "signed_at", "replied_at", "closed_at")


class OrderItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One order as it is sent; docs/feeds.md describes each field."""

    order_no: Identifier
    opened_at: Instant
    category: Category
    urgency: Urgency
    status: str = "TO_DISPATCH"
    title: Title = ""
    place: Place = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    datum: Datum = "wgs84"
    grid: Code | None = None
    village: Code | None = None
    township: Code | None = None
    region: Code | None = None
    channel: Channel = "phone"
    origin_number: Number = "12345"
    superior_source: Name = ""
    request_type: Literal["help", "enquiry", "report", "complaint", "suggestion", "thanks", "other"] = "help"
    text: Text = ""
    citizen_name: Name = ""
    citizen_phone: Phone = ""
    address: Place = ""
    secret: bool = False
    unit: Identifier | None = None
    dispatched_at: Instant | None = None
    signed_at: Instant | None = None
    replied_at: Instant | None = None
    closed_at: Instant | None = None
    returned: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    resolved: bool | None = None
    satisfied: bool | None = None
    merged_into: Identifier | None = None
    due_at: Instant | None = None


def _build(item: OrderItem, now: int, platform: str) -> HotlineOrderReading:
    if item.status not in ORDER_STATUSES:
        raise FieldFault("field `status` is not one of the statuses in docs/feeds.md")
    refuse_bad_instants(item, ("opened_at", *_STEPS), now=now, oldest_ms=BACKLOG_AGE_LIMIT_MS)
    refuse_before(item, "opened_at", (*_STEPS, "due_at"))
    if item.due_at is not None and item.due_at > now + DUE_AHEAD_LIMIT_MS:
        raise FieldFault("field `due_at` is more than three years ahead")
    if item.status == "CLOSED" and item.closed_at is None:
        raise FieldFault("field `closed_at` is needed for status CLOSED")
    if item.merged_into == item.order_no:
        raise FieldFault("field `merged_into` names the order itself")
    fields = msgspec.structs.asdict(item)
    fields["lon"], fields["lat"] = place_in_wgs84(item.lon, item.lat, fields.pop("datum"))
    return HotlineOrderReading(source=platform, **fields)


_DECODER = BatchDecoder(SOURCE, "orders", OrderItem, ITEMS_LIMIT, _build)


def decode_orders(body: bytes, *, now: int, platform: str) -> Batch[HotlineOrderReading]:
    """Decode `{"orders": [...]}`; arguments and errors as `decode_calls`."""
    return _DECODER.decode(body, now=now, platform=platform)
