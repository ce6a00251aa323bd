"""Opens a dialog: reads what it must show, and keeps the recommendation it showed so that the act can store it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from callbacks.desk import asked as requests
from callbacks.desk.advice import further_units, suggestions
from callbacks.desk.asked import Asked, Malformed
from callbacks.desk.feature import Opened
from callbacks.desk.features import FEATURES, build_form
from callbacks.desk.line import Prepared, prepare, ticked
from callbacks.desk.live_view import LiveView, fixes_near_matter
from callbacks.desk.matter_view import (
    about_of,
    clocks_of,
    decisions_of,
    duty_numbers,
    newest_whistle,
    where_of,
)
from callbacks.desk.routing import help_of
from callbacks.desk.whistle_opening import whistle_path, whistle_units, whistle_words
from callbacks.desk.wiring import DIALOG
from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.recommendation import Recommendation
from dashboard.domain.refusal import Refused
from dashboard.principal_context import current_principal
from dashboard.service import MatterDetail, Services
from layouts import ids
from layouts.catalogue import text
from layouts.desk import forms
from layouts.desk.attributes import attributes
from layouts.desk.clock_face import countdown
from layouts.desk.dispatch import dispatch_dialog
from layouts.desk.forms import Option
from layouts.desk.recommended import Suggestions
from layouts.desk.routing import Help
from layouts.desk.whistle import whistle_dialog
from layouts.drawn import drawn
from layouts.refusal import refusal_text

ADVISED = ("dispatch", "whistle", "transfer")


def register_dialogs(app: Dash, services: Services, live: LiveView, clock: Clock) -> None:
    """Register the callback that fills the dialog frame."""

    @app.callback(
        *(Output(*target) for target in DIALOG), Input(ids.DESK_DIALOG_FOR, "data"), prevent_initial_call=True
    )
    async def fill(data: object) -> tuple[str, Any]:
        try:
            wanted = requests.read_opening(data)
            kind, revision = wanted.text("kind"), wanted.instant("revision")
        except Malformed:
            return "", None
        if kind == "form":
            content = await asyncio.to_thread(_form, services, live, wanted, clock.now_ms())
            return _opened(content, revision), None
        opened = Opening(services, current_principal(), wanted, clock.now_ms())
        content, advice = await asyncio.to_thread(opened.build, kind, live)
        return _opened(content, revision), advice


def _opened(content: Component, revision: int | None) -> str:
    """Wrap a dialog's content with the opening that it answers; another opening is another element, never reused."""
    return drawn(html.Div(content, key=str(revision), **attributes({"data-revision": str(revision)})))


def _form(services: Services, live: LiveView, wanted: Asked, now: int) -> Component:
    actor, detail = current_principal(), None
    if wanted.matter_id:
        found = service.matter_detail(services, actor, wanted.matter_id, now)
        if isinstance(found, Refused):
            return forms.no_form(refusal_text(found, wanted.lang), wanted.lang)
        detail = found
    args = {str(name): str(value) for name, value in wanted.fields.get("args", {}).items()}
    opened = Opened(services, live, actor, detail, now, wanted.lang, args)
    return build_form(FEATURES, opened, wanted.text("act"))


