"""The shift's forms: coming on duty, handing over, taking over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash.development.base_component import Component

from callbacks.desk.asked import Asked
from callbacks.desk.feature import Feature, FormAct, Opened
from dashboard import service
from dashboard.clock import CITY_ZONE
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refused
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.asks import ask_text
from layouts.desk.forms import Option, no_form
from layouts.desk.shift import handover_form, plain_form, take_post_form
from layouts.refusal import refusal_text


def _board(opened: Opened) -> dict[str, Any]:
    shown = service.duty_board(opened.services, opened.actor, opened.now)
    return {} if isinstance(shown, Refused) else shown


def _about(opened: Opened) -> list[Component | str]:
    return [opened.services.pack.divisions.get(opened.actor.jurisdiction).name]


def _refusal(code: str, opened: Opened, **params: Any) -> Component:
    return no_form(refusal_text(Refused(code, params), opened.lang), opened.lang)


def _take_form(opened: Opened) -> Component:
    board = _board(opened)
    posts = board.get("may_take", [])
    if not posts:
        return no_form(text("desk.take_post.none", opened.lang), opened.lang)
    return take_post_form(_about(opened), posts, _clock(board["shift"]["until_at"]), opened.lang)


def _take(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    return service.take_post(services, actor, service.TakePost(wanted.text("post")), now, wanted.key)


def _leave_form(opened: Opened) -> Component:
    mine = _board(opened).get("mine")
    if mine is None:
        return no_form(text("desk.handover.not_on", opened.lang), opened.lang)
    sentence = text("desk.leave_post.sentence", opened.lang, post=text(f"desk.post.{mine}", opened.lang))
    return plain_form("leave_post", _about(opened), sentence, opened.lang)


def _leave(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    mine = _mine(services, actor, now)
    return service.leave_post(services, actor, service.LeavePost(mine), now, wanted.key)


def _relieve_form(opened: Opened) -> Component:
    post = opened.args.get("post", "")
    holder = _board(opened).get("posts", {}).get(post)
    if holder is None:
        return no_form(text("desk.relieve_post.nobody", opened.lang), opened.lang)
    sentence = text(
        "desk.relieve_post.sentence",
        opened.lang,
        post=text(f"desk.post.{post}", opened.lang),
        by=holder["name"],
    )
    return plain_form("relieve_post", _about(opened), sentence, opened.lang, reason=True)


def _relieve(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.RelievePost(wanted.arg("post"), wanted.text("reason"))
    return service.relieve_post(services, actor, request, now, wanted.key)


def _begin_form(opened: Opened) -> Component:
    board = _board(opened)
    if board.get("mine") is None:
        return no_form(text("desk.handover.not_on", opened.lang), opened.lang)
    if board["handover"] is not None:
        return no_form(text("desk.handover.runs", opened.lang), opened.lang)
    items = [
        Option(
            one["ref"],
            item_text(one, opened.lang),
            text("desk.handover.must" if one["must"] else "desk.handover.may", opened.lang),
            chosen=True,
            locked=one["must"],
        )
        for one in board["proposed"]
    ]
    return handover_form(_about(opened), items, opened.lang)


def _begin(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    board = service.duty_board(services, actor, now)
    if isinstance(board, Refused):
        return board
    offered = [one["ref"] for one in board["proposed"]]
    kept = set(wanted.picked()) if "picked" in wanted.fields else set(offered)
    request = service.BeginHandover(
        _mine(services, actor, now),
        tuple(wanted.text("lines", required=False).splitlines()),
        tuple(ref for ref in offered if ref not in kept),
    )
    return service.begin_handover(services, actor, request, now, wanted.key)


def _complete_form(opened: Opened) -> Component:
    sheet = _board(opened).get("handover")
    if sheet is None:
        return _refusal("no_such_handover", opened)
    left = sum(one["confirmed_at"] is None for one in sheet["items"])
    sentence = text(
        "desk.handover_take.left" if left else "desk.handover_take.all",
        opened.lang,
        count=left or len(sheet["items"]),
        post=text(f"desk.post.{sheet['post']}", opened.lang),
        by=sheet["from"],
    )
    return plain_form("handover_take", _about(opened), sentence, opened.lang)


def _complete(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.EndHandover(wanted.arg("handover"))
    return service.complete_handover(services, actor, request, now, wanted.key)


def _cancel_form(opened: Opened) -> Component:
    sentence = text("desk.handover_cancel.sentence", opened.lang)
    return plain_form("handover_cancel", _about(opened), sentence, opened.lang)


def _cancel(services: Services, actor: Principal, wanted: Asked, now: int) -> Outcome:
    request = service.EndHandover(wanted.arg("handover"))
    return service.cancel_handover(services, actor, request, now, wanted.key)


def _mine(services: Services, actor: Principal, now: int) -> str:
    """The post that the officer holds; who holds none is told so by the service, whichever it is asked for."""
    board = service.duty_board(services, actor, now)
    return "A" if isinstance(board, Refused) or board["mine"] is None else str(board["mine"])


def item_text(item: dict[str, Any], lang: str) -> str:
    """One line of the sheet in words; the page module says the same with `desk.hand.<kind>`."""
    if item["ref"] == "overdue:rest":
        return text("desk.hand.rest", lang, **item["details"])
    if item["kind"] == "ask":
        return ask_text(item["details"]["ask"], item["details"]["params"], item["no"], item["title"], lang)
    title = f"{item['no']} {item['title']}".strip()
    if item["kind"] == "whistle":
        return text("desk.hand.whistle", lang, title=title, **item["details"])
    if item["kind"] == "decision":
        return text("desk.hand.decision", lang, title=title, **item["details"])
    return text(f"desk.hand.{item['kind']}", lang, title=title)


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, CITY_ZONE).strftime("%H:%M")


SHIFT = Feature(
    "shift",
    acts=(
        FormAct("take_post", "take_post", _take_form, _take, on_matter=False),
        FormAct("leave_post", "leave_post", _leave_form, _leave, on_matter=False),
        FormAct("relieve_post", "relieve_post", _relieve_form, _relieve, on_matter=False),
        FormAct("handover", "begin_handover", _begin_form, _begin, on_matter=False),
        FormAct("handover_take", "complete_handover", _complete_form, _complete, on_matter=False),
        FormAct("handover_cancel", "cancel_handover", _cancel_form, _cancel, on_matter=False),
    ),
)
