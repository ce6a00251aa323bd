"""People of a shift, who take a post and hand it over, and a citizen who reports by a grid's code."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.crash.people import Person, sign_in


@dataclass
class PostHolder(Person):
    """One of two who share post A of a county: takes it, writes the sheet, confirms the other's line by line."""

    name_: str = ""
    password: str = ""
    shown: str = ""

    __hash__ = threading.Thread.__hash__

    @property
    def shown_name(self) -> str:
        return self.shown

    def enter(self, client: httpx.Client) -> None:
        sign_in(self, client, self.name_, self.password)

    def act(self, client: httpx.Client) -> None:
        board = self.get(client, "/api/v1/shift")
        assert board is not None
        sheet = board["handover"]
        if sheet is not None:
            self._with_sheet(client, sheet)
        elif board["mine"] == "A":
            if self.chance.random() < 0.2:
                self.post(client, "leave_post", "/api/v1/shift/posts/leave", {"post": "A"})
            else:
                lines = [f"{self.name_} 的事 {number}" for number in range(self.chance.randint(1, 3))]
                self.post(client, "begin_handover", "/api/v1/shift/handovers", {"post": "A", "lines": lines})
        elif board["posts"]["A"] is None:
            self.post(client, "take_post", "/api/v1/shift/posts", {"post": "A"})

    def _with_sheet(self, client: httpx.Client, sheet: dict[str, Any]) -> None:
        path = f"/api/v1/shift/handovers/{sheet['id']}"
        if sheet["role"] == "from":
            if self.chance.random() < 0.03:
                self.post(client, "cancel_handover", f"{path}/cancel", {}, sheet["id"])
            return
        left = [one["ref"] for one in sheet["items"] if one["confirmed_at"] is None]
        if left:
            self.post(client, "confirm_item", f"{path}/items", {"ref": left[0]}, sheet["id"])
        else:
            self.post(client, "complete_handover", f"{path}/complete", {}, sheet["id"])


@dataclass
class Citizen(Person):
    """Scans grids' codes and reports; no account, no session. Matters that nobody handles repeat their clocks without
    end, so only so many are sent, spread over the run."""

    grids: list[str] = field(default_factory=list)
    category: str = ""
    most: int = 10
    every_s: float = 2.0

    __hash__ = threading.Thread.__hash__

    def act(self, client: httpx.Client) -> None:
        number = len(self.acknowledged) + len(self.refused)
        if number < self.most:
            body = {
                "grid": self.grids[number % len(self.grids)], "category": self.category,
                "text": f"二层堆积建筑垃圾，第 {number} 次说", "phone": f"138{number:08}", "name": f"群众{number}",
            }  # fmt: skip
            self.post(client, "report", "/api/v1/reports", body)
        self.end.wait(self.every_s)
