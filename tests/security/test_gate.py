"""The gate in front of HTTP and WebSocket, with a stand-in application behind it that says what reached it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.domain.principal import Principal
from dashboard.principal_context import NoPrincipal, current_principal
from dashboard.store.store import StoreBusy
from data_feeds.http.gate import KIOSK_COOKIE, SESSION_COOKIE, CallbackPolicy, Credential, Gate, Identify

OFFICER = Principal("p1", "王五", "officer", "duty_officer", "371103")
KIOSK = Principal("k1", "大屏-01", "kiosk", "viewer_wall", "371100")
AUDITOR = Principal("a1", "赵六", "officer", "auditor", "371100")
LIAISON = Principal("p2", "郑", "officer", "unit_liaison", "371100", "rz-heating")
KNOWN = {
    ("session", "liaison"): LIAISON,
    ("session", "good"): OFFICER,
    ("session", "auditor"): AUDITOR,
    ("kiosk", "wall-token"): KIOSK,
    ("key", "gateway-key"): Principal("g1", "gateway", "gateway", "gateway", "371100"),
}

CALLBACK_MAP = {
    "panel.children": {
        "inputs": [{"id": "button", "property": "n_clicks"}],
        "state": [{"id": "matter", "property": "data"}],
    },
    "secret.children": {"inputs": [{"id": "button", "property": "n_clicks"}], "state": []},
}
RIGHTS = {"panel.children": frozenset({"duty_officer"}), "secret.children": frozenset({"auditor"})}

GOOD_REQUEST: dict[str, Any] = {
    "output": "panel.children",
    "outputs": {"id": "panel", "property": "children"},
    "inputs": [{"id": "button", "property": "n_clicks", "value": 1}],
    "state": [{"id": "matter", "property": "data", "value": "m1"}],
    "changedPropIds": ["button.n_clicks"],
}


async def application(scope: Any, receive: Any, send: Any) -> None:
    try:
        name, language = current_principal().id, current_principal().language
    except NoPrincipal:
        name, language = "", ""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": name})
        await send({"type": "websocket.close", "code": 1000})
        return
    message = await receive()
    body = json.dumps({"who": name, "language": language, "body": message.get("body", b"").decode()}).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
    )
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def client() -> TestClient:
    return gate_with(
        lambda credential, _address, counts_as_use: KNOWN.get((credential.kind, credential.secret))
    )


def gate_with(identify: Identify, *, secure: bool = False) -> TestClient:
    gate = Gate(
        application,
        identify=identify,
        allowed_hosts=frozenset({"centre.test"}),
        callbacks={"/desk": CallbackPolicy(lambda: CALLBACK_MAP, RIGHTS)},
        kiosk_refused_page=lambda: "<h1>token</h1>",
        no_screen_page=lambda: "<h1>no screen</h1>",
        store_away_page=lambda: "<h1>store away</h1>",
        content_security_policy=lambda path: "default-src 'self'",
        secure=secure,
    )
    return TestClient(gate, base_url="http://centre.test", follow_redirects=False)


SAME = {"origin": "http://centre.test"}
SOCKET = {**SAME, "host": "centre.test"}  # the test client names its own host for sockets


def with_session(client: TestClient) -> TestClient:
    client.cookies.set(SESSION_COOKIE, "good")
    return client


def test_behind_https_a_session_that_a_neighbouring_host_could_have_planted_is_nobodys() -> None:
    client = gate_with(
        lambda credential, *_, **__: KNOWN.get((credential.kind, credential.secret)), secure=True
    )
    assert client.get("/api/v1/matters", headers={"cookie": f"{SESSION_COOKIE}=good"}).status_code == 401
    both = f"{SESSION_COOKIE}=auditor; __Host-{SESSION_COOKIE}=good"
    assert client.get("/api/v1/matters", headers={"cookie": both}).json()["who"] == "p1"
    # A wall that was opened before the upgrade goes on, and the prefix wins.
    for kiosk in (f"{KIOSK_COOKIE}=wall-token", f"{KIOSK_COOKIE}=other; __Host-{KIOSK_COOKIE}=wall-token"):
        assert client.get("/wall/", headers={"cookie": kiosk}).json()["who"] == "k1"


def test_without_https_a_cookie_with_the_prefix_is_no_session(client: TestClient) -> None:
    refused = client.get("/api/v1/matters", headers={"cookie": f"__Host-{SESSION_COOKIE}=good"})
    assert refused.status_code == 401


def test_a_stranger_is_sent_to_sign_in_by_page_and_refused_by_api(client: TestClient) -> None:
    page = client.get("/desk/", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert client.get("/api/v1/matters").status_code == 401
    assert client.get("/nothing").status_code == 404


def test_an_officer_enters_and_is_known_inside(client: TestClient) -> None:
    assert with_session(client).get("/desk/").json()["who"] == "p1"


def test_the_principal_does_not_outlive_its_request(client: TestClient) -> None:
    with_session(client).get("/desk/")
    client.cookies.clear()
    assert client.get("/healthz").json()["who"] == ""


def test_an_ended_session_opens_nothing(client: TestClient) -> None:
    client.cookies.set(SESSION_COOKIE, "ended")
    assert client.get("/api/v1/matters").status_code == 401


def test_the_wall_opens_with_a_token_in_its_address_or_its_cookie_and_says_so_without(
    client: TestClient,
) -> None:
    refused = client.get("/wall/", headers={"accept": "text/html"})
    assert (refused.status_code, refused.text) == (403, "<h1>token</h1>")
    assert client.get("/wall?kiosk=wall-token").json()["who"] == "k1"
    client.cookies.set(KIOSK_COOKIE, "wall-token")
    assert client.get("/wall/").json()["who"] == "k1"
    assert client.get("/desk/", headers={"accept": "application/json"}).status_code == 403


def test_a_token_in_any_other_address_counts_for_nothing(client: TestClient) -> None:
    assert client.get("/live?kiosk=wall-token").status_code == 401
    assert client.get("/api/v1/matters?kiosk=wall-token").status_code == 401


def test_a_foreign_host_name_is_refused(client: TestClient) -> None:
    assert client.get("/healthz", headers={"host": "evil.test"}).status_code == 400


@pytest.mark.parametrize("headers", [{}, {"origin": "http://evil.test"}, {"origin": "null"}])
def test_an_act_from_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert with_session(client).post("/api/v1/commands", json={}, headers=headers).status_code == 403


def test_a_key_needs_no_origin_because_no_browser_sends_it_on_its_own(client: TestClient) -> None:
    answer = client.post("/api/v1/receipts", json={}, headers={"authorization": "Bearer gateway-key"})
    assert (answer.status_code, answer.json()["who"]) == (200, "g1")


def test_the_live_socket_wants_a_session_and_its_own_origin(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as ended,
        client.websocket_connect("/live", headers=SOCKET) as socket,
    ):
        socket.receive_text()
    assert ended.value.code == 4401
    with_session(client)
    with (
        pytest.raises(WebSocketDisconnect) as cross_site,
        client.websocket_connect("/live", headers={**SOCKET, "origin": "http://evil.test"}) as socket,
    ):
        socket.receive_text()
    assert cross_site.value.code == 4403
    with client.websocket_connect("/live", headers=SOCKET) as socket:
        assert socket.receive_text() == "p1"


def test_dashs_own_socket_does_not_exist(client: TestClient) -> None:
    with_session(client)
    for path in ("/desk/_dash-ws-callback", "/_dash-ws-callback"):
        with (
            pytest.raises(WebSocketDisconnect) as ended,
            client.websocket_connect(path, headers=SOCKET) as socket,
        ):
            socket.receive_text()
        assert ended.value.code == 4404


def test_a_well_wired_callback_reaches_dash_with_its_body_whole(client: TestClient) -> None:
    answer = with_session(client).post("/desk/_dash-update-component", json=GOOD_REQUEST, headers=SAME)
    assert answer.status_code == 200
    assert json.loads(answer.json()["body"]) == GOOD_REQUEST


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"output": "unknown.children"}, 404),
        ({"output": 7}, 404),
        ({"output": "secret.children", "state": []}, 403),
        ({"inputs": []}, 400),
        ({"inputs": GOOD_REQUEST["inputs"] * 2}, 400),
        ({"inputs": [{"id": "button", "property": "title", "value": 1}]}, 400),
        ({"inputs": [["button"]]}, 400),
        ({"inputs": None}, 400),
        ({"state": [{"id": "other", "property": "data", "value": "m1"}]}, 400),
        ({"outputs": {"id": "other", "property": "children"}}, 400),
        ({"outputs": "panel.children"}, 400),
        ({"changedPropIds": [1]}, 400),
        ({"changedPropIds": "x"}, 400),
    ],
)
def test_a_forged_callback_never_reaches_dash(
    client: TestClient, change: dict[str, Any], status: int
) -> None:
    forged = {**GOOD_REQUEST, **change}
    answer = with_session(client).post("/desk/_dash-update-component", json=forged, headers=SAME)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"null",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"output": "\\ud800"}',
        '{"output": "panel.children"}'.encode("utf-16"),
    ],
)
def test_a_body_that_is_no_request_is_refused_without_a_server_error(client: TestClient, body: bytes) -> None:
    headers = {**SAME, "content-type": "application/json"}
    answer = with_session(client).post("/desk/_dash-update-component", content=body, headers=headers)
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    "value", [b"NaN", b"-Infinity", b"1e999", b'"\\ud800"', b'{"\\udc00": 1}', b'"\xed\xa0\x80"']
)
def test_a_value_that_no_store_can_keep_never_reaches_dash(client: TestClient, value: bytes) -> None:
    body = json.dumps(GOOD_REQUEST).encode().replace(b'"m1"', value)
    assert value in body
    headers = {**SAME, "content-type": "application/json"}
    answer = with_session(client).post("/desk/_dash-update-component", content=body, headers=headers)
    assert (answer.status_code, set(answer.json())) == (400, {"error"})


def test_a_callback_body_past_the_limit_or_of_another_type_is_refused(client: TestClient) -> None:
    headers = {**SAME, "content-type": "application/json"}
    large = with_session(client).post(
        "/desk/_dash-update-component", content=b"x" * 1_100_000, headers=headers
    )
    assert large.status_code == 413
    plain = client.post(
        "/desk/_dash-update-component", content=b"{}", headers={**SAME, "content-type": "text/plain"}
    )
    assert plain.status_code == 415


def test_any_body_past_the_limit_is_refused_before_it_is_taken_in(client: TestClient) -> None:
    large = b"x" * 1_100_000
    assert client.post("/sign-in", content=large, headers=SAME).status_code == 413
    assert with_session(client).post("/api/v1/commands", content=large, headers=SAME).status_code == 413


@pytest.mark.parametrize("query", ["a=1&" * 20, "kiosk=wall-token&" * 20, "kiosk=%ff%00", "&" * 5_000])
def test_a_wall_address_with_too_many_fields_carries_no_token(client: TestClient, query: str) -> None:
    assert client.get(f"/wall?{query}").status_code == 403


def test_an_administrator_is_not_shown_the_live_picture(client: TestClient) -> None:
    client.cookies.set(SESSION_COOKIE, "auditor")
    with (
        pytest.raises(WebSocketDisconnect) as ended,
        client.websocket_connect("/live", headers=SOCKET) as socket,
    ):
        socket.receive_text()
    assert ended.value.code == 4403


def test_every_answer_carries_the_policy_headers_and_is_not_stored(client: TestClient) -> None:
    answer = with_session(client).get("/desk/")
    assert answer.headers["content-security-policy"] == "default-src 'self'"
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/assets/css/tokens.css").headers["cache-control"] == "no-cache"


def test_a_secret_is_not_part_of_what_a_credential_prints() -> None:
    assert "hunter2" not in repr(Credential("session", "hunter2"))


def test_an_officer_reads_in_the_language_of_the_switch_and_nothing_else_of_it_counts(
    client: TestClient,
) -> None:
    with_session(client)
    assert client.get("/desk/").json()["language"] == "zh"
    client.cookies.set("zhongshu_language", "en")
    assert client.get("/desk/").json()["language"] == "en"
    client.cookies.set("zhongshu_language", "../../etc")
    assert client.get("/desk/").json()["language"] == "zh"


def test_a_liaison_is_told_that_there_is_no_screen_and_gets_no_live_picture(client: TestClient) -> None:
    client.cookies.set(SESSION_COOKIE, "liaison")
    page = client.get("/desk/", headers={"accept": "text/html"})
    assert (page.status_code, page.text) == (403, "<h1>no screen</h1>")
    with (
        pytest.raises(WebSocketDisconnect) as ended,
        client.websocket_connect("/live", headers=SOCKET) as socket,
    ):
        socket.receive_text()
    assert ended.value.code == 4403
    assert client.get("/api/v1/matters").json()["who"] == "p2"


def test_only_a_file_may_be_large(client: TestClient) -> None:
    with_session(client)
    large = b"x" * 5_000_000
    assert client.post("/api/v1/attachments?matter=m1", content=large, headers=SAME).status_code == 200
    assert client.post("/api/v1/commands", content=large, headers=SAME).status_code == 413
    too_large = b"x" * (11 * 1024 * 1024)
    assert client.post("/api/v1/attachments?matter=m1", content=too_large, headers=SAME).status_code == 413
    assert client.post("/api/v1/attachments", content=large).status_code == 403  # from no page of ours
    client.cookies.clear()
    assert client.post("/api/v1/attachments", content=large, headers=SAME).status_code == 401


def test_only_what_a_person_does_is_use_of_a_session() -> None:
    """A page asks for news, draws itself anew and reconnects on its own: left alone, its session has to end."""
    counted: dict[str, bool] = {}

    def identify(credential: Credential, _address: str, *, counts_as_use: bool) -> Principal | None:
        counted[asked] = counts_as_use
        return KNOWN.get((credential.kind, credential.secret))

    client = with_session(gate_with(identify))
    by_itself = (
        "GET /api/v1/presence", "GET /api/v1/shift", "GET /api/v1/walls", "GET /api/v1/tellings/waiting",
        "POST /api/v1/tellings/receipts", "POST /desk/_dash-update-component", "GET /api/v1/map/cameras",
        "GET /api/v1/rooms/m1", "POST /api/v1/rooms/m1/reads",
    )  # fmt: skip
    by_a_person = (
        "GET /desk/", "POST /api/v1/session/use", "POST /api/v1/commands", "POST /api/v1/rooms/m1/messages",
        "POST /api/v1/tellings/mute", "GET /replay",
    )  # fmt: skip
    for asked in (*by_itself, *by_a_person):
        method, path = asked.split()
        assert client.request(method, path, headers=SAME).status_code != 404
    asked = "socket"
    with client.websocket_connect("/live", headers=SOCKET) as socket:
        assert socket.receive_text() == "p1"
    expected = dict.fromkeys((*by_itself, "socket"), False) | dict.fromkeys(by_a_person, True)
    assert counted == expected


def test_a_phone_that_asks_for_its_persons_work_keeps_its_session() -> None:
    counted: list[bool] = []

    def identify(credential: Credential, _address: str, *, counts_as_use: bool) -> Principal | None:
        counted.append(counts_as_use)
        return KNOWN.get((credential.kind, credential.secret))

    client = gate_with(identify)
    client.cookies.set(SESSION_COOKIE, "liaison")
    assert client.get("/api/v1/own/inbox").status_code == 200
    assert counted == [True]


def store_is_away(*_: object, **__: object) -> None:
    raise StoreBusy("connection timeout expired")


def test_while_nobody_can_be_known_because_the_store_is_away_everybody_is_told_to_try_again() -> None:
    client = with_session(gate_with(store_is_away))
    said = client.get("/api/v1/matters")
    assert (said.status_code, said.json()["error"]) == (503, "store_busy")
    assert said.headers["retry-after"] == "1"
    page = client.get("/desk/", headers={"accept": "text/html"})
    assert (page.status_code, page.text) == (503, "<h1>store away</h1>")
    assert client.get("/api/v1/matters", headers={"accept": "text/html"}).json()["error"] == "store_busy"
    key = client.get("/api/v1/inbox", headers={"authorization": "Bearer a-gateway's"})
    assert (key.status_code, key.json()["error"]) == (503, "store_busy")
    assert client.get("/nowhere").status_code == 404, "what does not exist needs nobody to be known"


def test_a_screen_that_returns_while_the_store_is_away_is_told_to_come_again() -> None:
    client = with_session(gate_with(store_is_away))
    with client.websocket_connect("/live", headers=SOCKET) as screen:
        assert screen.receive() == {"type": "websocket.close", "code": 1013, "reason": "store_busy"}
