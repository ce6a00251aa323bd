"""Gateways: files that a telephone system is joined to, and signed posts to addresses that were entered."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from dashboard.service import GatewayReceipt, Outgoing
from data_feeds.telling.file_gateway import FileGateway
from data_feeds.telling.gateway import Gateway, GatewayError
from data_feeds.telling.http_gateways import HttpGateway, Webhooks
from data_feeds.telling.signed_post import Target, post

NOW = 1_795_399_200_000


def outgoing(**given: Any) -> Outgoing:
    fields: dict[str, Any] = {
        "id": "t1", "attempt": 1, "means": "sms", "text": "G0417，石臼街道供热主管爆管，3 分钟未接哨",
        "text_en": "G0417, not answered", "matter_id": "m1", "policy_id": "whistle-answer", "level": 1, "made_at": NOW,
        "to": {"kind": "unit", "id": "rz-heating", "name": "热力公司", "role": "unit_duty", "phone": ""},
    }  # fmt: skip
    return Outgoing(**(fields | given))


class Receiver:
    """A system that takes posts on this machine and answers as told."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                return

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiver(status: int = 204, **headers: str) -> Iterator[Receiver]:
    one = Receiver(status, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        yield one
    finally:
        one.close()


# -- files -------------------------------------------------------------------------------------------------------


def test_a_telling_is_one_line_of_the_outbox(tmp_path: Path) -> None:
    gateway = FileGateway(tmp_path / "outbox", prefix="【演示】")
    first = gateway.send(outgoing(), NOW)
    second = gateway.send(outgoing(id="t2", means="phone"), NOW)
    lines = (tmp_path / "outbox" / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    (said,) = [json.loads(one) for one in lines]
    assert (said["id"], said["to"]["id"], said["text"][:4]) == ("t1", "rz-heating", "【演示】")
    assert (first, second) == ("sms:0", "phone:0")
    assert (tmp_path / "outbox" / "sms.jsonl").stat().st_mode & 0o777 == 0o600


def test_receipts_are_read_as_they_come_and_a_half_written_line_waits(tmp_path: Path) -> None:
    gateway = FileGateway(tmp_path)
    assert gateway.receipts() == ()
    file = tmp_path / "receipts.jsonl"
    file.write_bytes(b'{"id": "t1", "state": "received", "by": "x"}\n{"id": "t2", "sta')
    assert gateway.receipts() == [GatewayReceipt("t1", "received", "", "x")]
    assert gateway.receipts() == []
    with file.open("ab") as opened:
        opened.write(b'te": "failed", "fault": "busy"}\n')
    assert gateway.receipts() == [GatewayReceipt("t2", "failed", "busy", "")]
    file.write_bytes(b'{"id": "t3", "state": "received"}\n')
    assert gateway.receipts() == [GatewayReceipt("t3", "received")], "the carrier began a new file"


@pytest.mark.parametrize(
    "line",
    [b"nonsense", b"[]", b'{"id": 1, "state": "received"}', b'{"id": "t", "state": "maybe"}', b"\xff\xfe",
     b'{"id": "t\\u0000", "state": "received"}', b"null", b"{}"],
)  # fmt: skip
def test_a_line_that_is_no_receipt_is_passed_over(tmp_path: Path, line: bytes) -> None:
    good = b'{"id": "t1", "state": "received"}\n'
    (tmp_path / "receipts.jsonl").write_bytes(line + b"\n" + good)
    assert FileGateway(tmp_path).receipts() == [GatewayReceipt("t1", "received")]


def test_an_outbox_that_cannot_be_written_is_a_gateway_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(GatewayError) as raised:
        FileGateway(tmp_path / "outbox").send(outgoing(), NOW)
    assert (raised.value.fault, raised.value.is_final) == ("gateway_away", False)


def test_lines_of_many_writers_do_not_mix(tmp_path: Path) -> None:
    def write(name: str) -> None:
        gateway = FileGateway(tmp_path)
        for number in range(50):
            gateway.send(outgoing(id=f"{name}{number}", text="长" * 45), NOW)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (tmp_path / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(one)["id"] for one in lines}) == 150


# -- posts -------------------------------------------------------------------------------------------------------


def test_a_webhook_gets_a_body_that_its_secret_signs() -> None:
    with receiver(X_Receipt_Id="r-17") as there:
        gateway: Gateway = Webhooks(may_be_inside=True)
        given = gateway.send(outgoing(means="webhook", url=f"{there.url}/in?x=1", secret="s3cret"), NOW)
    ((path, headers, body),) = there.taken
    assert (given, path) == ("r-17", "/in?x=1")
    wanted = hmac.new(b"s3cret", f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["x-zhongshu-signature"] == f"t={NOW},v1={wanted}"
    assert headers["x-zhongshu-telling"] == "t1"
    assert json.loads(body)["policy_id"] == "whistle-answer"
    assert "s3cret" not in body.decode() + repr(headers)


def test_the_operators_own_gateway_may_be_on_this_machine() -> None:
    with receiver() as there:
        assert HttpGateway(there.url, lambda: ("key",)).send(outgoing(), NOW) == ""
    assert len(there.taken) == 1


@pytest.mark.parametrize(
    ("status", "fault", "is_final"),
    [(500, "gateway_away", False), (503, "gateway_away", False), (429, "gateway_away", False),
     (400, "gateway_refused", True), (404, "gateway_refused", True), (302, "gateway_refused", True)],
)  # fmt: skip
def test_what_an_answer_means(status: int, fault: str, is_final: bool) -> None:
    with receiver(status) as there, pytest.raises(GatewayError) as raised:
        post(Target(there.url, "k", may_be_inside=True), "t1", b"{}", NOW)
    assert (raised.value.fault, raised.value.is_final) == (fault, is_final)


def test_a_redirect_is_not_followed() -> None:
    with receiver() as inner, receiver(302, Location=inner.url) as outer, pytest.raises(GatewayError):
        post(Target(outer.url, "k", may_be_inside=True), "t1", b"{}", NOW)
    assert inner.taken == []


def test_an_address_of_this_machine_is_never_called() -> None:
    with receiver() as there, pytest.raises(GatewayError) as raised:
        Webhooks().send(outgoing(means="webhook", url=there.url, secret="k"), NOW)
    assert (raised.value.fault, raised.value.is_final, there.taken) == ("address_refused", True, [])


def test_a_name_that_points_inside_is_never_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as there:
        port = int(there.url.rpartition(":")[2])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)
        with pytest.raises(GatewayError) as raised:
            Webhooks().send(
                outgoing(means="webhook", url=f"http://platform.example:{port}/", secret="k"), NOW
            )
    assert (raised.value.fault, there.taken) == ("address_refused", [])


@pytest.mark.parametrize(
    ("url", "fault"),
    [("http://a..b/", "address_refused"), (f"http://{'a' * 70}.com/", "address_refused")],
)
def test_an_address_that_no_name_can_have_is_given_up_and_ends_nothing_else(url: str, fault: str) -> None:
    for target in (Target(url, "k"), Target(url, "k", may_be_inside=True)):
        with pytest.raises(GatewayError) as raised:
            post(target, "t1", b"{}", NOW)
        assert (raised.value.fault, raised.value.is_final) == (fault, True)


def test_an_address_kept_before_addresses_were_ascii_is_given_up() -> None:
    with receiver() as there, pytest.raises(GatewayError) as raised:
        post(Target(f"{there.url}/路径", "k", may_be_inside=True), "t1", b"{}", NOW)
    assert (raised.value.fault, raised.value.is_final, there.taken) == ("address_refused", True, [])


def test_a_receiver_that_answers_byte_by_byte_is_broken_off() -> None:
    def drip(server: socket.socket) -> None:
        taken, _ = server.accept()
        with taken, suppress(OSError):
            for letter in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000:
                taken.send(bytes((letter,)))
                ended.wait(0.01)

    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,), daemon=True)
        thread.start()
        target = Target(f"http://127.0.0.1:{server.getsockname()[1]}/", "k", may_be_inside=True)
        with pytest.raises(GatewayError) as raised:
            post(target, "t1", b"{}", NOW, longest_s=0.2)
        ended.set()
    assert (raised.value.fault, raised.value.is_final) == ("gateway_away", False)


def test_a_system_that_is_away_is_tried_again_later() -> None:
    with receiver() as there:
        url = there.url
    with pytest.raises(GatewayError) as raised:
        post(Target(url, "k", may_be_inside=True), "t1", b"{}", NOW)
    assert (raised.value.fault, raised.value.is_final) == ("gateway_away", False)


def test_a_webhook_that_was_closed_is_given_up_at_once() -> None:
    with pytest.raises(GatewayError) as raised:
        Webhooks().send(outgoing(means="webhook", url="", secret=""), NOW)
    assert raised.value.is_final
