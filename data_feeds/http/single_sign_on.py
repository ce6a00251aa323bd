"""Signing in at the city's identity server: OpenID Connect, authorization code with PKCE, through joserfc and httpx.

The identity server says who somebody is; which account that is, its role and its jurisdiction are this product's own.
An answer counts only with our state, our nonce, a signature of the server's published keys, and before it is old.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

# Signatures by a key pair alone: with a shared secret whoever may read tokens could write them.
ALGORITHMS: Final = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)] + [
    "EdDSA",
    "Ed25519",
]
TIMEOUT_S: Final = 5.0
ATTEMPT_S: Final = 600
LEEWAY_S: Final = 60  # two machines' clocks
KEPT_S: Final = 3_600  # the server's own description
ANSWER_BYTES: Final = 262_144
TWO_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face"})  # RFC 8176


class SignOnFailed(Exception):
    """The identity server cannot be used, or its answer does not count; the text is for the log, not the screen."""


class Attempt(msgspec.Struct, frozen=True):
    """What one try must come back with; travels sealed in a cookie of the browser that set out."""

    state: str
    nonce: str
    verifier: str
    begun_s: float


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the identity server named, and whether it asked for more than a password."""

    name: str
    passed_factor: bool


class SingleSignOn:
    """One identity server.

    Args:
        issuer: its address, as its tokens name it.
        client_id, client_secret: this installation, as the server knows it.
        claim: the claim that holds an account's name.
        now_s: the machine's time, by which tokens end (epoch seconds).
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        claim: str,
        *,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._issuer, self._client_id, self._secret, self._claim = issuer, client_id, client_secret, claim
        self._now_s = now_s
        self._described: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._described_s = 0.0

    async def begin(self, return_to: str) -> tuple[str, Attempt]:
        """Return the address to send the browser to, and what it has to bring back.

        Raises:
            SignOnFailed: the server does not answer.
        """
        described = await self._description()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        attempt = Attempt(state, nonce, verifier, self._now_s())
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": return_to,
            "scope": "openid profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        return f"{described['authorization_endpoint']}?{urlencode(asked)}", attempt

    async def finish(self, attempt: Attempt, state: str, code: str, return_to: str) -> Known:
        """Exchange the code that came back and return whom it names.

        Raises:
            SignOnFailed: another browser's answer, an old one, a forged one, or the server does not answer.
        """
        if not hmac.compare_digest(state.encode(), attempt.state.encode()):
            raise SignOnFailed("the state is not the one that set out")
        if self._now_s() - attempt.begun_s > ATTEMPT_S:
            raise SignOnFailed("the attempt is too old")
        described = await self._description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "code_verifier": attempt.verifier,
        }
        found = await self._ask(
            "POST", described["token_endpoint"], data=form, auth=(self._client_id, self._secret)
        )
        claims = await self._claims(str(found.get("id_token", "")))
        self._judge(claims, attempt)
        name, means = claims.get(self._claim), claims.get("amr")
        if name is None:
            name = (await self._more_of(claims, str(found.get("access_token", "")))).get(self._claim)
        if not isinstance(name, str) or not name:
            raise SignOnFailed(f"no claim {self._claim}")
        return Known(name, isinstance(means, list) and bool(TWO_FACTORS & {str(one) for one in means}))

    async def _more_of(self, claims: Mapping[str, Any], access_token: str) -> Mapping[str, Any]:
        """Return what the server tells of the person besides the token: names are often told there alone."""
        address = (await self._description()).get("userinfo_endpoint")
        if not isinstance(address, str) or not access_token.isascii():
            return {}
        found = await self._ask("GET", address, headers={"authorization": f"Bearer {access_token}"})
        if not isinstance(claims.get("sub"), str) or found.get("sub") != claims["sub"]:
            raise SignOnFailed("told of somebody else")
        return found

    def _judge(self, claims: Mapping[str, Any], attempt: Attempt) -> None:
        """Raise SignOnFailed unless the token is for us, of this attempt and of this time."""
        audience = claims.get("aud")
        if claims.get("iss") != self._issuer:
            raise SignOnFailed("another issuer")
        if self._client_id not in (audience if isinstance(audience, list) else [audience]):
            raise SignOnFailed("meant for another client")
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._client_id:
            raise SignOnFailed("given to another client")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
            raise SignOnFailed("the nonce is not the one that set out")
        ends, begins = claims.get("exp"), claims.get("iat")
        if not isinstance(ends, int | float) or not isinstance(begins, int | float):
            raise SignOnFailed("no time in the token")
        if not begins - LEEWAY_S <= self._now_s() <= ends + LEEWAY_S:
            raise SignOnFailed("the token is not of this time")

    async def _claims(self, token: str) -> Mapping[str, Any]:
        for fresh in (False, True):  # a key that is not known may be a new one: ask once
            keys = await self._published(fresh=fresh)
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError) as error:
                failed = error
        raise SignOnFailed(f"the token does not open: {failed}")

    async def _published(self, *, fresh: bool) -> KeySet:
        if self._keys is None or fresh:
            described = await self._description()
            try:
                self._keys = KeySet.import_key_set(await self._ask("GET", described["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError) as error:
                raise SignOnFailed(f"keys that cannot be read: {error}") from error
        return self._keys

    async def _description(self) -> Mapping[str, Any]:
        if self._now_s() - self._described_s > KEPT_S or not self._described:
            found = await self._ask("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._issuer:
                raise SignOnFailed(f"the server calls itself {found.get('issuer')!r}")
            secure = self._issuer.startswith("https:")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                address = found.get(name)
                if not isinstance(address, str) or (secure and not address.startswith("https:")):
                    raise SignOnFailed(f"no usable {name}")
            self._described, self._described_s = found, self._now_s()
        return self._described

    async def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(
                timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
            ) as client:
                answer = await client.request(method, address, **more)
            if answer.status_code != 200 or len(answer.content) > ANSWER_BYTES:
                raise SignOnFailed(f"{address} answered {answer.status_code}")
            return msgspec.json.decode(answer.content, type=dict[str, Any])
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SignOnFailed(f"{address}: {type(error).__name__}: {error}") from error
