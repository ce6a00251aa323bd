"""Bells: who waits for news of one unit, one worker or one matter is woken by it, and nobody else.

The live hub rings them as it folds the log. A bell remembers the place in the log at which it last rang, so a waiter
that asks from an older place is answered at once and no news can fall between two questions. Waiting costs nothing
but memory: nothing is polled per waiter.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from dashboard.live.picture import Change, Picture

# Of one person: more open questions than this many tabs and phones have are ended, the oldest first.
MOST_WAITING: Final = 16
# Closed matters leave their bells behind; whoever asks from before the oldest remembered one is answered at once.
MOST_REMEMBERED: Final = 20_000
MOST_TOUCHED: Final = 40  # matters that one bell tells apart; whoever is further behind reads everything

LOG_BELL: Final = "log"  # rings with every entry

Row = Mapping[str, Any]


def unit_bell(unit: str) -> str:
    """Return the bell of a unit."""
    return f"unit:{unit}"


def worker_bell(worker: str) -> str:
    """Return the bell of a grid worker."""
    return f"worker:{worker}"


def matter_bell(matter: str) -> str:
    """Return the bell of a matter and everything on it: its orders, its room."""
    return f"matter:{matter}"


class Bells:
    """The bells of one process; all of it happens in the event loop."""

    def __init__(self) -> None:
        self._floor = 0  # what rang before this place is not known here
        self._rung: dict[str, _Rung] = {}
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._by_person: dict[str, OrderedDict[asyncio.Event, None]] = {}
        self._answered_early: set[asyncio.Event] = set()
        self._of_matter: dict[str, frozenset[str]] = {}
        self._of_command: dict[str, frozenset[str]] = {}
        self._commands_of: dict[str, set[str]] = {}
        self._matter_of: dict[str, str] = {}

    @property
    def waiting(self) -> int:
        """How many questions wait now."""
        return sum(len(each) for each in self._by_person.values())

    def reloaded(self, picture: Picture) -> None:
        """Start over from a whole picture; everybody is woken, for what happened meanwhile is not known."""
        self._of_matter, self._of_command, self._commands_of, self._matter_of = {}, {}, {}, {}
        for row in picture.matters.values():
            self._keep_matter(row)
        for row in picture.commands.values():
            self._keep_command(row)
        self._rung.clear()
        self._floor = picture.seq
        for events in self._waiting.values():
            _wake(events)

    async def answer_all(self, within_s: float) -> None:
        """Let everybody who waits now be answered, spread over that time, though no bell has rung.

        Their answers carry how this process fares; thousands of phones that asked again in one instant would be a fault
        of their own.
        """
        waiting = [event for own in self._by_person.values() for event in own]
        for event in waiting:
            if not event.is_set():
                self._answered_early.add(event)
                event.set()
            await asyncio.sleep(within_s / len(waiting))

    def changed(self, changes: Sequence[Change]) -> None:
        """Ring for everybody whom these log entries concern, before and after them."""
        for change in changes:
            for name, matters in self._concerned(change).items():
                rung = self._rung.pop(name, None) or _Rung(self._floor)
                rung.ring(change.seq, matters)
                self._rung[name] = rung  # last, so that the oldest stand first
                _wake(self._waiting.get(name, ()))
        while len(self._rung) > MOST_REMEMBERED:
            self._floor = max(self._floor, self._rung.pop(next(iter(self._rung))).at)

    async def rung(self, names: Collection[str], after: int, timeout_s: float, person: str) -> bool:
        """Return True when one of the bells has rung after a place in the log, False after `timeout_s` without.

        Args:
            after: the place in the log that the asker knows.
            person: who asks; only so many questions of one person wait at a time.
        """
        if any(self._rung_at(name) > after for name in names):
            return True
        event = asyncio.Event()
        own = self._by_person.setdefault(person, OrderedDict())
        own[event] = None
        if len(own) > MOST_WAITING:
            own.popitem(last=False)[0].set()
        for name in names:
            self._waiting.setdefault(name, set()).add(event)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await event.wait()
            return event.is_set() and event not in self._answered_early
        finally:
            self._forget(event, names, person)

    def touched(self, names: Collection[str], after: int) -> frozenset[str] | None:
        """Return the matters for which these bells have rung after a place in the log; None when it is not known."""
        found: set[str] = set()
        for name in names:
            rung = self._rung.get(name)
            if after < (self._floor if rung is None else rung.floor):
                return None
            if rung is not None:
                found.update(matter for matter, seq in rung.matters.items() if seq > after)
        return frozenset(found)

    def _rung_at(self, name: str) -> int:
        rung = self._rung.get(name)
        return self._floor if rung is None else max(self._floor, rung.at)

    def _forget(self, event: asyncio.Event, names: Iterable[str], person: str) -> None:
        self._answered_early.discard(event)
        for name in names:
            waiting = self._waiting.get(name)
            if waiting is not None:
                waiting.discard(event)
                if not waiting:
                    del self._waiting[name]
        own = self._by_person.get(person)
        if own is not None:
            own.pop(event, None)
            if not own:
                del self._by_person[person]

    def _concerned(self, change: Change) -> dict[str, set[str]]:
        """The bells of one entry, each with the matters that it rings for: of its rows as they were and as they are,
        and of the rows beside them."""
        matters = {str(row["id"]) for row in change.upserts.get("matters", ())} | set(
            change.gone.get("matters", ())
        )
        commands = {str(row["id"]) for row in change.upserts.get("commands", ())} | set(
            change.gone.get("commands", ())
        )
        if change.line is not None:
            if change.line["matter_id"]:
                matters.add(str(change.line["matter_id"]))
            if change.line["command_id"]:
                commands.add(str(change.line["command_id"]))
        found: dict[str, set[str]] = {LOG_BELL: set()}
        self._add_bells(found, matters, commands)
        if change.line is not None:
            # A unit that a consultation called has no order on the matter, and its page waits all the same.
            for _, kind, part in (change.line.get("params") or {}).get("calls") or ():
                if kind == "unit":
                    found.setdefault(unit_bell(part), set()).update(matters)
        for row in change.upserts.get("matters", ()):
            self._keep_matter(row)
        for row in change.upserts.get("commands", ()):
            self._keep_command(row)
        self._add_bells(found, matters, commands)
        for command in change.gone.get("commands", ()):
            self._drop_command(command)
        for matter in change.gone.get("matters", ()):
            self._of_matter.pop(matter, None)
        return found

    def _add_bells(self, found: dict[str, set[str]], matters: set[str], commands: set[str]) -> None:
        for matter in matters | {self._matter_of[one] for one in commands if one in self._matter_of}:
            names = {matter_bell(matter), *self._of_matter.get(matter, ())}
            for command in self._commands_of.get(matter, ()):
                names |= self._of_command[command]
            for name in names:
                found.setdefault(name, set()).add(matter)

    def _keep_matter(self, row: Row) -> None:
        unit, worker = row.get("unit"), row.get("worker")
        named = [unit_bell(unit)] if unit else []
        self._of_matter[str(row["id"])] = frozenset([*named, worker_bell(worker)] if worker else named)

    def _keep_command(self, row: Row) -> None:
        command, matter = str(row["id"]), str(row["matter_id"])
        self._of_command[command] = frozenset(
            worker_bell(one["id"]) if one["kind"] == "worker" else unit_bell(one["id"])
            for one in row.get("receivers") or ()
        )
        self._matter_of[command] = matter
        self._commands_of.setdefault(matter, set()).add(command)

    def _drop_command(self, command: str) -> None:
        self._of_command.pop(command, None)
        matter = self._matter_of.pop(command, None)
        if matter is None:
            return
        beside = self._commands_of.get(matter, set())
        beside.discard(command)
        if not beside:
            self._commands_of.pop(matter, None)


class _Rung:
    """What one bell remembers: when it rang last, and for which matters since `floor`."""

    __slots__ = ("at", "floor", "matters")

    def __init__(self, floor: int) -> None:
        self.at = self.floor = floor
        self.matters: dict[str, int] = {}  # matter -> the place at which it rang last, the oldest first

    def ring(self, seq: int, matters: Iterable[str]) -> None:
        self.at = seq
        for matter in matters:
            self.matters.pop(matter, None)
            self.matters[matter] = seq
        while len(self.matters) > MOST_TOUCHED:
            self.floor = max(self.floor, self.matters.pop(next(iter(self.matters))))


def _wake(events: Iterable[asyncio.Event]) -> None:
    for event in events:
        event.set()
