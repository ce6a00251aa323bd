"""What the feeds bring in: decoded, checked readings, before the brain decides anything about them.

A reading repeats what its source said, in our units. Identity is (source, external id): the same reading twice
changes nothing, a newer one for the same identity updates. Feeds build these, `dashboard.service` takes them in.

Instants are UTC milliseconds, positions WGS-84 degrees. Fields that the source did not send are None or "".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ORDER_STATUSES = (
    "TO_ACCEPT", "SUPPLEMENT", "TO_DISPATCH", "TO_SIGN", "RETURN_REQUESTED", "HANDLING", "SUB_DISPATCHED",
    "CO_HANDLING", "EXTENSION_APPLIED", "REPLIED", "TO_CALLBACK", "REDO", "SUSPENDED", "CLOSED", "INVALID",
    "DIRECT_ANSWERED",
)  # fmt: skip
"""Statuses a hotline order may arrive with: the states of `hotline_order.HOTLINE_ORDER`, never RINGING (a call)."""

EVENT_STATUSES = (
    "REPORTED", "VERIFYING", "SELF_HANDLING", "CALLED", "TRIAGED", "ASSIGNED", "ACCEPTED", "ON_SITE", "DISPOSING",
    "DISPOSED", "CHECKING", "CLOSED", "RETURNED", "ESCALATED", "WHISTLED",
)  # fmt: skip
"""Statuses a grid event may arrive with: the states of `grid_event.GRID_EVENT`, never DRAFT (still on the phone)."""

CallKind = Literal["arrived", "answered", "abandoned", "ended", "agent"]

SpecialDesk = Literal["justice", "tax", "housing_fund", "human_resources", "business"]
SPECIAL_DESKS = get_args(SpecialDesk)
"""The special desks (专席) of the call hall: seats for one subject, asked for by the caller or passed on to."""


@dataclass(frozen=True, slots=True)
class HotlineOrderReading:
    """One 12345 order as its platform has it now; the whole order each time, not a difference.

    Args:
        order_no: the platform's own number, e.g. "250912101108115409"; with `source` the identity.
        opened_at: when the citizen's request was recorded.
        category: code of the city pack's category tree, e.g. "0203".
        urgency: 1 emergency, 2 urgent, 3 ordinary, 4 difficult.
        place: address in words, down to community; shown on screens, so no names; cut at its door at intake.
        address: the citizen's whole address, to the door; kept with the citizen's data, masked on read. Without it what
            was cut off `place` and `title` is kept there.
        grid, village, township, region: division codes, the finest known one is enough.
        channel: how it came: phone, wechat, web, mailbox, people_cn, sms, ...
        origin_number: the number dialled or merged: 12345, 12329, 12349, 7900000.
        superior_source: "" or the higher level it came from (互联网+督查, 中国政府网, 问政山东, 接诉即办).
        request_type: help, enquiry, report, complaint, suggestion, thanks, other.
        title: a summary phrase without personal data, doors are taken out; "" lets the category name stand in.
        text: the citizen's words; kept with the citizen's data, masked on read.
        secret: the citizen asked for secrecy: the handling unit never sees who asked.
        unit: unit id that handles it, None before dispatch.
        status: one of `ORDER_STATUSES`.
        dispatched_at, signed_at, replied_at, closed_at: None until it happened.
        returned: how many times a unit has returned it (bounces).
        resolved, satisfied: the two callback answers, None until asked; never derived from each other.
        merged_into: order_no of the order that carries this one, or None.
        due_at: the platform's own deadline when it set one (superior sources do); else our policy computes it.
        source: platform id.
    """

    order_no: str
    opened_at: int
    category: str
    urgency: int
    status: str = "TO_DISPATCH"
    title: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    grid: str | None = None
    village: str | None = None
    township: str | None = None
    region: str | None = None
    channel: str = "phone"
    origin_number: str = "12345"
    superior_source: str = ""
    request_type: str = "help"
    text: str = ""
    citizen_name: str = ""
    citizen_phone: str = ""
    address: str = ""
    secret: bool = False
    unit: str | None = None
    dispatched_at: int | None = None
    signed_at: int | None = None
    replied_at: int | None = None
    closed_at: int | None = None
    returned: int = 0
    resolved: bool | None = None
    satisfied: bool | None = None
    merged_into: str | None = None
    due_at: int | None = None
    source: str = "12345"


@dataclass(frozen=True, slots=True)
class GridEventReading:
    """One grid event as the grid platform has it now.

    Args:
        event_no: the platform's own number; with `source` the identity.
        grid: grid code; the report's QR code for 民意通 scans (一格一码).
        level: 1 in the grid, 2 village calls township, 3 county, 4 city or whistle.
        reported_at: when the worker or citizen pressed send.
        reporter: worker id, or "" when a citizen scanned the grid's QR code (`channel` = "minyitong").
        status: one of `EVENT_STATUSES`.
        verified_at ... closed_at: None until it happened.
        other fields as in `HotlineOrderReading`.
    """

    event_no: str
    grid: str
    category: str
    level: int
    reported_at: int
    status: str = "REPORTED"
    urgency: int = 3
    title: str = ""
    text: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    village: str | None = None
    township: str | None = None
    region: str | None = None
    reporter: str = ""
    channel: str = "worker"
    citizen_name: str = ""
    citizen_phone: str = ""
    address: str = ""
    unit: str | None = None
    verified_at: int | None = None
    assigned_at: int | None = None
    on_site_at: int | None = None
    disposed_at: int | None = None
    closed_at: int | None = None
    returned: int = 0
    resolved: bool | None = None
    satisfied: bool | None = None
    merged_into: str | None = None
    source: str = "grid"


@dataclass(frozen=True, slots=True)
class CallReading:
    """One thing that happened in the call hall.

    Args:
        call_id: the switch's call number; with `kind` and `source` the identity. For kind "agent" a unique event id.
        kind: arrived in the queue, answered, abandoned by the caller, ended, or agent (a seat changed state).
        at: when.
        category: set with "ended" once the agent has named the topic.
        agent: seat or agent number, never a name.
        agent_state: talk, wrap, idle, rest, off; set for kind "agent" only.
        desk: one of `SPECIAL_DESKS` or "": with "arrived" and "answered" the one the caller asked for or was passed on
            to, with "agent" the desk that the seat serves.
        order_no: the order written from this call, set with "ended"; "" when answered directly.
    """

    call_id: str
    kind: CallKind
    at: int
    channel: str = "phone"
    origin_number: str = "12345"
    category: str = ""
    agent: str = ""
    agent_state: str = ""
    order_no: str = ""
    desk: str = ""
    source: str = "12345"
