"""People who act over HTTP and remember what was acknowledged, through every outage: an officer, the gateway of
receivers, a liaison whose phone sends in batches."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

RETRY_AFTER_S = 0.15
# Beyond this an officer takes the oldest order back: clocks that nobody answers repeat without end, and at an
# accelerated rate their number would become the test.
MOST_ORDERS = 12
KEY_PREFIX = "told-"  # of every key used here, so that the store can be asked for all of them


@dataclass(frozen=True)
class Acknowledged:
    """An act whose answer "done" was seen: its key, what it was, the log's last number of it, its value.

    `sent` is what was asked for, `by` the person's name: what the store keeps is held against them.
    """

    key: str
    kind: str
    seq: int
    value: Any
    sent: Any = None
    by: str = ""


class WanderingClient(httpx.Client):
    """Asks at the next address after no answer, or after that of a server that cannot; with one, there again."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        super().__init__(base_url=addresses[0], timeout=10.0, headers={"origin": addresses[0]})
        self._addresses = addresses

    def request(self, *asked: Any, **more: Any) -> httpx.Response:
        try:
            answer = super().request(*asked, **more)
        except httpx.HTTPError:
            self._go_on()
            raise
        if answer.status_code >= 500:
            self._go_on()
        return answer

    def _go_on(self) -> None:
        self._addresses = (*self._addresses[1:], self._addresses[0])
        self.base_url = httpx.URL(self._addresses[0])
        self.headers["origin"] = self._addresses[0]


