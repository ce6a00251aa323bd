"""What comes in and from whom: devices that are kept apart, and keys that gateways sign with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from layouts.admin import ids
from layouts.admin.parts import (
    ask_button,
    button,
    empty,
    headline,
    labelled,
    pick,
    revoking,
    sure,
    table,
    waiting,
)
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time

Row = Mapping[str, Any]
SENDER_KINDS: Final = ("platform", "device")
MODES: Final = ("signed", "plain")
COUNTED: Final = ("badly_signed", "replayed", "out_of_window", "unsigned", "old_sequence", "quarantined")


def feeds_section(lang: str) -> html.Section:
    """The section and the form for a new key."""
    kinds = [(one, text(f"admin.feeds.{one}", lang)) for one in SENDER_KINDS]
    modes = [(one, text(f"admin.feeds.{one}", lang)) for one in MODES]
    return html.Section(
        [
            headline(text("admin.feeds.title", lang)),
            html.P(text("admin.feeds.explained", lang), className="second"),
            html.Div(id=ids.FEED_MADE, className="admin-outcome"),
            html.Div(id=ids.FEED_OUTCOME, className="admin-outcome"),
            labelled(
                text("admin.feeds.why", lang),
                dcc.Input(id=ids.FEED_WHY, type="text", maxLength=500, value="", className="wide"),
            ),
            html.Div(waiting(lang), id=ids.FEEDS_SHOWN),
            html.Div([button(ids.FEED_LOAD, text("admin.feeds.load", lang))], className="line"),
            html.H2(text("admin.feeds.new", lang)),
            html.Div(
                [
                    labelled(text("admin.field.feed_name", lang), _line(ids.FEED_NAME)),
                    labelled(text("admin.field.feed_kind", lang), pick(ids.FEED_KIND, kinds, kinds[0][0], lang)),
                    labelled(text("admin.field.feed_sender", lang), _line(ids.FEED_SENDER)),
                    labelled(text("admin.field.feed_mode", lang), pick(ids.FEED_MODE, modes, modes[0][0], lang)),
                    button(ids.FEED_OPEN, text("admin.feeds.open", lang), "primary"),
                ],
                className="fields",
            ),
            dcc.Store(id=ids.FEED_ASKED),
            dcc.Store(id=ids.FEED_LISTED),
        ],
        **attributes({"data-section": "feeds"}),
    )  # fmt: skip


def feeds_view(
    held: Sequence[Row], keys: Sequence[Row], counts: Mapping[str, int], known: bool, lang: str
) -> html.Div:
    """Who is kept apart, what was turned away, and every key.

    Args:
        counts: outcome -> how often, over all feeds, since the start of Redis.
        known: whether the worker's health picture was there to count from.
    """
    return html.Div(
        [
            html.H2(text("admin.feeds.held", lang)),
            _held(held, lang),
            html.H2(text("admin.feeds.counted", lang)),
            _counted(counts, lang) if known else empty(text("admin.feeds.uncounted", lang), ""),
            html.H2(text("admin.feeds.keys", lang)),
            _keys(keys, lang),
        ]
    )


def _held(rows: Sequence[Row], lang: str) -> Component:
    if not rows:
        return empty(text("admin.feeds.nobody_held", lang), text("admin.feeds.nobody_held_means", lang))
    names = ("device", "worker", "reason", "since", "act")
    return table(names, "admin.held", [_held_row(one, lang) for one in rows], lang)


def _held_row(one: Row, lang: str) -> html.Tr:
    ended = one["ended_at"]
    reasons = sorted(one["detail"].items(), key=lambda pair: -int(pair[1]))
    said = text("admin.join", lang).join(
        text("admin.held.times", lang, reason=text(f"admin.held.{name}", lang), count=count)
        for name, count in reasons
    )
    act: Component = (
        html.Span(
            text("admin.held.ended", lang, at=date_and_time(int(ended)), why=one["why"]), className="third"
        )
        if ended
        else sure(
            text("admin.held.release", lang),
            text("admin.held.release_means", lang),
            ask_button(text("admin.held.release_now", lang), "release", one["id"], "small", ids.FEED_ASKED),
        )
    )
    return html.Tr(
        [
            html.Th(one["device_id"], scope="row"),
            html.Td(f"{one['worker_id']} {one['grid']}".strip() or text("admin.held.no_worker", lang)),
            html.Td(said),
            html.Td(date_and_time(int(one["since_at"]))),
            html.Td(act),
        ],
        className="over" if ended else "",
    )


def _counted(counts: Mapping[str, int], lang: str) -> Component:
    rows = [
        html.Tr(
            [
                html.Th(text(f"admin.counted.{name}", lang), scope="row"),
                html.Td(str(counts.get(name, 0)), className="number"),
            ]
        )
        for name in COUNTED
    ]
    return table(("what", "count"), "admin.counted", rows, lang, numbers=("count",))


def _keys(rows: Sequence[Row], lang: str) -> Component:
    if not rows:
        return empty(text("admin.feeds.no_keys", lang), text("admin.feeds.no_keys_means", lang))
    names = ("id", "name", "sender", "mode", "opened", "act")
    return table(names, "admin.feed_key", [_key(one, lang) for one in rows], lang)


def _key(one: Row, lang: str) -> html.Tr:
    revoked, means = one["revoked_at"], text("admin.feed_key.revoke_means", lang)
    return html.Tr(
        [
            html.Td(html.Code(one["id"])),
            html.Th(one["name"], scope="row"),
            html.Td(f"{text('admin.feeds.' + one['sender_kind'], lang)} {one['sender']}"),
            html.Td(text(f"admin.feeds.{'signed' if one['signed_only'] else 'plain'}", lang)),
            html.Td(date_and_time(int(one["opened_at"]))),
            html.Td(revoking(revoked, one["id"], means, ids.FEED_ASKED, lang)),
        ],
        className="over" if revoked else "",
    )


def key_once(key_id: str, secret: str, name: str, lang: str) -> html.Div:
    """A new key: its secret is shown here once and never again."""
    said = text("admin.feed_key.made", lang, name=name)
    return html.Div([said, " ", html.Code(key_id), " ", html.Code(secret)], className="done", role="status")


def _line(element_id: str) -> dcc.Input:
    return dcc.Input(id=element_id, type="text", maxLength=64, value="")
