"""Turns a matter's detail into what the desk's panels take: names for codes, the clock that counts, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.citypack import CityPack
from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.service import MatterDetail
from layouts.catalogue import has_text, text
from layouts.desk.head import MatterHead, NextClock
from layouts.desk.timeline import HistoryLine

Row = Mapping[str, Any]
NEXT_CLOCKS: Final = 4
RUNNING: Final = ("running", "conferring", "resolved", "consultation")


def head_of(detail: MatterDetail, actor: Principal, pack: CityPack, lang: str) -> MatterHead:
    """The drawer's head of a matter."""
    row = detail.row
    whistle = newest_whistle(detail)
    running = whistle if whistle is not None and whistle["state"] in RUNNING else None
    return MatterHead(
        no=row["no"],
        title=row["title"],
        urgency=row["urgency"],
        where=where_of(row, pack),
        unit=row["unit_name"],
        merged=row["merged"],
        returned=row["returned"],
        external_id=detail.fields["external_id"],
        citizen=_citizen(detail.citizen),
        must_act=row["must_act"],
        clocks=clocks_of(detail, running, lang),
        whistle=_on_site(running, lang) if running else "",
        may_reveal=may(actor, "reveal_citizen") and not detail.read_only,
        missed_due_at=detail.fields["missed_due_at"],
    )


def where_of(row: Row, pack: CityPack) -> str:
    """Township and place of a matter, each said once, or its region when nothing finer is known."""
    code = row["township"] or row["region"]
    name = pack.divisions.get(code).name if code and code in pack.divisions else ""
    place = (row["place"] or "").removeprefix(name).strip()
    return " ".join(part for part in (name, place) if part)


def about_of(row: Row, pack: CityPack) -> list[Component | str]:
    """Title, place and number of a matter, as every dialog on it begins."""
    return [html.B(row["title"]), f"  {where_of(row, pack)} · {row['no']}"]


def duty_numbers(detail: MatterDetail, pack: CityPack) -> list[tuple[str, str | None]]:
    """Name and duty telephone of every unit that has the matter or is ordered to it; no person's number."""
    open_commands = [one for one in detail.commands if one["state"] in RUNNING]
    ordered = [
        one["id"]
        for command in open_commands
        for one in command["receivers"]
        if one["declined_at"] is None and one["recalled_at"] is None
    ]
    named = dict.fromkeys(one for one in (detail.row["unit"], *ordered) if one in pack.units)
    return [(pack.units.get(one).short, pack.units.get(one).duty_phone) for one in named]


def clocks_of(detail: MatterDetail, whistle: Row | None, lang: str) -> tuple[NextClock, ...]:
    """The running clocks, the one that the queue judges the matter by first."""
    row = detail.row
    found: list[NextClock] = []
    if row["due_at"] is not None:
        found.append(NextClock(purpose(row["due_for"], lang), row["due_at"], row["limit_ms"]))
    if whistle is not None and whistle["state"] == "running" and whistle["due_at"] is not None:
        label = f"{whistle['no']} {purpose('on_site', lang)}"
        # The matter's own clock may be the whistle's; one line is enough for it.
        found = [clock for clock in found if clock.due_at != whistle["due_at"]]
        found.append(NextClock(label, whistle["due_at"], whistle["limit_ms"]))
    found.sort(key=lambda clock: clock.due_at)
    names = {one["id"]: one["name"] for command in detail.commands for one in command["receivers"]}
    seen = {clock.due_at for clock in found}
    # Kept by when somebody is told next; shown by when they end.
    running = (one for one in detail.clocks if one["due_at"] is not None)
    for clock in sorted(running, key=lambda one: one["due_at"]):
        if clock["due_at"] in seen:
            continue
        seen.add(clock["due_at"])
        who = names.get(clock["receiver_id"], "")
        label = f"{who} {purpose(clock['due_for'], lang)}".strip()
        found.append(NextClock(label, clock["due_at"], clock["limit_ms"]))
    return tuple(found[:NEXT_CLOCKS])


def purpose(due_for: str, lang: str) -> str:
    """What a clock is for, in words; a purpose without words shows its own name."""
    key = f"desk.due_for.{due_for}"
    return text(key, lang) if has_text(key) else due_for


def newest_whistle(detail: MatterDetail) -> Row | None:
    """The matter's newest whistle, running or ended."""
    whistles = [command for command in detail.commands if command["kind"] == "whistle"]
    return max(whistles, key=lambda command: int(command["issued_at"]), default=None)


def decisions_of(detail: MatterDetail, whistle: Row | None) -> Sequence[Row]:
    """The agenda of one whistle in its order."""
    if whistle is None:
        return ()
    return sorted(
        (one for one in detail.decisions if one["command_id"] == whistle["id"]), key=lambda one: one["item"]
    )


def history_of(detail: MatterDetail) -> list[HistoryLine]:
    """The matter's log as lines."""
    return [
        HistoryLine(one["at"], one["kind"], one["params"], one["by"], one["tone"]) for one in detail.timeline
    ]


def _citizen(citizen: Row | None) -> str:
    if citizen is None:
        return ""
    return " ".join(part for part in (citizen["phone"], citizen["name"], citizen["address"]) if part)


def _on_site(whistle: Row, lang: str) -> str:
    called = [
        one for one in whistle["receivers"] if one["declined_at"] is None and one["recalled_at"] is None
    ]
    arrived = sum(1 for one in called if one["arrived_at"] is not None)
    return text("desk.receipts.on_site", lang, arrived=arrived, called=len(called))
