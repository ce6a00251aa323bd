"""Files for a host: what the host's own programs say of them, and what may never be in them."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dashboard.deployment.__main__ import main
from dashboard.deployment.host_files import (
    Host,
    HostError,
    files_of,
    read_environment,
    write_compose_environment,
    write_files,
)
from dashboard.settings import PROJECT_ROOT, SETTINGS, Settings
from data_feeds.http.gate import LIVE_PATHS

EXPOSED_AT_MOST = 2.0  # of 10, as systemd-analyze judges a unit
HOST = Host("zs.example.cn")


def test_the_settings_are_the_owners_alone_and_taken_by_the_product(tmp_path: Path) -> None:
    write_files(HOST, tmp_path / "out")
    file = tmp_path / "out" / "zhongshu.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = Settings.from_environment(read_environment(file.read_text(encoding="utf-8")))
    assert settings.https
    assert settings.trusted_proxies == ("127.0.0.1/32",)
    assert not settings.demonstration
    assert settings.allowed_hosts[0] == "zs.example.cn"


def test_no_two_hosts_share_a_secret_and_making_them_again_keeps_it(tmp_path: Path) -> None:
    first, second = (read_environment(files_of(HOST)["zhongshu.env"]) for _ in range(2))
    for name in ("DATABASE_URL", "ZHONGSHU_METRICS_TOKEN"):
        assert first[name] != second[name]
    write_files(HOST, tmp_path)
    before = (tmp_path / "zhongshu.env").read_text(encoding="utf-8")
    (tmp_path / "zhongshu.target").unlink()
    written = write_files(HOST, tmp_path)
    assert (tmp_path / "zhongshu.env").read_text(encoding="utf-8") == before
    assert tmp_path / "zhongshu.target" in written


def test_secrets_are_in_the_settings_alone() -> None:
    files = files_of(HOST)
    environment = read_environment(files.pop("zhongshu.env"))
    password = re.search(r":([^:@]+)@", environment["DATABASE_URL"])
    assert password is not None
    for secret in (password[1], environment["ZHONGSHU_METRICS_TOKEN"]):
        assert len(secret) >= 32
        assert [name for name, content in files.items() if secret in content] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "zs.example.cn; return 200"}, {"host": ""}, {"user": "root\nExecStart=/bin/sh"},
        {"folder": "/opt/a b"}, {"var_dir": "relative"}, {"web_ports": (8050,)}, {"web_ports": (8050, 8051)},
        {"certificate": "/etc/x;y.pem"}, {"redis_url": "redis://h/0\nX=1"}, {"https_port": 0},
    ],
)  # fmt: skip
def test_what_would_mean_something_else_in_a_file_is_refused(wrong: dict[str, object]) -> None:
    given = {"host": "zs.example.cn", **wrong}
    with pytest.raises(HostError):
        files_of(Host(**given))  # type: ignore[arg-type]


def test_no_place_of_a_template_is_left_open() -> None:
    assert [name for name, content in files_of(HOST).items() if "@{" in content] == []


def units(folder: Path) -> list[Path]:
    """The units as systemd sees them: each template once as an instance."""
    write_files(Host("zs.example.cn", folder=str(folder)), folder)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    shutil.copy(folder / "zhongshu-web@.service", folder / "zhongshu-web@8050.service")
    shutil.copy(folder / "zhongshu-worker@.service", folder / "zhongshu-worker@1.service")
    names = ("web@8050.service", "worker@1.service", "feeds.service", "backup.service", "backup.timer")
    return [folder / f"zhongshu-{name}" for name in names]


def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    found = units(tmp_path)
    said = subprocess.run(
        [analyze, "verify", "--man=no", "--recursive-errors=no", *map(str, found)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "unrecognized option" in said.stderr:
        pytest.skip("this systemd-analyze judges no unit that is not installed")
    ours = [line for line in said.stderr.splitlines() if "zhongshu" in line]  # not the machine's own units
    assert (said.returncode, ours) == (0, []), said.stderr
    for unit in found[:4]:
        judged = subprocess.run(
            [analyze, "security", "--offline=true", f"./{unit.name}"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "unrecognized option" in judged.stderr:
            pytest.skip("this systemd-analyze judges no unit that is not installed")
        level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", judged.stdout)
        assert level is not None, judged.stdout + judged.stderr
        assert float(level[1]) <= EXPOSED_AT_MOST, unit.name


def test_every_unit_is_held_back_in_the_same_way(tmp_path: Path) -> None:
    for unit in units(tmp_path)[:4]:
        lines = unit.read_text(encoding="utf-8").splitlines()
        for held in (
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "User=zhongshu",
            "CapabilityBoundingSet=",
        ):
            assert held in lines, unit.name
    for unit in units_that_serve(tmp_path):
        head, _, rest = unit.read_text(encoding="utf-8").partition("[Service]")
        assert "StartLimitIntervalSec=0" in head.splitlines(), unit.name  # a database may be away for an hour
        assert "Restart=always" in rest.splitlines(), unit.name
    assert "Restart=" not in (tmp_path / "zhongshu-backup.service").read_text(encoding="utf-8")


def units_that_serve(folder: Path) -> list[Path]:
    found = [unit for unit in sorted(folder.glob("zhongshu-*.service")) if unit.stem != "zhongshu-backup"]
    kinds = {unit.stem.removeprefix("zhongshu-").partition("@")[0] for unit in found}
    assert kinds == {"web", "worker", "feeds"}
    return found


def location_of(config: str, path: str) -> str:
    """The block that nginx takes for a path: an equal one, else the first expression that matches, else "/"."""
    found = re.findall(r"^    location (=|~)? ?(\S+) \{\n(.*?)^    \}", config, re.MULTILINE | re.DOTALL)
    assert len(found) > 5
    equal = [block for kind, name, block in found if kind == "=" and name == path]
    matching = [block for kind, name, block in found if kind == "~" and re.search(name, path)]
    return [*equal, *matching, *(block for kind, name, block in found if (kind, name) == ("", "/"))][0]


def test_every_socket_of_the_product_gets_through_nginx_and_nothing_else_does() -> None:
    config = files_of(HOST)["zhongshu.nginx.conf"]
    for path in LIVE_PATHS:
        assert "proxy_set_header Upgrade $http_upgrade;" in location_of(config, path), path
    for path in ("/", "/hotline", "/alive", "/other/live", "/live/x"):
        assert "Upgrade" not in location_of(config, path), path


def test_every_step_of_signing_in_is_limited_where_something_is_tried() -> None:
    config = files_of(HOST)["zhongshu.nginx.conf"]
    shown = ["/sign-in", "/sign-in/code", "/sign-in/device", "/sign-in/password"]
    away = ["/sign-in/single", "/sign-in/single/return"]  # each has the city's own sign-on asked something
    for path in (*shown, *away):
        assert "limit_req zone=zhongshu_sign_in " in location_of(config, path), path
    assert "zhongshu_sign_in" not in location_of(config, "/desk/")
    pattern = re.search(r'"~(\S+ \S+)"\s+\'\';', config)
    assert pattern is not None
    assert [path for path in (*shown, *away) if re.search(pattern[1], f"GET {path}")] == shown
    assert [path for path in (*shown, *away) if re.search(pattern[1], f"POST {path}")] == []


def test_nginx_takes_the_file(tmp_path: Path) -> None:
    from tests.deployment.front import NginxMissing, nginx_program, write_front

    try:
        program = nginx_program()
    except NginxMissing as missing:
        pytest.skip(str(missing))
    front = write_front(tmp_path, web_ports=(18_050, 18_060), feeds_port=18_051)
    said = subprocess.run(
        [program, "-t", "-p", str(tmp_path), "-c", str(front.main)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    # From 1.25.1 on it would have HTTP/2 switched on in another way, which older ones do not know.
    assert [
        one for one in said.stderr.splitlines() if "[warn]" in one and '"listen ... http2"' not in one
    ] == []


def test_compose_names_only_settings_that_exist_and_asks_no_registry_by_name() -> None:
    text = (PROJECT_ROOT / "deploy" / "compose.yml").read_text(encoding="utf-8")
    made = yaml.safe_load(text)
    assert set(made["services"]) == {"web", "migrate", "worker", "feeds", "postgres", "redis"}
    known = {setting.name for setting in SETTINGS}
    for name in ("web", "migrate", "worker", "feeds"):
        service = made["services"][name]
        assert set(service["environment"]) <= known
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    web = made["services"]["web"]["environment"]
    Settings.from_environment({key: str(value) for key, value in web.items()})
    images = [one["image"] for one in made["services"].values()]
    assert [image for image in images if "/" in image] == []
    assert "secret" not in text and "password:" not in text.lower()


def test_composes_secrets_are_the_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "compose.env"
    write_compose_environment("zs.example.cn", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    given = read_environment(file.read_text(encoding="utf-8"))
    password = given.pop("POSTGRES_PASSWORD")
    assert password in given["DATABASE_URL"]
    Settings.from_environment(given)
    with pytest.raises(FileExistsError):
        write_compose_environment("zs.example.cn", file)


def test_the_dashboard_is_one_that_grafana_can_read() -> None:
    made = json.loads((PROJECT_ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    ids = [panel["id"] for panel in made["panels"]]
    assert len(ids) == len(set(ids)) > 10
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in made["panels"]]
    assert len(set(places)) == len(places)
    assert all(one["gridPos"]["x"] + one["gridPos"]["w"] <= 24 for one in made["panels"])
    alerts = yaml.safe_load(files_of(HOST)["zhongshu-alerts.yml"])
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    assert all(rule["expr"] and rule["annotations"]["summary"] for rule in rules)


def test_what_prometheus_asks_is_where_the_units_answer_and_what_alarms_and_dashboard_call_it() -> None:
    files = files_of(HOST)
    scrape = yaml.safe_load(files["zhongshu.prometheus.yml"])["scrape_configs"]
    asked = {
        job["job_name"]: [target for group in job["static_configs"] for target in group["targets"]]
        for job in scrape
    }
    feeds = re.search(
        r"^Environment=ZHONGSHU_FEEDS_METRICS_PORT=(\d+)$", files["zhongshu-feeds.service"], re.M
    )
    worker = re.search(
        r"^Environment=ZHONGSHU_WORKER_METRICS_PORT=(\d+%i)$", files["zhongshu-worker@.service"], re.M
    )
    assert feeds is not None
    assert worker is not None
    assert asked == {
        "zhongshu": ["127.0.0.1:8050", "127.0.0.1:8060"],
        "zhongshu-worker": [f"127.0.0.1:{worker[1].replace('%i', number)}" for number in "12"],
        "zhongshu-feeds": [f"127.0.0.1:{feeds[1]}"],
    }
    assert {str(job["authorization"]) for job in scrape} == {
        str({"credentials_file": "/etc/prometheus/zhongshu.token"})
    }
    rules = yaml.safe_load(files["zhongshu-alerts.yml"])["groups"][0]["rules"]
    named = {job for rule in rules for job in re.findall(r'job="([^"]+)"', rule["expr"])}
    assert named == set(asked)
    drawn = (PROJECT_ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8")
    assert set(re.findall(r"\$job(-[a-z]+)", drawn)) == {"-worker", "-feeds"}
    ports = [*(target.rpartition(":")[2] for job in asked.values() for target in job[2:]), *feeds.groups()]
    assert [port for port in ports if f":{port}" in files["zhongshu.nginx.conf"]] == []


def test_prometheus_takes_its_files(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    token = tmp_path / "token"
    token.write_text("t" * 40, encoding="utf-8")
    write_files(Host("zs.example.cn", metrics_token_file=str(token)), tmp_path)
    for kind, file in (("config", "zhongshu.prometheus.yml"), ("rules", "zhongshu-alerts.yml")):
        said = subprocess.run(
            [promtool, "check", kind, str(tmp_path / file)], capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stdout + said.stderr


def test_the_command_says_what_it_wrote_and_why_it_did_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", "zs.example.cn", "--out", str(tmp_path)]) == 0
    assert str(tmp_path / "zhongshu.nginx.conf") in capsys.readouterr().out
    assert main(["generate", "zs.example.cn", "--out", str(tmp_path)]) == 0
    assert "left as it was" in capsys.readouterr().out
    assert main(["generate", "zs example", "--out", str(tmp_path)]) == 2
    assert "no host name" in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == sorted(files_of(HOST))
