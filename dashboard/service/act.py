"""One act, one transaction: right, idempotency, decision, state with its log entries, audit; all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select

from dashboard.domain.command import Command
from dashboard.domain.masking import mask_all, mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.telling import Telling
from dashboard.domain.words import EVENT_WORDS, both
from dashboard.service.audited import said, without_numbers
from dashboard.service.rows import Row, command_row, matter_row
from dashboard.service.services import Services
from dashboard.service.shifts import presence
from dashboard.store import audit, event_log, news, policies, tables
from dashboard.store.event_log import Entry
from dashboard.store.workspace import Workspace

MAX_KEY = 120


def new_id() -> str:
    """Return a fresh id for a command, a deadline, an account."""
    return secrets.token_hex(10)


class Act:
    """The inside of one transaction: values to change, events to tell.

    What was changed and not told is a mistake in our code, and `commit` refuses it.
    """

    def __init__(self, services: Services, connection: Connection, actor: Principal, now: int) -> None:
        self.services = services
        self.pack = services.pack
        self.actor = actor
        self.now = now
        self.connection = connection
        self.work = Workspace(connection)
        self.before: dict[str, Any] = {}
        # For the audit, field by field: completed by `commit`; an act may add what lies on no shelf.
        self.changes: dict[str, Any] = {}
        self._told: list[tuple[str, str | None, str | None, dict[str, Any], str, tuple[str, ...] | None]] = []
        self._addressed: list[tuple[int, str, tuple[str, ...]]] = []
        self._asks: dict[str, Row | None] = {}
        self._also: dict[int, tuple[str, ...]] = {}
        self._newest_policy: int | None = None

    def matter(self, matter_id: str) -> Matter:
        """Return a matter the actor may see, else refuse: what lies outside a jurisdiction does not exist there."""
        matter = self.work.matter(matter_id)
        if matter is None or not self.is_visible(matter):
            raise Refusal("no_such_matter")
        return matter

    def open_matter(self, matter_id: str, expected_version: int | None = None) -> Matter:
        """Return a matter that can be acted on: visible, open, and not changed since the officer looked."""
        matter = self.matter(matter_id)
        if not matter.is_open:
            raise Refusal("matter_closed", no=matter.no)
        if expected_version is not None and matter.version != expected_version:
            raise Refusal(
                "changed",
                no=matter.no,
                by=mask_name(matter.touched_by) if matter.touched_by else "",
                ago_s=max((self.now - matter.touched_at) // 1000, 0),
                what=matter.touched_kind,
                **both(EVENT_WORDS, matter.touched_kind, "what_name"),
                version=matter.version,
            )
        return matter

    def command(self, command_id: str) -> Command:
        """Return a command the actor may see, else refuse."""
        command = self.work.command(command_id)
        if command is None or not self._sees_command(command):
            raise Refusal("no_such_command")
        return command

    def is_visible(self, matter: Matter) -> bool:
        """Say whether the actor may see the matter: inside the jurisdiction, and for a liaison of its own unit.

        A grid worker sees what was given to it, wherever that is: an order must reach whom it names.
        """
        own = self.actor.own_receiver
        if self.actor.role != "grid_worker" and not self.in_jurisdiction(matter.scope):
            return False
        if own is None or (
            own and own == (matter.worker if self.actor.role == "grid_worker" else matter.unit)
        ):
            return True
        commands = self.work.commands_of([matter.id])
        return any(self._is_receiver(one) for one in commands)

    def in_jurisdiction(self, scope: tuple[str, ...]) -> bool:
        """Say whether any of the scope's divisions lies in the actor's jurisdiction."""
        return is_inside(self.pack.divisions, scope, self.actor.jurisdiction)

    def change(self, matter: Matter) -> None:
        """Keep a changed matter and remember how it was, for the audit."""
        known = self.work.matters.get(matter.id)
        if known is None:
            # A matter keeps the policy it was opened under, whatever is published later.
            matter = replace(matter, policy_version=self.newest_policy())
        if known is not None and matter.id not in self.before:
            self.before[matter.id] = {
                "stage": known.stage,
                "unit": known.unit,
                "urgency": known.urgency,
                "version": known.version,
                "open": known.is_open,
            }
        self.work.matters.put(matter)

    def newest_policy(self) -> int:
        """Return the policy version that a matter opened now goes by."""
        if self._newest_policy is None:
            self._newest_policy = policies.newest(self.connection)
        return self._newest_policy

    def tell(
        self,
        kind: str,
        *,
        matter: str | None = None,
        command: str | None = None,
        tone: str = "",
        within: Sequence[str] | None = None,
        **params: Any,
    ) -> None:
        """Add an event to the log; the rows it changed are added when the act is committed.

        `tone` colours the line: "risk" and "alarm" say how a clock stands, "note" is what somebody should look at.
        `within` is who sees an event that is on no matter: divisions; the whole city when it is left out. Telephone
        and identity numbers in any text are masked here: from the log they go to every screen, and into its history.
        """
        self._told.append((kind, matter, command, mask_all(params), tone, tuple(within) if within else None))

    def address(self, command_id: str, receivers: tuple[str, ...]) -> None:
        """Put a command into its receivers' inboxes, at the place of the event told last."""
        self._addressed.append((len(self._told) - 1, command_id, receivers))

    def also_for(self, scope: tuple[str, ...]) -> None:
        """Give the line of the event told last to these divisions too: who gave a matter away hears what became of it.

        Only the line: rows go by their own scope.
        """
        self._also[len(self._told) - 1] = scope

    def show_ask(self, row: Row) -> None:
        """Put something that waits for a ruling on the screens of its scope; see `dashboard.service.asks`."""
        self._asks[str(row["id"])] = mask_all(row)

    def drop_ask(self, ask_id: str) -> None:
        """Take an ask off the screens: it was ruled on, or is no longer one."""
        self._asks[ask_id] = None

    def commit(self) -> int:
        """Write the changed values and the log; returns the last place in the log, 0 when nothing was told."""
        changed_matters, changed_commands = self._changed()
        if (changed_matters or changed_commands or self._asks) and not self._told:
            raise AssertionError("an act changed matters or commands without telling anyone")
        self.changes |= self.work.differences()
        for one in self.work.tellings.changed():
            if one.state != "waiting":  # a new one stands in the log
                tell_desks(self.connection, one)
        self.work.write()
        if not self._told:
            return 0
        entries = [self._entry(*told) for told in self._told]
        for place, more in self._also.items():
            scope = entries[place].scope
            entries[place] = replace(entries[place], scope=tuple(dict.fromkeys((*scope, *more))))
        self._complete(entries[-1].rows, entries, changed_matters, changed_commands)
        self._add_asks(entries[-1].rows)
        last = event_log.append(self.connection, entries)
        first = last - len(entries) + 1
        rows: list[dict[str, Any]] = [
            {"seq": first + place, "command_id": command_id, "receiver_id": receiver}
            for place, command_id, receivers in self._addressed
            for receiver in receivers
        ]
        if rows:
            self.connection.execute(insert(tables.inbox), rows)
        return last

    def _add_asks(self, rows: dict[str, Any]) -> None:
        if self._asks:
            rows["asks"] = [row for row in self._asks.values() if row is not None]
            rows["gone"]["asks"] = [ask_id for ask_id, row in self._asks.items() if row is None]

    def _changed(self) -> tuple[set[str], set[str]]:
        commands = {one.id for one in self.work.commands.changed()}
        commands |= {one.command_id for one in self.work.receipts.changed()}
        commands |= {one.command_id for one in self.work.decisions.changed()}
        # No screen shows a matter that comes in closed (a backlog), so nobody has to be told of it.
        matters = {one.id for one in self.work.matters.changed() if one.is_open or self._was_open(one)}
        return matters, commands

    def _was_open(self, matter: Matter) -> bool:
        return bool(self.before.get(matter.id, {}).get("open"))

    def _entry(
        self, kind: str, matter_id: str | None, command_id: str | None, params: dict[str, Any], tone: str,
        within: tuple[str, ...] | None,
    ) -> Entry:  # fmt: skip
        rows: dict[str, Any] = {"matters": [], "commands": [], "gone": {"matters": [], "commands": []}}
        scope: tuple[str, ...] = within or (self.services.city,)
        if command_id is not None:
            scope = self._add_command(rows, command_id)
        if matter_id is not None:
            scope = self._add_matter(rows, matter_id)
        return Entry(0, self.now, kind, matter_id, command_id, self.actor.id, params, rows, scope, tone)

    def _add_matter(self, rows: dict[str, Any], matter_id: str) -> tuple[str, ...]:
        matter = self.work.matter(matter_id)
        assert matter is not None
        if matter.is_open:
            rows["matters"].append(matter_row(matter, self.pack))
        else:
            rows["gone"]["matters"].append(matter_id)
            ended = [one.id for one in self.work.commands_of([matter_id]) if not one.is_open]
            rows["gone"]["commands"].extend(one for one in ended if one not in rows["gone"]["commands"])
            rows["commands"] = [one for one in rows["commands"] if one["id"] not in ended]
        return matter.scope

    def _add_command(self, rows: dict[str, Any], command_id: str) -> tuple[str, ...]:
        command = self.work.command(command_id)
        assert command is not None
        matter = self.work.matter(command.matter_id)
        if command.is_open or (matter is not None and matter.is_open):
            rows["commands"].append(self.command_row(command))
        elif command_id not in rows["gone"]["commands"]:
            rows["gone"]["commands"].append(command_id)
        return command.scope

    def command_row(self, command: Command) -> Row:
        """Return the screen row of a command as it now stands in this act."""
        return command_row(command, self.work.receipts_of(command.id), self.work.decisions_of(command.id))

    def _complete(
        self, rows: dict[str, Any], entries: list[Entry], matters: set[str], commands: set[str]
    ) -> None:
        """Add to the last entry the rows of what changed without an event of its own."""
        shown_matters = {one["id"] for entry in entries for one in entry.rows["matters"]}
        shown_matters |= {one for entry in entries for one in entry.rows["gone"]["matters"]}
        for matter_id in sorted(matters - shown_matters):
            self._add_matter(rows, matter_id)
        shown = {one["id"] for entry in entries for one in entry.rows["commands"]}
        shown |= {one for entry in entries for one in entry.rows["gone"]["commands"]}
        for command_id in sorted(commands - shown):
            self._add_command(rows, command_id)

    def _sees_command(self, command: Command) -> bool:
        if self.actor.role == "gateway":
            return self.in_jurisdiction(command.scope)
        if self.actor.role == "grid_worker":
            return self._is_receiver(command)
        if not self.in_jurisdiction(command.scope):
            return False
        return self.actor.own_receiver is None or self._is_receiver(command)

    def _is_receiver(self, command: Command) -> bool:
        own = self.actor.own_receiver
        return bool(own) and any(one.receiver_id == own for one in self.work.receipts_of(command.id))


