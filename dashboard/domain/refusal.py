"""Outcomes of an act: done with its place in the log, or refused in words that an officer understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not done. `code` names the catalogue text `refusal.<code>`, `params` fill it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The catalogue key of the text an officer reads."""
        return f"refusal.{self.code}"


@dataclass(frozen=True, slots=True)
class Done:
    """An act that is committed. `value` depends on the act, `seq` is its last place in the log (0: none written)."""

    value: Any
    seq: int = 0


Outcome = Done | Refused


class Refusal(Exception):
    """Ends an act from within: the transaction is undone to where the act began and the refusal is recorded."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.refused = Refused(code, params)
