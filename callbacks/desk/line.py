"""The command bar: what a line means for who wrote it, shown before anything is done.

The page asks with every pause of the typing, and a dialog that is opened from the bar is built from the same reading,
on the server: the browser carries the words only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from dash import Dash, Input, Output

from callbacks.desk import asked as requests
from callbacks.desk.asked import Malformed
from callbacks.desk.live_view import LiveView
from callbacks.desk.wiring import LINE, RIGHT_OF_ACT
from dashboard.citypack.unit_words import units_named
from dashboard.citypack.units import Unit
from dashboard.clock import CITY_ZONE, Clock
from dashboard.domain.desk_line import WITH_UNITS, Line, NamedUnits, read_line
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.live.picture import scope_of
from dashboard.live.view import ScopeFilter
from dashboard.principal_context import current_principal
from dashboard.service import Services
from layouts import ids
from layouts.catalogue import text
from layouts.desk.bar import Chip, Offer, Understood, understood
from layouts.desk.recommended import Suggestion, Suggestions
from layouts.drawn import drawn
from layouts.refusal import refusal_text

Row = Mapping[str, Any]
MINUTE_MS: Final = 60_000
MOST_OFFERED: Final = 5
ON_WHISTLE: Final = frozenset({"decision"})
NEEDS_WORDS: Final = {"dispatch": "objective", "whistle": "agenda", "decision": "decision"}
NOTHING_SAID: Final = Line(None, "")
CALLED_AGAIN: Final = ("resolved", "recalled", "done")  # states after which a matter may be whistled for anew


@dataclass(frozen=True, slots=True)
class Prepared:
    """A line read for one officer: the matter, the units that are meant, and what stands in the way.

    `unclear` are words that may mean several units, `outside` those that mean only units of other jurisdictions.
    `fault` is a refusal that no other word of the line would mend.
    """

    said: Line = NOTHING_SAID
    row: Row | None = None
    units: tuple[Unit, ...] = ()
    unclear: tuple[tuple[str, tuple[Unit, ...]], ...] = ()
    outside: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    fault: Refused | None = None

    @property
    def words(self) -> str:
        """The objective, reason, decision or first thing to decide."""
        return self.said.words

    @property
    def minutes(self) -> int | None:
        """The limit that was written."""
        return self.said.minutes


def register_line(app: Dash, services: Services, live: LiveView, clock: Clock) -> None:
    """Register the callback that says what is understood of the line so far."""

    @app.callback(
        *(Output(*target) for target in LINE), Input(ids.DESK_LINE, "data"), prevent_initial_call=True
    )
    async def say(data: object) -> str:
        try:
            wanted = requests.read_opening(data)
            line, revision = wanted.text("line", required=False), wanted.instant("revision")
        except Malformed:
            return ""
        actor, now = current_principal(), clock.now_ms()
        found = await asyncio.to_thread(prepare, services, live, actor, line, wanted.matter_id)
        return drawn(understood(shown_line(found, line, now, wanted.lang), revision or 0, wanted.lang))


def prepare(services: Services, live: LiveView, actor: Principal, line: str, chosen: str) -> Prepared:
    """Read a line for `actor`, who has the matter `chosen` before the eyes ("" when none)."""
    pack = services.pack
    known = {one.id: one for one in pack.units}
    said = read_line(line, lambda word: [one.id for one in units_named(known.values(), word)])
    if said.act is None:
        return Prepared(said)
    rows = _seen(services, live, actor)
    numbers = list(said.numbers)
    row = _matter(live, rows, numbers.pop(0)) if numbers else rows.get(chosen)
    fault = None if said.act == "go" else no_right(actor, RIGHT_OF_ACT.get(said.act, said.act))
    units: list[Unit] = []
    unclear: list[tuple[str, tuple[Unit, ...]]] = []
    outside: list[str] = []
    for named in said.units:
        inside = [
            known[one] for one in named.ids if pack.divisions.is_within(known[one].region, actor.jurisdiction)
        ]
        meant = _nearest(inside, row)
        if not inside:
            outside.append(named.word)
        elif len(meant) == 1:
            units += [one for one in meant if one not in units]
        else:
            unclear.append((named.word, tuple(meant)))
    return Prepared(
        said,
        row,
        tuple(units),
        tuple(unclear),
        tuple(outside),
        tuple(numbers),
        fault or _impossible(said, row, live),
    )


def ticked(shown: Suggestions, line: Prepared, lang: str) -> Suggestions:
    """Tick the units of a line and nobody else, the first as the lead; without a line `shown` stays as it is."""
    if line.said.act is None:
        return shown
    order = [one.id for one in line.units]
    return replace(shown, candidates=tuple(_ticked(one, order, lang) for one in shown.candidates))


def _ticked(one: Suggestion, order: Sequence[str], lang: str) -> Suggestion:
    if one.id not in order:
        quiet = replace(one, chosen=False)
        return replace(quiet, role="assist", role_text=text("desk.role_of.assist", lang)) if order else quiet
    role: Any = "lead" if one.id == order[0] else "assist"
    return replace(one, chosen=True, further=False, role=role, role_text=text(f"desk.role_of.{role}", lang))


def _seen(services: Services, live: LiveView, actor: Principal) -> dict[str, Row]:
    divisions = services.pack.divisions
    scopes = ScopeFilter(actor.jurisdiction, divisions.city.code, divisions.is_within)
    # One copy in one step: this is a thread beside the loop, which changes the picture.
    rows = list(live.picture.matters.values())
    return {row["id"]: row for row in rows if scopes.sees(scope_of(row))}


def _matter(live: LiveView, rows: Mapping[str, Row], number: str) -> Row | None:
    """The matter with this number, or with the command that has it (哨02)."""
    found = next((row for row in rows.values() if row["no"].upper() == number), None)
    if found is not None:
        return found
    command = next((one for one in list(live.picture.commands.values()) if one["no"].upper() == number), None)
    return None if command is None else rows.get(command["matter_id"])


def _nearest(units: Sequence[Unit], row: Row | None) -> list[Unit]:
    """Of units that a word may mean, those of the matter's township, else of its region, else all of them."""
    if row is None or len(units) < 2:
        return list(units)
    for near in (
        [one for one in units if one.township is not None and one.township == row["township"]],
        [one for one in units if one.region == row["region"] and one.township is None],
    ):
        if near:
            return near
    return list(units)


