"""One step of a chain as a form: what is written in each field, and the cells of the file that it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.domain.telling import UNIT_ROLES
from layouts.admin import ids
from layouts.admin.durations import DAY_MS, ELAPSED, UNITS, amount_of, cell_of, percent_of, share_of
from layouts.admin.parts import labelled, pick
from layouts.admin.words import codes_of, word
from layouts.catalogue import text
from layouts.desk.attributes import attributes

FIELDS: Final = (
    "name", "name_en", "base", "percent", "side", "amount", "unit", "clock", "unless", "tell", "means", "must_act",
    "level", "card", "repeat_amount", "repeat_unit", "source",
)  # fmt: skip
"""The form's fields, in the order of `values_of` and `cells_from`."""
FAULT_SLOTS: Final = (
    "step", "name", "name_en", "when", "clock", "unless", "tell", "means", "must_act", "level", "card", "repeat",
    "source",
)  # fmt: skip
"""Places beside the fields where a fault is said."""
_SLOT_OF: Final = {
    "after_ms": "when",
    "share_of_limit": "when",
    "repeat_ms": "repeat",
    "raise_to_level": "level",
}
LEVELS: Final = ("0", "1", "2", "3", "4")


def slot_of(column: str) -> str:
    """Return the place where a fault of a column is said; what no field mends is said at the head of the form."""
    slot = _SLOT_OF.get(column, column)
    return slot if slot in FAULT_SLOTS else "step"


def values_of(cells: Mapping[str, str], workday_ms: int) -> tuple[Any, ...]:
    """Return the fields of a step's cells."""
    share = percent_of(cells["share_of_limit"])
    base = {"0": "start", "100": "end"}.get(share, "share")
    amount, unit = amount_of(cells["after_ms"], cells["clock"], workday_ms)
    again, again_unit = amount_of(cells["repeat_ms"], ELAPSED, DAY_MS)
    side = "before" if cells["after_ms"].strip().startswith("-") else "after"
    return (
        cells["name"], cells["name_en"], base, share if base == "share" else "50", side, amount, unit, cells["clock"],
        cells["unless"], codes_of(cells["tell"]), codes_of(cells["means"]), cells["must_act"], cells["raise_to_level"],
        cells["card"], again, again_unit, cells["source"],
    )  # fmt: skip


def cells_from(values: Sequence[Any], before: Mapping[str, str], workday_ms: int) -> dict[str, str]:
    """Return the cells that the fields mean; columns that the form does not have stay as they were `before`."""
    given = dict(zip(FIELDS, values, strict=True))
    share = {"start": "0", "end": "1"}.get(given["base"], share_of(given["percent"]))
    is_before = given["side"] == "before"
    after = cell_of(given["amount"], given["unit"], given["clock"], workday_ms, is_before=is_before)
    if not after:
        # Nothing added: at the end, or at the share itself; from the start it has to be said how long after it.
        after, share = ("", "") if given["base"] == "start" else ("0", share)
    return {
        **before,
        "name": given["name"].strip(),
        "name_en": given["name_en"].strip(),
        "share_of_limit": share,
        "after_ms": after,
        "clock": given["clock"],
        "unless": given["unless"],
        "tell": ";".join(given["tell"]),
        "means": ";".join(given["means"]),
        "must_act": given["must_act"],
        "raise_to_level": given["level"],
        "card": given["card"],
        "repeat_ms": cell_of(given["repeat_amount"], given["repeat_unit"], ELAPSED, DAY_MS),
        "source": given["source"].strip(),
    }


def step_form(choices: Mapping[str, Sequence[str]], lang: str) -> html.Div:
    """The form, the same for every step: its values are set when a step is chosen."""
    units = [(one, text(f"admin.unit.{one}", lang)) for one in UNITS]
    return html.Div(
        [
            _fault("step"),
            _group(
                "when",
                [
                    _radios("base", [(one, text(f"admin.base.{one}", lang)) for one in ("start", "share", "end")]),
                    html.Span([_line("percent", "short"), "%"], id=ids.STEP_PERCENT, className="percent"),
                    html.Div(
                        [
                            _radios("side", [(one, text(f"admin.side.{one}", lang)) for one in ("after", "before")]),
                            _line("amount", "short"),
                            _radios("unit", units),
                        ],
                        className="line",
                    ),
                    html.P(id=ids.STEP_WHEN, className="reading"),
                ],
                lang,
            ),
            _group("clock", [_radios("clock", _words("clock", choices["clock"], lang))], lang),
            _labelled("unless", _pick("unless", choices, lang), lang),
            _group(
                "tell",
                [
                    _checks("tell", _words("tell", _by_place(choices["tell"]), lang)),
                ],
                lang,
            ),
            _group(
                "means",
                [
                    _checks("means", _words("means", choices["means"], lang)),
                    html.Div(id=ids.STEP_TOLD, className="reading"),
                ],
                lang,
            ),
            _labelled("must_act", _pick("must_act", choices, lang), lang),
            _group("level", [_radios("level", _words("raise_to_level", LEVELS, lang))], lang),
            _group("card", [_radios("card", _words("card", choices["card"], lang))], lang),
            _group(
                "repeat",
                [html.Div([_line("repeat_amount", "short"), _radios("repeat_unit", units)], className="line")],
                lang,
            ),
            _labelled("name", _line("name", ""), lang),
            _labelled("name_en", _line("name_en", ""), lang),
            _labelled("source", _line("source", ""), lang),
        ],
        id=ids.STEP_FORM,
        className="step-form",
        hidden=True,
    )  # fmt: skip


def _by_place(roles: Sequence[str]) -> list[str]:
    """The centre's own roles first, then those outside it."""
    return sorted(roles, key=lambda one: one in UNIT_ROLES)


def _words(column: str, codes: Sequence[str], lang: str) -> list[tuple[str, str]]:
    return [(one, word(column, one, lang)) for one in codes]


def _group(name: str, body: Sequence[Component | str], lang: str) -> html.Fieldset:
    """Several fields under one name, with the place for their fault."""
    return html.Fieldset(
        [html.Legend(text(f"admin.field.{name}", lang)), html.Div([*body, _fault(name)], className="body")],
        **attributes({"aria-describedby": ids.step_fault(name)}),
    )


def _labelled(name: str, body: Component, lang: str) -> html.Div:
    """One field under its label, with the place for its fault."""
    field = labelled(text(f"admin.field.{name}", lang), body)
    field.children.append(_fault(name))
    return field


def _fault(name: str) -> html.Div:
    return html.Div(id=ids.step_fault(name), className="fault", **attributes({"aria-live": "polite"}))


def _line(name: str, classes: str) -> dcc.Input:
    # On blur or Enter, not on every key: each change is checked by the server.
    return dcc.Input(
        id=ids.step_field(name), type="text", debounce=True, maxLength=200, value="", className=classes
    )


def _radios(name: str, options: Sequence[tuple[str, str]]) -> dcc.RadioItems:
    return dcc.RadioItems(_options(options), id=ids.step_field(name), inline=True, className="choices")


def _checks(name: str, options: Sequence[tuple[str, str]]) -> dcc.Checklist:
    return dcc.Checklist(_options(options), [], id=ids.step_field(name), inline=True, className="choices")


def _pick(name: str, choices: Mapping[str, Sequence[str]], lang: str) -> dcc.Dropdown:
    return pick(ids.step_field(name), _words(name, choices[name], lang), None, lang)


def _options(options: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"value": code, "label": label} for code, label in options]
