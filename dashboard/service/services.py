"""What every act needs: the store, the city's rows, the secret; nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dashboard.citypack import CityPack, PolicyStep
from dashboard.citypack import Policies as Steps
from dashboard.citypack.place_index import PlaceIndex
from dashboard.domain.policy import Policies
from dashboard.domain.sign_in_policy import POLICIES, SignInPolicy
from dashboard.domain.workdays import WorkingCalendar
from dashboard.store import policies as stored
from dashboard.store.data_keys import DataKeys
from dashboard.store.seal import Seal
from dashboard.store.secret_file import Secrets
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
        secret: the installation's secret (`dashboard.store.secret_file`), or its file, which may change; without it no
            personal data can be sealed or opened and such an act raises NoSecret.
        data_keys: the keys that seal personal data; without them a key derived from the secret does.
        after_commit: called after each committed act, to nudge the worker; must be quick and must not raise.
        session_idle_ms, session_absolute_ms: how long a session lives unused, and at most.
        sign_in: what is asked of those who sign in.
        machine_time_s: the machine's own time (epoch seconds), by which the codes of devices count.
        means_served: the means of sending that a gateway serves; what goes by another one is told by hand.
        citizens_kept_ms: how long after a matter closed its citizen is kept (citizen_retention); 0 for as long as it.
        attachments_dir: where the bytes of attachments lie, outside every web root; without it nothing can be kept.
        attachments_copy: where a second copy of them lies, on another disk or machine; written before the act is told
            done, read when the first has lost them.
    """

    store: Store
    pack: CityPack
    secret: bytes | Secrets | None = None
    data_keys: DataKeys | None = None
    after_commit: Callable[[], None] = _nobody
    session_idle_ms: int = 30 * 60_000
    session_absolute_ms: int = 12 * 60 * 60_000
    sign_in: SignInPolicy = POLICIES["asvs"]
    machine_time_s: Callable[[], float] = time.time
    attachments_dir: Path | None = None
    attachments_copy: Path | None = None
    means_served: frozenset[str] = frozenset({"sms", "phone", "webhook"})
    citizens_kept_ms: int = 0
    policies: Policies = field(init=False)
    _versions: dict[int, Policies] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "policies", Policies(self.pack.limits, self.pack.policies))

    def steps_of(self, version: int) -> Policies:
        """Return the city's limits with the escalation steps of one policy version (`matter.policy_version`).

        A kind of clock that the version has no row for (it came with a later release) follows the pack's rows. A
        store in which no version was written yet goes by the pack as a whole.
        """
        found = self._versions.get(version)
        if found is None:
            with self.store.read() as connection:
                rows = stored.steps_of(connection, version)
            steps = Steps(PolicyStep(**row) for row in rows)
            # A version never changes once it is written, so what was read stays true.
            found = Policies(self.pack.limits, steps, self.pack.policies) if rows else self.policies
            self._versions[version] = found
        return found

    @cached_property
    def places(self) -> PlaceIndex:
        """The city's places and units by what people call them."""
        return PlaceIndex(self.pack.divisions, self.pack.units)

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
        current, *older = self.secrets
        return Seal(current, self.data_keys, older)

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secrets that are accepted, the one that derives first.

        Raises:
            NoSecret: opened without the secret.
        """
        if self.secret is None:
            raise NoSecret("these services were opened without the installation's secret")
        return (self.secret,) if isinstance(self.secret, bytes) else self.secret.all()