class Opening:
    """One dialog being opened: for whom, on what, when."""

    def __init__(self, services: Services, actor: Principal, wanted: Asked, now: int) -> None:
        self._services = services
        self._actor = actor
        self._wanted = wanted
        self._lang = wanted.lang
        self._now = now
        self._line = Prepared()
        self._routing: Help | None = None

    def build(self, kind: str, live: LiveView) -> tuple[Component, dict[str, Any] | None]:
        """Return the dialog, and the recommendation that it shows (None when it shows none)."""
        detail = service.matter_detail(self._services, self._actor, self._wanted.matter_id, self._now)
        if isinstance(detail, Refused):
            return forms.no_form(refusal_text(detail, self._lang), self._lang), None
        line = self._wanted.text("line", required=False)
        if line:
            self._line = prepare(self._services, live, self._actor, line, detail.row["id"])
        if kind not in ADVISED:
            return self._plain(kind, detail), None
        self._routing = help_of(
            live, self._services.pack, self._actor.jurisdiction, detail.row["id"], self._now, self._lang
        )
        fixes = fixes_near_matter(live, self._wanted.matter_id)
        advice = service.recommend(self._services, self._actor, self._wanted.matter_id, fixes, self._now)
        if isinstance(advice, Refused):
            return forms.no_form(refusal_text(advice, self._lang), self._lang), None
        builders = {"dispatch": self._dispatch, "whistle": self._whistle, "transfer": self._transfer}
        return builders[kind](detail, advice), {"matter_id": self._wanted.matter_id, **advice.as_dict()}

    def _plain(self, kind: str, detail: MatterDetail) -> Component:
        lang, about = self._lang, about_of(detail.row, self._services.pack)
        builders: dict[str, Callable[[], Component]] = {
            "decision": lambda: forms.decision_form(
                about, self._open_items(detail), _called(detail), lang, self._line.words
            ),
            "consultation": lambda: forms.consultation_form(about, lang),
            "supervise": lambda: forms.supervise_form(about, lang, self._line.words),
            "urge": lambda: forms.urge_form(about, _silent(detail), lang, self._line.words),
            "note": lambda: forms.note_form(about, lang),
            "leave": lambda: forms.leave_form(about, _on_site(detail, lang), lang),
            "reveal": lambda: forms.reveal_form(about, duty_numbers(detail, self._services.pack), lang),
        }
        if kind not in builders:
            return forms.no_form(text("desk.failed.malformed", lang), lang)
        return builders[kind]()

    def _dispatch(self, detail: MatterDetail, advice: Recommendation) -> Component:
        return dispatch_dialog(
            about=about_of(detail.row, self._services.pack),
            objective=self._line.words or detail.row["title"],
            suggestions=ticked(
                self._with_further(detail, suggestions(advice, self._lang)), self._line, self._lang
            ),
            clock=self._clock(detail),
            minutes=self._line.minutes,
            lang=self._lang,
            routing=self._routing,
        )

    def _whistle(self, detail: MatterDetail, advice: Recommendation) -> Component:
        shown = suggestions(advice, self._lang)
        units = tuple(replace(one, chosen=True) for one in shown.candidates if one.kind == "unit")
        where = where_of(detail.row, self._services.pack)
        township = detail.row["township"]
        name = self._services.pack.divisions.get(township).name if township else ""
        offered = ticked(
            self._with_further(detail, replace(shown, candidates=units, shortfall=())), self._line, self._lang
        )
        path = whistle_path(self._services, detail.fields["policy_version"], detail.row["urgency"])
        return whistle_dialog(
            about=about_of(detail.row, self._services.pack),
            words=whistle_words(where, detail.row["title"], name, path),
            units=whistle_units(self._services, self._actor, offered, self._now, self._lang),
            suggestions=offered,
            path=path,
            clock=self._clock(detail),
            draft_key=f"whistle.{self._actor.id}.{detail.row['id']}",
            lang=self._lang,
            agenda=self._line.words,
        )

    def _transfer(self, detail: MatterDetail, advice: Recommendation) -> Component:
        shown = ticked(self._with_further(detail, suggestions(advice, self._lang)), self._line, self._lang)
        options = [
            Option(one.id, one.name, one.reasons, self._is_written(one.id), one.search, one.further)
            for one in shown.candidates
            if one.kind == "unit" and one.id != detail.row["unit"]
        ]
        return forms.transfer_form(
            about_of(detail.row, self._services.pack), options, self._lang, self._line.words
        )

    def _is_written(self, unit_id: str) -> bool:
        return unit_id in [one.id for one in self._line.units]

    def _with_further(self, detail: MatterDetail, shown: Suggestions) -> Suggestions:
        """Add every other unit that the officer may command; the dialog shows them when they are looked for."""
        pack, row = self._services.pack, detail.row
        place = None if row["lon"] is None else (row["lon"], row["lat"])
        inside = [
            unit for unit in pack.units if pack.divisions.is_within(unit.region, self._actor.jurisdiction)
        ]
        named = frozenset(one.id for one in shown.candidates)
        return replace(
            shown, candidates=(*shown.candidates, *further_units(inside, place, named, self._lang))
        )

    def _clock(self, detail: MatterDetail) -> Component:
        clocks = clocks_of(detail, None, self._lang)
        if not clocks:
            return html.Span()
        first = clocks[0]
        return html.Div(
            [
                countdown(first.due_at, first.limit_ms, self._now, self._lang),
                html.Div(first.label, className="provenance"),
            ]
        )

    def _open_items(self, detail: MatterDetail) -> list[Option]:
        items = [one for one in decisions_of(detail, newest_whistle(detail)) if one["decided_at"] is None]
        return [
            Option(str(one["item"]), one["question"], chosen=place == 0) for place, one in enumerate(items)
        ]


def _called(detail: MatterDetail) -> list[tuple[str, str]]:
    """The units of the newest whistle that are still ordered, as (id, name)."""
    whistle = newest_whistle(detail)
    receivers = [] if whistle is None else whistle["receivers"]
    return [
        (one["id"], one["name"])
        for one in receivers
        if one["declined_at"] is None and one["recalled_at"] is None
    ]


def _on_site(detail: MatterDetail, lang: str) -> list[Option]:
    whistle = newest_whistle(detail)
    if whistle is None:
        return []
    there = [one for one in whistle["receivers"] if one["arrived_at"] is not None and one["left_at"] is None]
    return [
        Option(one["id"], one["name"], text(f"desk.role_of.{one['role']}", lang), chosen=place == 0)
        for place, one in enumerate(there)
    ]


def _silent(detail: MatterDetail) -> list[str]:
    names = [detail.row["unit_name"]] if detail.row["unit_name"] else []
    for command in detail.commands:
        if command["state"] != "running":
            continue
        names += [
            one["name"]
            for one in command["receivers"]
            if one["accepted_at"] is None
            and one["declined_at"] is None
            and one["recalled_at"] is None
            and one["name"] not in names
        ]
    return names
