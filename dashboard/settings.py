"""Every setting of the product, read once from the environment and checked before anything starts.

`SETTINGS` is the only list: the error texts come from it and a test compares `docs/settings.md` with it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from dashboard import setting_values as values
from dashboard.domain.datum import Datum
from dashboard.domain.map_base import TILE_NAME, MapBase, map_base
from dashboard.domain.sign_in_policy import DAY_MS, POLICIES, SecondFactor, SignInPolicy

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# Read by the test suite alone: known here so that a test may start the product in its own environment.
TEST_NAMES = (
    "ZHONGSHU_REAL_DATA",
    "ZHONGSHU_REQUIRE_BROWSER",
    "ZHONGSHU_FUZZ",
    "ZHONGSHU_CLUSTER_SERVER",
    "ZHONGSHU_ACCEPT_PICTURES",
)


class SettingError(ValueError):
    """A setting that cannot be used; the text names the variable and says what is allowed."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name outside, its field inside, its default as written, and how to read it."""

    name: str
    field: str
    default: str
    parse: Callable[[str], Any]
    allowed: str


LEVELS = ("debug", "info", "warning", "error")

SETTINGS: tuple[Setting, ...] = (
    Setting("PORT", "port", "8050", values.port, "a port number, 1-65535"),
    Setting("DATABASE_URL", "database_url", "", values.database_url, "sqlite:///FILE or postgresql://..."),
    Setting(
        "REDIS_URL",
        "redis_url",
        "",
        values.redis_url,
        "redis://, rediss://, unix:// with a path, or redis+cluster://HOST:PORT,HOST:PORT",
    ),
    Setting("WEB_CONCURRENCY", "web_concurrency", "2", values.whole_number(1, 64), "1-64 processes"),
    Setting("ZHONGSHU_BIND", "bind", "127.0.0.1", values.host, "an address or host name, no port"),
    Setting("ZHONGSHU_FEEDS_PORT", "feeds_port", "8051", values.port, "a port number, 1-65535"),
    Setting("ZHONGSHU_FEEDS_BIND", "feeds_bind", "127.0.0.1", values.host, "an address or host name"),
    Setting("ZHONGSHU_JT808_PORT", "jt808_port", "0", values.port_or_off, "a port number, 0 for off"),
    Setting("ZHONGSHU_COT_PORT", "cot_port", "0", values.port_or_off, "a port number, 0 for off"),
    Setting("ZHONGSHU_COT_UDP_PORT", "cot_udp_port", "0", values.port_or_off, "a port number, 0 for off"),
    Setting(
        "ZHONGSHU_COT_UDP_GROUP", "cot_udp_group", "", values.multicast_group, "GROUP@ADDRESS, both IPv4"
    ),
    Setting("ZHONGSHU_COT_UDP_ADDRESSES", "cot_udp_addresses", "", values.path, "a CSV file"),
    Setting("ZHONGSHU_COT_CERTIFICATE", "cot_certificate", "", values.path, "a PEM file"),
    Setting("ZHONGSHU_COT_CERTIFICATE_KEY", "cot_certificate_key", "", values.path, "a PEM file"),
    Setting("ZHONGSHU_COT_CLIENT_CA", "cot_client_ca", "", values.path, "a PEM file"),
    Setting(
        "ZHONGSHU_MQTT_URL", "mqtt_url", "", values.broker_url, "mqtt(s)://[user[:password]@]host[:port]"
    ),
    Setting("ZHONGSHU_MQTT_CA_FILE", "mqtt_ca_file", "", values.path, "a file"),
    Setting("ZHONGSHU_MQTT_SESSIONS", "mqtt_sessions", "1", values.whole_number(1, 16), "1-16"),
    Setting("ZHONGSHU_MQTT_IDENTITY", "mqtt_identity", "key", values.one_of("key", "topic"), "key or topic"),
    Setting("ZHONGSHU_FEEDS_SIGNED_ONLY", "feeds_signed_only", "0", values.yes_or_no, "1 or 0"),
    Setting(
        "ZHONGSHU_SIGNATURE_WINDOW_S",
        "signature_window_s",
        "60",
        values.whole_number(5, 900),
        "5-900 seconds",
    ),
    Setting("ZHONGSHU_ALLOWED_HOSTS", "allowed_hosts", "localhost,127.0.0.1,[::1]", values.names, "hosts"),
    Setting("ZHONGSHU_TRUSTED_PROXIES", "trusted_proxies", "", values.addresses, "addresses or networks"),
    Setting("ZHONGSHU_HTTPS", "https", "0", values.yes_or_no, "1 or 0"),
    Setting("ZHONGSHU_VAR_DIR", "var_dir", "var", values.path, "a folder"),
    Setting("ZHONGSHU_SECRET_FILE", "secret_file", "", values.path, "a file"),
    Setting("ZHONGSHU_DATA_KEYS_FILE", "data_keys_file", "", values.path, "a file"),
    Setting("ZHONGSHU_DATA_KEYS", "data_keys", "", values.data_keys, "VERSION:64 hexadecimal digits, ..."),
    Setting("ZHONGSHU_ATTACHMENTS_COPY", "attachments_copy", "", values.path, "a folder"),
    Setting(
        "ZHONGSHU_CITIZEN_DAYS", "citizen_days", "0", values.whole_number(0, 36500), "0-36500, 0 for ever"
    ),
    Setting("ZHONGSHU_CITY_PACK", "city_pack", "citypacks/rizhao", values.path, "a city pack's folder"),
    Setting("ZHONGSHU_DEMONSTRATION", "demonstration", "0", values.yes_or_no, "1 or 0"),
    Setting("ZHONGSHU_SIMULATOR", "simulator", "1", values.yes_or_no, "1 or 0"),
    Setting("ZHONGSHU_CLOCK_START", "clock_start", "", values.local_minute, "YYYY-MM-DDTHH:MM, city time"),
    Setting("ZHONGSHU_CLOCK_RATE", "clock_rate", "1", values.rate, "0.1-1000"),
    Setting("ZHONGSHU_POSITION_TICK_MS", "position_tick_ms", "100", values.whole_number(20, 5000), "20-5000"),
    Setting(
        "ZHONGSHU_TELLING_GATEWAY", "telling_gateway", "files", values.gateway, "files, none or http(s)://..."
    ),
    Setting(
        "ZHONGSHU_MAP_TILES",
        "map_tiles",
        "",
        values.map_tiles,
        "tianditu, tianditu-image, http(s)://.../{z}/{x}/{y}, or a folder of z/x/y tiles",
    ),
    Setting("ZHONGSHU_MAP_KEY", "map_key", "", values.map_key, "8-80 letters, digits, - or _"),
    Setting(
        "ZHONGSHU_MAP_DATUM",
        "map_datum",
        "wgs84",
        values.one_of("wgs84", "gcj02", "bd09"),
        "wgs84 gcj02 bd09",
    ),
    Setting("ZHONGSHU_MAP_ZOOMS", "map_zooms", "0-18", values.zooms, "LOW-HIGH, 0-22"),
    Setting("ZHONGSHU_MAP_ATTRIBUTION", "map_attribution", "", values.line(200), "a line of text"),
    Setting("ZHONGSHU_VOICE_FOLDER", "voice_folder", "", values.folder, "a folder"),
    Setting("ZHONGSHU_SESSION_IDLE_MIN", "session_idle_ms", "30", values.minutes(1, 1440), "1-1440 minutes"),
    Setting("ZHONGSHU_SESSION_HOURS", "session_absolute_ms", "12", values.hours(1, 72), "1-72 hours"),
    Setting(
        "ZHONGSHU_SIGN_IN_POLICY", "sign_in_policy", "asvs", values.one_of(*POLICIES), " ".join(POLICIES)
    ),
    Setting(
        "ZHONGSHU_SECOND_FACTOR",
        "second_factor",
        "",
        values.one_of("own", "administrators", "everybody"),
        "own administrators everybody",
    ),
    Setting("ZHONGSHU_PASSWORD_LENGTH", "password_length", "", values.whole_number(8, 64), "8-64"),
    Setting("ZHONGSHU_PASSWORD_DAYS", "password_days", "", values.whole_number(0, 365), "0-365, 0 for never"),
    Setting(
        "ZHONGSHU_OIDC_ISSUER", "oidc_issuer", "", values.issuer, "https://..., http:// on this machine alone"
    ),
    Setting("ZHONGSHU_OIDC_CLIENT", "oidc_client", "", values.line(200), "a line of text"),
    Setting("ZHONGSHU_OIDC_SECRET_FILE", "oidc_secret_file", "", values.path, "a file"),
    Setting("ZHONGSHU_OIDC_CLAIM", "oidc_claim", "preferred_username", values.line(60), "a claim's name"),
    Setting("ZHONGSHU_LOG_LEVEL", "log_level", "info", values.one_of(*LEVELS), " ".join(LEVELS)),
    Setting("ZHONGSHU_LOG_FORMAT", "log_format", "text", values.one_of("text", "json"), "text json"),
    Setting("ZHONGSHU_METRICS_TOKEN", "metrics_token", "", values.token, "32-128 letters, digits, - or _"),
    Setting("ZHONGSHU_METRICS_BIND", "metrics_bind", "127.0.0.1", values.host, "an address or host name"),
    Setting(
        "ZHONGSHU_FEEDS_METRICS_PORT",
        "feeds_metrics_port",
        "0",
        values.port_or_off,
        "a port number, 0 for off",
    ),
    Setting(
        "ZHONGSHU_WORKER_METRICS_PORT",
        "worker_metrics_port",
        "0",
        values.port_or_off,
        "a port number, 0 for off",
    ),
    Setting("ZHONGSHU_METRICS_ADDRESSES", "metrics_addresses", "", values.addresses, "addresses or networks"),
)

