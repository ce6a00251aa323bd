"""docs/feeds.md says everything that the code has: fields, names on Redis, routes, outcomes, limits."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from dashboard.analysis.call_day import CallDay
from dashboard.analysis.expected import VolumePrior, expect_day
from dashboard.analysis.hotline_picture import hotline_picture
from dashboard.analysis.results import MonthResults
from dashboard.analysis.topics import TopicMix
from dashboard.citypack import Platform
from dashboard.domain.readings import EVENT_STATUSES, ORDER_STATUSES, CallReading
from dashboard.service.terminals import TERMINAL_COLUMNS
from dashboard.settings import SETTINGS
from data_feeds import (
    bus_names,
    cot_datagrams,
    cot_desk,
    cot_server,
    device_lines,
    feed_routes,
    fix_door,
    jt808_desk,
    jt808_server,
    mqtt_client,
    mqtt_desk,
    owntracks_desk,
    position_stream,
    rate_limits,
    stream_servers,
)
from data_feeds.decoders import limits, osmand, owntracks, packed_positions
from data_feeds.decoders.calls import CallItem
from data_feeds.decoders.cot import events, framing, xml_events
from data_feeds.decoders.grid_events import EventItem
from data_feeds.decoders.heartbeat import HeartbeatItem
from data_feeds.decoders.jt808 import bodies, parts, session
from data_feeds.decoders.orders import OrderItem
from data_feeds.decoders.positions import FixItem
from data_feeds.feed_answers import SEND_AGAIN_S
from data_feeds.feed_health import FeedHealth

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(title)}[^\n]*\n(.*?)(?=^#+ |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/feeds.md has no section {title}"
    return found[1]


def fields_of(title: str) -> set[str]:
    """The names in the first column of a section's table."""
    rows = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Za-z_0-9]+)`", row)}


@pytest.mark.parametrize(
    ("title", "item"),
    [
        ("A fix in `/v1/positions`", FixItem), ("A call event", CallItem), ("An order", OrderItem),
        ("A grid event", EventItem), ("A heartbeat", HeartbeatItem),
    ],
)  # fmt: skip
def test_every_field_is_described_and_no_other(title: str, item: type[msgspec.Struct]) -> None:
    assert fields_of(title) == set(item.__struct_fields__)


@pytest.mark.parametrize("item", [FixItem, CallItem, OrderItem, EventItem, HeartbeatItem])
def test_required_is_said_where_it_is_so(item: type[msgspec.Struct]) -> None:
    titles = {FixItem: "A fix in `/v1/positions`", CallItem: "A call event", OrderItem: "An order",
              EventItem: "A grid event", HeartbeatItem: "A heartbeat"}  # fmt: skip
    rows = [line.split("|") for line in section(titles[item]).splitlines() if line.startswith("| `")]
    said = {name for row in rows if row[4].strip() == "yes" for name in re.findall(r"`([a-z_0-9]+)`", row[1])}
    assert said == {field.name for field in msgspec.structs.fields(item) if field.required}


def test_every_field_of_a_packed_record_is_described_with_its_place_and_type() -> None:
    rows = [
        line.split("|")[1:4] for line in section("A packed record").splitlines() if line.startswith("| `")
    ]
    said = [(name.strip(" `"), int(byte), kind.strip()) for name, byte, kind in rows]
    fields = packed_positions.RECORD.fields
    assert said == [
        (name, offset, f"{kind.kind}{8 * kind.itemsize}") for name, (kind, offset) in fields.items()
    ]
    assert packed_positions.CONTENT_TYPE in section("Packed positions")
    assert f"| records | {packed_positions.RECORD.itemsize} a fix" in section("Packed positions")
    assert (
        f"`{packed_positions.MAGIC.decode()}` in ASCII; number of fixes, u32, 1 to {limits.FIXES_LIMIT:,};"
        in PAGE
    )
    assert f"1-{packed_positions.ID_LIMIT} printable" in PAGE


def test_every_parameter_of_osmand_is_described() -> None:
    assert fields_of("Parameters of `/osmand`") == set(osmand.USED) | set(osmand.UNUSED)


def test_every_field_of_owntracks_is_described() -> None:
    assert fields_of("OwnTracks") == set(owntracks.USED)


def test_every_name_on_redis_is_described() -> None:
    named = section("On Redis")
    spelled = [
        value
        for name, value in vars(bus_names).items()
        if name.isupper() and isinstance(value, str) and name != "INTAKE_GROUP"
    ]
    assert len(spelled) >= 17
    for value in [*spelled, bus_names.fleet_channel("<region>")]:
        assert f"`{value}`" in named, value


def test_every_route_is_described() -> None:
    for method, path in feed_routes._ROUTES:
        assert f"`{method} {path}`" in section("Addresses")


def test_every_status_is_described() -> None:
    for title, statuses in (("An order", ORDER_STATUSES), ("A grid event", EVENT_STATUSES)):
        (row,) = [line for line in section(title).splitlines() if line.startswith("| `status`")]
        assert re.findall(r"\b[A-Z][A-Z_]+\b", row.split("|")[3]) == list(statuses)


