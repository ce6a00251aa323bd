"""An officer who dispatches and whistles over HTTP and remembers what was acknowledged, through every outage."""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

RETRY_AFTER_S = 0.15


@dataclass(frozen=True)
class Acknowledged:
    """An act whose 200 the officer has seen: its key, the command and the log's number it came with."""

    key: str
    path: str
    command_id: str
    no: str
    seq: int


@dataclass
class Officer(threading.Thread):
    """Signs in once, then acts on its own matters until `end` is set. An answer that was lost is asked for again."""

    address: str
    name_: str
    password: str
    matters: list[str]
    units: list[str]
    seed: int
    acknowledged: list[Acknowledged] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lost_answers: int = 0
    end: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        try:
            self._act()
        except BaseException as error:
            self.failure = error
            raise

    def _act(self) -> None:
        chance = random.Random(self.seed)
        with httpx.Client(base_url=self.address, timeout=10.0, headers={"origin": self.address}) as client:
            self._sign_in(client)
            whistles = iter(self.matters[: len(self.matters) // 2])
            others = self.matters[len(self.matters) // 2 :]
            while not self.end.is_set():
                matter_id = next(whistles, None) if chance.random() < 0.4 else None
                if matter_id is not None:
                    self._command(client, "/api/v1/whistles", matter_id, self._whistle(chance))
                else:
                    self._command(client, "/api/v1/commands", chance.choice(others), self._dispatch(chance))
                time.sleep(chance.uniform(0.0, 0.15))

    def _sign_in(self, client: httpx.Client) -> None:
        answer = client.post("/sign-in", data={"name": self.name_, "password": self.password})
        assert answer.status_code == 303, answer.text[:300]

    def _whistle(self, chance: random.Random) -> dict[str, Any]:
        called = chance.sample(self.units, 3)
        return {
            "units": [{"kind": "unit", "id": unit} for unit in called],
            "agenda": ["谁来抢修", "何时恢复"],
            "decider": "值班长",
        }

    def _dispatch(self, chance: random.Random) -> dict[str, Any]:
        unit = {"kind": "unit", "id": chance.choice(self.units), "role": "assist"}
        return {"objective": "到现场核实", "receivers": [unit]}

    def _command(self, client: httpx.Client, path: str, matter_id: str, body: dict[str, Any]) -> None:
        key = uuid.uuid4().hex
        version = self._version(client, matter_id)
        body = {"matter_id": matter_id, "expected_version": version, **body}
        answer = self._insist(client, "POST", path, json=body, headers={"idempotency-key": key})
        if answer.status_code == 200:
            told = answer.json()
            command = told["value"]
            self.acknowledged.append(Acknowledged(key, path, command["id"], command["no"], told["seq"]))
        else:
            assert answer.status_code == 409, f"{answer.status_code} {answer.text[:300]}"
            self.refused.append(answer.json()["error"])

    def _version(self, client: httpx.Client, matter_id: str) -> int:
        answer = self._insist(client, "GET", "/api/v1/matters")
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:300]}"
        return next(int(row["version"]) for row in answer.json()["matters"] if row["id"] == matter_id)

    def _insist(self, client: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:
        """Ask until there is an answer; 5xx of a server that is going or coming is no answer."""
        while True:
            try:
                answer = client.request(method, path, **request)
                if answer.status_code < 500:
                    return answer
            except httpx.HTTPError:
                pass
            self.lost_answers += 1
            time.sleep(RETRY_AFTER_S)
