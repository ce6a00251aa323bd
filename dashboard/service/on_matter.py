"""What every act on a matter itself shares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service.act import Act, perform
from dashboard.service.receiver_view import shown_matter
from dashboard.service.rows import Row
from dashboard.service.services import Services


def touch(act: Act, matter: Matter, kind: str) -> None:
    """Keep a matter that somebody changed: next version, and by whom, when and how it was changed."""
    act.change(
        replace(
            matter,
            version=matter.version + 1,
            touched_at=act.now,
            touched_by=act.actor.name,
            touched_kind=kind,
        )
    )


def row_of(act: Act, matter_id: str) -> Row:
    """Return a matter as it now stands in this act and its actor may see it."""
    matter = act.work.matter(matter_id)
    assert matter is not None
    return shown_matter(act, matter)


def perform_on_matter(
    services: Services, actor: Principal, name: str, request: Any, now: int, key: str, decide: Any
) -> Outcome:
    """Run an act whose subject is a matter; see `act.perform`."""
    return perform(services, actor, name, f"matter:{request.matter_id}", now, key, request, decide)
