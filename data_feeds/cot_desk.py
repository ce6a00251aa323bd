"""What a CoT event means to us, and what it is answered; no sockets.

A position is never answered in CoT, so nothing tells a client to send one again: while Redis is away nothing is
drawn from a connection (`BusDown`), and what waits in it is heard afterwards.
"""

from __future__ import annotations

from typing import Final

from data_feeds.cot_addresses import AddressBook
from data_feeds.cot_tls import Subject
from data_feeds.decoders.cot import SOURCE
from data_feeds.decoders.cot.events import PING, REQUEST, CotEvent, Credentials, fix_of
from data_feeds.decoders.cot.framing import DOCUMENT_LIMIT_BYTES, mesh_message
from data_feeds.decoders.cot.session import Said, Session, Unreadable
from data_feeds.decoders.cot.tak_messages import read_message
from data_feeds.decoders.cot.xml_events import read_document
from data_feeds.decoders.errors import DecodeError
from data_feeds.decoders.item_rules import FieldFault
from data_feeds.decoders.limits import FUTURE_TOLERANCE_MS, POSITION_AGE_LIMIT_MS
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor, TurnedAway
from data_feeds.position_board import COARSE_M
from data_feeds.rate_limits import Buckets

_ALERT_SUFFIX: Final = "-9-1-1"  # a client's own alert has its uid with this behind it

# What is believed by its address alone: a client reports at most once a second, and who forges reports must not use
# up what the device itself may send over another wire.
BY_ADDRESS_PER_S: Final = 1
BY_ADDRESS_BURST: Final = 60


class CotCaller:
    """Who is at the other end of a connection: nobody known until `<auth>` or a certificate says so.

    `uid` is what the device calls itself in its events.
    """

    def __init__(self, session: Session, address: str) -> None:
        self.session = session
        self.address = address
        self.device: str | None = None
        self.key = ""
        self.uid = ""


