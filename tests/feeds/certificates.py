"""An authority with a server's and devices' certificates, made for one test."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates and writes them with their keys into a folder, as PEM."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder / f"signed by {name}"
        self._folder.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._sign(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def server(self) -> Path:
        """The certificate and key of 127.0.0.1, in one file."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "feeds")])
        return self._write(
            "server", name, x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        )

    def device(self, device: str, generation: int | None = None, uid: str = "") -> Path:
        """The certificate and key of a device, in one file."""
        names = [x509.NameAttribute(NameOID.COMMON_NAME, device)]
        if generation is not None:
            names.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, str(generation)))
        if uid:
            names.append(x509.NameAttribute(NameOID.USER_ID, uid))
        return self._write(device, x509.Name(names), x509.BasicConstraints(ca=False, path_length=None))

    def _write(self, file: str, name: x509.Name, extension: x509.ExtensionType) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        found = self._folder / f"{file}.pem"
        found.write_bytes(
            self._sign(name, key, extension).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return found

    def _sign(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(extension, critical=False)
            .sign(self._key, hashes.SHA256())
        )
