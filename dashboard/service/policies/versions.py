"""The versions of the escalation policy: the first from the city pack, every further one with who and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from dashboard.citypack import Policies, PolicyStep
from dashboard.citypack.policies import cells_of
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit
from dashboard.store import policies as stored

LISTED = 100


def ensure_policy(services: Services, now: int) -> int:
    """Write version 1 from the city pack into a store that has none; returns the newest version.

    A release may bring kinds of clocks that no stored version knows. Their rows are then added in a new version: the
    administrator sees and edits them, and what was edited before stays.
    """
    with services.store.read() as connection:
        if not stored.is_empty(connection) and not _unknown(services, connection):
            return stored.newest(connection)
    actor = Principal("start", "", "system", "system", services.city)
    with services.store.write() as connection:
        if stored.is_empty(connection):
            return write(services, connection, actor, services.pack.policies, "pack", "", now)
        added = _unknown(services, connection)
        if not added:
            return stored.newest(connection)
        why = "、".join(dict.fromkeys(f"{one.applies_to}/{one.stage}" for one in added))
        steps = [*newest_steps(services, connection), *added]
        return write(services, connection, actor, steps, "pack", why, now)


def policy_versions(services: Services, actor: Principal, now: int) -> list[dict[str, Any]] | Refused:
    """Return the newest versions first: version, made_at, made_by (masked), origin, why, steps, and how many open
    matters go by it (open_matters). Refused: no_right."""
    del now
    refused = no_right(actor, "see_policies")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        found = stored.versions(connection, LISTED)
        used = stored.open_matters(connection)
    return [
        {**one, "made_by": mask_name(one.pop("made_name")), "open_matters": used.get(one["version"], 0)}
        for one in found
    ]


def policy_rows(
    services: Services, actor: Principal, version: int | None, now: int
) -> dict[str, Any] | Refused:
    """Return {"version", "rows"} of a version (None: the newest), each row the cells of policies.csv.

    Refused: no_right, no_such_version.
    """
    del now
    refused = no_right(actor, "see_policies")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        chosen = stored.newest(connection) if version is None else version
        steps = steps_in(services, connection, chosen)
    if steps is None:
        return Refused("no_such_version", {"version": chosen})
    return {"version": chosen, "rows": [cells_of(one) for one in steps]}


def steps_in(services: Services, connection: Connection, version: int) -> list[PolicyStep] | None:
    """Return the steps of a version in order, None when there is no such version."""
    rows = stored.steps_of(connection, version)
    if not rows and version == 1 and stored.is_empty(connection):
        return list(services.pack.policies)
    return [PolicyStep(**row) for row in rows] or None


def newest_steps(services: Services, connection: Connection) -> list[PolicyStep]:
    """Return the steps of the newest version in order."""
    return steps_in(services, connection, stored.newest(connection)) or list(services.pack.policies)


def write(
    services: Services,
    connection: Connection,
    actor: Principal,
    steps: Iterable[PolicyStep],
    origin: str,
    why: str,
    now: int,
) -> int:
    """Write the next version inside the caller's transaction; returns its number."""
    version = 1 if stored.is_empty(connection) else stored.newest(connection) + 1
    kept = list(steps)
    about = {
        "version": version, "made_at": now, "made_by": actor.id, "made_name": actor.name, "origin": origin, "why": why,
    }  # fmt: skip
    stored.write_version(connection, about, [asdict(one) for one in kept])
    if origin == "pack":
        detail = {"steps": len(kept), "origin": origin, "why": why}
        audit.record(connection, actor, "edit_policy", f"policy:{version}", "done", detail, now)
    return version


def _unknown(services: Services, connection: Connection) -> list[PolicyStep]:
    """Return the pack's steps of clocks that the newest version has no step for."""
    known = Policies(newest_steps(services, connection))
    kinds = {(one.applies_to, one.stage) for one in known}
    taken = {one.policy_id for one in known}
    return [
        one
        for one in services.pack.policies
        if (one.applies_to, one.stage) not in kinds and one.policy_id not in taken
    ]
