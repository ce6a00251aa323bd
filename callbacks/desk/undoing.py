"""Z: taking back the officer's own last act, while nobody knows of it yet."""

from __future__ import annotations

from dash.development.base_component import Component

from callbacks.desk.asked import Asked
from callbacks.desk.feature import Feature, FormAct, Opened
from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.forms import no_form


def _form(opened: Opened) -> Component:
    """Undoing has no form: the key is pressed within ten seconds, or it is too late."""
    return no_form(text("refusal.undo_nothing", opened.lang), opened.lang)


def _undo(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    return service.undo(services, actor, service.Undo(wanted.arg("of")), now, wanted.key)


UNDOING = Feature("undoing", acts=(FormAct("undo", "recall", _form, _undo, on_matter=False),))
