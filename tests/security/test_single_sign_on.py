"""Single sign-on against a real identity server (Canaille) that this module starts, and against forged answers."""

from __future__ import annotations

import base64
import datetime
import hmac
import logging
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from data_feeds.http import single_sign_on
from data_feeds.http.single_sign_on import Attempt, SignOnFailed, SingleSignOn
from tests.free_port import free_port

CLIENT, SECRET, PASSWORD = "zhongshu", "a client's secret", "correct horse battery"
RETURN_TO = "http://localhost/sign-in/single/return"
NOW_S = 1_795_400_000.0


@dataclass
class IdentityServer:
    """The server's address, and a person at a browser who signs in there."""

    issuer: str

    def walk(self, address: str) -> dict[str, str]:
        """Sign in as wang; returns what the browser brings back to us."""
        with httpx.Client(follow_redirects=False) as browser:
            answer = browser.get(address)
            for _ in range(12):
                if answer.status_code == 200:
                    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
                    form = {"csrf_token": token[1] if token else "", "answer": "accept"}
                    answer = browser.post(
                        str(answer.url), data={**form, "login": "wang", "password": PASSWORD}
                    )
                    continue
                onward = httpx.URL(str(answer.url)).join(answer.headers["location"])
                if str(onward).startswith(RETURN_TO):
                    return {name: values[0] for name, values in parse_qs(urlsplit(str(onward)).query).items()}
                answer = browser.get(onward)
        raise AssertionError(f"the identity server did not send the browser back: {answer.url}")