class CotDesk:
    """Hears callers and datagrams; what they send goes through the door.

    Args:
        addresses: whom a datagram without a key is believed to come from; None for nobody.
    """

    def __init__(
        self, door: FixDoor, tally: FeedTally, keys: FeedKeys, addresses: AddressBook | None = None
    ) -> None:
        self._door = door
        self._tally = tally
        self._keys = keys
        self._addresses = addresses
        self._by_address = Buckets(BY_ADDRESS_PER_S, BY_ADDRESS_BURST)

    def admit_certificate(self, caller: CotCaller, subject: Subject | None, now: int) -> bytes:
        """Take a caller for the device that its checked certificate names; returns what it is told.

        Raises:
            TurnedAway: no such device, or not its key generation, which ends its certificates too: hang up.
        """
        key = subject and self._keys.key_of_generation(subject.device, subject.generation)
        if subject is None or key is None:
            self._door.turn_away(SOURCE, caller.address, now)
        return self._become(caller, subject.device, key, subject.uid, now)

    def hear(self, caller: CotCaller, said: Said, now: int) -> bytes:
        """Take what was said; returns the answer, b"" for none.

        Raises:
            BusDown: not taken: hear it again when Redis is back, and nothing before it.
            TurnedAway: a stranger, a device that is none any more, or one that sends rubbish without end: hang up.
        """
        match said:
            case Unreadable(error=error, is_lost=is_lost):
                self._note_fault(caller, error, now)
                if is_lost:
                    raise TurnedAway("limited")
                return b""
            case Credentials():
                return self._authenticate(caller, said, now)
            case CotEvent():
                if caller.device is None:
                    self._door.turn_away(SOURCE, caller.address, now)
                try:
                    return self._take(caller, caller.device, said, now)
                except TurnedAway as away:
                    if away.outcome == "unauthorised":
                        raise
                    return b""

    def hear_datagram(self, datagram: bytes, address: str, now: int) -> None:
        """Take one datagram, which has to bring its device's key in our element or come from a listed address.

        Raises:
            BusDown: not taken, and gone: UDP knows no waiting.
            TurnedAway: not taken; counted.
        """
        try:
            if len(datagram) > DOCUMENT_LIMIT_BYTES:
                raise DecodeError(
                    SOURCE, DOCUMENT_LIMIT_BYTES, f"a document over {DOCUMENT_LIMIT_BYTES} bytes"
                )
            message = mesh_message(datagram)
            event = read_document(datagram) if message is None else read_message(message)
            if isinstance(event, Credentials):
                raise DecodeError(SOURCE, 0, "auth opens a connection, and a datagram is none")
        except DecodeError as error:
            self._door.note_fault(error, sender="datagram", payload=b"", address=address, now=now)
            return
        if event is None:
            self._tally.count(SOURCE, "unsupported")
            return
        if event.own is None or not event.own.key:
            self._hear_unproven(event, address, now)
            return
        device, key = event.own.device or event.uid, event.own.key
        self._door.admit(device, key, SOURCE, address, now)
        caller = CotCaller(Session(0.0), address)
        caller.device, caller.key, caller.uid = device, key, event.uid
        self._take(caller, device, event, now)

    def _hear_unproven(self, event: CotEvent, address: str, now: int) -> None:
        """Take an event without a key where the operator listed its address and uid.

        It moves the marker and can call for help; it proves no arrival, ends no call for help and says nothing about
        duty: anybody could have sent it who can write that address on a datagram.
        """
        uid = (event.link_uid or event.uid.removesuffix(_ALERT_SUFFIX)) if event.is_alert else event.uid
        device = self._addresses.device_of(address, uid) if self._addresses is not None else None
        key = None if device is None else self._keys.key_of(device)
        if device is None or key is None:
            self._door.turn_away(SOURCE, address, now)
        if not event.calls_for_help and self._by_address.take(device, now):
            self._tally.count(SOURCE, "limited")
            raise TurnedAway("limited")
        if event.calls_for_help is False:
            self._tally.count(SOURCE, "not_ended")
            if event.is_alert:
                return
        accuracy_m = event.accuracy_m
        if accuracy_m is not None and accuracy_m <= COARSE_M:
            accuracy_m = None  # vague: proves no arrival
        emergency = event.emergency or None
        event = event._replace(own=None, accuracy_m=accuracy_m, emergency=emergency)
        caller = CotCaller(Session(0.0), address)
        caller.device, caller.key, caller.uid = device, key, uid
        self._take(caller, device, event, now)
        self._tally.count(SOURCE, "unauthenticated_by_address")

    def _authenticate(self, caller: CotCaller, said: Credentials, now: int) -> bytes:
        if caller.device is not None and caller.device != said.device:
            self._door.turn_away(SOURCE, caller.address, now)  # a certificate of one with the name of another
        self._door.admit(said.device, said.key, SOURCE, caller.address, now)
        if caller.device is not None:  # both: the certificate's offer has been made
            caller.uid = said.uid or caller.uid
            return b""
        return self._become(caller, said.device, said.key, said.uid, now)

    def _become(self, caller: CotCaller, device: str, key: str, uid: str, now: int) -> bytes:
        caller.device, caller.key, caller.uid = device, key, uid or device
        self._tally.count(SOURCE, "authenticated")
        return caller.session.offer_protocol(now)

    def _take(self, caller: CotCaller, device: str, event: CotEvent, now: int) -> bytes:
        if event.type == PING:
            return caller.session.answer_ping(now)
        if event.type == REQUEST:
            return caller.session.answer_request(event.version, now)
        if event.is_alert:
            self._hear_alert(caller, device, event, now)
        elif not event.is_position:
            self._tally.count(SOURCE, "unsupported")
        elif event.uid not in (caller.uid, device):
            self._tally.count(SOURCE, "other_uid")
        else:
            self._take_position(caller, device, event, now)
        return b""

    def _take_position(self, caller: CotCaller, device: str, event: CotEvent, now: int) -> None:
        if event.is_withdrawn or not event.is_measured:
            self._hear_help(caller, device, event, now)
            self._tally.count(SOURCE, "withdrawn" if event.is_withdrawn else "not_measured")
            return
        try:
            fix = fix_of(event, device, now)
        except FieldFault as fault:
            self._hear_help(caller, device, event, now)
            self._note_fault(caller, DecodeError(SOURCE, 0, str(fault)), now)
            return
        self._door.take(device, caller.key, fix, now, SOURCE, caller.address)

    def _hear_alert(self, caller: CotCaller, device: str, event: CotEvent, now: int) -> None:
        """An alert is an event of its own, with a uid of its own: the link says whose it is."""
        whose = event.link_uid or event.uid.removesuffix(_ALERT_SUFFIX)
        # The end of a call names nobody, and a wearable gives it a uid that nobody knows: it is the line's own.
        if whose not in (caller.uid, device) and (event.link_uid is not None or event.calls_for_help):
            self._tally.count(SOURCE, "other_uid")
            return
        self._hear_help(caller, device, event, now)

    def _hear_help(self, caller: CotCaller, device: str, event: CotEvent, now: int) -> None:
        """A call for help counts without a place, and without a believable time as of now; so does its end."""
        is_wanted = event.calls_for_help
        if is_wanted is None:
            return
        at = event.at
        if at is None or not now - POSITION_AGE_LIMIT_MS <= at <= now + FUTURE_TOLERANCE_MS:
            at = now
        self._door.hear_help(device, caller.key, at, now, SOURCE, caller.address, is_wanted=is_wanted)

    def _note_fault(self, caller: CotCaller, error: DecodeError, now: int) -> None:
        """Count and keep why; what was sent may hold a key and is not kept.

        Raises:
            TurnedAway: a stranger, or more of it than the device's limit.
        """
        device = caller.device
        self._door.note_fault(
            error, sender=device or "client", payload=b"", address=caller.address, now=now, device=device
        )
        if device is None:
            self._door.turn_away(SOURCE, caller.address, now)
