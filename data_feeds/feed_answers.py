"""What a sender is answered, as values: the same words over HTTP and over a WebSocket."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

from data_feeds.bus import BusDown
from data_feeds.decoders.errors import DecodeError, Refused
from data_feeds.fix_door import TurnedAway
from data_feeds.http_exchange import BodyTooLong, BodyTooSlow

SEND_AGAIN_S: Final = 5


class Answer(NamedTuple):
    """One answer.

    Args:
        status: as HTTP has them.
        content: becomes JSON.
        retry_after_s: when to send again, None where that would change nothing.
    """

    status: int
    content: dict[str, Any]
    retry_after_s: int | None = None


_UNPROVEN: Final = {
    "badly_signed": "no such key, or the signature is not of this request",
    "out_of_window": "the signature's instant is too far from ours: set the clock and sign again",
    "replayed": "this signature was taken before: sign again with another nonce",
    "unsigned": "this sender has to sign its requests",
}
# What a feed raises instead of taking something; `answer_to` has an answer to each.
REFUSALS: Final = (DecodeError, BodyTooLong, BodyTooSlow, TurnedAway, BusDown)


def answer_to(refusal: DecodeError | BodyTooLong | BodyTooSlow | TurnedAway | BusDown) -> Answer:
    """Return the answer to what was not taken."""
    match refusal:
        case DecodeError():
            return _error(400, "malformed", refusal.reason, offset=refusal.offset)
        case BodyTooLong():
            return _error(413, "too_long", str(refusal), offset=0)
        case BodyTooSlow():
            return _error(408, "too_slow", str(refusal), offset=0)
        case BusDown():
            reason = "the bus is away and nothing was taken: keep this and send it again"
            return _error(503, "unavailable", reason, retry_after_s=SEND_AGAIN_S)
        case TurnedAway(outcome="unauthorised"):
            return _error(401, "unauthorised", "no such device or platform, or not its key", offset=0)
        case TurnedAway(outcome="limited"):
            reason = "more than one sender may send: keep this and send it later"
            return _error(429, "limited", reason, retry_after_s=refusal.retry_after_s)
    return _error(401, refusal.outcome, _UNPROVEN[refusal.outcome], offset=0)


def answer_to_batch(batch: Refused, accepted: int, outcomes: Counter[str] | None = None) -> Answer:
    """Return the answer to a batch that was taken item by item.

    Args:
        outcomes: how many fixes had which outcome.
    """
    faults = sorted(batch.faults, key=lambda fault: fault.offset)
    ignored = {
        name: number
        for name, number in (outcomes or {}).items()
        if number and name not in ("accepted", "late", "unknown_device")
    }
    refused = [{"index": fault.offset, "reason": fault.reason} for fault in faults]
    content = {"accepted": accepted, "ignored": ignored, "refused": refused}
    return Answer(200 if accepted or ignored else 422, content)


def _error(status: int, error: str, reason: str, *, retry_after_s: int | None = None, **more: int) -> Answer:
    return Answer(status, {"error": error, "reason": reason, **more}, retry_after_s)
