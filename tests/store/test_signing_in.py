"""The steps behind the password: codes of a device, passwords that must be changed, sessions listed and ended."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest

from dashboard import service
from dashboard.domain.sign_in_policy import DAY_MS, POLICIES
from dashboard.domain.sign_in_step import Step
from dashboard.service import Services, passwords
from dashboard.service.session_list import ID_LENGTH
from tests.store.centre import DONGGANG, Centre, done, officer, refusal

PASSWORD, OTHER = "correct horse battery", "stapled to the wall 9"
HERE = "10.0.0.1"
MACHINE_S = 1_795_400_000


class Door:
    """The centre's entrance under a policy, with the machine's own clock in the hand."""

    def __init__(self, centre: Centre, policy: str, **changes: object) -> None:
        self.centre, self.machine_s = centre, float(MACHINE_S)
        rules = replace(POLICIES[policy], **changes)  # type: ignore[arg-type]
        self.services: Services = replace(
            centre.services, sign_in=rules, machine_time_s=lambda: self.machine_s
        )

    def account(self, name: str = "wang", role: str = "duty_officer", *, must_change: bool = False) -> None:
        request = service.NewAccount(name, "王大明", role, DONGGANG)
        made = service.create_account(
            self.services, officer("secadmin"), request, PASSWORD, self.centre.now, must_change=must_change
        )
        done(made)

    def enter(
        self, password: str = PASSWORD, name: str = "wang", address: str = HERE
    ) -> service.SessionOpened:
        return done(service.sign_in(self.services, name, password, address, self.centre.now, "Firefox"))

    def fails(self, password: str, name: str = "wang", address: str = HERE) -> str:
        return refusal(service.sign_in(self.services, name, password, address, self.centre.now))

    def who(self, token: str) -> str | None:
        found = service.session(self.services, token, self.centre.now)
        return found.id if found else None

    def step(self, token: str) -> Step | None:
        return service.step_of(self.services, token, self.centre.now)

    def code(self, token: str, code: str, address: str = HERE) -> service.Done | service.Refused:
        return service.enter_code(self.services, token, code, address, self.centre.now)

    def choose(self, token: str, old: str, new: str) -> service.Done | service.Refused:
        return service.choose_password(self.services, token, old, new, new, HERE, self.centre.now)

    def set_up(self, name: str = "wang") -> tuple[str, pyotp.TOTP]:
        """Take a new device in; returns the open session's token and the device."""
        opened = self.enter(name=name)
        assert opened.stage == "enrol"
        step = self.step(opened.token)
        assert step is not None and step.device is not None
        device = pyotp.parse_uri(step.device.address)
        assert isinstance(device, pyotp.TOTP)
        through = done(self.code(opened.token, device.at(int(self.machine_s))))
        self.machine_s += 30
        return through.token, device


@pytest.fixture
def strict(centre: Centre) -> Door:
    """An entrance at which everybody needs a second factor."""
    door = Door(centre, "asvs", second_factor="everybody")
    door.account()
    return door


def test_a_new_device_is_one_session_s_until_its_first_code_and_never_shown_again(strict: Door) -> None:
    first = strict.enter()
    assert (first.stage, strict.who(first.token)) == ("enrol", None)
    shown, again, other = (strict.step(one) for one in (first.token, first.token, strict.enter().token))
    assert shown is not None and again is not None and other is not None
    assert shown.device == again.device != other.device, "what somebody else saw is nobody's device"
    token, _ = strict.set_up()
    assert strict.who(token) is not None
    after = strict.enter()
    known = strict.step(after.token)
    assert known is not None and (known.stage, known.device) == ("factor", None)


def test_a_code_counts_once_and_by_the_machine_s_time(strict: Door) -> None:
    _, device = strict.set_up()
    strict.centre.clock.advance(minutes=1)  # the city's clock decides nothing here
    opened, code = strict.enter(), device.at(int(strict.machine_s))
    through = done(strict.code(opened.token, f"{code[:3]} {code[3:]}"))
    assert strict.who(through.token) is not None
    assert strict.who(opened.token) is None, "a step that was taken leaves its token behind"
    assert refusal(strict.code(opened.token, code)) == "session_ended"
    assert refusal(strict.code(strict.enter().token, code)) == "wrong_code", (
        "a code that was seen opens nothing"
    )
    strict.machine_s += 30
    late = device.at(int(strict.machine_s) - 90)
    assert refusal(strict.code(strict.enter().token, late)) == "wrong_code"


@pytest.mark.parametrize("odd", ["", "١٢٣٤٥٦", "12345", "x" * 4_000])
def test_what_is_no_code_is_a_wrong_one(strict: Door, odd: str) -> None:
    strict.set_up()
    assert refusal(strict.code(strict.enter().token, odd)) == "wrong_code"


