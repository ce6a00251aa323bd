"""What a carrier owes those it carries: every citizen is called back before it may close, and closes with it."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.callback import DISSATISFIED, SATISFIED, proof
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refused
from dashboard.domain.words import STAGE_WORDS, both, together
from dashboard.service.act import Act
from dashboard.service.machines.callbacks import called_back, citizen_said
from dashboard.service.merging.finding import show_merge_ask
from dashboard.store import merges


def carried_by(act: Act, carrier: Matter) -> list[Matter]:
    """Return the matters that a matter carries, the oldest first."""
    if not carrier.carried:
        return []
    ids = merges.carried_by(act.connection, carrier.id)
    act.work.load_matters(ids)
    found = [act.work.matter(one) for one in ids]
    return [one for one in found if one is not None and one.carrier == carrier.id]


def not_called_back(act: Act, carrier: Matter) -> list[Matter]:
    """Return the carried matters whose citizens have neither answered nor been tried three times on two days."""
    return [one for one in carried_by(act, carrier) if not proof(called_back(act, one))]


def carried_wait(act: Act, carrier: Matter) -> Refused | None:
    """Say why a matter cannot end yet, whichever way it ends: citizens whom it carries wait for their call-back.

    One that cannot be called back where the carrier stands (refused as out of scope) is taken out of it first.
    """
    waiting = not_called_back(act, carrier)
    if not waiting:
        return None
    nos = together((one.no for one in waiting[:5]), "nos")
    return Refused("merged_not_called_back", {"no": carrier.no, "count": len(waiting)} | nos)


def end_carried(act: Act, matter_id: str) -> None:
    """Close what a closed matter carried, each with what its own citizen said; end what was proposed with it."""
    carrier = act.work.matter(matter_id)
    if carrier is None:
        return
    for one in carried_by(act, carrier) if carrier.carrier is None else []:
        resolved, satisfaction = citizen_said(called_back(act, one))
        act.change(
            replace(
                one,
                stage=carrier.stage,
                stage_at=act.now,
                closed_at=act.now,
                resolved=carrier.resolved if resolved is None else resolved,
                satisfied=_satisfied(satisfaction),
                result=carrier.result,
            )
        )
        act.tell(
            "MatterClosed", matter=one.id, no=one.no, title=one.title, place=one.place, stage=carrier.stage,
            stage_before=one.stage, **both(STAGE_WORDS, carrier.stage, "stage_name"),
        )  # fmt: skip
    _lapse(act, matter_id)


def _satisfied(said: str) -> bool | None:
    return True if said in SATISFIED else False if said in DISSATISFIED else None


def _lapse(act: Act, matter_id: str) -> None:
    own = merges.with_state(act.connection, matter_id, "proposed")
    others = [one for one in merges.of_matter(act.connection, matter_id) if one.state == "proposed"]
    if not own and not others:
        return
    merges.put(act.connection, [merges.ruled(one, "lapsed", act.now) for one in (*own, *others)])
    act.drop_ask(f"merge:{matter_id}")
    for head in {one.carrier_id for one in others}:
        show_merge_ask(act, head)
