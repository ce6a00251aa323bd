"""What screens read of a matter's commands beside their rows: the register on site and the ratings."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act
from dashboard.service.commands.ratings import rating_rows
from dashboard.service.commands.register import register_rows
from dashboard.service.rows import Row
from dashboard.service.services import Services


@dataclass(frozen=True, slots=True)
class OnSite:
    """Who signed in where and when, and how the units were rated, for all commands of a matter."""

    register: list[Row]
    ratings: list[Row]


def matter_register(services: Services, actor: Principal, matter_id: str, now: int) -> OnSite | Refused:
    """Return the register and the ratings of a matter's commands; a liaison reads its own unit's people, unmasked.

    Everybody else reads masked names. Refused: no_right, no_such_matter.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        ids = [one.id for one in act.work.commands_of([matter_id])]
        own = actor.own_receiver
        if own is not None:
            return OnSite(register_rows(connection, ids, own, masked=False), [])
        return OnSite(register_rows(connection, ids), rating_rows(connection, ids))
