"""The command bar: one line to write, what was understood of it, and what Enter will open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from dash import html
from dash.development.base_component import Component

from dashboard.domain.desk_line import VERBS
from layouts import ids
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.keys import kbd
from layouts.drawn import drawn_place

INITIALS: Final = " ".join(word for words in VERBS.values() for word in words[:-1] if word.isascii())
ChipState = Literal["", "open", "unclear", "refused"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the line: what it is (`desk.bar.part.<part>`), what it stands for, and whether it can stay so.

    `open` can be said in the dialog, `unclear` has to be chosen, `refused` cannot be.
    """

    part: str
    value: str
    state: ChipState = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that an unclear word may mean, and the line as it would read then."""

    name: str
    line: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a line comes to; with nothing in `blocks` Enter opens the form of `act` on the matter."""

    act: str = ""
    matter_id: str = ""
    numbers: str = ""
    chips: tuple[Chip, ...] = ()
    notes: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()


def command_bar(lang: str) -> html.Div:
    """The bar over the middle column, hidden until `/`; the page module puts the input and fills the rest."""
    hint = text("desk.bar.placeholder", lang, example=text("desk.bar.line", lang))
    return html.Div(
        [
            html.Div(
                [
                    kbd("/"),
                    html.Div(
                        className="bar-input",
                        **attributes({"data-placeholder": hint}),
                    ),
                    html.Span([kbd("⏎"), text("desk.bar.open", lang), kbd("Esc"), text("desk.bar.cancel", lang)],
                              className="provenance"),
                ],
                className="bar-line",
            ),
            drawn_place(ids.DESK_BAR_SAID, beginning(lang), "bar-said"),
        ],
        id="desk-bar",
        className="command-bar",
        role="dialog",
        hidden=True,
        **attributes({"aria-label": text("desk.bar.title", lang)}),
    )  # fmt: skip


def beginning(lang: str) -> html.Div:
    """What the bar says before anything is understood: the verbs, and one whole line."""
    return html.Div(
        [
            html.P(text("desk.bar.verbs", lang, initials=INITIALS)),
            html.P(text("desk.bar.example", lang), className="provenance"),
        ],
        **attributes({"data-revision": "0", "data-sendable": "0"}),
    )


def understood(said: Understood, revision: int, lang: str) -> html.Div:
    """The chips of a line, and under them what is to choose, what is in the way, and what Enter does."""
    ready = bool(said.act) and not said.blocks
    return html.Div(
        [
            *(
                [html.Div([_chip(one, lang) for one in said.chips], className="bar-chips")]
                if said.chips
                else []
            ),
            *(html.P(one, className="bar-note") for one in said.notes),
            *(html.P([html.B("✕ "), one], className="bar-block") for one in said.blocks),
            *_offers(said, lang),
            *([html.P(text(f"desk.bar.then.{said.act}", lang), className="provenance")] if ready else []),
        ]
        or [html.P(text("desk.bar.verbs", lang, initials=INITIALS))],
        role="status",
        key=str(revision),
        **attributes(
            {
                "data-revision": str(revision),
                "data-sendable": "1" if ready else "0",
                "data-act": said.act,
                "data-matter": said.matter_id,
                "data-numbers": said.numbers,
            }
        ),
    )


def _chip(one: Chip, lang: str) -> html.Span:
    return html.Span(
        [html.Small(text(f"desk.bar.part.{one.part}", lang)), html.B(one.value)],
        className=f"bar-chip {one.state}".strip(),
        **attributes({"data-part": one.part}),
    )


def _offers(said: Understood, lang: str) -> list[Component]:
    if not said.offers:
        return []
    buttons = [
        html.Button(
            one.name,
            type="button",
            className="bar-offer",
            tabIndex="-1",
            **attributes({"data-line": one.line}),
        )
        for one in said.offers
    ]
    return [html.Div([*buttons, html.Span([kbd("↓"), kbd("Tab"), text("desk.bar.take", lang)], className="provenance")],
                     className="bar-offers")]  # fmt: skip
