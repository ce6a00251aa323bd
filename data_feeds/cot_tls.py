"""TLS for CoT: our certificate, and clients' certificates whose subject is a device."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Subject(NamedTuple):
    """Whose a certificate is: CN the device id, serialNumber the key generation (1 where none), UID its CoT uid."""

    device: str
    generation: int
    uid: str


def open_context(certificate: Path, key: Path | None, client_ca: Path | None) -> ssl.SSLContext:
    """Return the context of the listener.

    Args:
        certificate: PEM, ours first and then its chain.
        key: PEM; None where the certificate's file has it.
        client_ca: PEM of who signs devices' certificates; a certificate of anybody else ends the handshake, none is
            allowed, and who has none has to send `<auth>`. None: no certificate is asked for.

    Raises:
        OSError: a file cannot be read, or is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def subject_of(certificate: Mapping[str, Any]) -> Subject | None:
    """Return whose a checked certificate is, None for a subject that names no device.

    Args:
        certificate: as `ssl.SSLSocket.getpeercert` returns it.
    """
    names = {name: value for pairs in certificate.get("subject", ()) for name, value in pairs}
    device, generation = names.get("commonName", ""), names.get("serialNumber", "1")
    if not device or not (generation.isascii() and generation.isdecimal() and len(generation) <= 9):
        return None
    return Subject(device, int(generation), names.get("userId", ""))
