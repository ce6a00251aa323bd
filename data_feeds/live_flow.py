"""One frame to all screens of a channel: past the outboxes of those that wait for nothing."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from data_feeds.live_line import send_to_all, websocket_message
from data_feeds.live_outbox import Flow, Outbox

_NOBODY: Final[Set[Outbox]] = frozenset()


def offer_movement_to_all(outboxes: Set[Outbox], flow: Flow, frame: bytes) -> None:
    """Offer one delta to many screens of a hub, as `Outbox.offer_movement` does to one."""
    message = websocket_message(frame)
    for outbox in _send_to_flow(outboxes, flow, frame, message):
        outbox.offer_movement(frame, message)


def offer_time_to_all(outboxes: Set[Outbox], flow: Flow, frame: bytes) -> None:
    """Offer the time to many screens of a hub, as `Outbox.offer_time` does to one."""
    for outbox in _send_to_flow(outboxes, flow, frame, websocket_message(frame)):
        outbox.offer_time(frame)


def _send_to_flow(outboxes: Set[Outbox], flow: Flow, frame: bytes, message: bytes) -> Set[Outbox]:
    """Send to those in `flow`, usually all; returns the others.

    It looks at no outbox and no transport: between two screens the kernel fills the processor's caches with frames, so
    that every object touched is a fetch from memory.
    """
    behind = outboxes - set(flow.values()) if len(flow) < len(outboxes) else _NOBODY
    for descriptor, took in send_to_all(flow, message):
        flow[descriptor].write_rest(message, took)
    written = len(outboxes) - len(behind)
    if written:
        counts = next(iter(outboxes))._counts
        counts.sent += written
        counts.sent_bytes += written * len(frame)
        counts.sent_directly += written
    return behind
