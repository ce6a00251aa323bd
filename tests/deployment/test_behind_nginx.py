"""The centre as people reach it, through the nginx file that is generated; and an upgrade while they act."""

from __future__ import annotations

import json
import shutil
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy
from websockets.sync.client import connect

from dashboard.store import audit, tables
from tests.crash import cast, truth
from tests.crash.installation import READY_WITHIN_S
from tests.crash.people import Person, new_key
from tests.deployment.front import NginxMissing, nginx_program
from tests.deployment.standing import Standing

pytestmark = pytest.mark.crash

RATE = 4
WAIT_S = 20


@pytest.fixture(scope="module")
def city() -> Iterator[Standing]:
    try:
        nginx_program()
    except NginxMissing as missing:
        pytest.skip(str(missing))
    folder = Path(tempfile.mkdtemp(prefix="zs-front-"))
    standing = Standing(folder, RATE)
    try:
        standing.acting = cast._ordering(standing, 4, 0.2)  # type: ignore[attr-defined]
        standing.start()
        yield standing
    finally:
        standing.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def officer(city: Standing) -> Iterator[httpx.Client]:
    """Signed in once: nginx counts those who try."""
    with httpx.Client(base_url=city.address, headers={"origin": city.address}, timeout=60) as client:
        signed = client.post(
            "/sign-in", data={"name": "officer-1", "password": cast.PASSWORD},
            headers={"x-forwarded-for": "203.0.113.9", "x-request-id": "forged-by-a-client"},
        )  # fmt: skip
        assert signed.status_code == 303, signed.text
        yield client


def test_pages_come_under_tls_with_their_headers_and_the_figures_do_not(
    city: Standing, officer: httpx.Client
) -> None:
    page = officer.get("/desk/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "nginx/" not in page.headers.get("server", "")
    assert officer.get("/metrics").status_code == 404
    assert officer.get("/readyz").json()["status"] == "ok"
    plain = httpx.get(f"http://127.0.0.1:{city.front.http_port}/desk/")
    assert (plain.status_code, plain.headers["location"]) == (301, f"{city.address}/desk/")
    assert httpx.get(f"{city.front.feeds_address}/healthz").json()["status"] == "ok"


def test_the_clients_own_address_is_the_one_on_record(city: Standing, officer: httpx.Client) -> None:
    column = tables.audit.c
    chosen = sqlalchemy.select(column.address).where(column.act == "sign_in").order_by(column.n.desc())
    with city.services.store.read() as connection:
        assert connection.execute(chosen).scalars().first() == "127.0.0.1"  # not what the client claimed


def test_proxy_and_process_name_a_request_alike_and_no_code_is_logged(
    city: Standing, officer: httpx.Client
) -> None:
    code = "abcdefgh23456789abcd"
    named = officer.get(f"/api/v1/reports/{code}", headers={"x-request-id": "forged-by-a-client"})
    name = named.headers["x-request-id"]
    assert name != "forged-by-a-client"
    assert len(named.headers.get_list("x-request-id")) == 1

    def logged() -> dict[str, Any] | None:
        lines = city.front.access_log.read_text(encoding="utf-8").splitlines()
        return next((one for one in map(json.loads, lines) if one["request_id"] == name), None)

    line = city.until("the request is logged", logged, READY_WITHIN_S)
    assert line is not None
    assert (line["path"], line["method"]) == ("/api/v1/reports/-", "GET")
    assert code not in city.front.access_log.read_text(encoding="utf-8")


def test_a_body_over_the_limit_is_refused_in_our_words_by_whoever_meets_it(officer: httpx.Client) -> None:
    headers = {"idempotency-key": new_key(), "content-type": "application/json"}
    for size in (2_000_000, 12_000_000):  # the gate's limit of this address, and the proxy's of any
        answer = officer.post("/api/v1/commands", content=b" " * size, headers=headers)
        assert (answer.status_code, answer.json()) == (413, {"error": "too large"})


def test_a_screen_lives_through_the_proxy(city: Standing, officer: httpx.Client) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in officer.cookies.items())
    context = ssl.create_default_context(cafile=str(city.front.authority))
    address = city.address.replace("https://", "wss://") + "/live?view=desk"
    with connect(
        address, ssl=context, additional_headers={"cookie": cookie}, origin=city.address, proxy=None,
        compression=None,
    ) as screen:  # fmt: skip
        first = screen.recv(timeout=WAIT_S)
        assert isinstance(first, bytes)
        assert b'"epoch"' in first
        assert screen.ping().wait(WAIT_S)
    stranger = connect(address, ssl=context, origin="https://evil.test", proxy=None)
    with stranger as screen, pytest.raises(Exception, match="44"):
        screen.recv(timeout=WAIT_S)


