"""Merging matters that say the same, rejecting what was proposed, and taking one out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from dashboard.domain.clocks import final_due_at
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.merging import earliest, why_not_carried
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import together
from dashboard.service.act import Act, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.closing import end_orders
from dashboard.service.commanding import required_text
from dashboard.service.districts.effect import with_shares
from dashboard.service.machines.children import bound_children
from dashboard.service.merging.carrying import carried_by
from dashboard.service.merging.finding import show_merge_ask
from dashboard.service.merging.putting_back import put_back
from dashboard.service.merging.requests import MergeMatters, RejectMerge, Unmerge
from dashboard.service.merging.shares import regions_to_share, tell_shares_ended, without_needless_shares
from dashboard.service.on_matter import perform_on_matter, row_of, touch
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import merges, tables
from dashboard.store.merges import Pair

MAX_MERGED = 200  # in one act: a burst's calls, not a town's


def merge(
    services: Services, actor: Principal, request: MergeMatters, expected_version: int | None, now: int,
    idempotency_key: str,
) -> Outcome:  # fmt: skip
    """Let one matter carry others; `Done.value` is {"matter": the carrier's row, "merged": ids}.

    They leave the queue with their clocks' facts, every citizen is still called back, and the carrier ends no later
    than any of them would have. A carrier that is itself carried stands for its own carrier, and whoever the merged
    carried comes along. Refused: nothing_to_merge, no_such_matter, no_such_number, merged_with_itself, other_kind,
    merged_already, not_mergeable, proposal_waits, merge_across_regions, too_many_to_merge, changed.
    """

    def decide(act: Act) -> Row:
        named = act.matter(request.carrier_id)
        carrier = act.open_matter(named.carrier or named.id, expected_version if not named.carrier else None)
        wanted = _wanted(act, request, carrier)
        for one in wanted:
            refused = why_not_carried(carrier, one)
            if refused is not None:
                raise Refusal(refused.code, **refused.params)
        _check_regions(act, carrier, wanted)
        added = [*wanted, *(far for one in wanted for far in carried_by(act, one))]
        _remember(act, carrier, added, request.reason)
        for one in wanted:
            _hand_on(act, carrier, one)
            _carry(act, carrier, one)
        for one in added[len(wanted) :]:
            act.change(replace(one, carrier=carrier.id))
        widened = _widened(act, carrier, wanted, added)
        touch(act, widened, "MattersMerged")
        bound_children(act, carrier, widened)
        keep_clocks(act, carrier.id, reason=request.reason.strip())
        after = act.work.matter(carrier.id)
        assert after is not None
        act.tell(
            "MattersMerged", matter=carrier.id, no=carrier.no, title=carrier.title,
            added=sum(one.merged for one in wanted), count=after.merged, by=mask_name(actor.name),
            reason=request.reason.strip()[:500],
        )  # fmt: skip
        show_merge_ask(act, carrier.id)
        return {"matter": row_of(act, carrier.id), "merged": [one.id for one in added]}

    return perform(
        services, actor, "merge", f"matter:{request.carrier_id}", now, idempotency_key, request, decide
    )


def reject_merge(
    services: Services, actor: Principal, request: RejectMerge, now: int, idempotency_key: str
) -> Outcome:
    """Say that matters are not the same, with a reason; they are not proposed again. `Done.value` is the matter's row.

    Refused: nothing_to_merge, reason_missing, no_such_matter.
    """

    def decide(act: Act) -> Row:
        head = act.matter(request.carrier_id)
        reason = required_text(request.reason, "reason_missing")
        ids = [one for one in dict.fromkeys(request.matter_ids) if one != head.id]
        if not ids:
            raise Refusal("nothing_to_merge")
        others = [act.matter(one) for one in ids[:MAX_MERGED]]
        known = {one.matter_id: one for one in merges.with_state(act.connection, head.id, "proposed")}
        merges.put(
            act.connection,
            [
                _ruled(act, known.get(one.id) or Pair(head.id, one.id, "rejected", now), "rejected", reason)
                for one in others
            ],
        )
        act.tell(
            "MergeRejected", matter=head.id, no=head.no, title=head.title,
            **together((one.no for one in others), "nos"), reason=reason, by=mask_name(actor.name),
        )  # fmt: skip
        show_merge_ask(act, head.id)
        return row_of(act, head.id)

    return perform(
        services, actor, "reject_merge", f"matter:{request.carrier_id}", now, idempotency_key, request, decide
    )


def unmerge(
    services: Services, actor: Principal, request: Unmerge, now: int, idempotency_key: str
) -> Outcome:
    """Take a matter out of its carrier: it stands where it stood, with the clocks it would have had.

    `Done.value` is its row. Refused: not_merged, merged_by_source, carrier_closed, reason_missing.
    """

    def decide(act: Act) -> Row:
        return take_out(act, request.matter_id, required_text(request.reason, "reason_missing"))

    return perform_on_matter(services, actor, "unmerge", request, now, idempotency_key, decide)


def take_out(act: Act, matter_id: str, reason: str) -> Row:
    """Take a matter out of its carrier and return its row; refused as `unmerge` is."""
    matter = act.matter(matter_id)
    if matter.carrier is None:
        raise Refusal("not_merged", no=matter.no)
    if matter.merged_into is not None:
        raise Refusal("merged_by_source", no=matter.no)
    carrier = act.work.matter(matter.carrier)
    if carrier is None or not carrier.is_open:
        raise Refusal("carrier_closed", no=matter.no)
    put_back(act, matter, reason)
    alone, regions = without_needless_shares(act, carrier, reason)
    touch(
        act,
        replace(
            alone,
            merged=max(carrier.merged - matter.merged, 1),
            carried=max(carrier.carried - 1, 0),
        ),
        "MatterUnmerged",
    )
    keep_clocks(act, carrier.id)
    pairs = [one for one in merges.of_matter(act.connection, matter.id) if one.carrier_id == carrier.id]
    merges.put(act.connection, [_ruled(act, one, "unmerged", reason) for one in pairs])
    act.tell(
        "MatterUnmerged", matter=matter.id, no=matter.no, title=matter.title, carrier_no=carrier.no, reason=reason,
        by=mask_name(act.actor.name),
    )  # fmt: skip
    tell_shares_ended(act, carrier, regions, reason)
    return row_of(act, matter.id)


def _wanted(act: Act, request: MergeMatters, carrier: Matter) -> list[Matter]:
    ids = list(dict.fromkeys((*request.matter_ids, *_of_numbers(act, request.numbers))))
    if not ids:
        raise Refusal("nothing_to_merge")
    if len(ids) > MAX_MERGED:
        raise Refusal("too_many_to_merge", limit=MAX_MERGED)
    act.work.load_matters(ids)
    act.work.load_clocks(ids)
    act.work.commands_of(ids)
    return [act.matter(one) for one in ids]


def _of_numbers(act: Act, numbers: Sequence[str]) -> list[str]:
    found = []
    for number in dict.fromkeys(one.strip().upper() for one in numbers if one.strip()):
        row = act.connection.execute(select(tables.matters.c.id).where(tables.matters.c.no == number)).first()
        if row is None:
            raise Refusal("no_such_number", number=number[:20])
        found.append(str(row[0]))
    return found


def _check_regions(act: Act, carrier: Matter, wanted: Sequence[Matter]) -> None:
    """Refuse to merge across regions but for the city: the other county would lose its matter unasked."""
    if act.actor.jurisdiction == act.services.city:
        return
    abroad = [one for one in wanted if one.region != carrier.region and one.region not in carrier.shared_with]
    if abroad:
        raise Refusal("merge_across_regions", no=abroad[0].no)


def _remember(act: Act, carrier: Matter, added: Sequence[Matter], reason: str) -> None:
    known = {one.matter_id: one for one in merges.with_state(act.connection, carrier.id, "proposed")}
    before = [
        merges.ruled(pair, "moved", act.now)
        for one in added
        if one.carrier is not None
        for pair in merges.of_matter(act.connection, one.id)
        if pair.state == "merged"
    ]
    merges.put(act.connection, before)
    merges.put(
        act.connection,
        [
            _ruled(
                act,
                known.get(one.id) or Pair(carrier.id, one.id, "merged", act.now),
                "merged",
                reason.strip()[:500],
            )
            for one in added
        ],
    )


def _ruled(act: Act, pair: Pair, state: str, reason: str) -> Pair:
    return merges.ruled(pair, state, act.now, act.actor.id, act.actor.name, reason)


def _hand_on(act: Act, carrier: Matter, head: Matter) -> None:
    """Let what was proposed to be merged into a matter be proposed to its carrier instead."""
    waiting = merges.with_state(act.connection, head.id, "proposed")
    if not waiting:
        return
    known = {one.id for one in carried_by(act, carrier)} | {carrier.id}
    known |= {one.matter_id for one in merges.with_state(act.connection, carrier.id, "merged")}
    merges.put(act.connection, [merges.ruled(one, "moved", act.now) for one in waiting])
    merges.put(
        act.connection,
        [
            replace(one, carrier_id=carrier.id, made_at=act.now)
            for one in waiting
            if one.matter_id not in known
        ],
    )
    act.drop_ask(f"merge:{head.id}")


def _carry(act: Act, carrier: Matter, one: Matter) -> None:
    """Take one matter out of the queue: its stage and what its clocks count from stay as they are."""
    alone = one.merged - sum(
        far.merged for far in carried_by(act, one)
    )  # whom it carried comes along by itself
    touch(act, replace(one, carrier=carrier.id, carried=0, merged=alone, closed_at=act.now), "MatterCarried")
    end_orders(act, one.id)
    keep_clocks(act, one.id, reason=carrier.no)
    act.tell("MatterCarried", matter=one.id, no=one.no, title=one.title, carrier_no=carrier.no)


def _widened(act: Act, carrier: Matter, wanted: Sequence[Matter], added: Sequence[Matter]) -> Matter:
    """Return the carrier with those it now answers for: as urgent as any, ending no later than any, seen by all."""
    urgency = min(carrier.urgency, *(one.urgency for one in wanted))
    after = replace(
        carrier,
        merged=carrier.merged + sum(one.merged for one in wanted),
        carried=carrier.carried + len(added),
        urgency=urgency,
        shared_with=(*carrier.shared_with, *regions_to_share(carrier, added)),
    )
    after = replace(after, scope=with_shares(act, after))
    if after.final_due_at is None and after.dispatched_at is None:
        return after
    own = after.final_due_at
    if urgency != carrier.urgency:
        own = earliest(own, final_due_at(after, act.services.policies, act.services.calendar))
    return replace(after, final_due_at=earliest(own, *(one.final_due_at for one in wanted)))
