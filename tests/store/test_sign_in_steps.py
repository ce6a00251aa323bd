"""The steps of signing in as a browser walks them: which page comes when, and that a half-open session is nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyotp
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import service
from dashboard.domain.sign_in_policy import POLICIES
from data_feeds.http.gate import SESSION_COOKIE
from data_feeds.http.sign_in import SignInPages, SignInRoutes
from layouts.catalogue import text
from layouts.refusal import refusal_text
from layouts.sign_in import sign_in_page, step_page
from tests.store.centre import DONGGANG, Centre, done, officer

PASSWORD, OTHER = "correct horse battery", "stapled to the wall 9"
MACHINE_S = 1_795_400_000


def browser(centre: Centre, *, secure: bool = False, **changes: object) -> TestClient:
    services = replace(
        centre.services,
        sign_in=replace(POLICIES["asvs"], **changes),
        machine_time_s=lambda: float(MACHINE_S),  # type: ignore[arg-type]
    )
    pages = SignInPages(
        lambda **shown: sign_in_page("日照市", "zh", demonstration=False, **shown),
        lambda step, **shown: step_page("日照市", step, demonstration=False, **shown),
        refusal_text,
        lambda lang: text("sign_in.malformed", lang),
        lambda: text("sign_in.upgraded"),
        lambda: text("sign_in.single_failed"),
    )
    routes = SignInRoutes(services, centre.clock, pages, secure=secure).routes()  # type: ignore[arg-type]
    return TestClient(Starlette(routes=routes), base_url=f"http{'s' * secure}://testserver")


@pytest.fixture
def walker(centre: Centre) -> Iterator[TestClient]:
    request = service.NewAccount("wang<b>", "王大明", "duty_officer", DONGGANG)
    done(service.create_account(centre.services, officer("secadmin"), request, PASSWORD, centre.now))
    with browser(centre, second_factor="everybody") as client:
        yield client


def post(client: TestClient, path: str, **fields: str):
    return client.post(path, data=fields, follow_redirects=False)


def test_from_the_password_over_a_new_device_and_a_new_password_to_the_desk(walker: TestClient) -> None:
    entered = post(walker, "/sign-in", name="wang<b>", password=PASSWORD)
    assert (entered.status_code, entered.headers["location"]) == (303, "/sign-in/code")
    assert "httponly" in entered.headers["set-cookie"].lower()
    first = walker.cookies[SESSION_COOKIE]
    page = walker.get("/sign-in/code")
    assert "<svg" in page.text and "wang&lt;b&gt;" in page.text and "wang<b>" not in page.text
    elsewhere = walker.get("/sign-in/password", follow_redirects=False)
    assert elsewhere.headers["location"] == "/sign-in/code", "a step cannot be passed by"
    wrong = post(walker, "/sign-in/code", code="000000")
    assert wrong.status_code == 401 and text("refusal.wrong_code", "zh") in wrong.text
    secret = page.text.split("<code>")[1].split("</code>")[0].replace(" ", "")
    through = post(walker, "/sign-in/code", code=pyotp.TOTP(secret).at(MACHINE_S))
    assert through.headers["location"] == "/sign-in/password"
    assert walker.cookies[SESSION_COOKIE] != first
    unlike = post(walker, "/sign-in/password", old=PASSWORD, new=OTHER, again=OTHER + "x")
    assert unlike.status_code == 401 and text("refusal.passwords_differ", "zh") in unlike.text
    assert post(walker, "/sign-in/password", old=PASSWORD, new="", again="").status_code == 400
    chosen = post(walker, "/sign-in/password", old=PASSWORD, new=OTHER, again=OTHER)
    assert chosen.headers["location"] == "/desk/"
    own = walker.get("/sign-in/password")
    assert own.status_code == 200 and text("sign_in.back", "zh") in own.text
    assert walker.get("/sign-in/device", follow_redirects=False).headers["location"] == "/", (
        "there is one already"
    )


def test_a_stranger_is_sent_to_the_beginning(walker: TestClient) -> None:
    for path in ("/sign-in/code", "/sign-in/password"):
        assert walker.get(path, follow_redirects=False).headers["location"] == "/sign-in"
    assert post(walker, "/sign-in/code", code="123456").headers["location"] == "/sign-in"
    walker.cookies.set(SESSION_COOKIE, "made up")
    assert post(walker, "/sign-in/code", code="123456").headers["location"] == "/sign-in"


def test_leaving_in_the_middle_ends_the_step(walker: TestClient, centre: Centre) -> None:
    post(walker, "/sign-in", name="wang<b>", password=PASSWORD)
    token = walker.cookies[SESSION_COOKIE]
    post(walker, "/sign-out")
    assert SESSION_COOKIE not in walker.cookies
    assert service.step_of(centre.services, token, centre.now) is None


def test_behind_https_the_session_is_the_hosts_own_and_an_older_one_ends_with_words(
    centre: Centre,
) -> None:
    request = service.NewAccount("wang", "王大明", "duty_officer", DONGGANG)
    done(service.create_account(centre.services, officer("secadmin"), request, PASSWORD, centre.now))
    with browser(centre, secure=True, second_factor="nobody") as client:
        client.cookies.set(SESSION_COOKIE, "from before the upgrade", domain="testserver.local")
        told = client.get("/sign-in")
        assert text("sign_in.upgraded", "zh") in told.text
        assert SESSION_COOKIE not in client.cookies
        assert text("sign_in.upgraded", "zh") not in client.get("/sign-in").text, "it is said once"
        set_cookie = post(client, "/sign-in", name="wang", password=PASSWORD).headers["set-cookie"]
        assert set_cookie.startswith(f"__Host-{SESSION_COOKIE}=")
        # What a browser asks of the prefix: Secure, every address, no domain.
        attributes = {each.strip().lower() for each in set_cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
        assert not any(each.startswith("domain") for each in attributes)
        taken_back = client.post("/sign-out", follow_redirects=False).headers["set-cookie"]
        assert taken_back.startswith(f"__Host-{SESSION_COOKIE}=") and "Secure" in taken_back
