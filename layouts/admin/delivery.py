"""How delivery stands, for somebody who is woken at night: what failed, to whom, since when, what the product does
next, and what a person should do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.domain.durations import elapsed
from layouts.admin import ids
from layouts.admin.parts import button, cells, empty, headline, in_language, table, waiting
from layouts.catalogue import has_text, text
from layouts.desk.attributes import attributes
from layouts.desk.clock_text import date_and_time, time_of_day
from layouts.exports import export_buttons

Row = Mapping[str, Any]
GATEWAY: Final = {"setting": "ZHONGSHU_TELLING_GATEWAY", "folder": "var/outbox"}  # see docs/settings.md
LISTED: Final = 40  # lines; a channel that is down makes hundreds that are all alike
# A try that is so late was not made: nobody is sending. A worker looks twice a second (`data_feeds.telling.deliver`).
STUCK_MS: Final = 60_000


def delivery_section(gateway: str, lang: str) -> html.Section:
    """The section; `gateway` says what carries text messages and calls: files, none, or an address."""
    key = gateway if gateway in ("files", "none") else "address"
    return html.Section(
        [
            headline(text("admin.delivery.title", lang)),
            html.P(text("admin.delivery.explained", lang), className="second"),
            html.P(text(f"admin.gateway.{key}", lang, **GATEWAY, address=gateway), className="second"),
            html.Div(waiting(lang), id=ids.DELIVERY_SHOWN),
            html.Div(
                [
                    button(ids.DELIVERY_LOAD, text("admin.delivery.load", lang)),
                    export_buttons("delivery", lang),
                ],
                className="line",
            ),
            dcc.Store(id=ids.DELIVERY_TOLD),
        ],
        **attributes({"data-section": "delivery"}),
    )


def delivery(found: Row, lang: str) -> Component:
    """What needs somebody first, then what is tried again, then each means of sending."""
    failed, retrying, now = found["failed"], found["retrying"], int(found["at"])
    parts: list[Component | None] = [_headline(found, lang)]
    if failed:
        parts += [
            _heading("failed", lang),
            table(
                ("since", "who", "fault", "next", "todo"),
                "admin.failed",
                [_failed(ones, now, lang) for ones in _together(failed)[:LISTED]],
                lang,
                "failed",
            ),
        ]  # fmt: skip
    if retrying:
        parts += [
            _heading("retrying", lang),
            table(
                ("since", "who", "fault", "next"),
                "admin.failed",
                [_retrying(ones, now, lang) for ones in _together(retrying)[:LISTED]],
                lang,
                "failed",
            ),
        ]  # fmt: skip
    further = found["further"] + sum(
        len(ones) for group in (failed, retrying) for ones in _together(group)[LISTED:]
    )
    if further:
        parts.append(html.P(text("admin.failed.further", lang, count=further)))
    parts += [
        html.H2(text("admin.means.title", lang)),
        table(
            ("means", "served", "last", "received", "waiting", "sent", "retrying", "failed", "since"),
            "admin.means",
            [_means(one, now, lang) for one in found["means"]],
            lang,
            numbers=("received", "waiting", "sent", "retrying", "failed"),
        ),
    ]
    if found["ended"]:
        parts.append(html.P(text("admin.delivery.ended", lang, count=found["ended"]), className="third"))
    return html.Div(parts, **attributes(_look_at(retrying, now)))


def _look_at(retrying: Sequence[Row], now: int) -> dict[str, str]:
    """When the page has to ask by itself: a try that is not made is told by nobody."""
    stuck_at = [int(one["next_at"] or now) + STUCK_MS + 1 for one in retrying]
    later = [at for at in stuck_at if at > now]
    return {"data-look-at": str(min(later))} if later else {}


def _counting(
    key: str, lang: str, name: str, instant: int, now: int, *, classes: str = "", **params: Any
) -> html.Span:
    """Words with an age (`instant` has passed) or a remaining time in them, which the page counts on by itself."""
    words = text(key, lang, **{name: "{time}"}, **params)
    way = "data-since" if instant <= now else "data-until"
    shown = words.replace("{time}", elapsed(abs(now - instant), lang))
    return html.Span(shown, className=classes, **attributes({"data-words": words, way: str(instant)}))


def _headline(found: Row, lang: str) -> Component:
    failed, retrying = found["failed"], found["retrying"]
    at = text("admin.delivery.at", lang, at=time_of_day(int(found["at"])))
    if not failed and not retrying:
        return empty(text("admin.delivery.none", lang), at)
    if not failed:
        return empty(text("admin.delivery.only_retrying", lang, count=len(retrying)), at)
    since = min(int(one["made_at"]) for one in failed)
    said = text(
        "admin.delivery.headline",
        lang,
        count=len(failed),
        matters=len({one["no"] for one in failed}),
        since=date_and_time(since),
    )
    return html.Div([html.B(said), html.Span(at)], className="headline", role="status")


def _heading(part: str, lang: str) -> html.H2:
    who_acts = html.Span(text(f"admin.{part}.who_acts", lang), className="second")
    return html.H2([text(f"admin.{part}.title", lang), who_acts])


def _together(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that are the same to whoever deals with them: same matter, recipient, means and reason; in their order."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for one in rows:
        key = tuple(one[name] for name in ("no", "recipient_kind", "recipient", "role", "means", "fault"))
        found.setdefault(key, []).append(one)
    return list(found.values())


def _failed(ones: Sequence[Row], now: int, lang: str) -> html.Tr:
    """What was given up: the clock goes on whatever was told, so the next step is what the product does."""
    one = ones[0]
    following = (
        text(
            "admin.failed.next_step",
            lang,
            at=date_and_time(int(one["next_step_at"])),
            step=in_language(one, "next_step", lang),
        )
        if one["next_step_at"]
        else text(f"admin.failed.no_next_step_{one['origin']}", lang)
    )
    key = f"admin.todo.{one['fault']}"
    todo = text(key if has_text(key) else "admin.todo.other", lang, desk=in_language(one, "desk", lang))
    return cells(
        [
            _since(ones, now, lang),
            _who(ones, lang),
            [html.B(_fault(one, lang)), _tries(one, lang)],
            [html.Span(text("admin.failed.no_more", lang)), html.Span(following, className="second")],
            todo,
        ]
    )


def _retrying(ones: Sequence[Row], now: int, lang: str) -> html.Tr:
    one = ones[0]
    next_at = int(one["next_at"] or now)
    count = {"attempt": int(one["attempts"]) + 1, "most": one["most_tries"]}
    if now - next_at > STUCK_MS:
        again = html.Span(text("admin.retrying.stuck", lang, at=time_of_day(next_at)))
    else:
        due_at = max(next_at, now + 1)  # a try that is due is not yet late
        again = _counting("admin.retrying.again", lang, "left", due_at, now, at=time_of_day(next_at), **count)
    return cells(
        [_since(ones, now, lang), _who(ones, lang), [html.B(_fault(one, lang)), _tries(one, lang)], again]
    )


def _since(ones: Sequence[Row], now: int, lang: str) -> list[Component]:
    made_at = min(int(one["made_at"]) for one in ones)
    return [
        html.B(date_and_time(made_at)),
        _counting("admin.failed.ago", lang, "age", made_at, now, classes="third"),
    ]


def _who(ones: Sequence[Row], lang: str) -> list[Component]:
    one = ones[0]
    role, name = in_language(one, "role_name", lang), str(one["recipient_name"])
    whom = (
        role if one["recipient_kind"] == "desk" else name if one["means"] == "webhook" else f"{name} {role}"
    )
    times = text("admin.failed.times", lang, count=len(ones)) if len(ones) > 1 else ""
    return [
        html.B(f"{in_language(one, 'means_name', lang)} → {whom}{times}"),
        html.Span(
            text("admin.failed.about", lang, no=one["no"], desk=in_language(one, "desk", lang)),
            className="second",
        ),
    ]


def _fault(one: Row, lang: str) -> str:
    return in_language(one, "fault_name", lang) if one["fault"] else "–"


def _tries(one: Row, lang: str) -> Component:
    tries: Sequence[Row] = one["tries"]
    if not tries:
        return html.Span(text("admin.failed.untried", lang), className="third")
    last = time_of_day(int(tries[-1]["begun_at"]))
    return html.Span(text("admin.failed.tried", lang, count=len(tries), at=last), className="third")


def _means(one: Row, now: int, lang: str) -> html.Tr:
    last, since = one["last_received_at"], one["since"]
    trouble: Component | str = "–"
    if since:
        trouble = _counting("admin.means.trouble", lang, "age", int(since), now, at=date_and_time(int(since)))
    counts = [
        html.Td(str(one[name]), className="number")
        for name in ("received", "waiting", "sent", "retrying", "failed")
    ]
    return html.Tr(
        [
            html.Th(text(f"means.{one['means']}", lang), scope="row"),
            html.Td(text(f"admin.means.{'is_served' if one['served'] else 'unserved'}", lang)),
            html.Td(date_and_time(int(last)) if last else text("admin.means.never", lang)),
            *counts,
            html.Td(trouble),
        ]
    )  # fmt: skip
