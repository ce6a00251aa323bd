"""What a session waits for before it is anybody's."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain.sign_in_policy import Stage


@dataclass(frozen=True, slots=True)
class Device:
    """What an authenticator takes in: the secret to type, and the address that a picture code carries."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """The step of a session; `device` where a new one can be taken in, `has_device` where one is in use already."""

    stage: Stage
    name: str
    language: str
    device: Device | None = None
    has_device: bool = False
