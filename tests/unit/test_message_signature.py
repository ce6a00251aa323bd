"""Signatures of RFC 9421 with HMAC-SHA-256: the RFC's own vector, and the profile that is taken."""

from __future__ import annotations

import base64

import pytest

from dashboard.domain.message_signature import (
    BadSignature,
    content_digest,
    is_digest_of,
    is_of,
    mac_of,
    read_signature,
    signature_base,
)

NONCE = "bm9uY2Utb2Ytc2l4dGVlbg"
VALUES = {"@method": "POST", "@path": "/v1/positions", "@query": "?", "content-digest": content_digest(b"{}")}


def test_the_rfcs_own_vector_comes_out() -> None:
    """RFC 9421, appendix B.2.5 with the shared secret of B.1.5."""
    secret = base64.b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    covered = ("date", "@authority", "content-type")
    parameters = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    values = {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "@authority": "example.com",
        "content-type": "application/json",
    }
    mac = mac_of(secret, signature_base(covered, parameters, values))
    assert base64.b64encode(mac) == b"pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def headers() -> tuple[str, str]:
    covered = ("@method", "@path", "@query", "content-digest")
    names = " ".join(f'"{name}"' for name in covered)
    parameters = f'({names});created=1795401600;nonce="{NONCE}";keyid="device:dev-0";alg="hmac-sha256"'
    mac = base64.b64encode(mac_of(b"secret", signature_base(covered, parameters, VALUES))).decode()
    return f"sig={parameters}", f"sig=:{mac}:"


def test_what_was_signed_is_known_again_and_nothing_else() -> None:
    signature = read_signature(*headers(), has_body=True)
    assert (signature.key_id, signature.nonce, signature.created_s) == ("device:dev-0", NONCE, 1_795_401_600)
    assert is_of(b"secret", signature, VALUES)
    assert not is_of(b"another", signature, VALUES)
    for name, other in (("@method", "PUT"), ("@path", "/v1/orders"), ("@query", "?a=1")):
        assert not is_of(b"secret", signature, VALUES | {name: other}), name
    assert not is_of(b"secret", signature, VALUES | {"content-digest": content_digest(b"[]")})


def test_parameters_and_covered_things_may_come_in_any_order() -> None:
    parameters = f'("content-digest" "@query" "@path" "@method");keyid="k";nonce="{NONCE}";created=7'
    base = signature_base(("content-digest", "@query", "@path", "@method"), parameters, VALUES)
    mac = base64.b64encode(mac_of(b"secret", base)).decode()
    signature = read_signature(f"any={parameters}", f"any=:{mac}:", has_body=True)
    assert is_of(b"secret", signature, VALUES)


GOOD, MAC = headers()


@pytest.mark.parametrize(
    ("given", "has_body"),
    [
        ("", True),
        (GOOD.replace("sig=", "other="), True),  # the two headers name different signatures
        (GOOD, False),  # a digest where there is no body to have one
        (GOOD.replace(' "content-digest"', ""), True),  # a body that is not covered
        (GOOD.replace(' "@query"', ""), True),
        (GOOD.replace('"@query"', '"@path"'), True),  # covered twice
        (GOOD.replace('"@query"', '"@authority"'), True),
        (GOOD.replace("created=1795401600", 'created="1795401600"'), True),
        (GOOD.replace(";created=1795401600", ""), True),
        (GOOD.replace("created", "expires"), True),
        (GOOD.replace(NONCE, "short"), True),
        (GOOD.replace(NONCE, "n" * 65), True),
        (GOOD.replace("device:dev-0", ""), True),
        (GOOD.replace("hmac-sha256", "ed25519"), True),
        (GOOD.replace(";alg=", ";nonce="), True),
        (f"{GOOD}, two={GOOD[4:]}", True),
        (GOOD + " " * 600, True),
    ],
)
def test_whatever_is_not_of_the_profile_is_refused(given: str, has_body: bool) -> None:
    with pytest.raises(BadSignature):
        read_signature(given, MAC, has_body=has_body)


@pytest.mark.parametrize("mac", ["", "sig=::", "sig=:abc:", MAC.replace("sig", "gis"), MAC[:-3] + ":"])
def test_a_mac_that_is_none_is_refused(mac: str) -> None:
    with pytest.raises(BadSignature):
        read_signature(GOOD, mac, has_body=True)


def test_a_digest_is_of_its_body_alone() -> None:
    # RFC 9530, appendix D: of {"hello": "world"}
    assert content_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    assert is_digest_of(content_digest(b"a"), b"a")
    assert not is_digest_of(content_digest(b"a"), b"b")
    assert not is_digest_of("sha-512=:AAAA:", b"a")
    assert not is_digest_of("", b"")
