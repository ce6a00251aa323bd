"""The policy on screen: kinds of matters on the left, and each chain of the chosen kind as a row of steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.admin.chains import URGENCIES, Cells, Chain, too_early
from layouts.admin.durations import DAY_MS, duration, repeat, unit_ms, when
from layouts.admin.words import joined, stage_word, urgency_word, word, words_of
from layouts.catalogue import text
from layouts.desk.attributes import attributes

Limits = Mapping[tuple[str, str], Mapping[int, tuple[int, str]]]
# A limit's unit in the pack -> the clock that it runs on and the unit that it is said in.
LIMIT_UNITS: Final = {
    "min": ("elapsed", "minute"),
    "h": ("elapsed", "hour"),
    "day": ("elapsed", "day"),
    "workhour": ("working", "hour"),
    "workday": ("working", "day"),
}
NET_REPEAT_MS: Final = DAY_MS  # `dashboard.domain.policy`: the last step of a chain is never the last word


@dataclass(frozen=True, slots=True)
class Board:
    """What is shown: the chains of the whole table, and what is known of each step.

    Args:
        chains: all of them; `kind` is the one on screen, `step` the chosen step.
        changes: policy_id -> what the draft changes ("new", "gone" or its cells).
        faulty: steps with something wrong.
        limits: see `dashboard.service.PolicyDraft`.
        workday_ms: the city's working day.
        editable: whether the acts are offered.
    """

    chains: tuple[Chain, ...]
    kind: str
    step: str
    limits: Limits
    workday_ms: int
    changes: Mapping[str, Any] = field(default_factory=dict)
    faulty: Collection[str] = ()
    editable: bool = False


def kinds(board: Board, lang: str) -> list[Component]:
    """The kinds of matters, each with how many steps it has, and whether the draft touches it."""
    found: dict[str, list[Chain]] = {}
    for chain in board.chains:
        found.setdefault(chain.applies_to, []).append(chain)
    return [_kind(kind, chains, board, lang) for kind, chains in found.items()]


def _kind(kind: str, chains: Sequence[Chain], board: Board, lang: str) -> html.Button:
    steps = [row["policy_id"] for chain in chains for row in (*chain.steps, *chain.removed)]
    touched = sum(one in board.changes for one in steps)
    wrong = any(one in board.faulty for one in steps)
    marks: list[Component] = []
    if touched:
        marks.append(html.Span(text("admin.kind.touched", lang, count=touched), className="tag"))
    if wrong:
        marks.append(html.Span(text("admin.mark.faulty", lang), className="tag strong"))
    counts = text("admin.kind.counts", lang, chains=len(chains), steps=sum(len(one.steps) for one in chains))
    pressed = {"data-ask": "kind", "data-of": kind}
    if kind == board.kind:
        pressed["aria-current"] = "true"
    return html.Button(
        [html.B(word("applies_to", kind, lang)), html.Span(counts, className="third"), *marks],
        type="button",
        className="policy-kind",
        **attributes(pressed),
    )


def chains(board: Board, lang: str) -> list[Component]:
    """Every chain of the kind on screen."""
    return [_chain(one, board, lang) for one in board.chains if one.applies_to == board.kind]


def chain_title(chain: Chain, lang: str) -> str:
    """Return what a chain is called: its kind, its stage, its urgency."""
    parts = [word("applies_to", chain.applies_to, lang)]
    if chain.stage:
        parts.append(stage_word(chain.applies_to, chain.stage, lang))
    if chain.urgency or chain.others:
        parts.append(_urgencies(chain, lang))
    return " · ".join(parts)


def _urgencies(chain: Chain, lang: str) -> str:
    if not chain.urgency and not chain.others:
        return urgency_word("", lang)
    return " ".join(urgency_word(one, lang) for one in chain.urgencies)


def limit_words(chain: Chain, limits: Limits, workday_ms: int, lang: str) -> str:
    """Return the limit that the chain's clock counts, for each urgency where they differ."""
    stages = {chain.stage} if chain.stage else {row["stage"] for row in chain.steps}
    known: Mapping[int, tuple[int, str]] = {}
    for stage in stages:
        known = limits.get((chain.applies_to, stage), {}) or known
    here = {one: known[int(one)] for one in chain.urgencies if int(one) in known}
    if not here:
        return text("admin.chain.no_limit", lang)
    said: dict[str, list[str]] = {}
    for urgency, limit in here.items():
        said.setdefault(_limit(*limit, workday_ms, lang), []).append(urgency_word(urgency, lang))
    if len(said) == 1:
        return text("admin.chain.limit", lang, limit=next(iter(said)))
    each = [
        text("admin.chain.limit_of", lang, urgency=" ".join(names), limit=limit)
        for limit, names in said.items()
    ]
    return text("admin.chain.limit", lang, limit=joined(each, lang))


