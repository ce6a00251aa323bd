"""Whole documents out of a TCP stream: XML one after another without separators, and frames of the TAK protocol.

A client switches to frames once it has asked for them, some send them unasked. Each document says itself which it is:
0xbf begins no XML.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from data_feeds.decoders.cot import SOURCE
from data_feeds.decoders.errors import DecodeError

DOCUMENT_LIMIT_BYTES: Final = 65_536  # TAK servers send nothing longer, and a position takes under 1,000
MAGIC: Final = 0xBF
_PROLOGUE_LIMIT_BYTES: Final = 512  # `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` takes 56
_LONGEST_LENGTH_BYTES: Final = 3  # a length in more bytes is over any limit
_WHITESPACE: Final = b" \t\r\n"
_ROOT: Final = re.compile(rb"<(event|auth)(?=[\s/>])")
_ROOT_BYTES: Final = 7  # so much has to be there to tell a root
_INNER: Final = re.compile(rb"<event(?=[\s/>])")
_BEGINNING: Final = re.compile(rb"<(\?xml|(event|auth)(?=[\s/>]))")
_END: Final = {name: re.compile(rb"</%s\s{0,8}>" % name) for name in (b"event", b"auth")}
_END_BYTES: Final = 16  # the longest that `_END` matches


class StreamLost(DecodeError):
    """Raised where nobody can tell any more at which byte the next document begins: the line is of no use."""


class Document(NamedTuple):
    """One XML document without its prologue, or the protobuf of one frame."""

    is_message: bool
    content: bytes


class DocumentReader:
    """Cuts a stream, however it was cut into segments; holds no more than it was fed since and one document."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._seen = 0  # the root's end does not begin before this
        self._skips = False  # over the limit: everything up to the next end goes

    def feed(self, data: bytes) -> None:
        """Take in what came; `next` gives it out."""
        self._buffer += data

    @property
    def waiting_bytes(self) -> int:
        """How much was fed and not given out yet."""
        return len(self._buffer)

    def next(self) -> Document | None:
        """Return the next whole document, None when more has to come.

        Raises:
            DecodeError: some bytes were no document and are gone; ask again.
            StreamLost: ask no more.
        """
        buffer = self._buffer
        while True:
            if self._skips and not self._skip():
                return None
            blank = len(buffer) - len(buffer.lstrip(_WHITESPACE))
            del buffer[:blank]
            if not buffer:
                return None
            if buffer[0] == MAGIC:
                return self._frame()
            if not buffer.startswith(b"<"):
                self._drop_rubbish()
                raise DecodeError(SOURCE, 0, "neither XML nor a frame of the TAK protocol begins here")
            if not buffer.startswith(b"<?"):
                return self._xml()
            end = buffer.find(b"?>", 2, _PROLOGUE_LIMIT_BYTES)
            if end < 0:
                if len(buffer) < _PROLOGUE_LIMIT_BYTES:
                    return None
                self._drop_rubbish()
                raise DecodeError(SOURCE, 0, f"no end of the prologue within {_PROLOGUE_LIMIT_BYTES} bytes")
            del buffer[: end + 2]

    def _xml(self) -> Document | None:
        buffer = self._buffer
        root = _ROOT.match(buffer)
        if root is None:
            if len(buffer) < _ROOT_BYTES:
                return None
            self._drop_rubbish()
            raise DecodeError(SOURCE, 0, "the document is neither an event nor auth")
        end = _END[root[1]].search(buffer, self._seen)
        if end is None:
            if len(buffer) > DOCUMENT_LIMIT_BYTES:
                self._skips = True
                self._skip()
                raise DecodeError(
                    SOURCE, DOCUMENT_LIMIT_BYTES, f"a document over {DOCUMENT_LIMIT_BYTES} bytes"
                )
            self._seen = max(0, len(buffer) - _END_BYTES)
            return None
        self._seen = 0
        content = bytes(buffer[: end.end()])
        # One that was broken off and another after it: only the first of them is lost.
        *_, last = _INNER.finditer(content) if root[1] == b"event" else (root,)
        if last.start():
            del buffer[: last.start()]
            raise DecodeError(SOURCE, last.start(), "an event begins within another")
        del buffer[: end.end()]
        if len(content) > DOCUMENT_LIMIT_BYTES:
            raise DecodeError(SOURCE, DOCUMENT_LIMIT_BYTES, f"a document over {DOCUMENT_LIMIT_BYTES} bytes")
        return Document(False, content)

    def _frame(self) -> Document | None:
        buffer = self._buffer
        length = shift = 0
        for place in range(1, 1 + _LONGEST_LENGTH_BYTES):
            if place >= len(buffer):
                return None
            length |= (buffer[place] & 0x7F) << shift
            shift += 7
            if buffer[place] < 0x80:
                break
        else:
            raise StreamLost(SOURCE, 1, "the length of a frame does not end")
        if length > DOCUMENT_LIMIT_BYTES:
            raise StreamLost(SOURCE, 1, f"a frame over {DOCUMENT_LIMIT_BYTES} bytes")
        start = place + 1
        if len(buffer) < start + length:
            return None
        content = bytes(buffer[start : start + length])
        del buffer[: start + length]
        return Document(True, content)

    def _drop_rubbish(self) -> None:
        """Drop what comes before the next beginning, and what stands first in any case."""
        found = _BEGINNING.search(self._buffer, 1)
        if found is None:  # the end may be the first bytes of one
            place = self._buffer.rfind(b"<", max(1, len(self._buffer) - _ROOT_BYTES + 1))
            del self._buffer[: place if place >= 0 else len(self._buffer)]
        else:
            del self._buffer[: found.start()]

    def _skip(self) -> bool:
        """Drop what belongs to a document over the limit; returns whether its end was there."""
        end = _END[b"event"].search(self._buffer)
        self._seen = 0
        if end is None:
            del self._buffer[: max(0, len(self._buffer) - _END_BYTES)]
            return False
        del self._buffer[: end.end()]
        self._skips = False
        return True


def mesh_message(datagram: bytes) -> bytes | None:
    """Return the protobuf of a datagram of the TAK protocol (0xbf, version, 0xbf, message), None for another one.

    Raises:
        DecodeError: a version that is not 1.
    """
    if not datagram.startswith(b"\xbf"):
        return None
    if not datagram.startswith(b"\xbf\x01\xbf"):
        raise DecodeError(SOURCE, 1, "version 1 of the TAK protocol is the only one known")
    return datagram[3:]