def test_a_long_poll_is_answered_as_soon_as_there_is_news(city: Standing, officer: httpx.Client) -> None:
    gateway = next(one for one in city.acting if hasattr(one, "key"))  # type: ignore[attr-defined]
    unit = sorted(gateway.units)[0]
    headers = {"authorization": f"Bearer {gateway.key}"}
    with httpx.Client(base_url=city.address, headers=headers, timeout=60) as waiting:
        after = waiting.get("/api/v1/inbox").json()["value"]["seq"]
        news: list[Any] = []

        def wait() -> None:
            place = after
            while not news:  # other news of the log may come first
                page = waiting.get(f"/api/v1/inbox?after={place}&wait=25").json()["value"]
                place = page["seq"]
                news.extend(one for one in page["commands"] if unit in one["receivers"])

        poll = threading.Thread(target=wait, daemon=True)
        poll.start()
        matter = city.acting[0].matters[0]  # type: ignore[attr-defined]
        row = officer.get(f"/api/v1/matters/{matter}").json()["value"]["row"]
        body = {
            "matter_id": matter, "expected_version": row["version"], "objective": "到现场核实",
            "receivers": [{"kind": "unit", "id": unit, "role": "assist"}],
        }  # fmt: skip
        # A key of no person's: the upgrade below counts theirs.
        sent = officer.post("/api/v1/commands", json=body, headers={"idempotency-key": "a-long-poll-waits"})
        assert sent.status_code == 200, sent.text
        poll.join(READY_WITHIN_S)
        assert [one["command"]["id"] for one in news] == [sent.json()["value"]["id"]]


def test_an_upgrade_under_way_loses_no_act_and_doubles_none(city: Standing) -> None:
    acting: list[Person] = city.acting  # type: ignore[attr-defined]
    column = tables.commands.c
    with city.services.store.read() as connection:
        before = set(connection.execute(sqlalchemy.select(column.id)).scalars())

    def told() -> int:
        for person in acting:
            assert person.failure is None, repr(person.failure)
        return sum(len(person.acknowledged) for person in acting)

    for person in acting:
        person.start()
    for process in city.all():
        wanted = told() + 2
        city.until("acts go through", lambda: told() >= wanted, READY_WITHIN_S)  # noqa: B023
        city.restart(process)
    wanted = told() + 2
    city.until("acts go through after it all", lambda: told() >= wanted, READY_WITHIN_S)
    for person in acting:
        person.end.set()
    for person in acting:
        person.join(READY_WITHIN_S)
        assert not person.is_alive(), person.waits_for
    acts = [act for person in acting for act in person.acknowledged]
    with city.services.store.read() as connection:
        done = kept_once(connection, acts, before)
        truth.receipts_are_kept(connection, acts)
        assert audit.first_break(connection) is None
    retried = sum(person.lost_answers for person in acting)
    print(f"{len(acts)} acts acknowledged, {done} orders, {retried} answers asked for again")


def kept_once(connection: sqlalchemy.Connection, acts: list[Any], before: set[str]) -> int:
    """Every act that somebody was told of is there under its key, and no order that nobody was told of."""
    key = tables.idempotency.c.key
    kept = {
        row.key: row.seq
        for row in connection.execute(sqlalchemy.select(tables.idempotency).where(key.like("told-%")))
    }
    assert kept == {act.key: act.seq for act in acts}
    orders = set(connection.execute(sqlalchemy.select(tables.commands.c.id)).scalars()) - before
    assert orders == {act.value["id"] for act in acts if act.kind in ("dispatch", "whistle")}
    return len(orders)
