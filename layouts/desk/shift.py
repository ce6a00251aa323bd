"""Who is on: a line in the top bar, and the hand-over in the duty pane; filled by assets/desk/shift.mjs."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text
from layouts.desk.form_fields import form_choice, form_dialog, form_field, form_pick
from layouts.desk.forms import About, Option
from layouts.desk.keys import kbd


def posts_line() -> html.Span:
    """A岗 王** 08–16 · B岗 陈** · 带班 李**, each with how long ago the holder acted."""
    return html.Span(id="desk-posts", className="posts")


def shift_panel(lang: str) -> html.Div:
    """The running shift, who is on, and what must be handed over."""
    return html.Div(
        [
            html.Div(
                [
                    html.B(text("desk.shift.title", lang)),
                    html.Span("", id="desk-shift-hours", className="provenance"),
                    html.Span("", id="desk-shift-until", className="provenance push"),
                ],
                className="heading",
            ),
            html.Div(id="desk-shift-posts", className="shift-posts"),
            html.Div(
                [
                    html.B("", id="desk-hand-title"),
                    html.Span("", id="desk-hand-hint", className="provenance"),
                    html.Button(
                        [html.Span("", id="desk-hand-label"), kbd("H")],
                        id="desk-hand-act",
                        type="button",
                        className="button small push",
                        hidden=True,
                    ),
                ],
                className="heading hand-heading",
            ),
            html.P("", id="desk-hand-blocks", className="hand-blocks"),
            html.Ol(id="desk-hand-items", className="hand-items"),
            html.P(text("desk.hand.keys", lang), className="hand-keys provenance"),
            html.P("", id="desk-hand-refusal", className="hand-refusal", role="alert", hidden=True),
        ],
        id="desk-shift",
        className="shift-panel",
    )


def take_post_form(about: About, posts: Sequence[str], until: str, lang: str) -> html.Div:
    """Come on duty on one of the posts that are free for the role."""
    body: list[Component] = [
        form_choice(
            "post",
            text("desk.field.post", lang),
            [(one, text(f"desk.post.{one}", lang)) for one in posts],
            posts[0],
        ),
        html.P(text("desk.take_post.until", lang, until=until), className="second"),
    ]
    return form_dialog("take_post", about, body, lang)


def handover_form(about: About, items: Sequence[Option], lang: str) -> html.Div:
    """The sheet before it is written: ticked lines go on it, and own ones, one per line."""
    body: list[Component] = []
    if items:
        body.append(
            form_pick("items", text("desk.field.hand_items", lang), items, single=False, required=False)
        )
    body.append(
        form_field(
            "lines",
            text("desk.field.own_lines", lang),
            lang,
            kind="long",
            required=False,
            placeholder=text("desk.handover.lines_hint", lang),
            max_length=1_500,
        )
    )
    return form_dialog("handover", about, body, lang)


def plain_form(act: str, about: About, sentence: str, lang: str, *, reason: bool = False) -> html.Div:
    """A form that says what will happen, with a reason where one is needed."""
    body: list[Component] = [html.P(sentence, className="second")]
    if reason:
        body.append(form_field("reason", text("desk.field.reason", lang), lang))
    return form_dialog(act, about, body, lang)