@pytest.mark.parametrize(
    "stated",
    [
        f"{limits.BODY_LIMIT_BYTES:,} bytes", f"{limits.QUERY_LIMIT_BYTES:,}", f"at most {limits.FIXES_LIMIT:,}",
        f"at most {limits.ITEMS_LIMIT}", f"more than {limits.FUTURE_TOLERANCE_MS // 1000} s in the future",
        f"older than {limits.POSITION_AGE_LIMIT_MS // 3_600_000} h",
        f"up to {limits.CALL_AGE_LIMIT_MS // 86_400_000} days old", f"about {bus_names.MALFORMED_KEPT:,}",
        f"{fix_door.DEVICE_FIXES_PER_S} fixes a second, {fix_door.DEVICE_FIXES_BURST:,} at once",
        f"{fix_door.ADDRESS_FAULTS_PER_S} a second, {fix_door.ADDRESS_FAULTS_BURST:,} at once",
        f"{rate_limits.BUCKETS_KEPT:,}\naddresses",
    ],
)  # fmt: skip
def test_every_limit_is_stated(stated: str) -> None:
    assert stated in PAGE


@pytest.mark.parametrize(
    "outcome",
    ["accepted", "late", "duplicate", "out_of_order", "coarse", "impossible_speed", "unknown_device", "malformed",
     "malformed_not_kept", "unauthorised", "limited", "poison",
     "signed", "badly_signed", "out_of_window", "replayed", "unsigned"],
)  # fmt: skip
def test_every_outcome_is_named(outcome: str) -> None:
    assert f"`{outcome}`" in PAGE


def test_what_the_list_of_terminals_holds_is_described() -> None:
    assert fields_of("JT/T 808 over TCP") >= set(TERMINAL_COLUMNS)


def test_every_message_of_jt808_that_is_acted_on_is_described() -> None:
    described = section("JT/T 808 over TCP")
    for message in (*bodies._READERS, session.GENERAL_ANSWER, session.REGISTRATION_ANSWER):
        assert f"`0x{message:04x}`" in described
    for message in (session.PARTS_REQUEST, session.TIME_ANSWER):
        assert f"`0x{message:04x}`" in described


def test_every_outcome_of_jt808_is_described() -> None:
    """What the desk and the listener count, read from their source."""
    described = section("JT/T 808 over TCP")
    counted = set()
    for module in (jt808_desk, jt808_server, device_lines):
        counted |= set(
            re.findall(
                r'count\((?:SOURCE|self\._source), "([a-z_]+)"', Path(module.__file__).read_text("utf-8")
            )
        )
    assert len(counted) >= 8
    for outcome in counted:
        assert f"`{outcome}`" in described, outcome


@pytest.mark.parametrize(
    "stated",
    [
        f"{jt808_server.SILENT_S:.0f} s without a whole frame, or {jt808_server.STRANGER_S:.0f} s without",
        f"over {device_lines.CONNECTIONS_LIMIT:,}, or over {device_lines.STRANGERS_LIMIT:,} strangers",
        f"{device_lines.UNREAD_LIMIT_BYTES:,} bytes of answers", f"up to {parts.PARTS_LIMIT} parts",
        f"after {parts.ASK_AGAIN_S:.0f} s of quiet, {['', 'once', 'twice', 'three times'][parts.ASK_TIMES]}",
        f"try {jt808_desk.REGISTRATIONS_BURST} times at once",
    ],
)  # fmt: skip
def test_every_limit_of_jt808_is_stated(stated: str) -> None:
    assert stated in section("JT/T 808 over TCP")


def test_every_outcome_of_cot_is_described() -> None:
    """What the desk and the listeners count, read from their source, and what the door counts for them."""
    described = section("Cursor-on-Target")
    counted = {"help", "help_ended"}
    for module in (cot_desk, cot_server, cot_datagrams, device_lines):
        source = Path(module.__file__).read_text("utf-8")
        for counts in re.findall(r"count\(SOURCE, ([^)]+)\)", source):
            counted |= set(re.findall(r'"([a-z_]+)"', counts))
    assert len(counted) >= 10
    for outcome in counted:
        assert f"`{outcome}`" in described, outcome


@pytest.mark.parametrize(
    "stated",
    [
        f"hands out {mqtt_client.RECEIVE_MAXIMUM} more", f"{mqtt_client.MESSAGE_LIMIT_BYTES:,} bytes",
        f"for {mqtt_client.SESSION_EXPIRY_S // 3600} h while", f"again after {stream_servers.RESTART_S:.0f} s",
        f"up to {stream_servers.RESTART_LIMIT_S:.0f} s;",
        *(f"`{topic.replace('/+/+', '/<device id>/<name>').replace('/+', '/<device id>')}`"
          for topic in (mqtt_desk.POSITIONS_TOPIC, mqtt_desk.OWNTRACKS_TOPIC)),
    ],
)  # fmt: skip
def test_what_is_said_of_mqtt_is_so(stated: str) -> None:
    assert stated in section("MQTT")


