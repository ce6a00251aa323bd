"""Composition root of the feeds: read settings, open the parts, serve the public entrance under uvicorn."""

from __future__ import annotations

import os
import resource
import signal
import ssl
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import uvicorn

from dashboard import log_lines
from dashboard.allocator import keep_few_heaps, put_start_aside
from dashboard.citypack import load_pack
from dashboard.clock import open_clock
from dashboard.service import Services, roster, terminals
from dashboard.service.feed_keys import feed_keys_in_use
from dashboard.service.quarantine import held_devices, hold_device
from dashboard.settings import Settings
from dashboard.store.data_keys import DataKeys
from dashboard.store.secret_file import open_secrets
from dashboard.store.store import Store
from data_feeds.bus import Bus
from data_feeds.clock import Clock
from data_feeds.code_check import CodeCheck
from data_feeds.cot_addresses import AddressBook
from data_feeds.cot_datagrams import CotDatagramServer
from data_feeds.cot_desk import CotDesk
from data_feeds.cot_server import CotServer
from data_feeds.cot_tls import open_context
from data_feeds.decoders.limits import BODY_LIMIT_BYTES
from data_feeds.entrance_metrics import entrance_registry
from data_feeds.feed_keys import FeedKeys
from data_feeds.feed_tally import FeedTally
from data_feeds.fix_door import FixDoor
from data_feeds.grid_shapes import GridShapes
from data_feeds.ingest import Ingest
from data_feeds.jt808_desk import Jt808Desk
from data_feeds.jt808_server import Jt808Server
from data_feeds.metrics_page import open_metrics_page
from data_feeds.mqtt_client import MqttClient, client_id, share_of
from data_feeds.mqtt_desk import MqttDesk
from data_feeds.mqtt_sessions import MqttSessions
from data_feeds.owntracks_desk import OwnTracksDesk
from data_feeds.position_board import RosterEntry
from data_feeds.position_stream import PING_S
from data_feeds.stream_servers import StreamServer
from data_feeds.terminal_book import TerminalBook

FILES_WANTED = 65_536
# How uvicorn serves the entrance, here and in what measures it.
SERVER_OPTIONS: Final[dict[str, Any]] = {
    "loop": "uvloop",
    "http": "httptools",
    "ws": "websockets-sansio",
    "ws_max_size": BODY_LIMIT_BYTES,
    "ws_per_message_deflate": False,  # a phone's few bytes are not worth 300 kB of dictionary
    "ws_ping_interval": PING_S,
    "ws_ping_timeout": PING_S,
    "lifespan": "on",
    "access_log": False,  # a line per fix would cost more than the fix
    "server_header": False,
    "date_header": False,
    "timeout_keep_alive": 75,  # phones report every 30 s on one connection
}


def build(settings: Settings) -> Ingest:
    """Wire the entrance; opens nothing that waits."""
    pack = load_pack(settings.city_pack)
    store = Store(settings.database_url)
    store.migrate()
    secret = open_secrets(settings.secret_file)
    data_keys = DataKeys(settings.data_keys_file, settings.data_keys)
    services = Services(store, pack, secret, data_keys)
    bus = Bus(settings.redis_url)
    keys = FeedKeys(
        secret, [platform.id for platform in pack.platforms], signed_only=settings.feeds_signed_only
    )
    clock = open_clock(settings)
    book = TerminalBook(lambda: terminals(services))
    addresses = AddressBook(settings.cot_udp_addresses)
    addresses.read()

    def load_roster() -> Sequence[RosterEntry]:
        return roster(services)

    def open_streams(door: FixDoor, tally: FeedTally) -> Sequence[StreamServer]:
        """Each wire beside HTTP that is switched on."""
        streams: list[StreamServer] = []
        if settings.jt808_port:
            desk = Jt808Desk(door, tally, keys, book)
            streams.append(Jt808Server(desk, tally, clock, settings.feeds_bind, settings.jt808_port))
        if settings.cot_port or settings.cot_udp_port:
            hears, host = CotDesk(door, tally, keys, addresses), settings.feeds_bind
            if settings.cot_port:
                tls = _cot_tls(settings)
                streams.append(CotServer(hears, tally, clock, host, settings.cot_port, tls))
            if settings.cot_udp_port:
                port, group = settings.cot_udp_port, settings.cot_udp_group
                streams.append(
                    CotDatagramServer(hears, tally, clock, host, port, addresses=addresses, group=group)
                )
        if settings.mqtt_url:
            mqtt_desk = MqttDesk(door, tally, keys, OwnTracksDesk(door, tally, keys), settings.mqtt_identity)
            streams.append(
                _mqtt_sessions(settings, mqtt_desk, bus, tally, clock, secret.list().broker_name())
            )
        return streams

    def load_lists() -> None:
        keys.know_opened(feed_keys_in_use(services))
        addresses.read_again()
        if settings.jt808_port:
            book.read()

    return Ingest(
        bus,
        load_roster,
        keys,
        {grid.code: (grid.lon, grid.lat) for grid in pack.divisions if grid.level == "grid"},
        GridShapes(pack.boundaries.grids.by_code()),
        CodeCheck(pack),
        clock,
        regions=[region.code for region in pack.divisions.at_level("region")],
        exact_m=pack.arrival.within_m,
        tick_ms=settings.position_tick_ms,
        open_streams=open_streams,
        load_lists=load_lists,
        load_held=lambda: held_devices(services),
        keep_held=lambda device, counts, now: hold_device(services, device, counts, now),
        signature_window_ms=settings.signature_window_s * 1000,
    )


def _mqtt_sessions(
    settings: Settings, desk: MqttDesk, bus: Bus, tally: FeedTally, clock: Clock, name: str
) -> MqttSessions:
    def open_client(number: int) -> MqttClient:
        return MqttClient(
            desk,
            bus,
            tally,
            clock,
            settings.mqtt_url,
            settings.mqtt_ca_file,
            client_id(name, number),
            share_of(number, settings.mqtt_sessions),
        )

    return MqttSessions(bus, settings.mqtt_sessions, open_client)


def _cot_tls(settings: Settings) -> Callable[[], ssl.SSLContext] | None:
    if settings.cot_certificate is None:
        return None
    return partial(
        open_context, settings.cot_certificate, settings.cot_certificate_key, settings.cot_client_ca
    )


def raise_file_limit() -> None:
    """Allow as many connections as the machine lets us: the usual soft limit of 1,024 is a quarter of a fleet."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main(environ: Mapping[str, str]) -> None:
    """Serve until SIGTERM or SIGINT; the last tick is published before the process ends."""
    settings = Settings.from_environment(environ)
    log_lines.set_up("feeds", settings.log_level, settings.log_format)
    raise_file_limit()
    keep_few_heaps()
    ingest = build(settings)
    open_metrics_page(entrance_registry(ingest.figures), settings, settings.feeds_metrics_port)
    put_start_aside()
    # After its clean stop uvicorn raises the signal again for whoever waits for it: nobody does.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.run(
        ingest,
        host=settings.feeds_bind,
        port=settings.feeds_port,
        workers=1,  # uvicorn would take WEB_CONCURRENCY, which is of the screens, and refuse to start
        proxy_headers=bool(settings.trusted_proxies),  # limits by address count the phone's, not the proxy's
        forwarded_allow_ips=list(settings.trusted_proxies),
        log_level=settings.log_level,
        log_config=None,  # its lines go where all others do
        timeout_graceful_shutdown=5,
        **SERVER_OPTIONS,
    )


if __name__ == "__main__":
    main(os.environ)
