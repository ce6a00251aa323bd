"""Reading what a matter carries, what is proposed to be merged with it, and what else is like it now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dashboard.domain.callback import proof
from dashboard.domain.masking import mask_name, mask_phone
from dashboard.domain.matter import Matter
from dashboard.domain.merging import why_not_carried
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act
from dashboard.service.machines.callbacks import called_back
from dashboard.service.merging.carrying import carried_by
from dashboard.service.merging.finding import alike_to
from dashboard.service.receiver_view import standing_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import citizens, merges
from dashboard.store.seal import Unsealable


@dataclass(frozen=True, slots=True)
class MergePicture:
    """How a matter stands towards those that say the same, for one actor.

    `carrier`: {"id", "no", "title"} of the matter that carries this one, None. `carried`: each with its masked citizen
    and how its call-back stands ("answered", "three_tries" or "" with `tries`). `alike`: open matters that could be
    merged into it, the likeliest first, `proposed` when the centre proposed them itself, with what speaks for it.
    """

    carrier: Row | None
    carried: list[Row]
    alike: list[Row]
    may_merge: bool


def merge_picture(services: Services, actor: Principal, matter_id: str, now: int) -> MergePicture | Refused:
    """Return how a matter stands towards others that say the same; to its unit what it carries, nothing to others.

    Refused: no_right, no_such_matter.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        standing = standing_of(act, matter)
        if standing is not None and not standing.handles:
            return MergePicture(None, [], [], False)
        carrier = act.work.matter(matter.carrier) if matter.carrier else None
        return MergePicture(
            None if carrier is None else _named(carrier),
            [_carried(act, one) for one in carried_by(act, matter)],
            _alike(act, matter) if matter.is_open and standing is None else [],
            may(actor, "merge"),
        )


def _named(matter: Matter) -> Row:
    return {"id": matter.id, "no": matter.no, "title": matter.title}


def _carried(act: Act, matter: Matter) -> Row:
    calls = called_back(act, matter)
    citizen = _citizen(act, matter)
    return _named(matter) | {
        "place": matter.place,
        "opened_at": matter.opened_at,
        "citizen": ""
        if citizen is None
        else f"{mask_phone(citizen.phone)} {mask_name(citizen.name)}".strip(),
        "called_back": proof(calls),
        "tries": len(calls),
    }


def _citizen(act: Act, matter: Matter) -> citizens.Citizen | None:
    """Return the citizen of a carried matter; a unit or a worker is shown only whom its own matters name in the open.

    Officers call the citizens back; a receiver of the carrier has no business with who else complained.
    """
    is_receiver = act.actor.own_receiver is not None
    if act.services.secret is None or (is_receiver and not act.is_visible(matter)):
        return None
    try:
        found = citizens.find(act.connection, act.services.seal, matter.id)
    except Unsealable:
        return None  # another secret sealed it; the matter itself stays workable
    return None if found is None or (is_receiver and found.secret) else found


def _alike(act: Act, matter: Matter) -> list[Row]:
    """Return what was proposed and what is like it now, each once, but for those said not to be the same."""
    not_same = merges.rejected_with(act.connection, matter.id)
    why: dict[str, Row] = {}
    for pair in merges.with_state(act.connection, matter.id, "proposed"):
        why[pair.matter_id] = {"proposed": True, "likeness": pair.likeness, **pair.why}
    head = merges.heads_of(act.connection, [matter.id]).get(matter.id)
    if head is not None:
        own = next(one for one in merges.of_matter(act.connection, matter.id) if one.carrier_id == head)
        why[head] = {"proposed": True, "likeness": own.likeness, **own.why}
    for alike in alike_to(act, matter):
        why.setdefault(
            alike.id,
            {
                "proposed": False, "likeness": alike.likeness, "metres": alike.metres, "apart_ms": alike.apart_ms,
                "text": alike.text,
            },
        )  # fmt: skip
    act.work.load_matters(list(why))
    found = []
    for other_id, reasons in why.items():
        other = act.work.matter(other_id)
        if other is None or other_id in not_same or not act.is_visible(other):
            continue
        # Whether it could be merged is asked of the pair as it stands now.
        if why_not_carried(replace(matter, carrier=None), other) is None:
            found.append(
                _named(other)
                | {"place": other.place, "opened_at": other.opened_at, "unit": other.unit}
                | reasons
            )
    return sorted(found, key=lambda one: (-one["likeness"], one["no"]))
