"""A real nginx with the file that is generated for a host, in front of processes of a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from dashboard.child_process import ending_with
from dashboard.deployment.host_files import Host, files_of
from tests.feeds.certificates import Authority
from tests.free_port import free_port

MAIN = """daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/zhongshu.nginx.conf;
}}
"""


class NginxMissing(RuntimeError):
    """There is no nginx here; the text says so."""


def nginx_program() -> str:
    """Return nginx's program, on PATH or where distributions put it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if found is None:
        raise NginxMissing("nginx is not installed")
    return found


@dataclass(frozen=True)
class Front:
    """Where it listens, its main file, its log, and the authority that signed its certificate."""

    folder: Path
    main: Path
    access_log: Path
    authority: Path
    address: str
    http_port: int
    feeds_address: str

    def start(self) -> subprocess.Popen[bytes]:
        """Start it; it ends with this process."""
        command = [nginx_program(), "-p", str(self.folder), "-c", str(self.main)]
        return subprocess.Popen(command, preexec_fn=ending_with(os.getpid()), stderr=subprocess.DEVNULL)


def write_front(folder: Path, web_ports: tuple[int, ...], feeds_port: int) -> Front:
    """Write a certificate, the generated file and a main file around it."""
    authority = Authority(folder)
    certificate = authority.server()
    linked = folder / "tls.pem"
    linked.write_bytes(certificate.read_bytes())
    http, https, feeds = free_port(), free_port(), free_port()
    host = Host(
        "127.0.0.1", certificate=str(linked), certificate_key=str(linked), access_log=str(folder / "access.log"),
        web_ports=web_ports, feeds_port=feeds_port, http_port=http, https_port=https, feeds_https_port=feeds,
    )  # fmt: skip
    (folder / "zhongshu.nginx.conf").write_text(files_of(host)["zhongshu.nginx.conf"], encoding="utf-8")
    main = folder / "nginx.conf"
    user = "user root;\n" if os.getuid() == 0 else ""
    main.write_text(MAIN.format(user=user, folder=folder), encoding="utf-8")
    return Front(
        folder, main, folder / "access.log", authority.file, f"https://127.0.0.1:{https}", http,
        f"https://127.0.0.1:{feeds}",
    )  # fmt: skip
