"""What each message of a JT/T 808 terminal means to us, and what it is answered; no sockets.

Silence is an answer too: a terminal that hears nothing sends again, so nothing is answered while Redis is away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Final

from data_feeds.bus import BusDown
from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.jt808 import SOURCE
from data_feeds.decoders.jt808.bodies import (
    LOGOUT,
    TERMINAL_ANSWER,
    TIME_QUERY,
    Authentication,
    Bare,
    LocationBatch,
    Registration,
    Unsupported,
)
from data_feeds.decoders.jt808.location import Location, fix_of
from data_feeds.decoders.jt808.packets import Packet
from data_feeds.decoders.jt808.session import (
    JOINED,
    Heard,
    HeardAgain,
    HeardPart,
    RegistrationResult,
    Result,
    Said,
    Session,
    Unreadable,
)
from data_feeds.decoders.limits import FUTURE_TOLERANCE_MS, POSITION_AGE_LIMIT_MS
from data_feeds.decoders.positions import FixItem
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor, TurnedAway
from data_feeds.rate_limits import Buckets
from data_feeds.sequences import JT808_NUMBERS, is_later
from data_feeds.terminal_book import TerminalBook, TerminalEntry

# A terminal registers once in its life; whoever guesses ids for a number gets no further than this.
REGISTRATIONS_PER_S: Final = 1 / 60
REGISTRATIONS_BURST: Final = 10


class Caller:
    """Who is at the other end of a connection: nobody known until it is authenticated."""

    def __init__(self, session: Session, address: str) -> None:
        self.session = session
        self.address = address
        self.terminal: TerminalEntry | None = None
        self.key = ""
        # Of the last position that was taken; whoever authenticates begins to count anew.
        self.serial: int | None = None

    def become(self, terminal: TerminalEntry | None, key: str = "") -> None:
        """Take on who was authenticated, or nobody."""
        self.terminal, self.key = terminal, key
        self.serial = None
        self.session.joins_parts = terminal is not None


class Jt808Desk:
    """Answers callers; what they send goes through the door."""

    def __init__(self, door: FixDoor, tally: FeedTally, keys: FeedKeys, book: TerminalBook) -> None:
        self._door = door
        self._tally = tally
        self._keys = keys
        self._book = book
        self._registrations = Buckets(REGISTRATIONS_PER_S, REGISTRATIONS_BURST)

    def hear(self, caller: Caller, said: Said, now: int) -> bytes:
        """Take what was said; returns the answer, b"" for silence.

        Raises:
            TurnedAway: a stranger's address sent too much: hang up.
        """
        session = caller.session
        try:
            match said:
                case HeardAgain():
                    self._tally.count(SOURCE, "resent")
                    return said.answer
                case Unreadable():
                    return self._answer_unreadable(caller, said, now)
                case HeardPart(packet, mark):
                    self._admit(caller, packet, now)
                    if packet.id not in JOINED:
                        return self._answer_unsupported(caller, packet)
                    request = (
                        session.request_parts(session.heard_at_s, at_once=True)
                        if packet.part == packet.parts
                        else b""
                    )
                    return session.answer(packet, Result.OK, mark) + request
                case Heard():
                    return self._answer(caller, said, now)
        except BusDown:
            return b""
        except TurnedAway as away:
            if away.outcome == "limited" and caller.terminal is None:
                raise
            if away.outcome == "unauthorised":
                caller.become(None)
            return b"" if said.packet is None else session.answer(said.packet, Result.FAILED)

    def _answer(self, caller: Caller, said: Heard, now: int) -> bytes:
        packet, session = said.packet, caller.session
        match said.reading:
            case Registration() as registration:
                result, code = self._register(caller, packet, registration, now)
                return session.answer_registration(packet, result, code)
            case Authentication(code=code):
                self._authenticate(caller, packet, code, now)
                return session.answer(packet, Result.OK)
            case Bare(id=message):
                if message == TERMINAL_ANSWER:
                    return b""
                if message == TIME_QUERY:
                    return session.answer_time(packet, now)
                self._admit(caller, packet, now)
                if message == LOGOUT:
                    caller.become(None)
                return session.answer(packet, Result.OK)
            case Unsupported():
                self._admit(caller, packet, now)
                return self._answer_unsupported(caller, packet)
            case Location() as location:
                terminal = self._admit(caller, packet, now)
                if self._is_old(caller, packet):
                    self._hear_help(caller, terminal, (location,), now)
                    return session.answer(packet, Result.OK, said.mark)
                taken = self._take(caller, terminal, location, now)
                caller.serial = packet.serial
                return session.answer(packet, taken, said.mark)
            case LocationBatch(locations=locations):
                terminal = self._admit(caller, packet, now)
                if self._is_old(caller, packet):
                    self._hear_help(caller, terminal, (location for _, location in locations.readings), now)
                    return session.answer(packet, Result.OK, said.mark)
                self._take_batch(caller, terminal, locations, now)
                if packet.parts <= 1:
                    caller.serial = packet.serial
                return session.answer(packet, Result.OK, said.mark)

    def _is_old(self, caller: Caller, packet: Packet) -> bool:
        """Say whether a position's serial is not later than the last one taken over this connection, and count it.

        A message in parts is let through: a part that was asked for again comes with the serial that it had.
        """
        if caller.serial is None or packet.parts > 1 or is_later(packet.serial, caller.serial, JT808_NUMBERS):
            return False
        self._tally.count(SOURCE, "old_sequence")
        return True

    def _answer_unsupported(self, caller: Caller, packet: Packet) -> bytes:
        self._tally.count(SOURCE, "unsupported")
        return caller.session.answer(packet, Result.UNSUPPORTED)

    def _answer_unreadable(self, caller: Caller, said: Unreadable, now: int) -> bytes:
        sender = caller.terminal.device_id if caller.terminal else "terminal"
        payload = (
            f"{len(said.piece)} bytes {said.piece[:4].hex()}".encode()
        )  # the rest may be a number or a key
        device = caller.terminal.device_id if caller.terminal else None
        self._door.note_fault(
            said.error, sender=sender, payload=payload, address=caller.address, now=now, device=device
        )
        if said.packet is None:
            return b""
        result = Result.UNSUPPORTED if said.packet.is_encrypted else Result.WRONG
        return caller.session.answer(said.packet, result)

    def _register(
        self, caller: Caller, packet: Packet, asked: Registration, now: int
    ) -> tuple[RegistrationResult, str]:
        """Give the code to a terminal that the list knows with that id; without an id it is given out by hand only."""
        phone = packet.terminal.phone
        terminal = self._book.find(phone)
        code = self._keys.key_of(terminal.device_id) if terminal else None
        if self._registrations.take(phone, now):
            self._tally.count(SOURCE, "limited")
            return RegistrationResult.NO_SUCH_TERMINAL, ""
        is_listed = terminal is not None and terminal.terminal_id.lower() == asked.terminal_id.lower() != ""
        if terminal is None or code is None or not is_listed:
            result = RegistrationResult.NO_SUCH_TERMINAL
        elif terminal.plate and terminal.plate != asked.plate:
            result = RegistrationResult.NO_SUCH_VEHICLE
        else:
            self._tally.count(SOURCE, "registered")
            return RegistrationResult.OK, code
        try:
            self._door.turn_away(SOURCE, caller.address, now)
        except TurnedAway as away:
            if away.outcome == "limited":
                raise
        return result, ""

    def _authenticate(self, caller: Caller, packet: Packet, code: str, now: int) -> None:
        terminal = self._book.find(packet.terminal.phone)
        if terminal is None:
            self._door.turn_away(SOURCE, caller.address, now)
        self._door.admit(terminal.device_id, code, SOURCE, caller.address, now)
        caller.become(terminal, code)
        self._tally.count(SOURCE, "authenticated")

    def _admit(self, caller: Caller, packet: Packet, now: int) -> TerminalEntry:
        """Return the terminal that speaks, as the list has it now.

        The code that the caller was authenticated with must be this terminal's: nobody speaks for another number,
        and a code that was withdrawn or a number that moved to another device ends the session.
        """
        terminal = self._book.find(packet.terminal.phone)
        if terminal is None or caller.terminal is None:
            self._door.turn_away(SOURCE, caller.address, now)
        self._door.admit(terminal.device_id, caller.key, SOURCE, caller.address, now)
        return terminal

    def _take(self, caller: Caller, terminal: TerminalEntry, location: Location, now: int) -> Result:
        if location.is_located:
            try:
                fix = fix_of(location, terminal.device_id, terminal.datum, now)
            except FieldFault as fault:
                self._hear_help(caller, terminal, (location,), now)
                self._refuse(caller, terminal, DecodeError(SOURCE, 0, str(fault)), now)
                return Result.OK if location.calls_for_help else Result.WRONG
            self._door.take(terminal.device_id, caller.key, fix, now, SOURCE, caller.address)
        else:
            self._hear_help(caller, terminal, (location,), now)
            self._tally.count(SOURCE, "not_located")
        return Result.OK

    def _take_batch(
        self, caller: Caller, terminal: TerminalEntry, locations: Batch[Location], now: int
    ) -> None:
        self._hear_help(caller, terminal, (location for _, location in locations.readings), now)
        fixes: Batch[FixItem] = Batch(faults=locations.faults)
        not_located = 0
        for index, location in locations.readings:
            if not location.is_located:
                not_located += 1
                continue
            try:
                fixes.readings.append((index, fix_of(location, terminal.device_id, terminal.datum, now)))
            except FieldFault as fault:
                fixes.faults.append(DecodeError(SOURCE, index, str(fault)))
        # Some terminals send the newest first; in the order of time each is news.
        fixes.readings.sort(key=lambda reading: reading[1].at)
        self._door.take_batch(fixes, terminal.device_id, now, SOURCE)
        self._tally.count(SOURCE, "not_located", not_located)
        for refused in fixes.faults:
            self._refuse(caller, terminal, refused, now)

    def _hear_help(
        self, caller: Caller, terminal: TerminalEntry, locations: Iterable[Location], now: int
    ) -> None:
        """A call for help counts without a place, and without a believable time as of now."""
        called = [
            location.at
            if location.at is not None
            and now - POSITION_AGE_LIMIT_MS <= location.at <= now + FUTURE_TOLERANCE_MS
            else now
            for location in locations
            if location.calls_for_help
        ]
        if called:
            self._door.hear_help(terminal.device_id, caller.key, max(called), now, SOURCE, caller.address)

    def _refuse(self, caller: Caller, terminal: TerminalEntry, error: DecodeError, now: int) -> None:
        device = terminal.device_id
        with contextlib.suppress(TurnedAway):  # counted; the answer is the same
            self._door.note_fault(
                error, sender=device, payload=b"", address=caller.address, now=now, device=device
            )