def tell_desks(connection: Connection, telling: Telling) -> None:
    """Tell the desks that list a telling as not yet shown that it was, or that it no longer holds."""
    if telling.recipient_kind == "desk":
        of_room = telling.origin == "room"
        news.tell(connection, news.TELLINGS, (telling.place,) if of_room else telling.scope)


def is_inside(divisions: Any, scope: tuple[str, ...] | list[str], jurisdiction: str) -> bool:
    """Say whether any division of `scope` lies in `jurisdiction`."""
    return any(divisions.is_within(code, jurisdiction) for code in scope)


def perform(
    services: Services,
    actor: Principal,
    act_name: str,
    subject: str,
    now: int,
    idempotency_key: str,
    request: object,
    decide: Callable[[Act], Any],
) -> Outcome:
    """Run one act in one transaction and audit it, refused or done.

    The same key from the same actor answers what it answered the first time; the same key with another request is
    refused. `decide` raises Refusal to end the act: whatever it wrote is undone, the refusal is recorded.

    Raises:
        StoreBusy: nothing happened; the caller may try again with the same key.
    """
    if not idempotency_key or len(idempotency_key) > MAX_KEY:
        raise ValueError(f"an idempotency key has 1 to {MAX_KEY} characters")
    digest = hashlib.sha256(f"{act_name}:{request!r}".encode()).hexdigest()
    with services.store.write() as connection:
        done = _replayed(connection, actor, idempotency_key, digest)
        if done is not None:
            return done
        act = Act(services, connection, actor, now)
        savepoint = connection.begin_nested()
        try:
            refused = no_right(actor, act_name)
            if refused is not None:
                raise Refusal(refused.code, **refused.params)
            value = decide(act)
            presence.acted(act)
            seq = act.commit()
        except Refusal as refusal:
            savepoint.rollback()
            refused = refusal.refused
            detail = {"request": said(request), "params": mask_all(dict(refused.params))}
            audit.record(connection, actor, act_name, subject, refused.code, detail, now)
            return refused
        savepoint.commit()
        done_detail: dict[str, Any] = {
            "request": said(request),
            "changes": without_numbers(act.changes),
            "seq": seq,
        }
        audit.record(connection, actor, act_name, subject, "done", done_detail, now)
        connection.execute(
            insert(tables.idempotency),
            {
                "actor": actor.id,
                "key": idempotency_key,
                "act": act_name,
                "digest": digest,
                "value": json.dumps(value, ensure_ascii=False),
                "seq": seq,
                "at": now,
            },
        )
    services.after_commit()
    return Done(value, seq)


def _replayed(connection: Connection, actor: Principal, key: str, digest: str) -> Outcome | None:
    found = connection.execute(
        select(tables.idempotency).where(
            (tables.idempotency.c.actor == actor.id) & (tables.idempotency.c.key == key)
        )
    ).first()
    if found is None:
        return None
    if found.digest != digest:
        return Refused("key_reused")
    return Done(json.loads(found.value), found.seq)
