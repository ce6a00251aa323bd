"""Says a matter's loop in the desk's words: cards, pauses, bounces, call-backs, what the unit was told in writing."""

from __future__ import annotations

from dashboard.citypack import Window, Windows
from dashboard.service import Loop
from dashboard.service.machines.reading import proof_needed
from layouts.catalogue import text
from layouts.desk.clock_text import date_and_time
from layouts.desk.steps import LoopView, Mark, StepButton, Written
from layouts.refusal import refusal_text

SHOWN_WRITTEN = 3  # the newest; the timeline has them all
DETAILS = ("window", "mediator", "body", "document_no", "agreement", "opponent", "amount_yuan", "people")


def loop_view(loop: Loop, *, may_answer: bool, now: int, lang: str) -> LoopView:
    """The drawer's part of a matter's loop."""
    return LoopView(
        steps=tuple(
            StepButton(one.to, one.act, "" if one.refused is None else refusal_text(one.refused, lang))
            for one in loop.steps
        ),
        marks=_marks(loop, now, lang),
        written=tuple(_written(one, lang) for one in loop.supervisions[-SHOWN_WRITTEN:]),
        called=_called(loop, lang),
        may_call_back=loop.may_call_back,
        may_answer=may_answer,
    )


def _marks(loop: Loop, now: int, lang: str) -> tuple[Mark, ...]:
    marks = []
    for card in ("yellow", "red"):
        issued = [one["issued_at"] for one in loop.cards if one["card"] == card]
        if issued:
            when = text("desk.join.names", lang).join(date_and_time(at) for at in issued)
            words = (
                f"{text(f'card.{card}', lang)} {len(issued)}"
                if len(issued) > 1
                else text(f"card.{card}", lang)
            )
            marks.append(Mark(words, when, card))
    if loop.returned:
        why = text("desk.join.clauses", lang).join(one["reason"] for one in loop.returns)
        marks.append(Mark(text("desk.steps.returned", lang, count=loop.returned), why))
    if loop.return_until_at is not None and loop.return_until_at > now:
        when = date_and_time(loop.return_until_at)
        marks.append(Mark(text("desk.steps.return_until", lang, when=when), ""))
    if loop.extended:
        why = text("desk.join.clauses", lang).join(one["reason"] for one in loop.extensions)
        marks.append(Mark(text("desk.steps.extended", lang, count=loop.extended), why))
    lasting = next((one for one in loop.pauses if one["ended_at"] is None), None)
    if lasting is not None:
        since = date_and_time(lasting["began_at"])
        words = text("desk.steps.paused", lang, stage=text(f"stage.{lasting['stage']}", lang), since=since)
        marks.append(Mark(words, f"{lasting['by']} {lasting['reason']}".strip()))
    if loop.suspended_until is not None:
        when = date_and_time(loop.suspended_until)
        marks.append(Mark(text("desk.steps.suspended_until", lang, when=when), ""))
    for name in DETAILS:
        value = _window(loop, lang) if name == "window" else loop.details.get(name)
        if value:
            marks.append(Mark(f"{text(f'desk.dispute.detail.{name}', lang)} {value}", str(value)))
    return tuple(marks)


def window_groups(
    windows: Windows, category: str | None, lang: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The windows to choose from: those that take the dispute's category first, then all of them."""
    suited = windows.for_category(category)
    groups = [(text("desk.window.suited", lang), suited)] if suited else []
    groups.append((text("desk.window.all", lang), tuple(windows)))
    return [(label, [(one.code, _window_label(one, lang)) for one in each]) for label, each in groups]


def _window_label(window: Window, lang: str) -> str:
    return text("desk.window", lang, code=window.code, name=window.name_en if lang == "en" else window.name)


def _window(loop: Loop, lang: str) -> str:
    """A dispute's window by code and name; one that was written in words before windows were chosen, as written."""
    code = str(loop.details.get("window") or "")
    name = loop.details.get("window_name_en" if lang == "en" else "window_name")
    return text("desk.window", lang, code=code, name=name) if code and name else code


def _called(loop: Loop, lang: str) -> str:
    if not loop.callbacks:
        return text("desk.steps.no_call", lang, **proof_needed()) if loop.may_call_back else ""
    said = [
        text(
            "desk.steps.call", lang, n=one["n"], when=date_and_time(one["at"]),
            result=text(f"callback.{one['result']}", lang),
            satisfaction=text(f"callback.{one['satisfaction']}", lang) if one["result"] == "answered" else "",
        )
        for one in loop.callbacks[-3:]
    ]  # fmt: skip
    proof = text(f"desk.steps.proof.{loop.proof or 'none'}", lang, **proof_needed())
    return " · ".join([*said, proof]) if loop.may_call_back else " · ".join(said)


def _written(one: dict[str, object], lang: str) -> Written:
    issued_at, due_at = int(str(one["issued_at"])), int(str(one["due_at"]))
    level = text(f"desk.steps.level.{one['level']}", lang)
    answered = None if one["answered_at"] is None else str(one["answer"])
    return Written(
        str(one["id"]), str(one["no"]), f"{level} {one['text']}", due_at, due_at - issued_at, answered
    )
