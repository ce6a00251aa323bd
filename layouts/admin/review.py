"""Before publishing: what the draft changes, in words, and where running matters would stand under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from layouts.admin.chain_view import chain_title, pips
from layouts.admin.chains import Cells, Chain, chain_key
from layouts.admin.durations import repeat, when
from layouts.admin.parts import headed, in_language, table
from layouts.admin.words import stage_word, urgency_word, word, words_of
from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time

Row = Mapping[str, Any]
LISTED: Final = 40  # clocks; a plain table of hundreds holds the page up (`layouts.admin.grid`)
# Columns that are said together: one of them alone says nothing.
_TIME: Final = ("share_of_limit", "after_ms", "clock")
_SAID: Final = (
    "step", "unless", "tell", "means", "must_act", "raise_to_level", "card", "repeat_ms", "name", "name_en", "source",
    "urgency", "stage",
)  # fmt: skip


def changes(
    found: Mapping[str, Any],
    before: Mapping[str, Cells],
    after: Mapping[str, Cells],
    chains: Sequence[Chain],
    workday_ms: int,
    lang: str,
    versions: tuple[int, int] | None = None,
) -> Component:
    """What differs between two tables, step by step under its chain.

    `found` is `changed_cells` of the two, `versions` their numbers; without them it is the draft and what is published.
    """
    if not found:
        return html.P(text("admin.review.nothing", lang), className="empty")
    of_key = {chain.key: chain for chain in chains}
    groups: dict[str, list[str]] = {}
    for policy_id in found:
        groups.setdefault(chain_key(after.get(policy_id) or before[policy_id]), []).append(policy_id)
    rows: list[Component] = []
    for key, of_chain in groups.items():
        chain = of_key.get(key)
        if chain is not None:
            rows.append(
                html.Tr(html.Th(chain_title(chain, lang), colSpan=4, scope="rowgroup"), className="group")
            )
            order = [row["policy_id"] for row in (*chain.steps, *chain.removed)]
            of_chain.sort(key=lambda one: order.index(one) if one in order else len(order))
        for policy_id in of_chain:
            rows += _lines(policy_id, found[policy_id], before, after, chain, workday_ms, lang)
    heads = [text(f"admin.review.{name}", lang) for name in ("step", "what", "before", "after")]
    if versions is not None:
        heads[2:] = [text("admin.review.was", lang, version=one) for one in versions]
    return headed(heads, rows, "policy-changes")


def _lines(
    policy_id: str,
    change: Any,
    before: Mapping[str, Cells],
    after: Mapping[str, Cells],
    chain: Chain | None,
    workday_ms: int,
    lang: str,
) -> list[Component]:
    row = after.get(policy_id) or before[policy_id]
    place = next(
        (number for number, one in enumerate(chain.steps, start=1) if one["policy_id"] == policy_id), None
    ) if chain else None  # fmt: skip
    head = [
        html.B(text("admin.review.place", lang, place=place)) if place else html.B("–"),
        " ",
        html.Span(row["name_en"] if lang == "en" else row["name"], className="second"),
    ]
    if change in ("new", "gone"):
        said = summary(row, workday_ms, lang)
        cells = [text(f"admin.review.{change}", lang), *(("", said) if change == "new" else (said, ""))]
        return [_line(head, cells)]
    pairs = list(_pairs(change, before[policy_id], row, workday_ms, lang))
    return [_line(head if number == 0 else [], pair) for number, pair in enumerate(pairs)]


def _pairs(
    change: Mapping[str, Any], before: Cells, after: Cells, workday_ms: int, lang: str
) -> Sequence[tuple[str, str, str]]:
    pairs = []
    if any(name in change for name in _TIME):
        pairs.append(("when", *(_time(one, workday_ms, lang) for one in (before, after))))
    for name in _SAID:
        if name in change:
            pairs.append((name, *(_cell(name, one, lang) for one in (before, after))))
    return [(text(f"admin.column.{name}", lang), was or "–", is_now or "–") for name, was, is_now in pairs]


def _time(row: Cells, workday_ms: int, lang: str) -> str:
    said = when(row, workday_ms, lang)
    return f"{said} · {word('clock', row['clock'], lang)}"


def _cell(name: str, row: Cells, lang: str) -> str:
    cell = row[name]
    if name in ("tell", "means"):
        return words_of(name, cell, lang)
    if name == "repeat_ms":
        return repeat(cell, lang) or text("admin.repeat.once", lang)
    if name == "stage":
        return stage_word(row["applies_to"], cell, lang)
    if name == "urgency":
        return urgency_word(cell, lang)
    return cell if name in ("step", "name", "name_en", "source") else word(name, cell, lang)


def summary(row: Cells, workday_ms: int, lang: str) -> str:
    """Return a whole step in one line."""
    return text(
        "admin.review.summary",
        lang,
        when=when(row, workday_ms, lang),
        who=words_of("tell", row["tell"], lang),
        means=words_of("means", row["means"], lang),
        level=word("raise_to_level", row["raise_to_level"], lang),
    )


def _line(head: Sequence[Any], cells: Sequence[str]) -> html.Tr:
    return html.Tr([html.Td(list(head)), *(html.Td(one) for one in cells)])


def preview(found: Row, lang: str) -> Component:
    """Where the chosen matters would stand, and how many others would stand elsewhere."""
    moves: Sequence[Row] = found["moves"]
    parts: list[Component | None] = []
    if found["unknown"]:
        numbers = text("admin.join", lang).join(found["unknown"])
        parts.append(html.P(text("admin.preview.unknown", lang, numbers=numbers), className="refused"))
    parts += [html.P(_sentence(one, lang), className="sentence") for one in found["chosen"]]
    headline = text("admin.preview.headline", lang, changed=found["changed"], open=found["open"])
    parts.append(
        html.P([html.B(headline), " ", html.Span(text("admin.preview.keeps", lang), className="second")])
    )
    if moves:
        names = ("no", "stage", "clock", "version", "now", "would_be", "next")
        lines = [_moved(one, lang) for one in moves[:LISTED]]
        parts.append(table(names, "admin.preview", lines, lang, numbers=("version",)))
    further = found["further"] + max(len(moves) - LISTED, 0)
    if further:
        parts.append(html.P(text("admin.preview.further", lang, count=further)))
    return html.Div(parts, className="policy-preview")


def _sentence(one: Row, lang: str) -> list[Any]:
    """One clock of a chosen matter: at which step it is now, at which it would be, and what comes next and when."""
    following = one["would_be"]["next_at"]
    if one["now"] == one["would_be"]:
        then = text("admin.preview.stays", lang)
    elif one["now"]["policy_id"] == one["would_be"]["policy_id"]:
        then = text("admin.preview.still", lang)
    else:
        then = text("admin.preview.moves", lang, where=_standing(one["would_be"], lang))
    return [
        html.B(one["no"]),
        text("admin.preview.clock_of", lang, stage=in_language(one, "stage", lang), clock=_clock(one, lang)),
        text("admin.preview.is_now", lang, where=_standing(one["now"], lang)),
        html.B(then),
        text("admin.preview.then", lang, at=date_and_time(int(following))) if following else "",
        html.Span(text("admin.preview.version_kept", lang, version=one["policy_version"]), className="third"),
    ]  # fmt: skip


def _clock(one: Row, lang: str) -> str:
    """Which clock, and whose where several units have one each."""
    name = in_language(one, "due_for", lang)
    return f"{name} {one['receiver']}" if one["receiver"] else name


def _moved(one: Row, lang: str) -> html.Tr:
    following = one["would_be"]["next_at"]
    return html.Tr(
        [
            html.Td(one["no"]),
            html.Td(in_language(one, "stage", lang)),
            html.Td(_clock(one, lang)),
            html.Td(str(one["policy_version"]), className="number"),
            html.Td([pips(str(one["now"]["level"])), " ", _standing(one["now"], lang)]),
            html.Td([pips(str(one["would_be"]["level"])), " ", _standing(one["would_be"], lang)]),
            html.Td(date_and_time(int(following)) if following else "–"),
        ]
    )


def _standing(one: Row, lang: str) -> str:
    if not one["step"]:
        return text("admin.preview.no_step", lang)
    return text("admin.preview.step", lang, step=one["step"], name=in_language(one, "name", lang))
