"""Who acts, in which role, inside which jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PrincipalKind = Literal["officer", "kiosk", "gateway", "system"]


@dataclass(frozen=True, slots=True)
class Principal:
    """One actor as the server knows it; built from a session, a kiosk token or a key, never from the browser.

    `jurisdiction` is a division code: the principal sees and commands inside it and below.
    `unit` is the unit id of a liaison, `worker` the roster id of a grid worker, None for everyone else.
    `address` is the remote address for the audit log.
    """

    id: str
    name: str
    kind: PrincipalKind
    role: str
    jurisdiction: str
    unit: str | None = None
    address: str = ""
    language: str = "zh"
    worker: str | None = None

    @property
    def own_receiver(self) -> str | None:
        """The one receiver that a person of a unit or of the field speaks for; None for everybody else.

        Such a person sees what concerns that receiver alone, whatever the jurisdiction; "" when the account names none.
        """
        if self.role == "unit_liaison":
            return self.unit or ""
        return (self.worker or "") if self.role == "grid_worker" else None
