"""Who may sign in, how guessing is slowed down, and how sessions and tokens end."""

from __future__ import annotations

from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.rights import RIGHTS
from dashboard.service import Done, Refused, Services
from dashboard.store import tables
from tests.store.centre import CITY, DONGGANG, MINUTE_MS, Centre, done, officer, refusal

PASSWORD = "correct horse battery"


def account(centre: Centre, name: str = "wang", role: str = "duty_officer", **more: str) -> str:
    request = service.NewAccount(name, "王大明", role, more.pop("jurisdiction", DONGGANG), **more)
    made = service.create_account(
        centre.services, officer("secadmin"), request, PASSWORD, centre.now, must_change=False
    )
    return str(done(made))


def enter(
    centre: Centre, password: str = PASSWORD, address: str = "10.0.0.1", name: str = "wang"
) -> Done | Refused:
    return service.sign_in(centre.services, name, password, address, centre.now)


def test_no_account_exists_by_default(services: Services) -> None:
    assert not service.any_account(services)


def test_a_signed_in_officer_is_who_the_account_says(centre: Centre) -> None:
    account_id = account(centre)
    opened = done(enter(centre))
    principal = service.session(centre.services, opened.token, centre.now)
    assert principal == Principal(
        account_id, "王大明", "officer", "duty_officer", DONGGANG, None, "10.0.0.1", "zh"
    )


def test_the_password_and_the_token_are_not_stored(centre: Centre) -> None:
    account(centre)
    token = done(enter(centre)).token
    with centre.services.store.read() as connection:
        stored = "".join(
            repr(connection.execute(select(table)).all()) for table in tables.metadata.sorted_tables
        )
    assert PASSWORD not in stored
    assert token not in stored


def test_an_unknown_name_and_a_wrong_password_look_the_same(centre: Centre) -> None:
    account(centre)
    assert (
        refusal(enter(centre, "wrong")) == refusal(enter(centre, name="nobody")) == "wrong_name_or_password"
    )


def test_guessing_is_slowed_down_without_locking_the_officer_out(centre: Centre) -> None:
    account(centre)
    for _ in range(5):
        enter(centre, "wrong", "6.6.6.6")
    assert refusal(enter(centre, PASSWORD, "6.6.6.6")) == "wait_before_retry"
    assert isinstance(enter(centre, PASSWORD, "10.0.0.1"), Done)
    centre.clock.advance(seconds=16)
    assert isinstance(enter(centre, PASSWORD, "6.6.6.6"), Done)


def test_a_session_ends_when_unused_and_at_last_in_any_case(centre: Centre) -> None:
    account(centre)
    token = done(enter(centre)).token
    for _ in range(30):
        centre.clock.advance(minutes=25)
        alive = service.session(centre.services, token, centre.now)
        if centre.now >= 12 * 60 * MINUTE_MS + done_at(centre):
            break
    assert alive is None
    token = done(enter(centre)).token
    centre.clock.advance(minutes=30)
    assert service.session(centre.services, token, centre.now) is None


def done_at(centre: Centre) -> int:
    with centre.services.store.read() as connection:
        return int(connection.execute(select(tables.sessions.c.opened_at)).scalars().first() or 0)


def test_signing_out_and_disabling_end_sessions_at_once(centre: Centre) -> None:
    account(centre)
    first, second = done(enter(centre)).token, done(enter(centre)).token
    service.sign_out(centre.services, first, centre.now)
    assert service.session(centre.services, first, centre.now) is None
    assert service.session(centre.services, second, centre.now) is not None
    done(service.disable_account(centre.services, officer("secadmin"), "wang", centre.now))
    assert service.session(centre.services, second, centre.now) is None
    assert refusal(enter(centre)) == "wrong_name_or_password"


