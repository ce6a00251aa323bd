"""A terminal at the desk, without a socket between them."""

from __future__ import annotations

from data_feeds.decoders.jt808.session import Session
from data_feeds.jt808_desk import Caller, Jt808Desk
from data_feeds.terminal_book import TerminalBook
from tests.feeds.entrance import Entrance
from tests.feeds.feed_city import NOW, key_of
from tests.feeds.jt808_terminal import TerminalRow, answers_in, authentication, frame, general, phone_of


class Line:
    """A desk with one caller."""

    def __init__(self, entrance: Entrance, rows: list[TerminalRow], number: int = 0, is_2019: bool = False):
        self.entrance = entrance
        self.book = TerminalBook(lambda: rows)
        self.book.read()
        self.desk = Jt808Desk(entrance.door, entrance.tally, entrance.keys, self.book)
        self.caller = Caller(Session(0.0), "10.0.0.1")
        self.options = {"phone": phone_of(number), "is_2019": is_2019}
        self.key = key_of(f"dev-{number}")
        self.now = NOW
        self.serial = 0

    def send(self, message: int, body: bytes = b"", **options) -> list[tuple[int, bytes]]:
        """Send one message under the next serial; returns the answers."""
        self.serial += 1
        return self.raw(frame(message, body, **{"serial": self.serial, **self.options, **options}))

    def raw(self, data: bytes) -> list[tuple[int, bytes]]:
        answers = [
            self.desk.hear(self.caller, said, self.now) for said in self.caller.session.feed(data, 0.0)
        ]
        return answers_in(b"".join(answers))

    def authenticate(self) -> Line:
        body = authentication(self.key, is_2019=self.options["is_2019"])
        assert self.send(0x0102, body) == [general(0x0102, self.serial, 0)]
        return self
