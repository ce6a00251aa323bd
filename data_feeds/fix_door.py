"""The one door for a device's fix, whatever wire brought it: key, limits, board, counts.

A device is limited by its own bucket, from its key on. An address is charged only for what it sends without a valid
key (carriers put thousands of phones behind one address): a device with its key is never shut out by its neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, Literal, NoReturn

import numpy as np

from data_feeds.board_batches import take_columns
from data_feeds.bus import Bus, BusDown
from data_feeds.conduct import Conduct, Held
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.packed_positions import PackedBatch
from data_feeds.decoders.positions import FixItem
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fleet_publisher import FleetPublisher
from data_feeds.rate_limits import Buckets, network_of

# A day in a dead zone at one fix each 5 s is 17,280: it may all come at once. No device has news 20 times a second.
DEVICE_FIXES_PER_S: Final = 20
DEVICE_FIXES_BURST: Final = 20_000
# A whole fleet behind one carrier's address with yesterday's keys, each trying twice, stays below the burst.
ADDRESS_FAULTS_PER_S: Final = 50
ADDRESS_FAULTS_BURST: Final = 10_000


Unproven = Literal["unauthorised", "badly_signed", "out_of_window", "replayed", "unsigned"]


class TurnedAway(Exception):
    """Raised for a sender that is nobody's (`unauthorised`, or what its signature lacks) or sends too much (`limited`);
    counted already.

    Args:
        retry_after_s: when to try again, for `limited`.
    """

    def __init__(self, outcome: Unproven | Literal["limited"], retry_after_s: int = 0) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.retry_after_s = retry_after_s


class FixDoor:
    """Takes fixes in from every wire; each counts under the name of its feed (`source`).

    Args:
        want_roster: called when a device is unknown, which may be new.
        on_held: called when a device is kept apart from now on.
    """

    def __init__(
        self,
        bus: Bus,
        tally: FeedTally,
        publisher: FleetPublisher,
        keys: FeedKeys,
        want_roster: Callable[[], None],
        on_held: Callable[[Held], None] = lambda held: None,
    ) -> None:
        self._bus = bus
        self._tally = tally
        self._publisher = publisher
        self._keys = keys
        self._want_roster = want_roster
        self._on_held = on_held
        self.conduct = Conduct()
        self._devices = Buckets(DEVICE_FIXES_PER_S, DEVICE_FIXES_BURST)
        self._addresses = Buckets(ADDRESS_FAULTS_PER_S, ADDRESS_FAULTS_BURST)

    def admit(self, device_id: str, key: str, source: str, address: str, now: int) -> None:
        """Check the key of a device that opens a session; `take` checks it again with each fix.

        Raises:
            TurnedAway: an unknown device or not its key, which look the same; or too many of those.
        """
        if not self._keys.is_device(device_id, key):
            self.turn_away(source, address, now)

    def take(self, device_id: str, key: str, fix: FixItem, now: int, source: str, address: str) -> str:
        """Take one checked fix (WGS-84) of one device; returns the outcome's name (docs/feeds.md).

        Args:
            key: proof that the device sent it. A key that was withdrawn ends a running session here.
            now: UTC ms.
            source: feed to count under.
            address: where it came from, "" if unknown.

        Raises:
            TurnedAway: not taken: no such device, not its key, or more than its limit.
            BusDown: not taken: the sender has to keep it and send it again.
        """
        if not self._keys.is_device(device_id, key):
            self.turn_away(source, address, now)
        return self.take_proven(device_id, fix, now, source)

    def take_proven(self, device_id: str, fix: FixItem, now: int, source: str) -> str:
        """Take one checked fix of a device of the roster that was proven to have sent it; as `take`."""
        if self._bus.state != "up":
            raise BusDown
        if not fix.alarm:  # a call for help is heard over the limit too
            self._charge(device_id, source, now, 1)
        board = self._publisher.board
        outcome = board.take(board.slot_of[device_id], fix, now)
        self._tally.count(source, outcome)
        if outcome == "quarantined":
            self._tally.keep_apart(source, fix, now)
        self._look_at_leaps(source, now)
        return outcome

    def hear_help(
        self,
        device_id: str,
        key: str,
        at: int,
        now: int,
        source: str,
        address: str,
        *,
        is_wanted: bool = True,
    ) -> None:
        """Take a call for help that came without a place that can be believed; it is never limited.

        Args:
            is_wanted: False where it ends one; counted as `help_ended`.

        Raises:
            TurnedAway: no such device, or not its key.
            BusDown: not heard: the sender has to say it again.
        """
        if not self._keys.is_device(device_id, key):
            self.turn_away(source, address, now)
        if self._bus.state != "up":
            raise BusDown
        board = self._publisher.board
        board.hear_help(board.slot_of[device_id], is_wanted, at, now)
        self._tally.count(source, "help" if is_wanted else "help_ended")

    def take_batch(self, batch: Batch[FixItem], device: str | None, now: int, source: str) -> Counter[str]:
        """Take a batch whose sender's key has been checked; fixes that are not the sender's become faults of it.

        Args:
            device: the device that sent it, which may send its own alone; None for a platform, which may send any
                of the roster and is not limited.

        Returns:
            how many fixes had which outcome.

        Raises:
            TurnedAway: nothing was taken: more than the device's limit.
            BusDown: nothing was taken: the sender has to keep it and send it again.
        """
        if self._bus.state != "up":
            raise BusDown
        if device is not None:
            self._charge(device, source, now, len(batch.readings))
        board = self._publisher.board
        take, slot_of = board.take, board.slot_of
        outcomes: Counter[str] = Counter()
        for index, fix in batch.readings:
            slot = slot_of.get(fix.id)
            if slot is None or (device is not None and fix.id != device):
                batch.faults.append(_not_the_senders(source, index, device))
                outcomes["unknown_device"] += 1
            else:
                outcomes[take(slot, fix, now)] += 1
        if outcomes["quarantined"]:
            for _, fix in batch.readings:
                if slot_of.get(fix.id) in board.held and device in (None, fix.id):
                    self._tally.keep_apart(source, fix, now)
        self._look_at_leaps(source, now)
        self._count_batch(outcomes, source)
        return outcomes

    def hear_help_of(self, batch: Batch[FixItem], device: str | None, now: int) -> None:
        """Hear the calls for help of a batch whose fixes are not taken; the newest word of each device decides.

        Raises:
            BusDown: not heard: the sender has to say it again.
        """
        if self._bus.state != "up":
            raise BusDown
        board = self._publisher.board
        for _, fix in batch.readings:
            slot = board.slot_of.get(fix.id)
            if fix.alarm is not None and slot is not None and device in (None, fix.id):
                board.hear_help(slot, fix.alarm, fix.at, now)

    def take_packed(self, batch: PackedBatch, device: str | None, now: int, source: str) -> Counter[str]:
        """Take a packed batch by the rules of `take_batch`, all fixes at once.

        Raises:
            TurnedAway, BusDown: as `take_batch`.
        """
        if self._bus.state != "up":
            raise BusDown
        fixes = batch.fixes
        if device is not None:
            self._charge(device, source, now, len(fixes))
        board = self._publisher.board
        slot_of = board.slot_of
        table = np.array(
            [slot_of.get(one, -1) if device is None or one == device else -1 for one in batch.devices],
            np.int64,
        )
        slots = table[fixes.device]
        is_strange = slots < 0
        strangers = fixes.row[is_strange].tolist()
        if strangers:
            batch.faults += [_not_the_senders(source, row, device) for row in strangers]
            slots, fixes = slots[~is_strange], fixes.chosen(~is_strange)
        outcomes = take_columns(board, slots, fixes, batch.devices, now)
        outcomes["unknown_device"] += len(strangers)
        if outcomes["quarantined"]:
            for place in np.flatnonzero(np.isin(slots, np.array(sorted(board.held), np.int64))).tolist():
                self._tally.keep_apart(source, fixes.item(place, batch.devices[fixes.device[place]]), now)
        self._look_at_leaps(source, now)
        self._count_batch(outcomes, source)
        return outcomes

    def note_fault(
        self,
        error: DecodeError,
        *,
        sender: str,
        payload: bytes,
        address: str,
        now: int,
        device: str | None = None,
        outcome: str = "malformed",
    ) -> None:
        """Count and keep what could not be read or believed.

        Args:
            device: whose it is, once its key was checked: then its limit counts, and not the address's.
            outcome: what to count it under.

        Raises:
            TurnedAway: the device or the address sent too much of it: counted, not kept.
        """
        if device is None:
            self._charge_address(error.source, address, now)
        else:
            self._charge(device, error.source, now, 1)
        self._tally.refuse(
            error.source, error.offset, error.reason, at=now, sender=sender, payload=payload, outcome=outcome
        )
        if device is not None and outcome == "malformed" and not self.conduct.is_excused(error.reason):
            self._note(device, "malformed", error.source, now)

    def turn_away(self, source: str, address: str, now: int, outcome: Unproven = "unauthorised") -> NoReturn:
        """Count a sender without a valid key or signature, and look whether the roster has news of it.

        Raises:
            TurnedAway: always.
        """
        self._charge_address(source, address, now)
        self._tally.count(source, outcome)
        self._want_roster()
        raise TurnedAway(outcome)

    def hold(self, device: str) -> None:
        """Keep a device apart that was found so elsewhere: by another process, or before a restart."""
        board = self._publisher.board
        slot = board.slot_of.get(device)
        if slot is not None and slot not in board.held:
            board.hold(slot, self.conduct.place_before(device))

    def release(self, device: str) -> None:
        """Believe a device again, from its next fix on."""
        board = self._publisher.board
        board.held.discard(board.slot_of.get(device, -1))
        self.conduct.forget(device)

    @property
    def held(self) -> set[str]:
        """The devices that are kept apart now."""
        board = self._publisher.board
        return {board.device[slot] for slot in board.held}

    def _look_at_leaps(self, source: str, now: int) -> None:
        board = self._publisher.board
        if board.leaped:
            leaped, board.leaped = board.leaped, []
            for slot in leaped:
                self._note(board.device[slot], "impossible_speed", source, now)

    def _note(self, device: str, reason: str, source: str, now: int) -> None:
        board = self._publisher.board
        slot = board.slot_of.get(device)
        if slot is None or slot in board.held:
            return
        held = self.conduct.note(device, reason, board, now)
        if held is not None:
            board.hold(slot, self.conduct.place_before(device))
            self._tally.count(source, "held")
            self._on_held(held)

    def _count_batch(self, outcomes: Counter[str], source: str) -> None:
        if outcomes["unknown_device"]:
            self._want_roster()
        for outcome, number in outcomes.items():
            self._tally.count(source, outcome, number)

    def _charge(self, device_id: str, source: str, now: int, fixes: int) -> None:
        wait_ms = self._devices.take(device_id, now, fixes)
        if wait_ms:
            self._tally.count(source, "limited", fixes)
            raise TurnedAway("limited", -(-wait_ms // 1000))

    def _charge_address(self, source: str, address: str, now: int) -> None:
        wait_ms = self._addresses.take(network_of(address), now)
        if wait_ms:
            self._tally.count(source, "limited")
            raise TurnedAway("limited", -(-wait_ms // 1000))


def _not_the_senders(source: str, index: int, device: str | None) -> DecodeError:
    reason = "field `id` is no device of the roster" if device is None else "another device's fix"
    return DecodeError(source, index, reason)
