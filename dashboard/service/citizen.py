"""Showing a citizen's whole data, once, for a stated reason."""

from __future__ import annotations

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.service.act import Act, perform
from dashboard.service.commanding import required_text
from dashboard.service.receiver_view import standing_of
from dashboard.service.requests import RevealCitizen
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import citizens

MARKED_AT_ONCE = 2_000


def mark_citizens(services: Services, since_at: int) -> int:
    """Mark the telephone numbers of matters opened since `since_at` that were kept before there were marks.

    Done once after an upgrade, some at a time; returns how many. Nothing is shown to anybody.
    """
    if services.secret is None:
        return 0
    with services.store.write() as connection:
        return citizens.mark_unmarked(connection, services.seal, since_at, MARKED_AT_ONCE)


def reveal_citizen(
    services: Services, actor: Principal, request: RevealCitizen, now: int, idempotency_key: str
) -> Outcome:
    """Show a citizen's whole data for a stated reason; `Done.value` is {"name", "phone", "address", "words"}.

    Written to the audit log and to the matter's history; never stored with the idempotency key. Refused:
    reason_missing, not_your_matter (a unit that only has an order on it), no_citizen, citizen_secret (the handling unit
    of an order with secrecy).
    """
    seen: dict[str, str] = {}

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        required_text(request.reason, "reason_missing")
        standing = standing_of(act, matter)
        if standing is not None and not standing.handles:
            raise Refusal("not_your_matter", no=matter.no)
        citizen = citizens.find(act.connection, services.seal, matter.id)
        if citizen is None:
            raise Refusal("no_citizen", no=matter.no)
        if citizen.secret and actor.own_receiver is not None:
            raise Refusal("citizen_secret", no=matter.no)
        seen.update(name=citizen.name, phone=citizen.phone, address=citizen.address, words=citizen.words)
        act.tell(
            "CitizenRevealed", matter=matter.id, no=matter.no, by=mask_name(actor.name), reason=request.reason
        )
        return {}

    outcome = perform(
        services,
        actor,
        "reveal_citizen",
        f"matter:{request.matter_id}",
        now,
        idempotency_key,
        request,
        decide,
    )
    if isinstance(outcome, Refused):
        return outcome
    if not seen:
        return Refused("key_reused")
    return type(outcome)(seen, outcome.seq)
