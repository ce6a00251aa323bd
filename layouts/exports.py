"""The two buttons that take a table away, beside the table; `assets/live/exports.mjs` asks for the file."""

from __future__ import annotations

from dash import html

from layouts.catalogue import text
from layouts.desk.attributes import attributes

FORMATS = ("xlsx", "csv")
WORDS = ("making", "done", "failed", "signed_out")


def export_buttons(table: str, lang: str, classes: str = "") -> html.Span:
    """Return the buttons for a table of `dashboard.service.exporting.tables`, and the place where it is said what came
    of it. What the page's module says stands in its attributes, so that no page loads a catalogue for it."""
    words = {f"data-{one.replace('_', '-')}": text(f"export_to.{one}", lang, file="{file}") for one in WORDS}
    return html.Span(
        [
            html.Span(text("export_to.label", lang), title=text("export_to.rule", lang)),
            *(
                html.Button(
                    text(f"export_to.short.{one}", lang),
                    type="button",
                    className="small",
                    **attributes({"data-format": one, "aria-label": text(f"export_to.{one}", lang)}),
                )
                for one in FORMATS
            ),
            html.Span("", role="status", className="exports-said"),
        ],
        className=f"exports {classes}".strip(),
        **attributes({"data-export": table} | words),
    )
