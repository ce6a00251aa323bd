"""回访: recording each attempt to call a citizen back; closing takes its proof from these rows alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dashboard.domain.callback import RESULTS, SATISFACTIONS, CallBack, last_answer, proof, since
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import CALLBACK_WORDS, STAGE_WORDS, both
from dashboard.service.act import Act
from dashboard.service.audited import SEALED
from dashboard.service.on_matter import perform_on_matter
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store.callbacks import add, callbacks_of

CALLBACK_STAGES = frozenset({"TO_CALLBACK", "DISPOSED", "CHECKING", "FOLLOW_UP"})
"""Where a matter is done in its unit's eyes and the citizen is asked; a merged one follows its carrier."""
MAX_WORDS = 500


@dataclass(frozen=True, slots=True)
class RecordCallback:
    """One attempt: "answered", "no_answer" or "wrong_number"; resolved and satisfaction only when it was answered.

    The citizen is that of `matter_id`: for a merged matter its own, not its carrier's.
    """

    matter_id: str
    result: str
    resolved: bool | None = None
    satisfaction: str = "unasked"
    words: str = field(default="", metadata=SEALED)


def record_callback(
    services: Services, actor: Principal, request: RecordCallback, now: int, idempotency_key: str
) -> Outcome:
    """Record one attempt; `Done.value` is {"n", "result", "proof"}: its number, and what the attempts prove now.

    Refused: no_such_callback_result, callback_unanswered (words of a citizen who did not answer), not_for_callback.
    """

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        carrier = _carrier_of(act, matter)
        _check(request, matter, carrier)
        made = callbacks_of(act.connection, [matter.id])[matter.id]
        call = CallBack(
            matter.id, len(made) + 1, now, services.calendar.local_date(now).isoformat(), request.result,
            request.resolved, request.satisfaction, request.words.strip()[:MAX_WORDS], actor.id, actor.name,
        )  # fmt: skip
        add(act.connection, call)
        act.change(replace(matter, touched_at=now))
        act.tell(
            "CallbackRecorded", matter=matter.id, no=matter.no, n=call.n, result=call.result,
            **both(CALLBACK_WORDS, call.result, "result_name"),
            **both(CALLBACK_WORDS, call.satisfaction, "satisfaction_name"), by=mask_name(actor.name),
        )  # fmt: skip
        counted = since((*made, call), carrier.replied_at)
        return {"n": call.n, "result": call.result, "proof": proof(counted)}

    return perform_on_matter(services, actor, "record_callback", request, now, idempotency_key, decide)


def called_back(act: Act, matter: Matter) -> tuple[CallBack, ...]:
    """Return the attempts that count for a matter now: its own, since its (or its carrier's) last reply."""
    calls = callbacks_of(act.connection, [matter.id])[matter.id]
    return since(calls, _carrier_of(act, matter).replied_at)


def callback_rows(act: Act, matter: Matter) -> list[Row]:
    """Return the attempts on a matter as a screen shows them, oldest first, the caller's name masked."""
    return [
        {
            "n": one.n, "at": one.at, "result": one.result, "resolved": one.resolved,
            "satisfaction": one.satisfaction, "words": one.words, "by": mask_name(one.by_name),
        }
        for one in callbacks_of(act.connection, [matter.id])[matter.id]
    ]  # fmt: skip


def citizen_said(calls: tuple[CallBack, ...]) -> tuple[bool | None, str]:
    """Return (resolved, satisfaction) as the citizen said it last, (None, "unasked") when nobody answered."""
    answer = last_answer(calls)
    return (None, "unasked") if answer is None else (answer.resolved, answer.satisfaction)


def _carrier_of(act: Act, matter: Matter) -> Matter:
    """Return the matter whose stage counts: the carrier's for a merged one, else its own."""
    carrier = act.work.matter(matter.carrier) if matter.carrier else None
    return carrier or matter


def _check(request: RecordCallback, matter: Matter, carrier: Matter) -> None:
    if request.result not in RESULTS or request.satisfaction not in SATISFACTIONS:
        raise Refusal("no_such_callback_result", result=request.result)
    said = request.resolved is not None or request.satisfaction != "unasked"
    if request.result != "answered" and said:
        raise Refusal("callback_unanswered", no=matter.no)
    if not carrier.is_open or carrier.stage not in CALLBACK_STAGES:
        raise Refusal("not_for_callback", no=matter.no, **both(STAGE_WORDS, carrier.stage, "stage_name"))
