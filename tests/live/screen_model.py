"""What a screen does with its frames, written as plainly as can be: the measure for hub and browser."""

from __future__ import annotations

from typing import Any

from dashboard.live.view import kept_lines


class ScreenModel:
    """Rows by id and log lines of one screen."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.epoch = snapshot["epoch"]
        self.seq = snapshot["seq"]
        self.matters = {row["id"]: row for row in snapshot["matters"]}
        self.commands = {row["id"]: row for row in snapshot["commands"]}
        self.asks = {row["id"]: row for row in snapshot["asks"]}
        self.log = list(snapshot["log"])

    def apply(self, changes: dict[str, Any]) -> None:
        assert changes["seq_from"] <= self.seq + 1, "a hole on the screen"
        assert changes["seq_to"] > self.seq
        for name, table in (("matters", self.matters), ("commands", self.commands), ("asks", self.asks)):
            for row in changes["upserts"][name]:
                table[row["id"]] = row
            for row_id in changes["gone"][name]:
                assert row_id in table, "told to forget what was never shown"
                del table[row_id]
        self.log += [line for line in changes["log"] if line["seq"] > self.seq]
        self.seq = changes["seq_to"]

    def equals(self, snapshot: dict[str, Any]) -> bool:
        """Compare with a fresh snapshot; the screen may lag behind entries that it does not see."""
        fresh = ScreenModel(snapshot)
        return (
            self.seq <= fresh.seq
            and self.epoch == fresh.epoch
            and self.matters == fresh.matters
            and self.commands == fresh.commands
            and self.asks == fresh.asks
            and kept_lines(self.log, fresh.seq) == fresh.log
        )
