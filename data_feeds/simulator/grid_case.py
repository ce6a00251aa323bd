"""A case that comes in by a grid's code, as a citizen sends it, and goes on step by step where nobody does it first.

The demonstration's people act through the same doors as everybody.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

_LOG = logging.getLogger(__name__)

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class NextStep:
    """What happens to the case in one stage, so many minutes after the report: a step of its machine, or an order to
    `unit` as lead."""

    after_min: float
    to: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""
    objective: str = ""


@dataclass(frozen=True, slots=True)
class GridCase:
    """A citizen's report and its course: stage -> what is done in it. `key` is the same in every run."""

    key: str
    reported_at: int
    report: Mapping[str, Any]
    course: Mapping[str, NextStep]


class CasePlayer:
    """Sends the reports of cases and takes their next steps as an officer who is signed in.

    It keeps nothing: a report sent again under its key answers its number, and what is next follows from the stage in
    which the case stands, so a restart, and a person who was faster, change nothing.

    Args:
        client: speaks to the web process, with an officer's session.
        cases: added to by whoever starts scenarios.
    """

    def __init__(self, client: httpx.AsyncClient, cases: list[GridCase]) -> None:
        self._client = client
        self._cases = cases
        self._numbers: dict[str, str] = {}

    async def send_due(self, now: int) -> None:
        """Send the reports whose time has come. Raises httpx.HTTPError, ValueError, KeyError: look again."""
        for case in self._cases:
            if case.reported_at > now or case.key in self._numbers:
                continue
            answer = await self._client.post(
                "/api/v1/reports", json=dict(case.report), headers={"idempotency-key": case.key}
            )
            if answer.status_code == 200:
                self._numbers[case.key] = answer.json()["value"]["no"]
                _LOG.info("case %s reported as %s", case.key, self._numbers[case.key])
            else:
                _LOG.info("case %s: %d %s", case.key, answer.status_code, answer.text[:200])

    def has_due(self, now: int) -> bool:
        """Say whether any case is under way: only then the officer has to look at the queue."""
        return any(case.key in self._numbers for case in self._cases)

    async def step_due(self, rows: list[dict[str, Any]], now: int) -> None:
        """Take the steps that are due; `rows` are the open matters. Raises as `send_due`."""
        by_number = {row["no"]: row for row in rows}
        for case in list(self._cases):
            number = self._numbers.get(case.key)
            if number is None:
                continue
            row = by_number.get(number)
            if row is None:
                self._cases.remove(case)  # closed
                continue
            step = case.course.get(row["stage"])
            if step is not None and case.reported_at + step.after_min * MINUTE_MS <= now:
                await self._take(row, step)

    async def _take(self, row: dict[str, Any], step: NextStep) -> None:
        body: dict[str, Any]
        if step.unit:
            path = "/api/v1/commands"
            body = {
                "matter_id": row["id"],
                "objective": step.objective,
                "receivers": [{"kind": "unit", "id": step.unit, "role": "lead"}],
            }
        else:
            path = f"/api/v1/matters/{row['id']}/steps"
            body = {"to": step.to, "fields": dict(step.fields)}
        body["expected_version"] = row["version"]
        key = f"case-{row['id'][:16]}-{row['stage']}-{row['version']}"
        answer = await self._client.post(path, json=body, headers={"idempotency-key": key})
        _LOG.info("case %s in %s: %d", row["no"], row["stage"], answer.status_code)
