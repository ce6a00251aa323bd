"""The policy's editor: a draft is read, one act changes it, and the page is drawn from what the service says of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import Dash, Input, Output, State, ctx
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.draft import Draft, draft_of, fresh, new_key
from callbacks.admin.drafting import after_ask, after_fields
from callbacks.admin.drawing import Drawn, drawn, nothing, refusal
from callbacks.admin.given import Asks, Malformed, asks_of, fields_of, text_of
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.principal_context import current_principal
from dashboard.service import Refused, Services
from dashboard.store.store import StoreBusy
from layouts.admin import ids, parts, review
from layouts.admin.step_form import FIELDS
from layouts.catalogue import text
from layouts.refusal import refusal_text

_BETWEEN_NUMBERS = re.compile(r"[^0-9A-Za-z]+")


def register_policies(app: Dash, services: Services, clock: Clock) -> None:
    """Register the callbacks of the policy's editor and of its preview."""

    @app.callback(
        *(Output(*target) for target in wiring.POLICY),
        Input(ids.ASKED, "data"),
        Input(ids.POLICY_PUBLISH, "n_clicks"),
        *(Input(ids.step_field(name), "value") for name in FIELDS),
        State(ids.POLICY, "data"),
        State(ids.POLICY_WHY, "value"),
        prevent_initial_call=True,
    )
    async def edit(asked: object, _publish: object, *given: object) -> Any:
        actor, now = current_principal(), clock.now_ms()
        *fields, kept, why = given
        try:
            draft = draft_of(kept, actor.id)
            known = (services, actor, draft, fields_of(fields), asks_of(asked))
            if ctx.triggered_id == ids.POLICY_PUBLISH:
                done = await asyncio.to_thread(published, *known, text_of(why), now)
            else:
                done = await asyncio.to_thread(written, *known, now)
        except Malformed:
            return refusal(text("desk.failed.malformed", actor.language))
        except StoreBusy:
            return refusal(text("desk.failed.busy", actor.language))
        return done.as_outputs()

    @app.callback(
        *(Output(*target) for target in wiring.PREVIEW),
        Input(ids.PREVIEW, "n_clicks"),
        State(ids.POLICY, "data"),
        State(ids.PREVIEW_NUMBERS, "value"),
        prevent_initial_call=True,
    )
    async def preview(_clicks: object, kept: object, numbers: object) -> Component:
        actor, now = current_principal(), clock.now_ms()
        try:
            wanted = [one for one in _BETWEEN_NUMBERS.split(text_of(numbers)) if one]
            draft = draft_of(kept, actor.id)
            return await asyncio.to_thread(previewed, services, actor, draft, wanted, now)
        except Malformed:
            return parts.refused(text("desk.failed.malformed", actor.language))
        except StoreBusy:
            return parts.refused(text("desk.failed.busy", actor.language))


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """A draft with everything in it that the page knows and the draft did not.

    Args:
        moved: whether an ask changed what is on screen, the form's fields with it.
        listed: whether the history is wanted.
        refused: why one of the asks was not done; "" when all were.
    """

    draft: Draft
    moved: bool = False
    listed: bool = False
    refused: str = ""


def caught_up(
    services: Services, actor: Principal, before: Draft | None, values: Sequence[Any], asks: Asks, now: int
) -> CaughtUp | None:
    """Return the draft with what stands in the form, then with every ask that is not in it yet; None for nothing new.

    Dash drops what an older request of a callback brings once a newer one was sent, and with it the draft as it was
    after the older. So each request carries the newest asks, and the draft says which of them it has.
    """
    kept = before or _fresh(services, actor, now)
    pending = asks.after(kept.page, kept.asked)
    kept = _with_fields(services, actor, kept, values, now) or kept
    refused = ""
    for one in pending:
        if one.ask == "reset":
            kept = _fresh(services, actor, now, kept)
        elif one.ask != "open":
            found = service.policy_draft(services, actor, edit_of(kept), now)
            try:
                if isinstance(found, Refused):
                    refused = refusal_text(found, actor.language)
                else:
                    kept = after_ask(services, actor, kept, found, one.ask, one.of, now)
            except Malformed:
                refused = text("desk.failed.malformed", actor.language)
    if not pending and (before is None or kept is before):
        return None
    listed = before is None or any(one.ask in ("open", "reset") for one in pending)
    return CaughtUp(replace(kept, page=asks.page, asked=asks.newest), bool(pending), listed, refused)