def _limit(value: int, unit: str, workday_ms: int, lang: str) -> str:
    clock, named = LIMIT_UNITS[unit]
    return duration(value * unit_ms(named, clock, workday_ms), clock, workday_ms, lang)


def _chain(chain: Chain, board: Board, lang: str) -> html.Section:
    title = (
        stage_word(chain.applies_to, chain.stage, lang)
        if chain.stage
        else word("applies_to", chain.applies_to, lang)
    )
    early = too_early(chain.steps)
    steps: list[Component] = []
    for place, row in enumerate(chain.steps, start=1):
        is_last = place == len(chain.steps)
        steps.append(_step(row, place, is_last, early.get(row["policy_id"], 0), chain, board, lang))
    steps += [_removed(row, board, lang) for row in chain.removed]
    return html.Section(
        [
            html.Header(
                [
                    html.H3(title),
                    html.P(_urgencies(chain, lang), className="urgencies"),
                    html.P(limit_words(chain, board.limits, board.workday_ms, lang), className="third"),
                    _own_chains(chain, board, lang),
                ]
            ),
            html.Ol(steps, className="policy-steps"),
        ],
        className="policy-chain",
        **attributes({"aria-label": chain_title(chain, lang)}),
    )


def _own_chains(chain: Chain, board: Board, lang: str) -> Component | None:
    """Offers a chain of its own for each urgency that goes by the common one."""
    if not board.editable or chain.urgency or not chain.steps:
        return None
    buttons = [
        html.Button(
            urgency_word(one, lang),
            type="button",
            className="small",
            **attributes({"data-ask": "own", "data-of": f"{chain.key}:{one}"}),
        )
        for one in URGENCIES
        if one in chain.urgencies
    ]
    return html.Details(
        [html.Summary(text("admin.chain.own", lang)), html.Div(buttons, className="line")], className="own"
    )


def _step(
    row: Cells, place: int, is_last: bool, early: int, chain: Chain, board: Board, lang: str
) -> html.Li:
    policy_id = row["policy_id"]
    again = repeat(row["repeat_ms"], lang)
    if not again and is_last:
        again = text("admin.repeat.net", lang, duration=duration(NET_REPEAT_MS, "elapsed", DAY_MS, lang))
    change = board.changes.get(policy_id)
    tags = (
        [text("admin.mark.new", lang)]
        if change == "new"
        else [text("admin.mark.changed", lang)]
        if change
        else []
    )
    marks = [html.Span(one, className="tag") for one in tags]
    if policy_id in board.faulty:
        marks.append(html.Span(text("admin.mark.faulty", lang), className="tag strong"))
    body: list[Any] = [
        html.Span([pips(row["raise_to_level"]), html.B(word("raise_to_level", row["raise_to_level"], lang)), *marks]),
        html.Span(when(row, board.workday_ms, lang), className="when"),
        html.Span(
            [
                html.B(text("admin.step.tells", lang, who=words_of("tell", row["tell"], lang) or "–")),
                " ",
                html.Span(words_of("means", row["means"], lang) or "–", className="second"),
            ]
        ),
        html.Span(
            [text("admin.step.must_act", lang, who=word("must_act", row["must_act"], lang)), *_card(row, lang)],
            className="second",
        ),
        html.Span(again, className="third") if again else None,
        html.Span(text("admin.step.early", lang, place=early), className="fault") if early else None,
    ]  # fmt: skip
    name = row["name_en"] if lang == "en" else row["name"]
    pressed = {"data-ask": "step", "data-of": policy_id}
    if policy_id == board.step:
        pressed["aria-current"] = "step"
    label = text(
        "admin.step.label", lang, chain=chain_title(chain, lang), place=place, count=len(chain.steps)
    )
    button = html.Button(
        body,
        type="button",
        className="policy-step changed" if change else "policy-step",
        title=name,
        **attributes({**pressed, "aria-description": label}),
    )
    return html.Li(button if board.editable else html.Div(body, className="policy-step read", title=name))


def _card(row: Cells, lang: str) -> list[Component]:
    if row["card"] in ("none", ""):
        return []
    return [html.Span(word("card", row["card"], lang), className="tag")]


def _removed(row: Cells, board: Board, lang: str) -> html.Li:
    put_back = html.Button(
        text("admin.step.put_back", lang),
        type="button",
        className="small",
        **attributes({"data-ask": "undo", "data-of": row["policy_id"]}),
    )
    body = [
        html.Span(text("admin.mark.removed", lang), className="tag"),
        html.S(row["name_en"] if lang == "en" else row["name"]),
        put_back if board.editable else None,
    ]
    return html.Li(html.Div(body, className="policy-step gone"))


def pips(level: str) -> html.Span:
    """Four boxes, filled up to the level: how far the escalation has climbed; drawn by the style sheet."""
    reached = level if level.isdecimal() else "0"
    return html.Span(
        className="admin-pips", style={"--level": reached}, **attributes({"aria-hidden": "true"})
    )
