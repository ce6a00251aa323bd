"""How the text of one setting becomes a value; each reader raises ValueError with the reason."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.domain.map_base import TIANDITU, tile_address
from dashboard.store.data_keys import parse as parse_keys

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included.
REDIS_PORT = 6379  # where a URL names none, as every client has it
SENTINEL_PORT = 26_379
LONGEST_SOCKET_PATH_BYTES = 103

_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Reader of a whole number inside [lowest, highest]."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]+", text):
            raise ValueError(f"{text!r} is not a whole number")
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError(f"{number} is outside {lowest}-{highest}")
        return number

    return read


port = whole_number(1, 65535)
port_or_off = whole_number(0, 65535)


def gateway(text: str) -> str:
    """Where text messages and calls go: "files", "none", or the address of a gateway."""
    if text in ("files", "none"):
        return text
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise ValueError(f"{text!r} is neither files, none nor an http(s) address")
    return text


def broker_url(text: str) -> str:
    """The address of an MQTT broker with the account on it; no reason repeats the password."""
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port is none") from None
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or port == 0:
        raise ValueError(f"{_without_password(text)!r} is not mqtt(s)://[user[:password]@]host[:port]")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("nothing may follow the host and the port")
    return text


def issuer(text: str) -> str:
    """The address of an identity server, as its tokens name it; without TLS on this machine alone."""
    parts = urlsplit(text)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not the address of an identity server")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise ValueError(f"{text!r} is reached without TLS")
    return text


def minutes(lowest: int, highest: int) -> Callable[[str], int]:
    """Reader of whole minutes, given back as milliseconds."""
    number = whole_number(lowest, highest)
    return lambda text: number(text) * MINUTE_MS


def hours(lowest: int, highest: int) -> Callable[[str], int]:
    """Reader of whole hours, given back as milliseconds."""
    number = whole_number(lowest, highest)
    return lambda text: number(text) * HOUR_MS


def rate(text: str) -> float:
    """Demonstration seconds per real second."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    if not 0.1 <= number <= 1000:  # also refuses NaN
        raise ValueError(f"{text} is outside 0.1-1000")
    return number


def yes_or_no(text: str) -> bool:
    """1/0, true/false, yes/no, on/off in any case."""
    word = text.lower()
    if word in ("1", "true", "yes", "on"):
        return True
    if word in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{text!r} is neither 1 nor 0")


def one_of(*words: str) -> Callable[[str], str]:
    """Reader of one word of a closed list, in any case."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text.lower()

    return read


def path(text: str) -> Path:
    """A path; `~` is the home folder."""
    if "\0" in text:
        raise ValueError("a path holds no zero byte")
    return Path(text).expanduser()


def folder(text: str) -> Path:
    """A folder that is there; `~` is the home folder."""
    found = path(text)
    if not found.is_dir():
        raise ValueError(f"{found} is no folder")
    return found


def host(text: str) -> str:
    """An address or host name to listen on, without a port; IPv6 with or without brackets."""
    bare = text.removeprefix("[").removesuffix("]")
    if ":" in bare:
        try:
            return str(ipaddress.IPv6Address(bare))
        except ValueError:
            raise ValueError(f"{text!r} is no host (the port has its own setting)") from None
    if not _HOST.match(bare):
        raise ValueError(f"{text!r} is no host name or address")
    return bare


def map_tiles(text: str) -> str | Path:
    """What lies under the map's outlines: a name of the national platform's, an address of tiles, or their folder."""
    if text in TIANDITU:
        return text
    if "://" in text:
        return tile_address(text)
    return path(text)


def map_key(text: str) -> str:
    """A provider's key: letters, digits, `-` and `_`; no reason repeats it."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,80}", text):
        raise ValueError("a key has 8-80 letters, digits, - or _")
    return text