_NOTHING_IS_NONE = (
    "cot_certificate", "cot_certificate_key", "cot_client_ca", "cot_udp_group", "cot_udp_addresses", "mqtt_ca_file",
    "voice_folder", "attachments_copy",
    "second_factor", "oidc_secret_file",
)  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose; built only by `from_environment`, so a value in here has been checked.

    Durations are milliseconds, paths absolute. `database_url` and `redis_url` are always usable URLs;
    `redis_is_embedded` says that no REDIS_URL was given and the launcher runs the server.
    """

    port: int
    database_url: str
    redis_url: str
    web_concurrency: int
    bind: str
    feeds_port: int
    feeds_bind: str
    jt808_port: int
    cot_port: int
    cot_udp_port: int
    cot_udp_group: tuple[str, str] | None
    cot_udp_addresses: Path | None
    cot_certificate: Path | None
    cot_certificate_key: Path | None
    cot_client_ca: Path | None
    mqtt_url: str = field(repr=False)  # with a password
    mqtt_ca_file: Path | None
    mqtt_sessions: int
    mqtt_identity: Literal["key", "topic"]
    allowed_hosts: tuple[str, ...]
    feeds_signed_only: bool
    signature_window_s: int
    trusted_proxies: tuple[str, ...]
    https: bool
    var_dir: Path
    secret_file: Path
    data_keys_file: Path
    data_keys: str = field(repr=False)
    attachments_copy: Path | None
    citizen_days: int
    city_pack: Path
    demonstration: bool
    simulator: bool
    clock_start: str
    clock_rate: float
    position_tick_ms: int
    telling_gateway: str
    map_tiles: str | Path
    map_key: str = field(repr=False)
    map_datum: Datum
    map_zooms: tuple[int, int]
    map_attribution: str
    voice_folder: Path | None
    session_idle_ms: int
    session_absolute_ms: int
    sign_in_policy: str
    second_factor: SecondFactor | None
    password_length: int | None
    password_days: int | None
    oidc_issuer: str
    oidc_client: str
    oidc_secret_file: Path | None
    oidc_claim: str
    log_level: str
    log_format: Literal["text", "json"]
    metrics_token: str = field(repr=False)
    metrics_addresses: tuple[str, ...]
    metrics_bind: str
    feeds_metrics_port: int
    worker_metrics_port: int
    redis_is_embedded: bool

    def map_base(self) -> MapBase | None:
        """Return the tiles under the map's outlines, None without any.

        Raises:
            SettingError: settings that contradict one another, or a folder without tiles.
        """
        tiles, ending = str(self.map_tiles), ""
        if isinstance(self.map_tiles, Path):
            ending = tile_ending(self.map_tiles)
            if not ending:
                raise SettingError(
                    "ZHONGSHU_MAP_TILES", f"{tiles} has no tiles named z/x/y.png, .jpg or .webp"
                )
        try:
            return map_base(tiles, self.map_key, self.map_datum, self.map_attribution, self.map_zooms, ending)
        except ValueError as error:
            name = "ZHONGSHU_MAP_DATUM" if "datum" in str(error) else "ZHONGSHU_MAP_KEY"
            raise SettingError(name, str(error)) from error

    def feed_ports(self) -> dict[str, int]:
        """Return setting -> TCP port that the feeds listen on, those that are switched off left out."""
        ports = {
            "ZHONGSHU_FEEDS_PORT": self.feeds_port,
            "ZHONGSHU_JT808_PORT": self.jt808_port,
            "ZHONGSHU_COT_PORT": self.cot_port,
        }
        return {name: port for name, port in ports.items() if port}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check every setting.

        A relative path that was given is taken from the working directory, a default path from the project.
        An empty value counts as not given.

        Raises:
            SettingError: an unknown ZHONGSHU_ name (with the nearest known one), or a value not allowed.
        """
        _refuse_unknown_names(environ)
        read: dict[str, Any] = {}
        for setting in SETTINGS:
            given = environ.get(setting.name, "").strip()
            text = given or setting.default
            try:
                value = setting.parse(text) if text else ""
            except ValueError as error:
                raise SettingError(setting.name, f"{error} (allowed: {setting.allowed})") from error
            if isinstance(value, Path):
                value = (Path.cwd() if given else PROJECT_ROOT) / value
            read[setting.field] = value
        var_dir: Path = read["var_dir"]
        read["secret_file"] = read["secret_file"] or var_dir / "secret.key"
        read["data_keys_file"] = read["data_keys_file"] or var_dir / "data.keys"
        read["database_url"] = read["database_url"] or f"sqlite:///{var_dir / 'zhongshu.sqlite3'}"
        read["redis_is_embedded"] = not read["redis_url"]
        read["redis_url"] = read["redis_url"] or f"unix://{quote(str(values.redis_socket(var_dir)))}"
        for name in ("trusted_proxies", "metrics_addresses"):
            read[name] = read[name] or ()
        for name in _NOTHING_IS_NONE:
            read[name] = read[name] or None
        for name in ("password_length", "password_days"):
            read[name] = None if read[name] == "" else read[name]
        settings = cls(**read)
        _refuse_contradictions(settings)
        return settings