def test_guessed_codes_wait_and_a_known_address_does_not_wait_for_a_stranger(strict: Door) -> None:
    _, device = strict.set_up()
    thief = strict.enter(address="6.6.6.6")
    for _ in range(5):
        assert refusal(strict.code(thief.token, "000000", "6.6.6.6")) == "wrong_code"
    right = device.at(int(strict.machine_s))
    assert refusal(strict.code(thief.token, right, "6.6.6.6")) == "wait_before_retry"
    assert isinstance(strict.code(strict.enter().token, right), service.Done)


def test_a_step_lives_ten_minutes(strict: Door) -> None:
    opened = strict.enter()
    strict.centre.clock.advance(minutes=10)
    assert strict.step(opened.token) is None
    assert refusal(strict.code(opened.token, "000000")) == "session_ended"


def test_the_device_s_secret_is_sealed(strict: Door) -> None:
    _, device = strict.set_up()
    with strict.services.store.read() as connection:
        raw = connection.exec_driver_sql("SELECT totp_sealed FROM accounts").scalar_one()
    assert device.secret.encode() not in bytes(raw)


def test_who_need_not_have_a_device_may_take_one_in(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account()
    opened = door.enter()
    plain = door.step(opened.token)
    assert plain is not None and plain.device is None
    step = service.step_of(door.services, opened.token, centre.now, new_device=True)
    assert step is not None and step.device is not None
    device = pyotp.TOTP(step.device.secret)
    code, here = device.at(int(door.machine_s)), (HERE, centre.now)
    assert refusal(door.code(opened.token, code)) == "wrong_old_password", (
        "a desk that was left open is not enough"
    )
    through = done(service.enter_code(door.services, opened.token, code, *here, password=PASSWORD))
    assert door.who(through.token) is not None
    assert refusal(door.code(through.token, device.at(int(door.machine_s) + 30))) == "session_ended"
    assert door.enter().stage == "factor"


def test_a_lost_device_is_forgotten_by_another_administrator_only(strict: Door) -> None:
    token, _ = strict.set_up()
    services, now = strict.services, strict.centre.now
    assert refusal(service.reset_second_factor(services, officer("duty_leader"), "wang", now)) == "no_right"
    assert (
        refusal(service.reset_second_factor(services, officer("secadmin"), "nobody", now))
        == "no_such_account"
    )
    own = replace(officer("secadmin"), id=str(strict.who(token)))
    assert refusal(service.reset_second_factor(services, own, "wang", now)) == "own_account"
    done(service.reset_second_factor(services, officer("secadmin"), "wang", now))
    assert strict.who(token) is None
    assert (
        refusal(service.reset_second_factor(services, officer("secadmin"), "wang", now)) == "no_second_factor"
    )
    assert strict.enter().stage == "enrol"


def test_only_administrators_need_a_device_under_dengbao(centre: Centre) -> None:
    door = Door(centre, "dengbao", kinds=1)
    door.account("wang", "duty_officer")
    door.account("an", "secadmin")
    assert door.enter(name="wang").stage == "open"
    assert door.enter(name="an").stage == "enrol"


def test_a_password_that_somebody_else_knows_must_be_changed_first(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account(must_change=True)
    opened = door.enter()
    assert (opened.stage, door.who(opened.token)) == ("password", None)
    assert refusal(door.choose(opened.token, "wrong", OTHER)) == "wrong_old_password"
    assert refusal(door.choose(opened.token, PASSWORD, PASSWORD)) == "password_same"
    assert refusal(door.choose(opened.token, PASSWORD, "short")) == "password_short"
    through = done(door.choose(opened.token, PASSWORD, OTHER))
    assert door.who(through.token) is not None
    assert door.fails(PASSWORD) == "wrong_name_or_password"
    assert door.enter(OTHER).stage == "open"


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account()
    elsewhere, here = door.enter().token, door.enter().token
    through = done(door.choose(here, PASSWORD, OTHER))
    assert [door.who(one) is not None for one in (elsewhere, here, through.token)] == [False, False, True]


def test_passwords_by_the_two_policies(centre: Centre) -> None:
    asvs, dengbao = POLICIES["asvs"], POLICIES["dengbao"]
    known = frozenset({"administrator"})

    def why(policy: object, password: str) -> str:
        refused = policy.weakness(password, ("zhiban1",), known)  # type: ignore[attr-defined]
        return refused.code if refused else ""

    assert why(asvs, "a long sentence") == "" == why(dengbao, "a Long sentence")
    assert why(dengbao, "alongsentence") == "password_plain" == why(dengbao, "along5entence")
    assert why(asvs, "Administrator") == "password_common" == why(asvs, "xx-Zhiban1-xx")
    assert why(asvs, "aaaaaaaaaaaa") == "password_common"
    assert asvs.is_old(0, 10_000 * DAY_MS) is False
    assert dengbao.is_old(0, 90 * DAY_MS) is True and dengbao.is_old(0, 90 * DAY_MS - 1) is False


def test_a_password_of_the_common_lists_is_refused(centre: Centre) -> None:
    request = service.NewAccount("li", "李某", "duty_officer", DONGGANG)
    made = service.create_account(centre.services, officer("secadmin"), request, "Manchester", centre.now)
    assert refusal(made) == "password_common"


def test_an_administrator_gives_a_new_password_and_it_must_be_changed(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account()
    token, now = door.enter().token, centre.now
    assert (
        refusal(service.reset_password(door.services, officer("commander"), "wang", OTHER, now)) == "no_right"
    )
    assert (
        refusal(service.reset_password(door.services, officer("secadmin"), "x", OTHER, now))
        == "no_such_account"
    )
    done(service.reset_password(door.services, officer("secadmin"), "wang", OTHER, now))
    assert door.who(token) is None
    assert door.enter(OTHER).stage == "password"


def test_a_list_of_names_from_one_address_waits_but_not_whoever_sits_there(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account()
    door.account("zhao")
    door.enter(name="wang")  # has come in from here before
    for number in range(50):
        assert door.fails("Winter2026!", f"name{number}") == "wrong_name_or_password"
    assert door.fails("Winter2026!", "name50") == "wait_before_retry"
    assert door.fails(PASSWORD, "zhao") == "wait_before_retry"
    assert door.enter(name="wang").stage == "open"
    assert door.enter(name="zhao", address="10.0.0.2").stage == "open"
    centre.clock.advance(minutes=16)
    assert door.fails("Winter2026!", "name51") == "wrong_name_or_password", "an address forgets"


def test_open_sessions_are_listed_and_ended_one_by_one(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account()
    first, second = door.enter().token, door.enter(address="10.0.0.9").token
    account = str(door.who(first))
    assert isinstance(
        service.list_sessions(door.services, officer("commander"), account, centre.now), service.Refused
    )
    listed = service.list_sessions(door.services, officer("secadmin"), account, centre.now)
    assert not isinstance(listed, service.Refused)
    assert {one["address"] for one in listed} == {HERE, "10.0.0.9"}
    assert {one["agent"] for one in listed} == {"Firefox"}
    ending = next(one["id"] for one in listed if one["address"] == HERE)
    assert len(ending) == ID_LENGTH and not any(token in repr(listed) for token in (first, second))
    done(service.end_session(door.services, officer("secadmin"), ending, centre.now))
    assert (door.who(first), door.who(second)) == (None, account)
    for odd in ("", ending, "%" * ID_LENGTH, ending[:-1]):
        assert (
            refusal(service.end_session(door.services, officer("secadmin"), odd, centre.now))
            == "session_ended"
        )


def test_a_reset_in_the_meantime_wins_over_the_password_that_was_being_chosen(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(centre, "asvs")
    door.account()
    token = door.enter().token
    hashed = passwords.HASHER.hash

    class Slow:
        def hash(self, password: str) -> str:
            if password == OTHER:  # while the officer's new one is hashed an administrator resets it
                done(
                    service.reset_password(
                        door.services, officer("secadmin"), "wang", "given by the office", centre.now
                    )
                )
            return hashed(password)

        verify = staticmethod(passwords.HASHER.verify)

    monkeypatch.setattr(passwords, "HASHER", Slow())
    assert refusal(door.choose(token, PASSWORD, OTHER)) == "session_ended"
    assert door.enter("given by the office").stage == "password"


def test_the_identity_server_names_an_account_to_the_letter(centre: Centre) -> None:
    door = Door(centre, "asvs")
    door.account("w" * 60)
    for name in (" " + "w" * 60, "w" * 61, "w" * 60 + " ", ""):
        assert refusal(service.sign_in_known(door.services, name, HERE, centre.now)) == "no_account_here"
    opened = done(service.sign_in_known(door.services, "w" * 60, HERE, centre.now))
    assert opened.stage == "open" and door.who(opened.token) is not None


def test_whom_the_identity_server_asked_for_more_is_not_asked_again(strict: Door) -> None:
    now = strict.centre.now
    assert done(service.sign_in_known(strict.services, "wang", HERE, now)).stage == "enrol"
    assert done(service.sign_in_known(strict.services, "wang", HERE, now, passed_factor=True)).stage == "open"
