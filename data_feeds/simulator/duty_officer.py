"""A simulated duty officer: signs in as a person does, blows the whistles that a scenario calls for and takes its cases
on."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import httpx
import msgspec

from data_feeds.clock import Clock
from data_feeds.simulator.grid_case import CasePlayer, GridCase
from data_feeds.simulator.scenarios import WhistleWish

_LOG = logging.getLogger(__name__)

LOOK_S = 3.0
FORGET_AFTER_MS = 10 * 60_000  # a wish this old was granted before a restart, or never will be


class Credentials(msgspec.Struct, frozen=True):
    """The account that the launcher made for the demonstration."""

    name: str
    password: str


def read_credentials(file: Path) -> Credentials | None:
    """Return the account, None where the launcher made none.

    Raises:
        msgspec.DecodeError: the file holds something else.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Credentials)
    except FileNotFoundError:
        return None


class DutyOfficer:
    """Grants wishes through `/sign-in`, `/api/v1/matters`, `/api/v1/whistles`, and takes cases on.

    Args:
        wishes: (wish, when it is due), added to by whoever starts scenarios.
        cases: reports of citizens and their courses, added to likewise.
    """

    def __init__(
        self,
        address: str,
        account: Credentials,
        wishes: list[tuple[WhistleWish, int]],
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        cases: list[GridCase] | None = None,
    ) -> None:
        self._client = httpx.AsyncClient(
            base_url=address,
            headers={"origin": address},
            timeout=20.0,
            trust_env=False,
            transport=transport,
        )
        self._account = account
        self._wishes = wishes
        self._player = CasePlayer(self._client, cases if cases is not None else [])
        self._clock = clock

    async def run(self) -> None:
        """Look for due wishes until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.grant_due(self._clock.now_ms())
            except (httpx.HTTPError, ValueError, KeyError) as error:
                _LOG.debug("officer: %s", error)

    async def grant_due(self, now: int) -> None:
        """Grant the wishes that are due, as far as their matters are there; signs in first where needed.

        Raises:
            httpx.HTTPError, ValueError, KeyError: the web process did not answer as it should; look again.
        """
        self._wishes[:] = [one for one in self._wishes if one[1] > now - FORGET_AFTER_MS]
        due = [one for one in self._wishes if one[1] <= now]
        await self._player.send_due(now)
        if due or self._player.has_due(now):
            await self._grant(due, now)

    async def _grant(self, due: list[tuple[WhistleWish, int]], now: int) -> None:
        answer = await self._client.get("/api/v1/matters")
        if answer.status_code == 401:
            await self._sign_in()
            return
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["matters"]
        await self._player.step_due(rows, now)
        for wish in due:
            row = next((row for row in rows if _is_meant(row, wish[0])), None)
            if row is None:
                continue  # not taken in yet, or closed
            if row["whistle"] is not None or await self._blow(row, wish[0]):
                self._wishes.remove(wish)

    async def _sign_in(self) -> None:
        form = {"name": self._account.name, "password": self._account.password}
        answer = await self._client.post("/sign-in", data=form)
        if answer.status_code != 303:
            _LOG.warning("the simulated officer cannot sign in: %d", answer.status_code)

    async def _blow(self, row: dict[str, Any], wish: WhistleWish) -> bool:
        """Blow one whistle; False when it has to be tried again with a newer version of the matter."""
        units = [
            {"kind": "unit", "id": unit, "role": "lead" if place == 0 else "assist"}
            for place, unit in enumerate(wish.units)
        ]
        body = {
            "matter_id": row["id"],
            "expected_version": row["version"],
            "units": units,
            "agenda": list(wish.agenda),
            "decider": wish.decider,
            "place": row["place"],
            "lon": row["lon"],
            "lat": row["lat"],
        }
        key = f"wish-{row['id'][:16]}-{row['version']}"
        answer = await self._client.post("/api/v1/whistles", json=body, headers={"idempotency-key": key})
        if answer.status_code == 200:
            _LOG.info("whistle over %s %s", row["no"], row["title"])
            return True
        _LOG.info("whistle over %s refused: %d %s", row["no"], answer.status_code, answer.text[:200])
        return answer.status_code not in (409, 503)


def _is_meant(row: dict[str, Any], wish: WhistleWish) -> bool:
    return bool(row["title"] == wish.title and row["opened_at"] == wish.opened_at)