def sign_in_rules(settings: Settings) -> SignInPolicy:
    """Return what is asked of those who sign in: the named policy, with what was set beside it."""
    policy = POLICIES[settings.sign_in_policy]
    return replace(
        policy,
        second_factor=settings.second_factor or policy.second_factor,
        min_length=policy.min_length if settings.password_length is None else settings.password_length,
        max_age_ms=policy.max_age_ms if settings.password_days is None else settings.password_days * DAY_MS,
    )


def tile_ending(folder: Path) -> str:
    """Return the ending (".png") of the first tile z/x/y in a folder, "" where there is none."""
    for zoom in sorted(folder.glob("[0-9]*/")):
        for column in zoom.glob("[0-9]*/"):
            for file in column.iterdir():
                if TILE_NAME.fullmatch(file.name):
                    return file.suffix
    return ""


def _refuse_unknown_names(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if not name.startswith("ZHONGSHU_") or name in _BY_NAME or name in TEST_NAMES:
            continue
        nearest = difflib.get_close_matches(name, _BY_NAME, n=1, cutoff=0.0)[0]
        raise SettingError(name, f"no such setting; the nearest is {nearest} (docs/settings.md lists all)")


def _refuse_half_an_identity_server(settings: Settings) -> None:
    if not settings.oidc_client:
        raise SettingError("ZHONGSHU_OIDC_CLIENT", "is needed with ZHONGSHU_OIDC_ISSUER")
    file = settings.oidc_secret_file
    if file is None or not file.is_file() or not file.read_text(encoding="utf-8").strip():
        raise SettingError("ZHONGSHU_OIDC_SECRET_FILE", "has to name a file with the client's secret in it")


def _refuse_contradictions(settings: Settings) -> None:
    if not settings.demonstration:
        if settings.clock_rate != 1.0:
            raise SettingError("ZHONGSHU_CLOCK_RATE", "only a demonstration may run at another rate")
        if settings.clock_start:
            raise SettingError("ZHONGSHU_CLOCK_START", "only a demonstration may start at another time")
    if settings.cot_certificate is None:
        for name, file in (
            ("ZHONGSHU_COT_CERTIFICATE_KEY", settings.cot_certificate_key),
            ("ZHONGSHU_COT_CLIENT_CA", settings.cot_client_ca),
        ):
            if file is not None:
                raise SettingError(name, "means nothing without ZHONGSHU_COT_CERTIFICATE")
    if not settings.cot_udp_port:
        for name, value in (
            ("ZHONGSHU_COT_UDP_GROUP", settings.cot_udp_group),
            ("ZHONGSHU_COT_UDP_ADDRESSES", settings.cot_udp_addresses),
        ):
            if value is not None:
                raise SettingError(name, "means nothing without ZHONGSHU_COT_UDP_PORT")
    if settings.oidc_issuer:
        _refuse_half_an_identity_server(settings)
    settings.map_base()
    taken = {(settings.bind, settings.port): "PORT"}
    for name, port in settings.feed_ports().items():
        _take(taken, (settings.feeds_bind, port), name)
    for name, port in (
        ("ZHONGSHU_FEEDS_METRICS_PORT", settings.feeds_metrics_port),
        ("ZHONGSHU_WORKER_METRICS_PORT", settings.worker_metrics_port),
    ):
        if port:
            _take(taken, (settings.metrics_bind, port), name)


def _take(taken: dict[tuple[str, int], str], place: tuple[str, int], name: str) -> None:
    other = taken.setdefault(place, name)
    if other != name:
        raise SettingError(name, f"{place[1]} is already {other}; choose another")
