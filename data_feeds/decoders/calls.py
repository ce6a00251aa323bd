"""Call hall events of the 12345 switch: POST /v1/calls."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from dashboard.domain.readings import CallReading, SpecialDesk
from data_feeds.decoders.errors import Batch
from data_feeds.decoders.item_rules import (
    Channel,
    FieldFault,
    Identifier,
    Instant,
    Number,
    OptionalCategory,
    OptionalIdentifier,
    refuse_bad_instant,
)
from data_feeds.decoders.json_batch import BatchDecoder
from data_feeds.decoders.limits import CALL_AGE_LIMIT_MS, ITEMS_LIMIT

SOURCE = "calls"
TELL_DESKS = ("arrived", "answered", "agent")


class CallItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event as it is sent; docs/feeds.md describes each field."""

    call_id: Identifier
    kind: Literal["arrived", "answered", "abandoned", "ended", "agent"]
    at: Instant
    channel: Channel = "phone"
    origin_number: Number = "12345"
    category: OptionalCategory = ""
    agent: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]{0,32}$")] = ""
    agent_state: Literal["", "talk", "wrap", "idle", "rest", "off"] = ""
    order_no: OptionalIdentifier = ""
    desk: Literal[SpecialDesk, ""] = ""


def _build(item: CallItem, now: int, platform: str) -> CallReading:
    refuse_bad_instant("at", item.at, now=now, oldest_ms=CALL_AGE_LIMIT_MS)
    if (item.kind == "agent") != bool(item.agent_state):
        raise FieldFault('field `agent_state` belongs to kind "agent", which needs it')
    if item.kind == "agent" and not item.agent:
        raise FieldFault('field `agent` is needed for kind "agent"')
    if item.desk and item.kind not in TELL_DESKS:
        raise FieldFault('field `desk` belongs to the kinds "arrived", "answered" and "agent"')
    return CallReading(source=platform, **msgspec.structs.asdict(item))


_DECODER = BatchDecoder(SOURCE, "events", CallItem, ITEMS_LIMIT, _build)


def decode_calls(body: bytes, *, now: int, platform: str) -> Batch[CallReading]:
    """Decode `{"events": [...]}`.

    Args:
        body: JSON bytes.
        now: UTC ms, for the rules on future and too old instants.
        platform: platform id that the key belongs to; becomes the readings' source.

    Raises:
        DecodeError: the body as a whole cannot be read.
    """
    return _DECODER.decode(body, now=now, platform=platform)
