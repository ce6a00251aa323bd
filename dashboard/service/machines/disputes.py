"""统一受理: a dispute registered at the centre becomes a matter with a number, a clock and sealed parties."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field

from dashboard.domain.address import community_of, whole_address, without_doors
from dashboard.domain.masking import mask_name, mask_text
from dashboard.domain.matter import NUMBER_PREFIX, Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, new_id, perform
from dashboard.service.audited import SEALED
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import required_text
from dashboard.service.on_matter import row_of
from dashboard.service.placing import place, scope_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import citizens
from dashboard.store.citizens import Citizen
from dashboard.store.numbers import matter_numbers

SOURCE = "centre"
"""Registered here: no platform knows it and none can move it."""
CHANNELS = ("window", "phone", "visit", "court", "procuratorate", "letters", "grid")
"""How a dispute comes in: at the guide desk, by phone, found on a visit, or handed over (诉调、检调、访调、网格)."""


@dataclass(frozen=True, slots=True)
class RegisterDispute:
    """A dispute as the guide desk writes it down.

    Args:
        title: what it is about, without names.
        category: a category of the city pack.
        urgency: 1-4.
        applicant, phone, opponent: who asks and whom it is with; sealed, shown masked.
        words: what is asked for, in the applicant's words; sealed.
        address: the whole address, to the door; sealed, shown masked to its community.
        place: address in words, cut at its door, which is sealed as the address then; `division`: the finest known
            division code; `lon`, `lat` if known.
        mediation_eligible: fit for mediation: then the court comes only after it was tried.
        people: how many persons it concerns; `amount_yuan`: what is disputed, None if no money is.
    """

    title: str
    category: str
    applicant: str = field(metadata=SEALED)
    opponent: str = field(metadata=SEALED)
    words: str = field(metadata=SEALED)
    phone: str = field(default="", metadata=SEALED)
    address: str = field(default="", metadata=SEALED)
    urgency: int = 3
    place: str = ""
    division: str = ""
    lon: float | None = None
    lat: float | None = None
    mediation_eligible: bool = True
    people: int = 2
    amount_yuan: int | None = None
    channel: str = "window"


def register_dispute(
    services: Services, actor: Principal, request: RegisterDispute, now: int, idempotency_key: str
) -> Outcome:
    """Register a dispute; `Done.value` is its screen row.

    Refused: title_missing, party_missing, words_missing, no_such_category, no_such_urgency, no_such_division,
    outside_jurisdiction, no_such_channel.
    """

    def decide(act: Act) -> Row:
        matter = _matter(act, request)
        act.work.is_new(matter.id)
        act.change(matter)
        keep_clocks(act, matter.id)
        citizen = Citizen(
            required_text(request.applicant, "party_missing"),
            request.phone.strip()[:40],
            _words(request),
            False,
            whole_address(request.address, request.place, request.title),
        )
        citizens.keep(act.connection, services.seal, [(matter.id, citizen)])
        act.tell("DisputeRegistered", matter=matter.id, no=matter.no, title=matter.title, place=matter.place)
        return row_of(act, matter.id)

    # What was said goes sealed into the store: the audit keeps who and when, not the parties' names.
    # By the oldest secret, so that a repeat after a rotation still looks equal.
    shown = _Sealed(request, services.secrets[-1] if services.secret else b"")
    return perform(services, actor, "register_dispute", "dispute:new", now, idempotency_key, shown, decide)


class _Sealed:
    """A request whose words must not be written into the audit; equal requests still look equal."""

    def __init__(self, request: RegisterDispute, secret: bytes) -> None:
        self._shown = f"{mask_text(without_doors(request.title))!r}, {request.category!r}"
        # Keyed, so that names cannot be found by trying them.
        self._digest = hmac.new(secret, repr(request).encode(), hashlib.sha256).hexdigest()[:32]

    def __repr__(self) -> str:
        return f"RegisterDispute({self._shown}, {self._digest})"


def _matter(act: Act, request: RegisterDispute) -> Matter:
    pack, now = act.pack, act.now
    said = required_text(request.title, "title_missing")
    if request.category not in pack.categories:
        raise Refusal("no_such_category", category=request.category)
    if request.urgency not in (1, 2, 3, 4):
        raise Refusal("no_such_urgency")
    if request.channel not in CHANNELS:
        raise Refusal("no_such_channel", channel=request.channel)
    if request.division and request.division not in pack.divisions:
        raise Refusal("no_such_division", division=request.division)
    at = place(pack, request.lon, request.lat, request.division or None)
    scope = scope_of(pack, at.finest or act.actor.jurisdiction)
    if not act.in_jurisdiction(scope):
        raise Refusal("outside_jurisdiction")
    no = matter_numbers(act.connection, NUMBER_PREFIX["dispute"], 1)[0]
    category = pack.categories.get(request.category)
    title = mask_text(without_doors(said)) or (category.name if category else request.category)
    details = {
        "mediation_eligible": request.mediation_eligible,
        "opponent": mask_name(required_text(request.opponent, "party_missing")),
        "people": max(request.people, 2),
        "mediations": 0,
    }
    if request.amount_yuan is not None:
        details["amount_yuan"] = request.amount_yuan
    return Matter(
        id=new_id(),
        no=no,
        kind="dispute",
        source=SOURCE,
        external_id=no,
        source_status="REGISTERED",
        title=title,
        urgency=request.urgency,
        category=request.category,
        stage="REGISTERED",
        stage_at=now,
        opened_at=now,
        scope=scope,
        version=1,
        touched_at=now,
        touched_by=act.actor.name,
        touched_kind="MatterOpened",
        region=at.region,
        township=at.township,
        village=at.village,
        grid=at.grid,
        place=mask_text(community_of(request.place))
        or (pack.divisions.place_name(at.finest) if at.finest else ""),
        lon=at.lon,
        lat=at.lat,
        channel=request.channel,
        details=json.dumps(details, ensure_ascii=False),
    )


def _words(request: RegisterDispute) -> str:
    words = required_text(request.words, "words_missing")
    return f"{words}（{required_text(request.opponent, 'party_missing')}）"