@pytest.mark.parametrize(
    "stated",
    [
        f"over {position_stream.CONNECTIONS_LIMIT:,} connections, "
        f"or over {position_stream.PLATFORM_CONNECTIONS_LIMIT} of",
        f"a message for {position_stream.IDLE_S:.0f} s", f"answer within {position_stream.ANSWER_S:.0f} s",
        f"ping every {position_stream.PING_S:.0f} s", f"for up to {SEND_AGAIN_S} s: keep",
        f"at most {limits.BODY_LIMIT_BYTES:,} bytes",
        f"`{position_stream.PROTOCOL}`", f"`{position_stream.KEY_PROTOCOL}`",
    ],
)  # fmt: skip
def test_what_is_said_of_the_websocket_is_so(stated: str) -> None:
    assert stated in section("Positions over a WebSocket")


def test_every_outcome_of_the_websocket_is_described() -> None:
    source = Path(position_stream.__file__).read_text("utf-8")
    counted = set(re.findall(r'count\((?:SOURCE|self\._source), "([a-z_]+)"', source))
    assert counted == fields_of("Positions over a WebSocket")


def test_every_outcome_of_mqtt_and_owntracks_is_described() -> None:
    described = section("MQTT") + section("OwnTracks")
    counted = set()
    for module in (mqtt_desk, mqtt_client, owntracks_desk):
        counted |= set(
            re.findall(
                r'count\((?:SOURCE|self\._source), "([a-z_]+)"', Path(module.__file__).read_text("utf-8")
            )
        )
    assert counted == {"ignored", "poison", "limited"}
    for outcome in counted:
        assert f"`{outcome}`" in described, outcome


def test_every_type_and_attribute_of_cot_that_is_acted_on_is_described() -> None:
    described = section("Cursor-on-Target")
    for name in (events.CALL_ENDED, events.PING, events.OFFER, events.REQUEST, *events.OwnElement._fields):
        assert f"`{name}`" in described, name


@pytest.mark.parametrize(
    "stated",
    [
        f"{cot_server.SILENT_S:.0f} s without a whole document, or {cot_server.STRANGER_S:.0f} s without",
        f"over {device_lines.CONNECTIONS_LIMIT:,}, or over {device_lines.STRANGERS_LIMIT:,} strangers",
        f"{device_lines.UNREAD_LIMIT_BYTES:,} bytes of answers",
        f"{cot_server.HELD_BYTES:,} bytes are held", f"up to {cot_server.INHERITED_LIMIT_BYTES:,} bytes. More",
        f"at most {framing.DOCUMENT_LIMIT_BYTES:,} bytes, {xml_events.DEPTH_LIMIT} elements deep and of "
        f"{xml_events.ELEMENTS_LIMIT:,} elements",
        f"handshake has {cot_server._HANDSHAKE_S:.0f} s", f"and {events._UNKNOWN:,.0f} upwards mean unknown",
    ],
)  # fmt: skip
def test_every_limit_of_cot_is_stated(stated: str) -> None:
    assert stated in section("Cursor-on-Target")


def test_every_wire_beside_http_is_named_with_its_setting() -> None:
    addresses = section("Addresses")
    for setting in SETTINGS:
        is_wire = setting.field.endswith("_port") and not setting.field.endswith("metrics_port")
        if (is_wire and setting.default == "0") or setting.field == "mqtt_url":
            assert f"`{setting.name}`" in addresses


def test_every_field_of_the_pictures_is_described() -> None:
    day = CallDay(0)
    day.take([CallReading("c", "arrived", 1), CallReading("c", "ended", 2, category="0203")])
    prior = VolumePrior(1.0, (1.0,) * 24, (1.0,) * 24, (1.0,) * 7, (1.0,) * 12)
    expectation = expect_day(prior, [], date(2026, 11, 23), "weekday")
    mix = TopicMix({}, 1.0)
    hotline = hotline_picture(day, date(2026, 11, 23), {}, [], expectation, mix, "fresh", 0, 300_000)
    rates = MonthResults(date(2026, 11, 1), 0, lambda urgency, at: at).rates(["371102"], 0)
    rates["regions"][0]["whistles"] = {"raised_today": 0, "resolved_today": 0, "on_site_30d": [0, 0]}
    platform = Platform("hotline", "", "", "", "", 5_000, "", "")
    health = FeedHealth().picture(
        [platform], {}, {}, {"calls": 0}, {}, 0, 0.0, {"mqtt": b'{"at":0,"state":"up"}'}
    )
    for title, picture in (("`zs:hotline`", hotline), ("`zs:rates`", rates), ("`zs:health`", health)):
        described = section(title)
        for path in paths_of(picture):
            assert f"`{path}`" in described or path.endswith((".malformed", ".unauthorised")), path


def paths_of(value: object, path: str = "") -> set[str]:
    """Dotted names of every field; a list of objects as `name[].field`, any feed and wire by its kind."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return paths_of(value[0], f"{path}[]")
    if not isinstance(value, dict):
        return {path}
    found: set[str] = set()
    for name, inner in value.items():
        name = {"feeds": "<feed>", "wires": "<wire>"}.get(path, name)
        found |= paths_of(inner, f"{path}.{name}" if path else name)
    return found
