"""The policy table: load, copy and remove rows, preview, publish."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.given import Malformed, rows_of, text_of, version_of
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.service import Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import ids, shown
from layouts.catalogue import text
from layouts.refusal import refusal_text

Answer = tuple[Any, Any, Any, Any, Any]
"""rowData, the table's version and key, the versions, the outcome, the reason."""


def register_policies(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callbacks of the policy's table and of its preview."""

    @app.callback(
        *(Output(*target) for target in wiring.TABLE),
        Input(ids.POLICY_LOAD, "n_clicks"),
        Input(ids.POLICY_ADD, "n_clicks"),
        Input(ids.POLICY_REMOVE, "n_clicks"),
        Input(ids.POLICY_PUBLISH, "n_clicks"),
        State(ids.POLICY_GRID, "rowData"),
        State(ids.POLICY_GRID, "selectedRows"),
        State(ids.POLICY_WHY, "value"),
        State(ids.POLICY, "data"),
    )
    async def table(
        _load: object, _add: object, _remove: object, _publish: object, rows: object, selected: object, why: object,
        data: object,
    ) -> Answer:  # fmt: skip
        actor, now, asked = current_principal(), clock.now_ms(), ctx.triggered_id
        try:
            if asked == ids.POLICY_ADD:
                return edited(_copied(rows_of(rows), _chosen(selected)))
            if asked == ids.POLICY_REMOVE:
                chosen = {row.get("row") for row in _chosen(selected)}
                return edited([row for row in rows_of(rows) if row.get("row") not in chosen])
            if asked == ids.POLICY_PUBLISH:
                version, key = version_of(data)
                given = (rows_of(rows), version, text_of(why), key)
                return await asyncio.to_thread(publish, services, actor, *given, now)
            return await asyncio.to_thread(load, services, actor, now)
        except Malformed:
            return said(shown.refused(text("desk.failed.malformed", actor.language)))
        except StoreBusy:
            return said(shown.refused(text("desk.failed.busy", actor.language)))

    @app.callback(
        *(Output(*target) for target in wiring.PREVIEW),
        Input(ids.PREVIEW, "n_clicks"),
        State(ids.POLICY_GRID, "rowData"),
        State(ids.POLICY, "data"),
        prevent_initial_call=True,
    )
    async def preview(_clicks: object, rows: object, data: object) -> Component:
        actor, now = current_principal(), clock.now_ms()
        try:
            version, _ = version_of(data)
            return await asyncio.to_thread(previewed, services, actor, rows_of(rows), version, now)
        except Malformed:
            return shown.refused(text("desk.failed.malformed", actor.language))
        except StoreBusy:
            return shown.refused(text("desk.failed.busy", actor.language))


def load(services: Services, actor: Principal, now: int, outcome: Component | None = None) -> Answer:
    """Show the newest version as it is stored."""
    found = service.policy_rows(services, actor, None, now)
    listed = service.policy_versions(services, actor, now)
    if isinstance(found, Refused):
        return said(shown.refused(refusal_text(found, actor.language)))
    versions = [] if isinstance(listed, Refused) else listed
    rows = [row | {"row": row["policy_id"]} for row in found["rows"]]
    data = {"version": found["version"], "key": secrets.token_hex(12)}
    headline = outcome or shown.done(text("admin.policy.shown", actor.language, version=found["version"]))
    return rows, data, shown.versions(versions, actor.language), headline, ""


def publish(
    services: Services,
    actor: Principal,
    rows: Sequence[dict[str, str]],
    version: int,
    why: str,
    key: str,
    now: int,
) -> Answer:
    """Publish the table as the next version; after a refusal the table stays as it was edited."""
    request = service.edit_of_table(services, rows, version, why)
    outcome = service.edit_policy(services, actor, request, now, key)
    if isinstance(outcome, Refused):
        # A refused publication may be mended and sent again: it is another request and needs another key.
        data = {"version": version, "key": secrets.token_hex(12)}
        return no_update, data, no_update, shown.refused(refusal_text(outcome, actor.language)), no_update
    return load(
        services, actor, now, shown.done(text("admin.policy.published", actor.language, **outcome.value))
    )


def previewed(
    services: Services, actor: Principal, rows: Sequence[dict[str, str]], version: int, now: int
) -> Component:
    """Say where open matters would stand under the table as it is edited."""
    request = service.edit_of_table(services, rows, version, "")
    found = service.preview_policy(services, actor, request, now)
    if isinstance(found, Refused):
        return shown.refused(refusal_text(found, actor.language))
    return shown.preview(found, actor.language)


def edited(rows: list[dict[str, str]]) -> Answer:
    """Show rows that were copied or removed and are not published yet."""
    return rows, no_update, no_update, no_update, no_update


def said(outcome: Component) -> Answer:
    """Leave the table and say why."""
    return no_update, no_update, no_update, outcome, no_update


def _chosen(selected: object) -> list[dict[str, str]]:
    return rows_of(selected or [])


def _copied(rows: list[dict[str, str]], chosen: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows with a copy after each chosen one, under a free name, as the next step of its chain."""
    names = {row.get("policy_id", "") for row in rows}
    after = {row.get("row") for row in chosen}
    found: list[dict[str, str]] = []
    for row in rows:
        found.append(row)
        if row.get("row") not in after:
            continue
        number = 2
        while f"{row['policy_id']}-{number}" in names:
            number += 1
        name = f"{row['policy_id']}-{number}"
        names.add(name)
        step = row.get("step", "")
        copy = row | {
            "policy_id": name,
            "row": name,
            "step": str(int(step) + 1) if step.isdecimal() else step,
        }
        found.append(copy)
    return found