@dataclass
class Person(threading.Thread):
    """Acts until `end` is set. An answer that was lost is asked for again with the same key."""

    address: str
    seed: int
    acknowledged: list[Acknowledged] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lost_answers: int = 0
    pause_s: float = 0.15
    waits_for: str = ""
    end: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    elsewhere: tuple[str, ...] = ()  # where to ask when there is no answer

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.chance = random.Random(self.seed)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        try:
            with WanderingClient((self.address, *self.elsewhere)) as client:
                self.enter(client)
                while not self.end.is_set():
                    self.act(client)
                    self.end.wait(self.chance.uniform(0.0, self.pause_s))
        except BaseException as error:
            self.failure = error
            raise

    @property
    def shown_name(self) -> str:
        """The name under which the store keeps what this person did."""
        return ""

    def enter(self, client: httpx.Client) -> None:
        """Prove who this is, once."""

    def act(self, client: httpx.Client) -> None:
        """Do one thing."""
        raise NotImplementedError

    def told(self, kind: str, key: str, answer: httpx.Response, sent: Any = None) -> Any | None:
        """Remember what the answer to an act says; returns the act's value when it was done."""
        if answer.status_code == 200:
            body = answer.json()
            self.acknowledged.append(
                Acknowledged(key, kind, body["seq"], body["value"], sent, self.shown_name)
            )
            return body["value"]
        assert answer.status_code == 409, f"{kind}: {answer.status_code} {answer.text[:300]}"
        self.refused.append(answer.json()["error"])
        return None

    def post(
        self, client: httpx.Client, kind: str, path: str, body: dict[str, Any], about: Any = None
    ) -> Any | None:
        """Do one act, insisting on an answer; `about` is remembered with it besides the body."""
        key = new_key()
        answer = self.insist(client, "POST", path, json=body, headers={"idempotency-key": key})
        return self.told(kind, key, answer, {"body": body, "about": about})

    def get(self, client: httpx.Client, path: str) -> Any | None:
        """Read something; None when it is refused: what one saw a moment ago may be gone."""
        answer = self.insist(client, "GET", path)
        assert answer.status_code in (200, 409), f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()["value"] if answer.status_code == 200 else None

    def insist(self, client: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:
        """Ask until there is an answer; 5xx of a server that is going or coming is no answer."""
        self.waits_for = f"{method} {path}"
        while True:
            try:
                answer = client.request(method, path, **request)
                if answer.status_code == 401:
                    self.enter(client)  # the session's time ran out: an accelerated clock is quick
                    continue
                if answer.status_code < 500:
                    return answer
            except httpx.HTTPError:
                pass
            self.lost_answers += 1
            time.sleep(max(RETRY_AFTER_S, self.pause_s))


def new_key() -> str:
    return f"{KEY_PREFIX}{uuid.uuid4().hex}"


def sign_in(person: Person, client: httpx.Client, name: str, password: str) -> None:
    """Open a session. A sign-in has no key: one whose answer was lost is simply another session."""
    while True:
        try:
            answer = client.post("/sign-in", data={"name": name, "password": password})
            if answer.status_code < 500:
                break
        except httpx.HTTPError:
            pass
        person.lost_answers += 1
        time.sleep(RETRY_AFTER_S)
    assert answer.status_code == 303, answer.text[:300]


@dataclass
class Officer(Person):
    """Dispatches, whistles, decides and writes notes on matters of its own, so that no version is contested."""

    name_: str = ""
    password: str = ""
    matters: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    whistle_share: float = 0.4
    decide_after_s: float = 20.0

    __hash__ = threading.Thread.__hash__

    def __post_init__(self) -> None:
        super().__post_init__()
        half = len(self.matters) // 2
        self._to_whistle, self._others = list(self.matters[:half]), self.matters[half:]
        self._whistles: list[tuple[float, str]] = []  # when raised, which
        self._orders: list[str] = []

    def enter(self, client: httpx.Client) -> None:
        sign_in(self, client, self.name_, self.password)

    def act(self, client: httpx.Client) -> None:
        drawn = self.chance.random()
        if drawn < self.whistle_share and self._to_whistle:
            self._whistle(client, self._to_whistle.pop(0))
        elif self._whistles and time.monotonic() - self._whistles[0][0] > self.decide_after_s:
            self._decide(client, self._whistles.pop(0)[1])
        elif len(self._orders) > MOST_ORDERS:
            path = f"/api/v1/commands/{self._orders.pop(0)}/recall"
            self.post(client, "recall", path, {"reason": "改派他人"})
        elif drawn > 0.9:
            self.insist(client, "GET", "/api/v1/matters")
        else:
            self._dispatch(client, self.chance.choice(self._others))

    def _whistle(self, client: httpx.Client, matter_id: str) -> None:
        called = self.chance.sample(self.units, 3)
        body = {
            "matter_id": matter_id,
            "expected_version": self._version(client, matter_id),
            "units": [{"kind": "unit", "id": unit} for unit in called],
            "agenda": ["谁来抢修", "何时恢复"],
            "decider": "值班长",
        }
        command = self.post(client, "whistle", "/api/v1/whistles", body)
        if command is not None:
            self._whistles.append((time.monotonic(), command["id"]))

    def _dispatch(self, client: httpx.Client, matter_id: str) -> None:
        unit = {"kind": "unit", "id": self.chance.choice(self.units), "role": "assist"}
        body = {
            "matter_id": matter_id,
            "expected_version": self._version(client, matter_id),
            "objective": "到现场核实",
            "receivers": [unit],
        }
        command = self.post(client, "dispatch", "/api/v1/commands", body)
        if command is not None:
            self._orders.append(command["id"])

    def _decide(self, client: httpx.Client, command_id: str) -> None:
        """Both points: the last one ends the whistle and its clocks."""
        for item in (1, 2):
            body = {"item": item, "decision": "先关阀门", "owner": "热力公司"}
            self.post(client, "decision", f"/api/v1/commands/{command_id}/decisions", body)

    def _version(self, client: httpx.Client, matter_id: str) -> int:
        answer = self.insist(client, "GET", f"/api/v1/matters/{matter_id}")
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
        return int(answer.json()["value"]["row"]["version"])


STEPS = ("delivered", "read", "accepted", "en_route")


@dataclass
class Gateway(Person):
    """Answers for some units through the receivers' gateway: each order a few steps, as its inbox shows them."""

    key: str = ""
    units: frozenset[str] = frozenset()
    after: int = 0

    __hash__ = threading.Thread.__hash__

    def __post_init__(self) -> None:
        super().__post_init__()
        self._to_answer: list[tuple[str, str, list[str]]] = []

    def enter(self, client: httpx.Client) -> None:
        client.headers["authorization"] = f"Bearer {self.key}"

    def act(self, client: httpx.Client) -> None:
        if not self._to_answer or self.chance.random() < 0.2:
            self._look(client)
        if not self._to_answer:
            return
        place = self.chance.randrange(len(self._to_answer))
        command_id, unit, steps = self._to_answer[place]
        body = {"command_id": command_id, "receiver_id": unit, "stage": steps.pop(0)}
        self.post(client, "receipt", "/api/v1/receipts", body)
        if not steps:
            del self._to_answer[place]

    def _look(self, client: httpx.Client) -> None:
        answer = self.insist(client, "GET", f"/api/v1/inbox?after={self.after}")
        page = answer.json()["value"]
        self.after = page["seq"]
        known = {(command_id, unit) for command_id, unit, _ in self._to_answer}
        for entry in page["commands"]:
            for unit in entry["receivers"]:
                waiting = (entry["command"]["id"], unit)
                if unit in self.units and waiting not in known and self.chance.random() < 0.7:
                    self._to_answer.append((*waiting, list(STEPS[: self.chance.randint(1, len(STEPS))])))


@dataclass
class Liaison(Person):
    """One unit's phone, which keeps what was done and sends it in batches, each item with its own key."""

    name_: str = ""
    password: str = ""
    now: Callable[[], int] = int

    __hash__ = threading.Thread.__hash__

    def __post_init__(self) -> None:
        super().__post_init__()
        self._done: set[str] = set()

    def enter(self, client: httpx.Client) -> None:
        sign_in(self, client, self.name_, self.password)

    def act(self, client: httpx.Client) -> None:
        inbox = self.insist(client, "GET", "/api/v1/own/inbox").json()["value"]
        waiting = [one["id"] for one in inbox["commands"] if one["id"] not in self._done]
        if not waiting:
            time.sleep(0.3)
            return
        command_id = self.chance.choice(waiting)
        self._done.add(command_id)
        said_at = self.now()
        items = [
            {"key": new_key(), "kind": "answer", "command_id": command_id, "stage": stage, "said_at": said_at}
            for stage in STEPS[: self.chance.randint(2, len(STEPS))]
        ]
        while items:
            answer = self.insist(client, "POST", "/api/v1/own/answers", json={"items": items})
            assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
            later = []
            for item, outcome in zip(items, answer.json()["items"], strict=True):
                if outcome["status"] == "done":
                    told = Acknowledged(item["key"], "batch", outcome["seq"], outcome["value"])
                    self.acknowledged.append(told)
                elif outcome["status"] == "later":
                    later.append(item)
                else:
                    self.refused.append(outcome["error"])
            items = later