def test_an_account_needs_a_known_role_place_and_unit(centre: Centre) -> None:
    def make(actor: Principal = officer("secadmin"), password: str = PASSWORD, **fields: str) -> str:  # noqa: B008
        request = service.NewAccount(
            **({"name": "x", "display_name": "某", "role": "duty_officer", "jurisdiction": CITY} | fields)
        )
        return refusal(service.create_account(centre.services, actor, request, password, centre.now))

    assert make(role="root") == "no_such_role"
    assert make(role="system") == "no_such_role"
    assert make(jurisdiction="999") == "no_such_division"
    assert make(role="unit_liaison") == "unit_missing"
    assert make(role="unit_liaison", unit="nowhere") == "no_such_unit"
    assert make(password="short") == "password_short"
    for name in ("", " ", "x" * 61, "x" * 100_000, "w\0"):
        assert make(name=name) == "name_missing"
        assert make(display_name=name) == "display_name_missing"
    assert make(language="klingon") == "no_such_language"
    nobody = service.disable_account(centre.services, officer("secadmin"), "w\0" * 100, centre.now)
    assert refusal(nobody) == "no_such_account"
    assert make(actor=officer("duty_leader")) == "no_right"
    account(centre)
    assert make(name="wang") == "name_taken"


def test_the_three_administrators_are_three_people_who_see_no_matters() -> None:
    system, security, audit = (RIGHTS[role] for role in ("sysadmin", "secadmin", "auditor"))
    own_lists = {"export_table"}  # each takes away the lists of the own page, with a watermark
    assert system & security == own_lists
    assert security & audit == own_lists
    assert system & audit == own_lists | {"see_policies"}, (
        "what an auditor checks, the auditor may read but not write"
    )
    assert "see" not in system | security | audit


def test_a_kiosk_token_shows_and_is_revoked_at_once(centre: Centre) -> None:
    admin = officer("secadmin")
    opened = done(service.open_kiosk_token(centre.services, admin, "大厅", CITY, centre.now))
    principal = service.kiosk(centre.services, opened.token, centre.now)
    assert principal is not None
    assert (principal.kind, principal.role, principal.jurisdiction) == ("kiosk", "viewer_wall", CITY)
    assert service.gateway(centre.services, opened.token, centre.now) is None
    matter = centre.order()
    assert refusal(centre.dispatch(matter, *centre.units(1), actor=principal)) == "no_right"
    done(service.revoke_kiosk_token(centre.services, admin, opened.id, centre.now))
    assert service.kiosk(centre.services, opened.token, centre.now) is None
    assert (
        refusal(service.open_kiosk_token(centre.services, officer(), "大厅", CITY, centre.now)) == "no_right"
    )


def test_a_desk_that_only_stays_open_does_not_keep_its_session_alive(centre: Centre) -> None:
    account(centre)
    token = done(enter(centre)).token
    centre.clock.advance(minutes=20)
    assert service.session(centre.services, token, centre.now, counts_as_use=False) is not None
    centre.clock.advance(minutes=10)
    assert service.session(centre.services, token, centre.now, counts_as_use=False) is None


def test_the_security_administrator_sees_who_may_sign_in_and_who_has(centre: Centre) -> None:
    account(centre)
    account(centre, "li", unit=centre.units(1)[0], role="unit_liaison", jurisdiction=CITY)
    done(enter(centre))
    centre.clock.advance(minutes=1)
    done(service.disable_account(centre.services, officer("secadmin"), "li", centre.now))
    found = service.list_accounts(centre.services, officer("secadmin"), centre.now)
    assert isinstance(found, list)
    assert [(one["name"], one["sessions"], one["disabled_at"]) for one in found] == [
        ("wang", 1, None), ("li", 0, centre.now),
    ]  # fmt: skip
    assert (found[0]["signed_in_at"], found[1]["signed_in_at"]) == (centre.now - MINUTE_MS, None)
    assert "password_hash" not in found[0]
    centre.clock.advance(hours=1)
    idle = service.list_accounts(centre.services, officer("secadmin"), centre.now)
    assert isinstance(idle, list)
    assert idle[0]["sessions"] == 0, "a session that was idle too long is open no more"
    for role in ("sysadmin", "auditor", "commander"):
        assert refusal(service.list_accounts(centre.services, officer(role), centre.now)) == "no_right"


def test_only_the_security_administrator_lists_tokens_and_keys(centre: Centre) -> None:
    secadmin = officer("secadmin")
    done(service.open_gateway_key(centre.services, secadmin, "山东通", CITY, (), centre.now))
    (key,) = service.gateway_keys(centre.services, secadmin, centre.now)
    assert (key.name, key.revoked_at) == ("山东通", None)
    assert refusal(service.gateway_keys(centre.services, officer("sysadmin"), centre.now)) == "no_right"