def written(
    services: Services, actor: Principal, draft: Draft | None, values: Sequence[Any], asks: Asks, now: int
) -> Drawn:
    """Take what stands in the form's fields and what was asked for into the draft, and draw it.

    Fields that nothing was asked after stay as they were typed.
    """
    after = caught_up(services, actor, draft, values, asks, now)
    if after is None:
        return nothing()
    outcome = parts.refused(after.refused) if after.refused else None
    return _drawn(
        services, actor, after.draft, now, fields=after.moved, versions=after.listed, outcome=outcome
    )


def published(
    services: Services,
    actor: Principal,
    draft: Draft | None,
    values: Sequence[Any],
    asks: Asks,
    why: str,
    now: int,
) -> Drawn:
    """Publish the draft as the next version; after a refusal the draft stays as it is."""
    if draft is None:
        return nothing()
    after = caught_up(services, actor, draft, values, asks, now)
    kept = after.draft if after else draft
    request = replace(edit_of(kept), why=why)
    outcome = service.edit_policy(services, actor, request, now, kept.key)
    if isinstance(outcome, Refused):
        # A refused publication may be mended and sent again: it is another request and needs another key.
        kept, why_not = replace(kept, key=new_key()), refusal_text(outcome, actor.language)
        if after is None:
            return nothing(why_not, kept)
        return _drawn(services, actor, kept, now, fields=after.moved, outcome=parts.refused(why_not))
    said = parts.done(text("admin.policy.published", actor.language, **outcome.value))
    fresh_draft = _fresh(services, actor, now, kept)
    return _drawn(services, actor, fresh_draft, now, fields=True, versions=True, outcome=said, why="")


def previewed(
    services: Services, actor: Principal, draft: Draft | None, numbers: Sequence[str], now: int
) -> Component:
    """Say where open matters would stand under the draft."""
    if draft is None:
        return parts.refused(text("desk.failed.malformed", actor.language))
    found = service.preview_policy(services, actor, edit_of(draft), now, numbers=numbers)
    if isinstance(found, Refused):
        return parts.refused(text("admin.preview.faulty", actor.language))
    return review.preview(found, actor.language)


def edit_of(draft: Draft) -> service.EditPolicy:
    """Return the draft as the request that publishes it; without a reason yet."""
    return service.edit_of(draft.version, list(draft.changed.values()), draft.removed, "")


def _with_fields(
    services: Services, actor: Principal, draft: Draft, values: Sequence[Any], now: int
) -> Draft | None:
    """Return the draft with what stands in the form, None when there is no form or it says nothing new."""
    if not draft.step or draft.shown is not None or not may(actor, "edit_policy"):
        return None
    found = service.policy_draft(services, actor, edit_of(draft), now)
    return None if isinstance(found, Refused) else after_fields(services, draft, found, values)


def _fresh(services: Services, actor: Principal, now: int, before: Draft | None = None) -> Draft:
    newest = service.policy_rows(services, actor, None, now)
    version = 1 if isinstance(newest, Refused) else int(newest["version"])
    made = fresh(version, actor.id, *((before.kind, before.step) if before else ()))
    return replace(made, page=before.page, asked=before.asked) if before else made


def _drawn(services: Services, actor: Principal, draft: Draft, now: int, **more: Any) -> Drawn:
    found = service.policy_draft(services, actor, edit_of(draft), now)
    if isinstance(found, Refused):
        return nothing(refusal_text(found, actor.language))
    listed: Any = None
    if more.pop("versions", False):
        answer = service.policy_versions(services, actor, now)
        listed = [] if isinstance(answer, Refused) else answer
    looked = None
    if draft.shown is not None:
        looked = looked_at(services, actor, draft.shown, now)
    return drawn(services, actor, draft, found, versions=listed, looked=looked, **more)


def looked_at(
    services: Services, actor: Principal, version: int, now: int
) -> tuple[list[dict[str, str]], list[dict[str, str]]] | None:
    """Return the rows of a version and of the one before it, None when there is none."""
    found = service.policy_rows(services, actor, version, now)
    if isinstance(found, Refused):
        return None
    before = service.policy_rows(services, actor, version - 1, now) if version > 1 else found
    return found["rows"], [] if isinstance(before, Refused) else before["rows"]
