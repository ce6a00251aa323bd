"""What the live hub reads from the truth: one consistent picture, the log after a sequence, the roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from dashboard import service
from dashboard.store import event_log

if TYPE_CHECKING:
    from dashboard.service import Services


class PictureSnapshot(Protocol):
    """Rows and last log lines at one (epoch, seq)."""

    @property
    def epoch(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def matters(self) -> Sequence[dict[str, Any]]: ...
    @property
    def commands(self) -> Sequence[dict[str, Any]]: ...
    @property
    def asks(self) -> Sequence[dict[str, Any]]: ...
    @property
    def log(self) -> Sequence[dict[str, Any]]: ...


class RosterRow(Protocol):
    """One worker as the roster knows it."""

    @property
    def slot(self) -> int: ...
    @property
    def worker_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def grid(self) -> str: ...
    @property
    def township(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def assessed(self) -> bool: ...


class LiveSource(Protocol):
    """The truth as the hub needs it; plain blocking functions, called in a thread.

    Any of them may raise `dashboard.store.StoreBusy`: the hub keeps what it has and asks again.
    """

    def snapshot(self) -> PictureSnapshot:
        """Read the whole picture in one transaction."""

    def log_after(self, seq: int, limit: int) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Return the epoch and up to `limit` log entries after `seq`, in sequence."""

    def roster(self) -> Sequence[RosterRow]:
        """Return every worker on the platform."""


class ServiceSource:
    """A `LiveSource` over the services of this process."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def snapshot(self) -> PictureSnapshot:
        """Read the whole picture in one transaction."""
        return service.snapshot(self._services)

    def log_after(self, seq: int, limit: int) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Return the epoch and up to `limit` log entries after `seq`, in sequence."""
        epoch = self._services.store.epoch()
        with self._services.store.read() as connection:
            return epoch, [entry.as_dict() for entry in event_log.read_after(connection, seq, limit)]

    def roster(self) -> Sequence[RosterRow]:
        """Return every worker on the platform."""
        return service.roster(self._services)
