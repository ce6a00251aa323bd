"""Writes docs/machines.md from the tables of the code: `python -m tools.make_machines_doc`."""

from __future__ import annotations

from pathlib import Path

from dashboard.domain.machine import CHECKERS, FIELD, LEADERS, OFFICERS, UNIT, Machine, Transition
from dashboard.domain.matter import MACHINES
from dashboard.domain.words import DUE_WORDS, FIELD_WORDS, STAGE_WORDS, STEP_WORDS

PLACE = Path(__file__).resolve().parents[1] / "docs" / "machines.md"
WHO = {OFFICERS: "officer", UNIT: "unit", FIELD: "field", CHECKERS: "checker", LEADERS: "leader"}
TITLES = {"order": "12345 工单 Hotline order", "event": "网格事件 Grid event", "dispute": "矛盾纠纷 Dispute"}
HEAD = """# 状态机 Machines

Written by `python -m tools.make_machines_doc` from `dashboard/domain/hotline_order.py`, `grid_event.py` and
`dispute_case.py`; a test fails while it differs from them. Where a rule comes from: [acts.md](acts.md).

Who: *officer* duty officer, duty leader or commander; *unit* the handling unit's liaison or an officer; *field* the
grid worker in charge too; *checker* an officer or that grid worker, never the unit that did the work; *leader* duty
leader or commander. A guard is a rule of `dashboard/domain/guards.py` with a refusal of its own. A clock
in brackets stands still while the matter is in that stage.
"""


def document() -> str:
    """Return the whole document."""
    return "\n".join([HEAD, *(_machine(machine) for machine in MACHINES.values())])


def _machine(machine: Machine) -> str:
    stages = [
        f"| {_stage(code)} | {_clocks(machine.clocks.get(code, ()), machine.pauses.get(code, ()))} |"
        for code in machine.line
        if code not in machine.terminal
    ]
    ends = ", ".join(_stage(code) for code in sorted(machine.terminal))
    steps = [_row(machine, row) for row in machine.transitions]
    return "\n".join(
        [
            f"## {TITLES[machine.kind]}\n",
            "| stage | clocks |\n|---|---|",
            *stages,
            f"\nEnds: {ends}.\n",
            "| from | to | step | who | fields | guards | starts | stops | pauses | resumes |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *steps,
            "",
        ]
    )


def _row(machine: Machine, row: Transition) -> str:
    change = machine.clock_change(row)
    fields = [FIELD_WORDS[name][1] for name in row.required]
    fields += [f"({FIELD_WORDS[name][1]})" for name in row.optional]
    cells = [
        row.source, row.target, f"{STEP_WORDS[row.act][0]} `{row.act}`", WHO[row.who], ", ".join(fields),
        ", ".join(f"`{name}`" for name in row.guards),
        *(" ".join(names) for names in (change.starts, change.stops, change.pauses, change.resumes)),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _stage(code: str) -> str:
    return f"`{code}` {STAGE_WORDS[code][0]}"


def _clocks(running: tuple[str, ...], held: tuple[str, ...]) -> str:
    shown = [f"{DUE_WORDS[name][0]} `{name}`" for name in running]
    return ", ".join([*shown, *(f"[{DUE_WORDS[name][0]} `{name}`]" for name in held)])


if __name__ == "__main__":
    PLACE.write_text(document(), encoding="utf-8")
