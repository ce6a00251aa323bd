"""What an attacker may send: whatever it is, the answer is a refusal or a result, and the city is whole afterwards.

A few requests of each operation run with the suite. `ZHONGSHU_FUZZ=300` runs three hundred of each, at random and one
after another on a city of their own, on SQLite and on PostgreSQL, with time going on between them.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from dashboard import service
from dashboard.store import tables
from tests.security.busy_city import KEYS, PEOPLE, UNITS
from tests.security.fuzzing import LONG, some
from tests.security.matrix import EVERYBODY, OFFICERS, ROWS
from tests.security.request_shapes import HOSTILE_TEXTS, Asked, Operation, operations, requests
from tests.security.whole_web import WholeWeb
from tests.store.centre import officer

MINUTE_EACH = 100  # requests of a long run
COUNT = itertools.count(1)
ANSWERED: Counter[int] = Counter()  # requests by how they were answered, which a long run prints


def send(city: WholeWeb, operation: Operation, one: Asked) -> int:
    headers = {"idempotency-key": one.key.encode("latin-1", "replace")}
    query = [(name, value.encode("utf-8", "replace").decode()) for name, value in one.query if name != "wait"]
    more: dict[str, Any] = {"params": query, "headers": headers}
    if operation.method == "POST":
        more["content"] = json.dumps(one.body).encode() if one.content is None else one.content
        headers["content-type"] = b"application/json" if one.content is None else b"image/jpeg"
    if LONG and next(COUNT) % MINUTE_EACH == 0:
        city.centre.clock.advance(minutes=1)
        city.centre.fire()
    answer = city.ask(one.who, operation.method, one.path, **more)
    ANSWERED[answer.status_code] += 1
    assert answer.status_code < 500, (str(operation), one, answer.text)
    assert "Traceback" not in answer.text and "sqlalchemy" not in answer.text
    return answer.status_code


def people_for(operation: Operation) -> list[str]:
    """Who the table lets in, and a stranger or two."""
    method, words = operation.method, operation.path.split("/")[3]
    let_in = set().union(*(row.let_in for row in ROWS if row.address.startswith(f"{method} /api/v1/{words}")))
    return [*sorted(let_in), *sorted(let_in & OFFICERS), "liaison_other", "nobody"]


def test_no_request_of_the_interface_ends_in_a_server_error(city: WholeWeb) -> None:
    units = [city.there[name] for name in (*UNITS, "local")]
    taken = set()
    for operation in operations(city.inner.openapi()):

        @some(4)
        @given(st.just(operation), requests(operation, people_for(operation), city.there, units))
        def attack(asked_for: Operation, one: Asked) -> None:
            if send(city, asked_for, one) == 200:
                taken.add(str(asked_for))

        attack()
    if LONG:
        print(f"\n  routes of the web, so far {ANSWERED.total()} requests  {dict(sorted(ANSWERED.items()))}")
    # A fuzzer that nothing lets in says nothing.
    assert len(taken) > 30


def test_no_body_takes_a_field_that_it_does_not_have(city: WholeWeb) -> None:
    for row in ROWS:
        if row.body is None or not row.address.startswith("POST /api/v1/") or not row.let_in:
            continue
        path = row.address.partition(" ")[2].format(**city.there)
        answer = city.post(min(row.let_in), path, {**row.body, "role": "commander"})
        if row.body or answer.status_code == 422:  # an act without a body reads none
            assert answer.status_code == 422, (row.address, answer.text)
            assert "commander" not in answer.text


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[]", b"NaN", b"\xff\xfe", b"[" * 50_000, b"1" * 6_000]
)
def test_no_bytes_end_in_a_server_error(city: WholeWeb, content: bytes) -> None:
    for operation in operations(city.inner.openapi()):
        if operation.method == "POST":
            one = Asked(
                min(people_for(operation)),
                operation.path.replace("{", "").replace("}", ""),
                [],
                "bytes-key-1",
                None,
            )
            send(city, operation, Asked(one.who, one.path, [], one.key, None, content))


TRAVERSALS = (
    "/assets/../web.py", "/assets/%2e%2e/web.py", "/assets/..%2fweb.py", "/assets/%2e%2e%2fweb.py",
    "/assets/....//web.py", "/assets//etc/passwd", "/assets/%00", "/assets/css/%2e%2e/%2e%2e/web.py",
    "/citypack/boundaries/../pack.toml", "/citypack/boundaries/%2e%2e%2fpack.toml",
    "/report/..%2f..%2fetc%2fpasswd", "/report/follow/..%2fx", "/report/%00", "/report/" + "9" * 5_000,
    "/room/..%2f..%2f", "/field/..%2fworker.js", "//desk/", "/desk/..;/admin/",
    "/desk/_dash-component-suites/dash/x.js", "/desk/_dash-component-suites/dash/%2f",
    "/desk/_dash-component-suites/x/x.js", "/desk/_dash-component-suites/dash/.",
    "/desk/_dash-component-suites/dash//deps", "/wall/_dash-component-suites/os/x",
    "/api/v1/attachments/..%2f..%2fetc%2fpasswd", "/api/v1/attachments/%2e%2e/preview",
    "/desk/_dash-component-suites/dash/../../../web.py", "/admin/_dash-component-suites/dash/%2e%2e/x.js",
)  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_out_of_its_folder(city: WholeWeb, path: str) -> None:
    for who in ("nobody", "duty_officer", "auditor"):
        answer = city.ask(who, "GET", path)
        assert answer.status_code in (303, 307, 308, 400, 401, 403, 404), (who, answer.status_code)
        assert (
            "build_server" not in answer.text
            and "root:" not in answer.text
            and "[arrival]" not in answer.text
        )


@some(15)
@given(
    st.lists(
        st.tuples(st.sampled_from(("name", "password", "", "x")), st.sampled_from(HOSTILE_TEXTS)), max_size=4
    )
)
def _sign_in(city: WholeWeb, fields: list[tuple[str, str]]) -> None:
    from urllib.parse import urlencode

    body = urlencode([(name, text.encode("utf-8", "replace")) for name, text in fields]).encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for who in ("nobody", "duty_officer"):
        answer = city.ask(who, "POST", "/sign-in", content=body, headers=kind)
        assert answer.status_code in (200, 400, 401, 403, 413, 422, 429), (fields, answer.status_code)
        assert "<script>alert(1)" not in answer.text and "set-cookie" not in answer.headers


def test_no_words_sign_anybody_in(city: WholeWeb) -> None:
    _sign_in(city)


@pytest.mark.skipif(not LONG, reason="what the suite's own requests did was undone")
def test_the_city_is_whole_after_a_long_attack(city: WholeWeb) -> None:
    services, now = city.centre.services, city.centre.now
    state = service.verify_audit(services, officer("auditor"))
    assert not isinstance(state, service.Refused) and state.broken_at is None
    with services.store.read() as connection:
        count, last = connection.execute(select(func.count(), func.max(tables.log.c.seq))).one()
        assert count == last, "the log has no holes"
        armed = select(tables.deadlines.c.matter_id).where(tables.deadlines.c.state == "armed")
        open_ids = select(tables.matters.c.id).where(
            tables.matters.c.closed_at.is_(None)
            & tables.matters.c.carrier.is_(None)
            & tables.matters.c.id.not_in(armed)
        )
        assert connection.execute(open_ids).all() == [], "no open matter is without a clock"
    service.snapshot(services)
    city.centre.wait(minutes=90)
    assert now < city.centre.now


def test_everybody_is_attacked_as() -> None:
    assert set(PEOPLE) | set(KEYS) == EVERYBODY
