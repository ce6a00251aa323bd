"""What an installation asks of those who sign in, and the two published sets of it that disagree.

`asvs` follows OWASP ASVS 5 (6.2): length and no well-known password, no mixture of characters, no change by the
calendar. `dengbao` follows the practice of 等级保护 level 3 (GB/T 22239-2019, 8.1.4.1; the numbers are practice): a
mixture, a change every 90 days, and a second factor for administrators. Either may be tightened setting by setting.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from dashboard.domain.refusal import Refused
from dashboard.domain.rights import ADMINISTRATORS

DAY_MS: Final = 86_400_000
SecondFactor = Literal["own", "administrators", "everybody"]
Stage = Literal["open", "factor", "enrol", "password"]
"""How far a session has come: only an `open` one is anybody; the others wait for a code, a device, a new password."""


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """Rules of signing in.

    Args:
        min_length: characters of a password.
        kinds: how many of the four kinds (lower, upper, digit, other) a password needs; letters without case are other.
        max_age_ms: after which a password has to be changed; 0 for never.
        second_factor: who must have one: only who set it up (`own`), the three administrators too, or everybody.
    """

    min_length: int = 10
    kinds: int = 1
    max_age_ms: int = 0
    second_factor: SecondFactor = "own"

    def needs_factor(self, role: str) -> bool:
        """Say whether somebody of this role may not sign in without a second factor."""
        if self.second_factor == "administrators":
            return role in ADMINISTRATORS
        return self.second_factor == "everybody"

    def is_old(self, set_at: int, now: int) -> bool:
        """Say whether a password set at `set_at` has to be changed now (both epoch ms)."""
        return bool(self.max_age_ms) and now - set_at >= self.max_age_ms

    def weakness(self, password: str, about: Collection[str], known: Collection[str]) -> Refused | None:
        """Say why a password will not do, None when it does.

        Args:
            about: names that it must not contain.
            known: passwords, lower case, that everybody tries first.
        """
        if len(password) < self.min_length:
            return Refused("password_short", {"length": self.min_length})
        if len({_kind(one) for one in password}) < self.kinds:
            return Refused("password_plain", {"kinds": self.kinds})
        lower = password.casefold()
        if (
            lower in known
            or len(set(lower)) < 4
            or any(len(one) > 3 and one.casefold() in lower for one in about)
        ):
            return Refused("password_common")
        return None


POLICIES: Final = {
    "asvs": SignInPolicy(),
    "dengbao": SignInPolicy(kinds=3, max_age_ms=90 * DAY_MS, second_factor="administrators"),
}


def _kind(letter: str) -> str:
    return {"Ll": "lower", "Lu": "upper", "Nd": "digit"}.get(unicodedata.category(letter), "other")
