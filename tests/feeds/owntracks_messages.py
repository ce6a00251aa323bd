"""OwnTracks messages for tests: the captured ones, and ones of our own."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from nacl.secret import SecretBox

from dashboard.domain.device_keys import payload_key
from tests.feeds.feed_city import NOW, SECRET, key_of

CAPTURED = Path(__file__).parent / "captured" / "owntracks.txt"


def captured() -> dict[str, bytes]:
    """name -> message, as it was published."""
    lines = CAPTURED.read_text("utf-8").splitlines()
    pairs = [line.partition(": ") for line in lines if not line.startswith("#")]
    return {name: message.encode() for name, _, message in pairs}


def location(at: int = NOW, **fields: Any) -> dict[str, Any]:
    """A position as the Android app writes it; `at` in ms."""
    return {
        "_type": "location", "acc": 15, "alt": 44, "batt": 46, "bs": 1, "conn": "m", "created_at": NOW // 1000,
        "lat": 35.4, "lon": 119.5, "m": 1, "t": "u", "tid": "d0", "topic": "owntracks/dev-0/phone",
        "tst": at // 1000, "vac": 2, "vel": 5, **fields,
    }  # fmt: skip


def body_of(*messages: dict[str, Any]) -> bytes:
    """One message alone, several as an array."""
    return json.dumps(messages[0] if len(messages) == 1 else messages).encode()


def encrypted(message: dict[str, Any], device: str = "dev-0") -> bytes:
    """A message as an app encrypts it that was given its device's payload key."""
    box = SecretBox(payload_key(SECRET, device, 1).encode().ljust(32, b"\0"))
    data = base64.b64encode(box.encrypt(json.dumps(message).encode())).decode()
    return json.dumps({"_type": "encrypted", "data": data}).encode()


def app_headers(device: str = "dev-0", key: str | None = None, name: str = "phone") -> dict[str, str]:
    """What the app in HTTP mode sends: the account by Basic, and again who and which phone."""
    pair = f"{device}:{key_of(device) if key is None else key}"
    return {
        "authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
        "content-type": "application/json; charset=utf-8",
        "x-limit-u": device,
        "x-limit-d": name,
        "user-agent": "Owntracks-Android/gms/420504007",
    }
