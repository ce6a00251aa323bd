"""A city of three grids with five devices, small enough to follow by hand."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import shapely

from dashboard.domain.device_keys import device_key, platform_key
from data_feeds.bus import Bus
from data_feeds.feed_keys import FeedKeys
from data_feeds.grid_shapes import GridShapes
from data_feeds.ingest import Ingest
from tests.fake_clock import FakeClock

SECRET = b"s" * 32
NOW = 1_795_401_600_000  # 2026-11-23 10:40 in the city
PLATFORMS = ("hotline", "grid")
CENTRES = {"g1": (119.50, 35.40), "g2": (119.52, 35.40), "g3": (118.80, 35.60)}
SHAPES = {
    code: shapely.box(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01) for code, (lon, lat) in CENTRES.items()
}


@dataclass(frozen=True)
class Row:
    """A roster row as the store returns it, as far as feeds read it."""

    slot: int
    device_id: str
    worker_id: str
    grid: str
    region: str
    key_generation: int = 1


ROSTER = (
    Row(0, "dev-0", "w0", "g1", "371102"),
    Row(1, "dev-1", "w1", "g1", "371102"),
    Row(2, "dev-2", "w2", "g2", "371102"),
    Row(3, "dev-3", "w3", "g3", "371122"),
    Row(4, "dev-4", "w4", "g3", "371122"),
)


def key_of(device: str) -> str:
    """The key that a device's phone was given."""
    return device_key(SECRET, device, 1)


def platform_header(platform: str) -> dict[str, str]:
    """The header that a platform sends."""
    return {"authorization": f"Bearer {platform_key(SECRET, platform)}"}


def device_header(device: str) -> dict[str, str]:
    """The header that a phone sends with a batch."""
    return {"authorization": f"Device {device}:{key_of(device)}"}


def open_ingest(bus: Bus, clock: FakeClock, roster=ROSTER, **options) -> Ingest:
    """The entrance with a tick so long that a test publishes by hand."""
    return Ingest(
        bus,
        lambda: list(roster) if not callable(roster) else roster(),
        FeedKeys(SECRET, PLATFORMS),
        CENTRES,
        GridShapes(SHAPES),
        lambda reading: (
            "field `category` is not in the city's category tree" if reading.category == "99" else None
        ),
        clock,
        exact_m=100,
        tick_ms=3_600_000,
        **options,
    )


def client_of(ingest: Ingest) -> httpx.AsyncClient:
    """An HTTP client straight into the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=ingest), base_url="http://feeds")
