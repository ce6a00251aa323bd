"""What stands around the form of a step: which step it is, what may be done with it, and what its fields mean."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.domain.telling import means_for
from layouts.admin.chain_view import LIMIT_UNITS, Limits, chain_title
from layouts.admin.chains import Cells, Chain
from layouts.admin.durations import duration, number_of, unit_ms, when
from layouts.admin.parts import ask_button
from layouts.admin.words import codes_of, joined, urgency_word, word, words_of
from layouts.catalogue import text


def title(chain: Chain | None, policy_id: str, lang: str) -> list[Any]:
    """Which step of which chain."""
    if chain is None:
        return []
    return [
        html.Span(chain_title(chain, lang), className="second"),
        text("admin.step.title", lang, place=_place(chain, policy_id), count=len(chain.steps)),
    ]


def acts(chain: Chain | None, policy_id: str, change: Any, lang: str) -> list[Component]:
    """What may be done with the step as a whole; only what would do something is drawn."""
    if chain is None:
        return []
    place = _place(chain, policy_id)
    asks = ["after", "remove"]
    if place < len(chain.steps):
        asks.insert(0, "later")
    if place > 1:
        asks.insert(0, "earlier")
    if change is not None and change != "new":
        asks.append("undo")
    return [ask_button(text(f"admin.step.{ask}", lang), ask, policy_id, "small") for ask in asks]


def when_said(cells: Cells, chain: Chain, limits: Limits, workday_ms: int, lang: str) -> str:
    """The time in words, and what it comes to under the limits of the chain's urgencies."""
    said = when(cells, workday_ms, lang)
    if said == text("admin.when.unreadable", lang):
        return ""  # the fault stands beside it
    examples = _examples(cells, chain, limits, workday_ms, lang)
    if not examples:
        return text("admin.step.reads", lang, when=said)
    return text("admin.step.reads_as", lang, when=said, examples=joined(examples, lang))


def _examples(cells: Cells, chain: Chain, limits: Limits, workday_ms: int, lang: str) -> list[str]:
    after, share = number_of(cells["after_ms"] or "0"), number_of(cells["share_of_limit"] or "0")
    if after is None or not share:
        return []
    known = limits.get((chain.applies_to, cells["stage"]), {})
    found: dict[str, list[str]] = {}
    for urgency in chain.urgencies:
        value, unit = known.get(int(urgency), (0, "min"))
        clock, named = LIMIT_UNITS[unit]
        # A limit of one clock and a step on the other have no sum that holds on every day.
        if value and clock == cells["clock"]:
            at = round(value * unit_ms(named, clock, workday_ms) * share + after)
            found.setdefault(duration(max(at, 0), clock, workday_ms, lang), []).append(urgency)
    return [
        text("admin.step.example", lang, urgency=" ".join(urgency_word(one, lang) for one in ones), at=at)
        for at, ones in found.items()
    ]


def told_by(cells: Cells, lang: str) -> list[Component]:
    """Who is told by what: a means reaches only the roles that it suits."""
    tell, means = codes_of(cells["tell"]), codes_of(cells["means"])
    lines = [
        text(
            "admin.step.told_by",
            lang,
            who=word("tell", role, lang),
            means=words_of("means", ";".join(means_for(role, tell, means)), lang),
        )
        for role in tell
    ]
    if "webhook" in means:
        lines.append(text("admin.step.told_by_webhook", lang))
    return [html.P(one) for one in lines]


def _place(chain: Chain, policy_id: str) -> int:
    return next((n for n, one in enumerate(chain.steps, start=1) if one["policy_id"] == policy_id), 0)
