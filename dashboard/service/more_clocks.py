"""Clocks that a feature wants beside those of the matter's stage and of its commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from dashboard.domain.clocks import Wanted
from dashboard.domain.matter import Matter
from dashboard.service.act import Act

MORE_CLOCKS: Final[tuple[Callable[[Act, Matter], Iterable[Wanted]], ...]] = ()
"""Each returns the clocks that should be running for a matter; asked after every change of the matter."""


def more_wanted(act: Act, matter: Matter) -> list[Wanted]:
    """Return every further clock that the matter should have now."""
    return [wanted for ask in MORE_CLOCKS for wanted in ask(act, matter)]
