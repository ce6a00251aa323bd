"""Files for one host, filled in from `deploy/templates`: service units, nginx, Prometheus, settings."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dashboard.settings import PROJECT_ROOT, Settings

TEMPLATES: Final = PROJECT_ROOT / "deploy" / "templates"
ENVIRONMENT_FILE: Final = "zhongshu.env"
NGINX_FILE: Final = "zhongshu.nginx.conf"
COMPOSE_FILE: Final = "compose.env"
TLS: Final = """ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:zhongshu:10m;
    ssl_session_tickets off;"""
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_USER: Final = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_PLACE: Final = re.compile(r"@\{([a-z_]+)\}")  # nginx and units are full of $, % and bare @
_PATH: Final = re.compile(r"/[A-Za-z0-9._/@+-]+")


class HostError(ValueError):
    """Something about the host that no file can be made of; the text names it."""


@dataclass(frozen=True, slots=True)
class Host:
    """One machine that is to run the product.

    `host` is the name that browsers use; `web_ports` one per web instance, at least two so that one serves while the
    other restarts; `database_url` and `redis_url` as in the settings, with their passwords; paths absolute.
    """

    host: str
    folder: str = "/opt/zhongshu"
    user: str = "zhongshu"
    var_dir: str = "/var/lib/zhongshu"
    backups: str = "/var/backups/zhongshu"
    environment: str = "/etc/zhongshu/zhongshu.env"
    certificate: str = "/etc/zhongshu/tls/certificate.pem"
    certificate_key: str = "/etc/zhongshu/tls/key.pem"
    access_log: str = "/var/log/nginx/zhongshu.log"
    web_ports: tuple[int, ...] = (8050, 8060)
    feeds_port: int = 8051
    feeds_metrics_port: int = 9160
    worker_metrics_ports: tuple[int, int] = (9161, 9162)
    metrics_token_file: str = "/etc/prometheus/zhongshu.token"
    http_port: int = 80
    https_port: int = 443
    feeds_https_port: int = 8443
    concurrency: int = 1
    city_pack: str = "citypacks/rizhao"
    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="redis://127.0.0.1:6379/0", repr=False)

    def checked(self) -> Host:
        """Return the host when every file can hold it as it is.

        Raises:
            HostError: a name, a path or a port that would not mean in a file what it says here.
        """
        if not _HOST.fullmatch(self.host):
            raise HostError(f"{self.host!r} is no host name")
        if not _USER.fullmatch(self.user):
            raise HostError(f"{self.user!r} is no user name")
        for name in (
            "folder",
            "var_dir",
            "backups",
            "environment",
            "certificate",
            "certificate_key",
            "access_log",
            "metrics_token_file",
        ):
            if not _PATH.fullmatch(getattr(self, name)):
                raise HostError(f"{name}: {getattr(self, name)!r} is no plain absolute path")
        first, second = self.worker_metrics_ports
        if second != first + 1 or first % 10 != 1:
            raise HostError(f"the workers' ports for figures end in 1 and 2: {self.worker_metrics_ports}")
        ports = [
            *self.web_ports,
            self.feeds_port,
            self.feeds_metrics_port,
            *self.worker_metrics_ports,
            self.http_port,
            self.https_port,
            self.feeds_https_port,
        ]
        if len(set(ports)) != len(ports) or not all(0 < port < 65536 for port in ports):
            raise HostError(f"ports must differ and lie in 1-65535: {ports}")
        if len(self.web_ports) < 2:
            raise HostError("two web ports at least: one instance serves while the other restarts")
        for url in (self.database_url, self.redis_url):
            if any(letter.isspace() or letter in "\"'\\#$" for letter in url):
                raise HostError(
                    "an address of the database or of Redis holds a character that must be %-encoded"
                )
        return self


def files_of(host: Host) -> dict[str, str]:
    """Return file name -> content for one host; the settings hold fresh secrets.

    Raises:
        HostError: as `Host.checked`; SettingError: the settings would not be taken by the product.
    """
    known = _known(host.checked())
    made = {}
    for template in sorted(TEMPLATES.iterdir()):
        if template.name != "common.service":
            made[template.name] = _filled(template.name, known)
    Settings.from_environment(read_environment(made[ENVIRONMENT_FILE]))
    return made


def write_files(host: Host, folder: Path) -> list[Path]:
    """Write a host's files into `folder` and return them; settings that are there already keep their secrets."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files_of(host).items():
        file = folder / name
        if name == ENVIRONMENT_FILE and file.exists():
            continue
        mode = 0o600 if name == ENVIRONMENT_FILE else 0o644
        file.unlink(missing_ok=True)  # so that the mode is ours from the first byte
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
        ) as out:
            out.write(content)
        written.append(file)
    return written


