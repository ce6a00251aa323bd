"""A JSON object with one array of items, decoded item by item: good ones come through, bad ones are named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from data_feeds.decoders.errors import Batch, DecodeError
from data_feeds.decoders.item_rules import Boot, FieldFault, SequenceNumber, refuse_bad_text
from data_feeds.decoders.limits import BODY_LIMIT_BYTES

Item = TypeVar("Item", bound=msgspec.Struct)
Reading = TypeVar("Reading")

_VALUE: Final = re.compile("Invalid enum value .*?(?= - at `|$)", re.DOTALL)  # msgspec repeats the value here
_BYTE: Final = re.compile(r"\(byte ([0-9]+)\)$")
_REASON_LIMIT: Final = 200
# What msgspec raises on bad input; nesting beyond the interpreter's limit ends as a RecursionError.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class BatchDecoder:
    """Decodes `{"<array>": [item, ...]}` where each item is of one struct type.

    Args:
        source: feed name for errors and counters.
        array: name of the array in the body.
        item: struct type of an item, forbidding unknown fields.
        limit: most items in one body.
        is_numbered: whether `seq` and `boot` may stand beside the array.
        build: turns a decoded item into a reading, given (item, now, platform); raises `FieldFault`.
    """

    def __init__(
        self,
        source: str,
        array: str,
        item: type[Item],
        limit: int,
        build: Callable[[Item, int, str], Reading],
        *,
        is_numbered: bool = False,
    ) -> None:
        self.source = source
        self.item = item
        self.array = array
        self.limit = limit
        self._build: Callable[[Any, int, str], Any] = build
        fields: list[Any] = [(array, list[msgspec.Raw])]
        if is_numbered:
            fields += [("seq", SequenceNumber | None, None), ("boot", Boot, 0)]
        envelope = msgspec.defstruct("Envelope", fields, forbid_unknown_fields=True)
        self._envelope: msgspec.json.Decoder[Any] = msgspec.json.Decoder(envelope)
        self._item = msgspec.json.Decoder(item)

    def decode(self, body: bytes, *, now: int, platform: str) -> Batch[Any]:
        """Decode a body.

        Raises:
            DecodeError: the body as a whole is not what was asked for: too long, not JSON, no array of that
                name, another field beside it, empty, or too many items.
        """
        batch: Batch[Any] = Batch()
        items, batch.number = self._items(body)
        for index, raw in enumerate(items):
            try:
                item = self._item.decode(raw)
                refuse_bad_text(item)
                batch.readings.append((index, self._build(item, now, platform)))
            except FieldFault as fault:
                self._refuse(batch, index, raw, str(fault))
            except UNREADABLE as error:
                self._refuse(batch, index, raw, reason_of(error))
        return batch

    def _items(self, body: bytes) -> tuple[list[msgspec.Raw], tuple[int, int] | None]:
        if len(body) > BODY_LIMIT_BYTES:
            raise DecodeError(self.source, BODY_LIMIT_BYTES, f"body is over {BODY_LIMIT_BYTES} bytes")
        try:
            whole = self._envelope.decode(body)
        except UNREADABLE as error:
            raise DecodeError(self.source, byte_of(error), reason_of(error)) from error
        items: list[msgspec.Raw] = getattr(whole, self.array)
        if not items:
            raise DecodeError(self.source, 0, f"`{self.array}` is empty")
        if len(items) > self.limit:
            raise DecodeError(self.source, self.limit, f"`{self.array}` has more than {self.limit} items")
        return items, number_of(whole)

    def _refuse(self, batch: Batch[Any], index: int, raw: msgspec.Raw, reason: str) -> None:
        batch.faults.append(DecodeError(self.source, index, reason))
        batch.refused_items[index] = bytes(raw)


def number_of(body: Any) -> tuple[int, int] | None:
    """Return (boot, seq) of a body whose sender counts, None of any other."""
    seq = getattr(body, "seq", None)
    return None if seq is None else (body.boot, seq)


def byte_of(error: Exception) -> int:
    """Return the byte at which JSON broke, 0 where the library does not say."""
    found = _BYTE.search(str(error))
    return int(found[1]) if found else 0


def reason_of(error: Exception) -> str:
    """Return a reason that names the field and the rule, never the value (it may be someone's name)."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    said = _VALUE.sub("Not one of the allowed values", str(error))
    return "".join(char if char.isprintable() else "?" for char in said[:_REASON_LIMIT])