def _impossible(said: Line, row: Row | None, live: LiveView) -> Refused | None:
    """What the state of the matter forbids; the service says it again when the act is sent."""
    if row is None:
        return None
    whistle = live.picture.commands.get(row["whistle"] or "")
    if said.act == "whistle" and whistle is not None and whistle["state"] not in CALLED_AGAIN:
        return Refused("line_whistled", {"no": whistle["no"]})
    if said.act in ON_WHISTLE and (whistle is None or whistle["decisions"]["open"] == 0):
        return Refused("line_nothing_to_decide", {"no": row["no"]})
    return None


def shown_line(found: Prepared, line: str, now: int, lang: str) -> Understood:
    """What the bar shows of a line: a chip for each part, what is to choose from, and what is in the way."""
    said = found.said
    if said.act is None:
        return Understood(blocks=(text("desk.bar.no_verb", lang, word=said.verb),) if said.verb else ())
    chips = [
        Chip("verb", text(f"desk.bar.act.{said.act}", lang)),
        *_unit_chips(found, lang),
        _matter_chip(found, lang),
    ]
    if said.words or said.act in NEEDS_WORDS:
        name = NEEDS_WORDS.get(said.act, "reason")
        chips.append(Chip(name, said.words or text("desk.bar.later", lang), "" if said.words else "open"))
    if said.minutes is not None:
        at = _clock(now + said.minutes * MINUTE_MS)
        chips.append(Chip("limit", text("desk.bar.limit", lang, at=at, minutes=said.minutes)))
    chips += [Chip("others", number) for number in found.others] if said.act == "merge" else []
    return Understood(
        act=said.act,
        matter_id=found.row["id"] if found.row is not None else "",
        numbers=" ".join(found.others),
        chips=tuple(chips),
        notes=tuple(_notes(found, lang)),
        blocks=tuple(_blocks(found, lang)),
        offers=tuple(_offers(found, line)),
    )


def _unit_chips(found: Prepared, lang: str) -> list[Chip]:
    if found.said.act not in WITH_UNITS:
        return []
    chips = [Chip("unit", one.name) for one in found.units]
    chips += [Chip("unit", text("desk.bar.several", lang, word=word, count=len(units)), "unclear")
              for word, units in found.unclear]  # fmt: skip
    chips += [Chip("unit", word, "refused") for word in found.outside]
    return chips or [Chip("unit", text("desk.bar.nobody", lang), "open")]


def _matter_chip(found: Prepared, lang: str) -> Chip:
    if found.row is not None:
        return Chip("matter", f"{found.row['no']} {found.row['title']}")
    number = found.said.numbers[0] if found.said.numbers else text("desk.bar.no_matter", lang)
    return Chip("matter", number, "refused")


def _notes(found: Prepared, lang: str) -> list[str]:
    """Which word stood for which unit, where the two differ."""
    by_id = {one.id: one for one in found.units}
    return [
        text("desk.bar.alias", lang, word=named.word, name=meant.name)
        for named in found.said.units
        if (meant := _meant(named, by_id)) is not None and named.word != meant.name
    ]


def _meant(named: NamedUnits, by_id: Mapping[str, Unit]) -> Unit | None:
    return next((by_id[one] for one in named.ids if one in by_id), None)


def _blocks(found: Prepared, lang: str) -> list[str]:
    said = found.said
    blocks = [] if found.fault is None else [refusal_text(found.fault, lang)]
    if found.row is None:
        known = {"no": said.numbers[0]} if said.numbers else {}
        blocks.append(text("desk.bar.no_such" if known else "desk.bar.which_matter", lang, **known))
    blocks += [text("desk.bar.outside", lang, word=word) for word in found.outside]
    blocks += [text("desk.bar.choose", lang, word=word) for word, _ in found.unclear]
    blocks += [text("desk.bar.spare", lang, word=word) for word in said.spare]
    if found.others and said.act != "merge":
        blocks.append(text("desk.bar.one_matter", lang))
    if said.act == "transfer" and len(found.units) > 1:
        blocks.append(text("desk.bar.one_unit", lang))
    return blocks


def _offers(found: Prepared, line: str) -> list[Offer]:
    """The units that an unclear word may mean, each with the line as it would read then."""
    for word, units in found.unclear[:1]:
        return [Offer(one.name, line.replace(word, one.name, 1)) for one in units[:MOST_OFFERED]]
    return []


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, CITY_ZONE).strftime("%H:%M")
