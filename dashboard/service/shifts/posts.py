"""Coming on duty and going off: one holder per post, told to every desk of the jurisdiction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.shift import POSTS, ROLES_OF_POST, Holding, shift_at
from dashboard.domain.words import POST_WORDS, ROLE_WORDS, both
from dashboard.service.act import Act, new_id, perform
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.services import Services
from dashboard.service.shifts.alarm import tell_alarms_again
from dashboard.service.shifts.held import held_in
from dashboard.service.shifts.proposals import proposed
from dashboard.service.shifts.requests import LeavePost, RelievePost, TakePost
from dashboard.store import tables


def take_post(
    services: Services, actor: Principal, request: TakePost, now: int, idempotency_key: str
) -> Outcome:
    """Come on duty until the end of the running shift; `Done.value` is {"post", "until_at"}.

    Refused: no_such_post, not_for_this_post (the role), post_taken (who holds it), already_on_post.
    """

    def decide(act: Act) -> dict[str, Any]:
        _known(request.post)
        if actor.role not in ROLES_OF_POST[request.post]:
            raise Refusal(
                "not_for_this_post",
                **both(POST_WORDS, request.post, "post_name"),
                **both(ROLE_WORDS, actor.role, "role_name"),
            )
        posts = held_in(act.connection, actor.jurisdiction)
        mine = next((one for one in posts.values() if one.account == actor.id), None)
        if mine is not None:
            raise Refusal("already_on_post", **both(POST_WORDS, mine.post, "post_name"))
        if request.post in posts:
            holder = posts[request.post]
            raise Refusal(
                "post_taken",
                by=mask_name(holder.name),
                since=local_minute(services, holder.since_at),
                **both(POST_WORDS, request.post, "post_name"),
            )
        holding = begin_holding(act, request.post, actor.id, actor.name)
        tell_alarms_again(act, actor.jurisdiction)
        act.tell(
            "PostTaken", within=(actor.jurisdiction,), post=request.post, by=mask_name(actor.name),
            until_at=holding.until_at, until=local_minute(services, holding.until_at),
            **both(POST_WORDS, request.post, "post_name"),
        )  # fmt: skip
        return {"post": holding.post, "until_at": holding.until_at}

    return _perform(services, actor, "take_post", request, now, idempotency_key, decide)


def leave_post(
    services: Services, actor: Principal, request: LeavePost, now: int, idempotency_key: str
) -> Outcome:
    """Go off duty; `Done.value` is {"post"}. Refused: no_such_post, not_on_post, handover_needed (A with anything to
    hand over, counted)."""

    def decide(act: Act) -> dict[str, Any]:
        holding = own_holding(act, request.post)
        if request.post == "A":
            open_items = proposed(services, act.connection, actor.jurisdiction, now, holding)
            must = [one for one in open_items if one.must]
            if must:
                raise Refusal("handover_needed", count=len(must))
        end_holding(act, holding, "left")
        tell_alarms_again(act, actor.jurisdiction)
        act.tell(
            "PostLeft", within=(actor.jurisdiction,), post=request.post, by=mask_name(actor.name),
            **both(POST_WORDS, request.post, "post_name"),
        )  # fmt: skip
        return {"post": request.post}

    return _perform(services, actor, "leave_post", request, now, idempotency_key, decide)


def relieve_post(
    services: Services, actor: Principal, request: RelievePost, now: int, idempotency_key: str
) -> Outcome:
    """End the post of somebody who is gone; `Done.value` is {"post"}. A sheet that was begun is taken back.

    Refused: no_such_post, nobody_on_post, reason_missing.
    """

    def decide(act: Act) -> dict[str, Any]:
        _known(request.post)
        reason = required_text(request.reason, "reason_missing")
        holding = held_in(act.connection, actor.jurisdiction).get(request.post)
        if holding is None:
            raise Refusal("nobody_on_post", **both(POST_WORDS, request.post, "post_name"))
        column = tables.handovers.c
        act.connection.execute(
            update(tables.handovers)
            .where(
                (column.jurisdiction == actor.jurisdiction)
                & (column.post == request.post)
                & column.ended_at.is_(None)
            )
            .values(ended_at=now, ended_how="cancelled")
        )
        end_holding(act, holding, "relieved")
        tell_alarms_again(act, actor.jurisdiction)
        act.tell(
            "PostRelieved", within=(actor.jurisdiction,), tone="note", post=request.post,
            holder=mask_name(holding.name), by=mask_name(actor.name), reason=reason,
            **both(POST_WORDS, request.post, "post_name"),
        )  # fmt: skip
        return {"post": request.post}

    return _perform(services, actor, "relieve_post", request, now, idempotency_key, decide)


def begin_holding(act: Act, post: str, account: str, name: str) -> Holding:
    """Write a new holding until the end of the running shift."""
    pack = act.pack
    _, until_at = shift_at(act.now, pack.shifts_ms, pack.offset_ms)
    holding = Holding(
        id=new_id(), jurisdiction=act.actor.jurisdiction, post=post, account=account, name=name,
        since_at=act.now, until_at=until_at, acted_at=act.now,
    )  # fmt: skip
    values = {name: getattr(holding, name) for name in Holding.__dataclass_fields__}
    act.connection.execute(insert(tables.posts), values)
    return holding


def end_holding(act: Act, holding: Holding, how: str) -> None:
    """End a holding; the row stays as the record of who was on."""
    act.connection.execute(
        update(tables.posts).where(tables.posts.c.id == holding.id).values(ended_at=act.now, ended_how=how)
    )


def own_holding(act: Act, post: str) -> Holding:
    """Return the actor's own holding of a post, else refuse."""
    _known(post)
    holding = held_in(act.connection, act.actor.jurisdiction).get(post)
    if holding is None or holding.account != act.actor.id:
        raise Refusal("not_on_post", **both(POST_WORDS, post, "post_name"))
    return holding


def _known(post: str) -> None:
    if post not in POSTS:
        raise Refusal("no_such_post")


def _perform(
    services: Services, actor: Principal, name: str, request: Any, now: int, key: str, decide: Any
) -> Outcome:
    return perform(
        services, actor, name, f"post:{actor.jurisdiction}:{request.post}"[:140], now, key, request, decide
    )
