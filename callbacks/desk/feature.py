"""What a feature adds to the desk: a part of the drawer, and acts that are asked for in a form.

A part shows where the feature stands for the chosen matter and offers its acts as buttons (`begin_button`). An act is
a form and the one service function behind it; the page module collects the form's fields by their names, whatever
they are, so that a new act needs no browser code. All such acts share one store, one callback and one outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dash.development.base_component import Component

from callbacks.desk.asked import Asked
from callbacks.desk.live_view import LiveView
from callbacks.desk.matter_view import about_of
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome
from dashboard.service import MatterDetail, Services


@dataclass(frozen=True, slots=True)
class Opened:
    """What a part or a form is built from; runs in a thread, so it may call the service's reads.

    `detail` is the chosen matter, None for an act that is on none. `args` are the `data-*` of the button that began
    the act, as the browser sent them: names of things (`command`, `receiver`, `item`, `ask`), not believed.
    """

    services: Services
    live: LiveView
    actor: Principal
    detail: MatterDetail | None
    now: int
    lang: str
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def matter(self) -> MatterDetail:
        """The chosen matter of an act that is on one."""
        assert self.detail is not None
        return self.detail

    @property
    def about(self) -> list[Component | str]:
        """The chosen matter's title, place and number."""
        return about_of(self.matter.row, self.services.pack)


def _nothing_more(_value: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class FormAct:
    """One act in a form.

    Args:
        act: its name; words are `desk.act.<act>`, `desk.<act>.send`, `desk.<act>.note`, `desk.done.<act>`.
        right: what the service checks; who lacks it is not offered the form.
        form: builds the dialog (`layouts.desk.form_fields.form_dialog`).
        perform: the one service function; fields arrive in `Asked`, arguments of the button under `args`.
        on_matter: False for an act that is on no matter (a new case, a hand-over).
        more: further words for the outcome from the act's value.
    """

    act: str
    right: str
    form: Callable[[Opened], Component]
    perform: Callable[[Services, Principal, Asked, int], Outcome]
    on_matter: bool = True
    more: Callable[[Any], str] = _nothing_more


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the drawer (None: nothing to say on this matter) and the acts that it offers."""

    name: str
    part: Callable[[Opened], Component | None] | None = None
    acts: tuple[FormAct, ...] = ()
