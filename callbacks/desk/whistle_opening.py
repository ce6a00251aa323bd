"""What the whistle dialog shows before anything is sent: what each unit does now, its record, and what will happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.service import Services
from layouts.catalogue import text
from layouts.desk.recommended import Suggestion, Suggestions
from layouts.desk.whistle import TEXT_LIMIT, WhistlePath, WhistleUnit, WhistleWords

Row = Mapping[str, Any]
MINUTE_MS: Final = 60_000
CALLED_IN: Final = "zh"
SLOW_AVERAGE_MIN: Final = 25.0  # a unit that took longer on average leaves little of the thirty minutes


def whistle_units(
    services: Services, actor: Principal, shown: Suggestions, now: int, lang: str
) -> list[WhistleUnit]:
    """Return the units with what they have in hand and how they came in the last 30 days."""
    ids = [one.id for one in shown.candidates]
    hands = service.whistles_in_hand(services, ids)
    figures = service.whistle_statistics(services, actor, now, ids)
    known = {} if isinstance(figures, Refused) else {one.unit: one for one in figures}
    return [_unit(one, hands.get(one.id, []), known.get(one.id), lang) for one in shown.candidates]


def _unit(one: Suggestion, hands: Sequence[Row], figures: service.UnitCalls | None, lang: str) -> WhistleUnit:
    hints = [_hint(figures, lang), one.reasons]
    first = hands[0] if hands else None
    return WhistleUnit(
        suggestion=one,
        now=text("desk.whistle.at_post", lang) if first is None else _doing(first, lang),
        is_busy=first is not None,
        record="–" if figures is None or not figures.judged else f"{figures.on_time}/{figures.judged}",
        hint=text("desk.join.reasons", lang).join(one for one in hints if one),
    )


def _doing(whistle: Row, lang: str) -> str:
    stage = "en_route" if whistle["stage"] == "en_route" else "not_set_out"
    stage = "on_site" if whistle["is_on_site"] else stage
    return text(f"desk.whistle.on_{stage}", lang, no=whistle["no"])


def _hint(figures: service.UnitCalls | None, lang: str) -> str:
    if figures is None:
        return ""
    if figures.refused:
        return text("desk.whistle.hint_refused", lang, count=figures.refused)
    if figures.late:
        return text("desk.whistle.hint_late", lang, count=figures.late)
    if figures.average_min is not None and figures.average_min > SLOW_AVERAGE_MIN:
        return text("desk.whistle.hint_slow", lang, minutes=round(figures.average_min))
    return ""


def whistle_path(services: Services, policy_version: int, urgency: int) -> WhistlePath:
    """Return when what happens after the call, from the rows of the policy that the matter keeps."""
    policies = services.steps_of(policy_version)
    called = policies.steps("whistle_receiver", "", urgency)
    undecided = policies.steps("whistle", "", urgency)

    def minutes(steps: Sequence[Any], card: str) -> int:
        found = next((one for one in steps if one.card == card), steps[-1])
        return int(found.after_ms // MINUTE_MS)

    return WhistlePath(
        answer=int(called[0].after_ms // MINUTE_MS),
        amber=minutes(called, "amber"),
        red=minutes(called, "red"),
        remind=int(undecided[0].after_ms // MINUTE_MS),
        consult=int(undecided[-1].after_ms // MINUTE_MS),
    )


def whistle_words(where: str, title: str, township: str, path: WhistlePath) -> WhistleWords:
    """Return what the written fields begin with, in the language of those who are called, whatever the officer's is.

    The message is cut so that a voice can read it.
    """
    ending = text("desk.whistle.message_ending", CALLED_IN, minutes=path.red)
    room = TEXT_LIMIT - len(ending)
    beginning = f"{where}{title}" if len(where) + len(title) <= room else title
    return WhistleWords(
        place=where,
        decider=text("desk.whistle.decider_of", CALLED_IN, township=township) if township else "",
        fallback=text("desk.whistle.fallback_is", CALLED_IN),
        reception="",
        message=f"{beginning[:room]}{ending}",
    )