def write_compose_environment(host: str, file: Path) -> None:
    """Write what `deploy/compose.yml` needs, with fresh secrets, readable by its owner alone.

    Raises:
        HostError: no host name; FileExistsError: it is there already, with the secrets of running containers.
    """
    if not _HOST.fullmatch(host):
        raise HostError(f"{host!r} is no host name")
    password = secrets.token_urlsafe(24)
    lines = {
        "POSTGRES_PASSWORD": password,
        "DATABASE_URL": f"postgresql://zhongshu:{password}@postgres/zhongshu",
        "ZHONGSHU_ALLOWED_HOSTS": f"{host},localhost,127.0.0.1",
        "ZHONGSHU_METRICS_TOKEN": secrets.token_urlsafe(32),
    }
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.writelines(f"{name}={value}\n" for name, value in lines.items())


def read_environment(text: str) -> dict[str, str]:
    """Return the variables of a settings file as systemd reads it."""
    pairs = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _known(host: Host) -> dict[str, str]:
    instances = [f"zhongshu-web@{port}.service" for port in host.web_ports]
    instances += ["zhongshu-worker@1.service", "zhongshu-worker@2.service", "zhongshu-feeds.service"]
    password = secrets.token_urlsafe(24)
    return {
        "after": "postgresql.service redis-server.service redis.service",
        "python": f"{host.folder}/.venv/bin/python",
        "instances": " ".join(instances),
        "web_servers": "\n".join(
            f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in host.web_ports
        ),
        "feeds_port": str(host.feeds_port),
        "feeds_metrics_port": str(host.feeds_metrics_port),
        "worker_metrics_tens": str(host.worker_metrics_ports[0] // 10),  # %i of the unit is its last digit
        "metrics_token_file": host.metrics_token_file,
        "web_targets": _targets(host.web_ports),
        "worker_targets": _targets(host.worker_metrics_ports),
        "feeds_targets": _targets([host.feeds_metrics_port]),
        "http_port": str(host.http_port),
        "https_port": str(host.https_port),
        "https_suffix": "" if host.https_port == 443 else f":{host.https_port}",
        "feeds_https_port": str(host.feeds_https_port),
        "rate": "100",  # requests a second: a desk's page asks for about 40 files as it opens
        "burst": "400",
        "connections": "400",
        "tls": TLS.format(certificate=host.certificate, key=host.certificate_key),
        "access_log": host.access_log,
        "host": host.host,
        "concurrency": str(host.concurrency),
        "allowed_hosts": f"{host.host},localhost,127.0.0.1",
        "city_pack": host.city_pack,
        "database_url": host.database_url or f"postgresql://zhongshu:{password}@127.0.0.1/zhongshu",
        "redis_url": host.redis_url,
        "metrics_token": secrets.token_urlsafe(32),
        **{name: getattr(host, name) for name in ("folder", "user", "var_dir", "backups", "environment")},
    }


def _targets(ports: Iterable[int]) -> str:
    return ", ".join(f'"127.0.0.1:{port}"' for port in ports)


def _filled(name: str, known: Mapping[str, str]) -> str:
    # A backup runs once; what serves is started again whatever ended it.
    restart = "" if name == "zhongshu-backup.service" else "Restart=always\nRestartSec=1\n"
    common = _substituted("common.service", {**known, "restart": restart})
    return _substituted(name, {**known, "common": common})


def _substituted(name: str, known: Mapping[str, str]) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return _PLACE.sub(lambda place: known[place[1]], text)
