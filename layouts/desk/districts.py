"""How a matter stands between counties: what was proposed, what is shared, and the forms to propose and to rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import date_and_time
from layouts.desk.form_fields import begin_button, form_choice, form_dialog, form_field, form_pick
from layouts.desk.forms import About, Option

Row = Mapping[str, Any]
SHOWN: Final = 3  # proposals in the drawer; the timeline has them all


def districts_part(
    proposals: Sequence[Row],
    shares: Sequence[Row],
    *,
    may_propose: bool,
    read_only: bool,
    now: int,
    lang: str,
) -> Component | None:
    """The drawer's part: proposals with what the officer may do, shares, and the way to propose one."""
    if not (proposals or shares or may_propose):
        return None
    propose = begin_button("district_propose", text("desk.act.district_propose", lang)) if may_propose else ""
    title = html.Div(
        [
            html.B(text("desk.districts.title", lang)),
            html.Span(text("desk.districts.read_only", lang), className="provenance") if read_only else "",
            html.Span(propose, className="push"),
        ],
        className="heading",
    )
    return html.Div(
        [
            title,
            *(_share(one, lang) for one in shares),
            *(_proposal(one, now, lang) for one in proposals[:SHOWN]),
        ]
    )


def answer_form(about: About, proposal: Row, lang: str) -> html.Div:
    """The form in which a proposal is answered, withdrawn or ruled on, by what this officer may do with it."""
    options = [(one, text(f"desk.ruling.{one}", lang)) for one in proposal["may"]]
    said = [html.P([_who(proposal, lang), " ", html.Span(proposal["reason"], className="second")])]
    if proposal["ruled_reason"]:
        ruled = text("desk.districts.said", lang, by=proposal["ruled_by"], reason=proposal["ruled_reason"])
        said.append(html.P(ruled, className="second"))
    return form_dialog(
        "district_answer",
        about,
        [
            *said,
            form_choice("ruling", text("desk.districts.ruling", lang), options, options[0][0]),
            form_field("reason", text("desk.field.reason", lang), lang, required=False),
        ],
        lang,
    )


def propose_form(about: About, targets: Sequence[Row], lang: str) -> html.Div:
    """The form of a new proposal: move or share, with whom, why."""
    kinds = [
        (kind, text(f"desk.proposal.{kind}", lang))
        for kind in ("move", "share")
        if any(kind in one["kinds"] for one in targets)
    ]
    options = [Option(one["region"], one["name"], _kinds(one["kinds"], lang)) for one in targets]
    return form_dialog(
        "district_propose",
        about,
        [
            form_choice("kind", text("desk.districts.kind", lang), kinds, kinds[0][0]),
            form_pick("region", text("desk.districts.region", lang), options, single=True),
            form_field("reason", text("desk.field.reason", lang), lang),
        ],
        lang,
    )


def end_share_form(about: About, name: str, lang: str) -> html.Div:
    """The form that ends a share."""
    return form_dialog(
        "end_share",
        about,
        [html.P(name), form_field("reason", text("desk.field.reason", lang), lang)],
        lang,
    )


def _proposal(one: Row, now: int, lang: str) -> html.Div:
    clock: Component | str = ""
    if one["state"] == "proposed":
        clock = countdown(one["due_at"], max(one["due_at"] - one["made_at"], 0), now, lang, "left")
    state = text(f"desk.proposal_state.{'overridden_' if one['overridden'] else ''}{one['state']}", lang)
    why = one["ruled_reason"] or one["reason"]
    label = text("desk.districts.handle", lang)
    return html.Div(
        [
            html.Span([_who(one, lang), " ", html.B(state), " ", clock], className="district-what"),
            html.Span(
                why,
                className="second",
                title=f"{date_and_time(one['made_at'])} {one['made_by']} {one['reason']}",
            ),
            begin_button("district_answer", label, {"proposal": one["id"]}, primary="accept" in one["may"])
            if one["may"]
            else html.Span(),
        ],
        className="district-line",
    )


def _share(one: Row, lang: str) -> html.Div:
    return html.Div(
        [
            html.Span(text("desk.districts.shared_with", lang, name=one["name"]), className="district-what"),
            html.Span(),
            begin_button("end_share", text("desk.act.end_share", lang), {"region": one["region"]})
            if one["may_end"]
            else html.Span(),
        ],
        className="district-line",
    )


def _who(one: Row, lang: str) -> str:
    kind = text(f"desk.proposal.{one['kind']}", lang)
    return text("desk.districts.who", lang, sender=one["from_name"], receiver=one["to_name"], kind=kind)


def _kinds(kinds: Sequence[str], lang: str) -> str:
    return text("desk.join.names", lang).join(text(f"desk.proposal.{one}", lang) for one in kinds)
