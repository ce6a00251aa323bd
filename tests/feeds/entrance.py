"""The door for fixes with the board and the tally behind it, and no Redis."""

from __future__ import annotations

from data_feeds.decoders.positions import FixItem
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor
from data_feeds.fleet_publisher import FleetPublisher
from data_feeds.grid_shapes import GridShapes
from data_feeds.position_board import PositionBoard
from tests.feeds.feed_city import CENTRES, NOW, PLATFORMS, ROSTER, SECRET, SHAPES, key_of


class FakeBus:
    """A bus that is up or down as the test says; the door asks it nothing else."""

    state = "up"


class Entrance:
    """A door with what stands behind it."""

    def __init__(self, roster=ROSTER) -> None:
        self.bus = FakeBus()
        self.tally = FeedTally(self.bus)
        self.board = PositionBoard(roster, CENTRES, 100)
        self.keys = FeedKeys(SECRET, PLATFORMS)
        self.keys.know_devices(roster)
        self.roster_wanted = 0
        publisher = FleetPublisher(self.bus, self.board, GridShapes(SHAPES))
        self.door = FixDoor(self.bus, self.tally, publisher, self.keys, self.want_roster)

    def want_roster(self) -> None:
        self.roster_wanted += 1

    def take(
        self, number: int = 0, *, key: str | None = None, device: str = "dev-0", now: int = NOW, **fields
    ):
        fix = FixItem(id=device, at=NOW + number, lat=35.4, lon=119.5, **fields)
        return self.door.take(device, key_of(device) if key is None else key, fix, now, "wire", "10.0.0.1")

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.tally._counts)