def token(text: str) -> str:
    """A secret that a program sends: letters, digits, `-` and `_`; no reason repeats it."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{32,128}", text):
        raise ValueError("a token has 32-128 letters, digits, - or _")
    return text


def data_keys(text: str) -> str:
    """Keys that seal personal data, `version:hexadecimal` parted by commas; no reason repeats one."""
    parse_keys(text)
    return text


def zooms(text: str) -> tuple[int, int]:
    """The closest and the farthest zoom that tiles exist for, LOW-HIGH."""
    low, separator, high = text.partition("-")
    if not separator:
        raise ValueError(f"{text!r} is not LOW-HIGH")
    lowest, highest = whole_number(0, 22)(low.strip()), whole_number(0, 22)(high.strip())
    if lowest > highest:
        raise ValueError(f"{lowest} is more than {highest}")
    return lowest, highest


def line(longest: int) -> Callable[[str], str]:
    """Reader of one line of text that is shown as it is."""

    def read(text: str) -> str:
        if len(text) > longest or not text.isprintable():
            raise ValueError(f"one line of at most {longest} characters")
        return text

    return read


def names(text: str) -> tuple[str, ...]:
    """Host names as a browser sends them, without port, separated by commas; IPv6 loses its brackets."""
    return tuple(host(part.strip()).lower() for part in text.split(",") if part.strip())


def addresses(text: str) -> tuple[str, ...]:
    """Addresses or networks, separated by commas."""
    return tuple(
        str(ipaddress.ip_network(part.strip(), strict=False)) for part in text.split(",") if part.strip()
    )


def multicast_group(text: str) -> tuple[str, str]:
    """A multicast group and the address of the interface to join it on, GROUP@ADDRESS, both IPv4."""
    group, _, interface = text.partition("@")
    try:
        found, on = ipaddress.IPv4Address(group), ipaddress.IPv4Address(interface)
    except ValueError:
        raise ValueError(f"{text!r} is not GROUP@ADDRESS, both IPv4") from None
    if not found.is_multicast:
        raise ValueError(f"{group} is no multicast group")
    return str(found), str(on)


def local_minute(text: str) -> str:
    """A minute of city time, YYYY-MM-DDTHH:MM, without a zone."""
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M")
    except ValueError:
        raise ValueError(f"{text!r} is not YYYY-MM-DDTHH:MM") from None
    return text


def database_url(text: str) -> str:
    """A SQLAlchemy URL of one of the two stores; a plain PostgreSQL URL is given the psycopg 3 driver."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise ValueError(f"{_without_password(text)!r} is not a URL")
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        if not rest.startswith("/") or rest == "/" or ":memory:" in rest:
            raise ValueError("a SQLite database must be a file: several processes share it")
        return f"sqlite:///{Path.cwd() / rest[1:]}"  # an absolute path stays what it is
    raise ValueError(f"no store for {scheme}://")


def redis_url(text: str) -> str:
    """A URL that redis-py takes."""
    parts = urlsplit(text)
    if parts.scheme in ("redis", "rediss"):
        if not parts.hostname:
            raise ValueError("the host is missing")
        if parts.port == 0:
            raise ValueError("the port is missing")
        return text
    if parts.scheme in ("redis+cluster", "rediss+cluster"):
        redis_addresses(text)
        if parts.path not in ("", "/", "/0"):
            raise ValueError("a cluster has no numbered databases")
        return text
    if parts.scheme in ("redis+sentinel", "rediss+sentinel"):
        redis_addresses(text)
        service, _, database = parts.path[1:].partition("/")
        if not service:
            raise ValueError("the name that the sentinels watch is missing: redis+sentinel://host,host/NAME")
        if database and not database.isdecimal():
            raise ValueError("the database is not a number")
        return text
    if parts.scheme == "unix":
        if not parts.path.startswith("/"):
            raise ValueError("a unix socket needs its full path: unix:///run/redis.sock")
        return text
    raise ValueError(f"{_without_password(text)!r} is not a Redis URL")


def redis_addresses(url: str) -> list[tuple[str, int]]:
    """Return the (host, port) pairs that the URL of a cluster, or of sentinels, names; any of them leads to all.

    Raises:
        ValueError: one of them has no host, or a port that is none.
    """
    parts, found = urlsplit(url), []
    usual = SENTINEL_PORT if parts.scheme.endswith("+sentinel") else REDIS_PORT
    for named in parts.netloc.rpartition("@")[2].split(","):
        one = urlsplit(f"//{named}")
        if not one.hostname:
            raise ValueError("a host is missing")
        if one.port == 0:
            raise ValueError("a port is missing")
        found.append((one.hostname, one.port or usual))
    return found


def redis_socket(var_dir: Path) -> Path:
    """Where the embedded Redis of this data folder listens.

    Inside the data folder; when that path is longer than a unix socket's name may be, in a folder of the same
    owner under the system's temporary folder, named after the data folder: every process finds the same one.
    """
    inside = var_dir / "redis" / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH_BYTES:
        return inside
    mark = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"zhongshu-{os.getuid()}-{mark}" / "redis.sock"
    if len(os.fsencode(short)) <= LONGEST_SOCKET_PATH_BYTES:
        return short
    return Path("/tmp") / short.parent.name / "redis.sock"


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//***@", url)
