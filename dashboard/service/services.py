"""What every act needs: the store, the city's rows, the secret; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dashboard.citypack import CityPack
from dashboard.domain.policy import Policies
from dashboard.domain.workdays import WorkingCalendar
from dashboard.store.seal import Seal
from dashboard.store.store import Store


class NoSecret(RuntimeError):
    """Personal data came in or was asked for, and these services were opened without the installation's secret."""


def _nobody() -> None:
    """Tell nobody: the default of `Services.after_commit`."""


@dataclass(frozen=True)
class Services:
    """The doors of the system for one city.

    Args:
        store: a migrated store.
        pack: the city pack.
        secret: the installation's secret (`dashboard.secret_file`); without it no personal data can be
            sealed or opened and such an act raises NoSecret.
        after_commit: called after each committed act, to nudge the worker; must be quick and must not raise.
        session_idle_ms, session_absolute_ms: how long a session lives unused, and at most.
    """

    store: Store
    pack: CityPack
    secret: bytes | None = None
    after_commit: Callable[[], None] = _nobody
    session_idle_ms: int = 30 * 60_000
    session_absolute_ms: int = 12 * 60 * 60_000
    policies: Policies = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "policies", Policies(self.pack.limits, self.pack.policies))

    @property
    def calendar(self) -> WorkingCalendar:
        """The city's working time."""
        return self.pack.calendar

    @property
    def city(self) -> str:
        """The city's division code."""
        return self.pack.divisions.city.code

    @property
    def seal(self) -> Seal:
        """The seal of citizens' data.

        Raises:
            NoSecret: opened without the secret.
        """
        if self.secret is None:
            raise NoSecret("these services were opened without the installation's secret")
        return Seal(self.secret)
