"""What was refused, kept for inspection without anyone's personal data or keys."""

from __future__ import annotations

import re
from typing import Final

PAYLOAD_LIMIT_BYTES: Final = 2_048

# The payload is often broken, so it is masked as text, not as JSON. An unclosed string is masked to its end.
_PRIVATE_FIELDS: Final = re.compile(
    r'("(?:citizen_name|citizen_phone|address|text|title|place|desc|poi|SSID|BSSID)"\s*:\s*")(?:[^"\\]|\\.)*("?)',
    re.DOTALL,
)
_PRIVATE_LISTS: Final = re.compile(r'("inregions"\s*:\s*\[)[^]]*')  # where somebody lives and works, by name
_KEYS: Final = re.compile(r'((?:^|[&?\s{,"])key"?\s*[=:]\s*"?)[^&"\s,}]*', re.IGNORECASE)
# A key wherever it was written, or most of one that was cut off: keys are 26 letters and digits of base32.
_KEY_WORDS: Final = re.compile(r"[A-Z2-7]{12,}")
# Codes and numbers are ASCII; whatever else there is may be somebody's name, in whatever field it was sent.
_WORDS: Final = re.compile(r"(?:[^\x00-\x7f]|\\u(?!00[0-7])[0-9A-Fa-f]{4})+")
# Mobile, identity card and landline numbers, wherever they were written. Another number of 18 digits (an order's)
# cannot be told from an identity card and is masked too.
_NUMBERS: Final = re.compile(
    r"(?<![0-9])(?:(?:\+?86[- ]?)?(1[3-9][0-9])[- ]?[0-9]{4}[- ]?([0-9]{4})"
    r"|([0-9]{3})[0-9]{14}([0-9Xx])|(0[0-9]{2,3})-?[0-9]{7,8}())(?![0-9])"
)


def malformed_entry(
    source: str, offset: int, reason: str, *, at: int, sender: str, payload: bytes
) -> dict[str, bytes]:
    """Return the fields of an entry of `zs:feed:malformed`.

    Args:
        source: feed: positions, calls, orders, events, heartbeat.
        offset: item index in a batch, else byte offset.
        reason: why it was refused.
        at: when, UTC ms.
        sender: platform id, device, or where it came from.
        payload: as it came; kept masked.
    """
    return {
        "source": source.encode(),
        "offset": str(offset).encode(),
        "reason": _masked_words(reason).encode("utf-8", "replace"),  # it may name a field the sender made up
        "at": str(at).encode(),
        "sender": sender.encode("utf-8", "replace"),
        "payload": masked_payload(payload),
    }


def masked_payload(payload: bytes) -> bytes:
    """Return at most 2,048 bytes of a payload with names, phone numbers, free words and keys masked.

    Masking comes before cutting, so that no half of a number escapes.
    """
    # A hundred times the limit is enough to fill it with whatever the mask leaves.
    text = payload[: 100 * PAYLOAD_LIMIT_BYTES].decode("utf-8", "replace")
    text = _PRIVATE_FIELDS.sub(r"\1***\2", text)
    text = _PRIVATE_LISTS.sub(r"\1***", text)
    text = _KEYS.sub(r"\1***", text)
    return _masked_words(text).encode("utf-8")[:PAYLOAD_LIMIT_BYTES]


def _masked_words(text: str) -> str:
    return _WORDS.sub("***", _NUMBERS.sub(_masked_number, _KEY_WORDS.sub("***", text)))


def _masked_number(match: re.Match[str]) -> str:
    parts = [part for part in match.groups() if part is not None]
    return f"{parts[0]}****{parts[1]}"
