"""Every proposal to merge at once, for the hotline page: by the rule and by the analysis, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.domain.masking import mask_numbers
from dashboard.domain.matter import Matter
from dashboard.domain.merging import FIXED_STAGES, why_not_carried
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import merges

HEADS: Final = 40  # matters into which others are proposed to be merged, of those that the actor sees
PAIRS: Final = 40  # of the analysis, the likeliest first; more nobody reads
OTHERS: Final = 20  # named of one head


@dataclass(frozen=True, slots=True)
class MergeList:
    """`rows`: each {"carrier", "others", "count", "by"}, the most first; `in_all` how many heads the rule has, of those
    that the actor sees."""

    rows: list[Row]
    in_all: int
    may_merge: bool


def hotline_merges(
    services: Services, actor: Principal, pairs: Sequence[Sequence[Any]], now: int
) -> MergeList | Refused:
    """Return what may be merged now, of what the actor sees.

    Args:
        pairs: of the analysis, as docs/wire.md, kind 12, `merges`.

    Refused: no_right.
    """
    refused = no_right(actor, "see_hotline")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        heads = _heads(act)
        wanted = sorted(heads, key=lambda one: (-len(heads[one].others), -heads[one].made_at, one))[:HEADS]
        rows = _of_the_rule(act, {one: heads[one].others for one in wanted})
        named = {(row["carrier"]["id"], one["id"]) for row in rows for one in row["others"]}
        rows += _of_the_analysis(act, pairs, named)
    rows.sort(key=lambda row: (-row["count"], row["carrier"]["no"]))
    return MergeList(rows, len(heads), may(actor, "merge"))


@dataclass(slots=True)
class _Head:
    """The matters that may be merged into one now, the likeliest first, and since when the first is proposed."""

    others: list[str]
    made_at: int


def _heads(act: Act) -> dict[str, _Head]:
    """The heads of the actor's place: a county is told its own before any is left out."""
    found: dict[str, _Head] = {}
    for head, other, head_scope, other_scope, made_at in merges.mergeable(act.connection, FIXED_STAGES):
        if act.in_jurisdiction(head_scope) and act.in_jurisdiction(other_scope):
            of = found.setdefault(head, _Head([], made_at))
            of.others.append(other)
            of.made_at = min(of.made_at, made_at)
    return found


def _of_the_rule(act: Act, heads: Mapping[str, Sequence[str]]) -> list[Row]:
    act.work.load_matters([one for head, others in heads.items() for one in (head, *others[:OTHERS])])
    rows = []
    for head, proposed in heads.items():
        carrier = act.work.matter(head)
        if carrier is None or not _is_seen(act, carrier):
            continue
        pairs = {pair.matter_id: pair for pair in merges.with_state(act.connection, head, "proposed")}
        others = []
        for other_id in proposed[:OTHERS]:
            other, pair = act.work.matter(other_id), pairs.get(other_id)
            if other is None or pair is None:
                continue
            if act.is_visible(other) and why_not_carried(carrier, other) is None:
                others.append(_named(other) | {"likeness": pair.likeness, "reasons": _reasons(pair.why)})
        if others:
            rows.append(
                {"carrier": _named(carrier), "others": others, "count": len(proposed) + 1, "by": "rule"}
            )
    return rows


def _of_the_analysis(act: Act, pairs: Sequence[Sequence[Any]], named: set[tuple[str, str]]) -> list[Row]:
    act.work.load_matters([str(one) for pair in pairs for one in pair[:2]])
    rows: list[Row] = []
    for one_id, other_id, likeness, reasons, *_ in pairs:
        one, other = act.work.matter(str(one_id)), act.work.matter(str(other_id))
        if one is None or other is None:
            continue
        carrier, carried = sorted((one, other), key=lambda matter: (matter.opened_at, matter.id))
        if {(carrier.id, carried.id), (carried.id, carrier.id)} & named:
            continue
        if (
            not (_is_seen(act, carrier) and _is_seen(act, carried))
            or why_not_carried(carrier, carried) is not None
        ):
            continue
        if carried.id in merges.rejected_with(act.connection, carrier.id):
            continue
        if len(rows) == PAIRS:
            break
        others = [_named(carried) | {"likeness": likeness, "reasons": [list(reason) for reason in reasons]}]
        rows.append({"carrier": _named(carrier), "others": others, "count": 2, "by": "analysis"})
    return rows


def _is_seen(act: Act, matter: Matter) -> bool:
    return matter.is_open and act.is_visible(matter)


def _reasons(why: Any) -> list[list[Any]]:
    """What spoke for a pair of the rule, in the analysis' words: [reason, value]."""
    found: list[list[Any]] = [["category", None]]
    if why.get("metres") is not None:
        found.append(["distance", why["metres"]])
    if why.get("apart_ms") is not None:
        found.append(["time", why["apart_ms"]])
    return found


def _named(matter: Matter) -> Row:
    return {
        "id": matter.id, "no": matter.no, "title": mask_numbers(matter.title), "place": matter.place,
        "category": matter.category, "opened_at": matter.opened_at, "version": matter.version,
    }  # fmt: skip
