"""Settings are checked before anything starts, and each one is documented."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from dashboard.setting_values import LONGEST_SOCKET_PATH_BYTES, redis_addresses, redis_socket
from dashboard.settings import PROJECT_ROOT, SETTINGS, TEST_NAMES, SettingError, Settings

DOCUMENT = (PROJECT_ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def documented() -> dict[str, str]:
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| `([^`]*)` \|", DOCUMENT, flags=re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a setting is documented twice"
    return dict(rows)


def test_every_setting_is_documented_with_its_default_and_nothing_else_is():
    assert documented() == {setting.name: setting.default for setting in SETTINGS}


def test_names_for_the_test_suite_are_documented():
    assert [name for name in TEST_NAMES if name not in DOCUMENT] == []


def test_every_field_comes_from_one_setting():
    named = [setting.field for setting in SETTINGS]
    assert sorted([*named, "redis_is_embedded"]) == sorted(field.name for field in fields(Settings))


def test_without_any_setting_everything_is_embedded_under_var():
    settings = Settings.from_environment({"PATH": "/bin"})
    assert settings.database_url == f"sqlite:///{PROJECT_ROOT}/var/zhongshu.sqlite3"
    assert settings.redis_is_embedded
    assert settings.redis_url.startswith("unix:///")
    assert settings.secret_file == PROJECT_ROOT / "var" / "secret.key"
    assert not settings.demonstration


def test_durations_become_milliseconds():
    settings = Settings.from_environment({"ZHONGSHU_SESSION_IDLE_MIN": "45", "ZHONGSHU_SESSION_HOURS": "8"})
    assert (settings.session_idle_ms, settings.session_absolute_ms) == (2_700_000, 28_800_000)


def test_an_empty_value_counts_as_not_given():
    assert Settings.from_environment({"PORT": " ", "REDIS_URL": ""}).port == 8050


def test_a_given_relative_path_starts_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({"ZHONGSHU_VAR_DIR": "data", "DATABASE_URL": "sqlite:///city.db"})
    assert settings.var_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/city.db"
    absolute = Settings.from_environment({"DATABASE_URL": "sqlite:////srv/city.db"})
    assert absolute.database_url == "sqlite:////srv/city.db"


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(SettingError, match=r"ZHONGSHU_VARDIR: .*nearest is ZHONGSHU_VAR_DIR"):
        Settings.from_environment({"ZHONGSHU_VARDIR": "x"})


def test_names_of_other_programs_are_left_alone():
    Settings.from_environment({"PORTAL": "x", "DATABASE": "y", **dict.fromkeys(TEST_NAMES, "1")})


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "http", "not a whole number"),
        ("PORT", "0", "outside 1-65535"),
        ("PORT", "８０５０", "not a whole number"),
        ("WEB_CONCURRENCY", "-1", "outside 1-64"),
        ("DATABASE_URL", "mysql://u:hidden@db/x", "no store for mysql"),
        ("DATABASE_URL", "sqlite://", "must be a file"),
        ("DATABASE_URL", "zhongshu.sqlite3", "not a URL"),
        ("REDIS_URL", "localhost:6379", "not a Redis URL"),
        ("REDIS_URL", "unix://redis.sock", "full path"),
        ("REDIS_URL", "redis://h:99999", "Port out of range"),
        ("REDIS_URL", "redis+cluster://h1:7001,", "a host is missing"),
        ("REDIS_URL", "redis+sentinel://h1,h2", "name that the sentinels watch"),
        ("REDIS_URL", "redis+sentinel://h1,h2/city/x", "not a number"),
        ("REDIS_URL", "rediss+sentinel://h1:0/city", "a port is missing"),
        ("REDIS_URL", "redis+cluster://h1:7001,h2:0", "a port is missing"),
        ("REDIS_URL", "redis+cluster://h1:7001/2", "no numbered databases"),
        ("ZHONGSHU_BIND", "0.0.0.0:8050", "no host"),
        ("ZHONGSHU_DEMONSTRATION", "maybe", "neither 1 nor 0"),
        ("ZHONGSHU_CLOCK_RATE", "nan", "outside"),
        ("ZHONGSHU_CLOCK_START", "2026-11-23", "YYYY-MM-DDTHH:MM"),
        ("ZHONGSHU_LOG_LEVEL", "loud", "none of"),
        ("ZHONGSHU_TRUSTED_PROXIES", "nginx", "network"),
    ],
)
def test_a_bad_value_names_the_variable_and_says_what_is_allowed(name: str, value: str, reason: str):
    with pytest.raises(SettingError, match=reason) as refused:
        Settings.from_environment({"ZHONGSHU_DEMONSTRATION": "1", name: value})
    assert refused.value.name == name
    assert "allowed:" in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_the_url_of_sentinels_names_them_at_their_own_usual_port():
    url = "redis+sentinel://me:pw@s1,s2:7002/city/0"
    assert Settings.from_environment({"REDIS_URL": url}).redis_url == url
    assert redis_addresses(url) == [("s1", 26379), ("s2", 7002)]


def test_a_clusters_url_names_its_nodes():
    url = "redis+cluster://me:a%40b@h1:7001,h2,[::1]:7003/0"
    assert Settings.from_environment({"REDIS_URL": url}).redis_url == url
    assert redis_addresses(url) == [("h1", 7001), ("h2", 6379), ("::1", 7003)]


def test_only_a_demonstration_may_change_time():
    with pytest.raises(SettingError, match="only a demonstration"):
        Settings.from_environment({"ZHONGSHU_CLOCK_RATE": "30"})
    with pytest.raises(SettingError, match="only a demonstration"):
        Settings.from_environment({"ZHONGSHU_CLOCK_START": "2026-11-23T10:30"})


def test_web_and_feeds_do_not_share_a_port():
    with pytest.raises(SettingError, match="already PORT"):
        Settings.from_environment({"PORT": "8051"})


def test_devices_certificates_mean_nothing_without_our_own():
    assert Settings.from_environment({}).cot_certificate is None
    for name in ("ZHONGSHU_COT_CLIENT_CA", "ZHONGSHU_COT_CERTIFICATE_KEY"):
        with pytest.raises(SettingError, match="without ZHONGSHU_COT_CERTIFICATE"):
            Settings.from_environment({name: "/etc/x.pem"})
    given = {"ZHONGSHU_COT_CERTIFICATE": "/etc/own.pem", "ZHONGSHU_COT_CLIENT_CA": "/etc/ca.pem"}
    assert Settings.from_environment(given).cot_client_ca == Path("/etc/ca.pem")


def test_postgresql_urls_get_the_driver():
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        settings = Settings.from_environment({"DATABASE_URL": f"{scheme}://u:p@db/z"})
        assert settings.database_url == "postgresql+psycopg://u:p@db/z"


def test_a_deep_data_folder_gets_a_socket_that_fits():
    deep = Path("/" + "/".join(["x" * 40] * 5))
    assert len(bytes(redis_socket(deep))) <= LONGEST_SOCKET_PATH_BYTES
    assert redis_socket(deep) == redis_socket(deep)
    assert redis_socket(deep) != redis_socket(deep / "other")


def test_the_brokers_password_is_shown_by_nothing():
    given = "mqtts://feeds:s3cret@broker.example:8883"
    settings = Settings.from_environment({"ZHONGSHU_MQTT_URL": given})
    assert (settings.mqtt_url, settings.mqtt_ca_file, settings.mqtt_identity) == (given, None, "key")
    assert "s3cret" not in repr(settings)
    for broken in (given.replace("mqtts", "https"), given + "/topic", given.replace("8883", "888883")):
        with pytest.raises(SettingError) as caught:
            Settings.from_environment({"ZHONGSHU_MQTT_URL": broken})
        assert "s3cret" not in str(caught.value)
    with pytest.raises(SettingError, match="none of key, topic"):
        Settings.from_environment({"ZHONGSHU_MQTT_IDENTITY": "none"})


def test_devices_by_address_and_a_multicast_group_belong_to_the_udp_port() -> None:
    given = {
        "ZHONGSHU_COT_UDP_PORT": "6969",
        "ZHONGSHU_COT_UDP_GROUP": "239.2.3.1@10.20.0.5",
        "ZHONGSHU_COT_UDP_ADDRESSES": "/etc/addresses.csv",
    }
    settings = Settings.from_environment(given)
    assert settings.cot_udp_group == ("239.2.3.1", "10.20.0.5")
    assert settings.cot_udp_addresses == Path("/etc/addresses.csv")
    off = Settings.from_environment({})
    assert (off.cot_udp_group, off.cot_udp_addresses) == (None, None)
    for name in ("ZHONGSHU_COT_UDP_GROUP", "ZHONGSHU_COT_UDP_ADDRESSES"):
        with pytest.raises(SettingError, match="means nothing without"):
            Settings.from_environment({name: given[name]})
    for broken in ("239.2.3.1", "10.0.0.1@10.20.0.5", "239.2.3.1@eth0", "ff02::1@10.20.0.5"):
        with pytest.raises(SettingError, match="GROUP@ADDRESS"):
            Settings.from_environment(given | {"ZHONGSHU_COT_UDP_GROUP": broken})