@pytest.fixture(scope="module")
def server() -> Iterator[IdentityServer]:
    """Canaille in this process, on a port of its own, with one person and one client."""
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    port = free_port()
    key = RSAKey.generate_key(2048, auto_kid=True)
    app = create_app(
        {
            "SECRET_KEY": secrets.token_hex(16),
            "SERVER_NAME": f"localhost:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "NAME": "Rizhao"},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)]},
        }
    )
    with app.app_context():
        person = models.User(
            formatted_name="Wang", family_name="Wang", user_name="wang", display_name="wang",
            emails=["wang@example.org"], password=PASSWORD,
        )  # fmt: skip
        client = models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Zhongshu",
            client_id_issued_at=datetime.datetime.now(datetime.UTC),
            contacts=["admin@example.org"],
            client_uri="http://localhost",
            redirect_uris=[RETURN_TO],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile"],
            token_endpoint_auth_method="client_secret_basic",
        )
        Backend.instance.save(person)
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    serving = make_server("localhost", port, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield IdentityServer(f"http://localhost:{port}")
    serving.shutdown()
    thread.join()


async def test_whom_the_identity_server_names(server: IdentityServer) -> None:
    door = SingleSignOn(server.issuer, CLIENT, SECRET, "preferred_username")
    address, attempt = await door.begin(RETURN_TO)
    back = server.walk(address)
    known = await door.finish(attempt, back["state"], back["code"], RETURN_TO)
    assert known.name == "wang"
    with pytest.raises(SignOnFailed):  # a code counts once
        await door.finish(attempt, back["state"], back["code"], RETURN_TO)


async def test_an_answer_of_another_browser_is_none(server: IdentityServer) -> None:
    door = SingleSignOn(server.issuer, CLIENT, SECRET, "preferred_username")
    address, attempt = await door.begin(RETURN_TO)
    back = server.walk(address)
    _, other = await door.begin(RETURN_TO)
    with pytest.raises(SignOnFailed, match="state"):
        await door.finish(other, back["state"], back["code"], RETURN_TO)
    with pytest.raises(SignOnFailed):  # the code is bound to the verifier of who set out
        await door.finish(
            msgspec.structs.replace(attempt, verifier="y" * 43), back["state"], back["code"], RETURN_TO
        )


async def test_a_wrong_secret_a_wrong_issuer_and_no_server_at_all(server: IdentityServer) -> None:
    door = SingleSignOn(server.issuer, CLIENT, "wrong", "preferred_username")
    address, attempt = await door.begin(RETURN_TO)
    back = server.walk(address)
    with pytest.raises(SignOnFailed, match="answered 4"):
        await door.finish(attempt, back["state"], back["code"], RETURN_TO)
    with pytest.raises(SignOnFailed, match="calls itself"):
        await SingleSignOn(server.issuer + "/", CLIENT, SECRET, "sub").begin(RETURN_TO)
    with pytest.raises(SignOnFailed):
        await SingleSignOn(f"http://localhost:{free_port()}", CLIENT, SECRET, "sub").begin(RETURN_TO)


KEY = RSAKey.generate_key(2048, auto_kid=True)
ATTEMPT = Attempt("state", "nonce", "verifier", NOW_S)
GOOD: dict[str, Any] = {
    "iss": "https://id.example", "aud": CLIENT, "nonce": "nonce", "iat": int(NOW_S), "exp": int(NOW_S) + 300,
    "preferred_username": "wang",
}  # fmt: skip


class Forged(SingleSignOn):
    """An identity server whose answers are given."""

    def __init__(self, token: str) -> None:
        super().__init__("https://id.example", CLIENT, SECRET, "preferred_username", now_s=lambda: NOW_S)
        self._token = token

    async def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        if address.endswith("openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            return {"issuer": "https://id.example", **{name: f"https://id.example/{name}" for name in names}}
        if address.endswith("jwks_uri"):
            return {"keys": [KEY.as_dict(private=False)]}
        return {"id_token": self._token}

    async def judged(self) -> single_sign_on.Known:
        return await self.finish(ATTEMPT, "state", "code", RETURN_TO)


def signed(key: Any = KEY, algorithm: str = "RS256", **changes: Any) -> str:
    claims = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": KEY.kid}, claims, key, algorithms=[algorithm])


async def test_a_good_token_names_somebody_and_says_whether_more_than_a_password_was_asked() -> None:
    assert await Forged(signed()).judged() == single_sign_on.Known("wang", passed_factor=False)
    assert (await Forged(signed(amr=["pwd", "otp"])).judged()).passed_factor is True
    assert (await Forged(signed(aud=[CLIENT, "other"], azp=CLIENT)).judged()).name == "wang"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"}, {"aud": "other"}, {"aud": [CLIENT, "other"]}, {"aud": None},
        {"nonce": "another"}, {"nonce": None}, {"exp": int(NOW_S) - 61}, {"exp": None}, {"iat": int(NOW_S) + 61},
        {"iat": "now"},
        {"preferred_username": None}, {"preferred_username": ["wang"]},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_with_a_wrong_claim_is_nobody_s(changes: dict[str, Any]) -> None:
    with pytest.raises(SignOnFailed):
        await Forged(signed(**changes)).judged()


async def test_a_token_that_the_server_did_not_sign_is_nobody_s() -> None:
    stranger = RSAKey.generate_key(2048)
    head, body, _ = signed().split(".")
    shared = base64.urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=") + f".{body}"
    mark = hmac.digest(KEY.as_pem(private=False), shared.encode(), "sha256")
    with_public_key = f"{shared}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
    unsigned = "eyJhbGciOiJub25lIn0." + body + "."
    for token in (signed(stranger), with_public_key, unsigned, f"{head}.{body}.", "", "a.b.c", "x" * 9_000):
        with pytest.raises(SignOnFailed):
            await Forged(token).judged()


async def test_an_attempt_ends_after_ten_minutes() -> None:
    door = Forged(signed())
    old = msgspec.structs.replace(ATTEMPT, begun_s=NOW_S - single_sign_on.ATTEMPT_S - 1)
    with pytest.raises(SignOnFailed, match="too old"):
        await door.finish(old, "state", "code", RETURN_TO)
