"""Every name on the bus: Redis keys, channels, streams and groups; `docs/feeds.md` says what each holds.

No other module spells one. What must be changed together lies in one hash slot of a cluster: there the slot is that of
the name, or of the part in braces.
"""

from __future__ import annotations

from typing import Final

# Pub/sub channels and keys. A name that is both (hotline, rates, health) carries the same JSON in both.
FLEET_SNAPSHOT: Final = "zs:fleet:snapshot"  # key: packed frame of the whole fleet, every 5 s and at stop
LOG: Final = "zs:log"  # stream (ids `<seq>-0`, field `b`) and channel (same JSON)
LOG_EPOCH: Final = "{zs:log}:epoch"  # key, in the slot of the log: one script looks at both
WORKER: Final = "zs:worker"  # hash: worker -> JSON of its last sign of life and how far its relay is behind
NUDGE_WORKER: Final = "zs:nudge:worker"  # channel: something may be due sooner than you think
NUDGE_FEEDS: Final = "zs:nudge:feeds"  # channel: the roster or a key generation changed
WALLS: Final = "zs:walls"  # hash: wall id @ web process -> JSON of what it shows and when it was last heard
PRESENCE: Final = "zs:presence"  # hash: web process -> JSON of the matters that are open at its desks
NEWS: Final = (
    "zs:news"  # channel: JSON list of [what changed, divisions, only just these]; what no log entry tells
)
FEED_CALLS: Final = "{zs:feed}:calls"  # stream
FEED_ORDERS: Final = "{zs:feed}:orders"  # stream
FEED_EVENTS: Final = "{zs:feed}:events"  # stream
FEED_MALFORMED: Final = "zs:feed:malformed"  # stream, capped
FEED_APART: Final = "zs:feed:apart"  # stream, capped: fixes of devices that are kept apart
FEED_COUNTERS: Final = "zs:feed:counters"  # hash: counter name -> integer
FEED_HEARTBEATS: Final = "zs:feed:heartbeats"  # hash: platform id -> JSON of its last heartbeat
FEED_WIRES: Final = "zs:feed:wires"  # hash: wire beside HTTP -> JSON of whether it is up, every second
HOTLINE: Final = "zs:hotline"  # key and channel
HOTLINE_BOARD: Final = "zs:hotline:board"  # key and channel: what the hotline's own page shows besides
HOTLINE_RESULTS: Final = "zs:hotline:results"  # key and channel: the three rates by place, bounces by unit
RATES: Final = "zs:rates"  # key and channel
HEALTH: Final = "zs:health"  # key and channel
ANALYSIS: Final = "zs:analysis"  # key and channel
INTAKE_LEASE: Final = "zs:intake:holder"  # key with a lifetime: the worker that takes the streams in
HOTLINE_LEASE: Final = "zs:hotline:holder"  # key with a lifetime: the worker that publishes pictures
ANALYSIS_LEASE: Final = "zs:analysis:holder"  # key with a lifetime: the worker that has the analysis computed
MQTT_SESSIONS: Final = "zs:mqtt:sessions"  # key: how many sessions at the broker there ever were
MQTT_WANTED: Final = (
    "zs:mqtt:wanted"  # key with a lifetime: a process of the feeds that found no session left
)
INTAKE_GROUP: Final = "intake"  # consumer group on the three feed streams
FEED_STREAMS: Final = (FEED_CALLS, FEED_ORDERS, FEED_EVENTS)

APART_KEPT: Final = 10_000  # entries
MALFORMED_KEPT: Final = 10_000  # entries; older ones are trimmed


def mqtt_session(number: int) -> str:
    """Return the key, with a lifetime, that names the process of the feeds that holds a session at the broker."""
    return f"zs:mqtt:session:{number}"


def feed_nonce(key_id: str, nonce: str) -> str:
    """Return the key, with a lifetime, that says that a signed request was taken."""
    return f"zs:feed:nonce:{key_id}:{nonce}"


def fleet_channel(region: str) -> str:
    """Return the channel that carries one region's packed position frames."""
    return f"zs:fleet:{region}"
