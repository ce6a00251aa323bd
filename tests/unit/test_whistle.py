"""事不决、人不撤 as an invariant: whatever units say and whatever is decided, in whatever order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.command import ANSWERS, Command, Decision, Receipt
from dashboard.domain.refusal import Refused
from dashboard.domain.whistle import may_leave, state_after

UNITS, ITEMS = 3, 2


def called() -> tuple[Command, dict[int, Receipt], dict[int, Decision]]:
    command = Command(
        "w", "哨01", "whistle", "m", "爆管", "定什么", 0, "o", "王", 30, 30, "running", 0, ("371100",), 1
    )
    receipts = {
        unit: Receipt("w", f"u{unit}", unit, "unit", f"单位{unit}", "assist", 30) for unit in range(UNITS)
    }
    return command, receipts, {item: Decision("w", item, f"议题{item}") for item in range(ITEMS)}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, UNITS - 1), st.sampled_from(ANSWERS)),
        st.tuples(st.just("decide"), st.integers(0, ITEMS - 1), st.none()),
        st.tuples(st.just("leave"), st.integers(0, UNITS - 1), st.none()),
        st.tuples(st.just("consult"), st.just(0), st.none()),
    ),
    max_size=40,
)


@given(steps)
def test_nobody_has_left_before_it_was_decided_or_raised(walk: list[tuple[str, int, str | None]]) -> None:
    command, receipts, decisions = called()
    raised = False
    for now, (what, which, said) in enumerate(walk, start=1):
        if what == "answer" and command.state not in ("done", "recalled"):
            after = receipts[which].answered(str(said), now, "事由")
            if isinstance(after, Receipt):
                receipts[which] = after
        elif what == "decide" and decisions[which].is_open:
            decisions[which] = replace(decisions[which], decided_at=now)
        elif what == "consult" and command.state in ("running", "conferring"):
            command, raised = replace(command, state="consultation"), True
        elif what == "leave" and may_leave(command, receipts[which], list(decisions.values())) is None:
            receipts[which] = replace(receipts[which], left_at=now)
        command = replace(
            command, state=state_after(command, list(receipts.values()), list(decisions.values()))
        )
        decided = not any(one.is_open for one in decisions.values())
        if any(one.left_at is not None for one in receipts.values()):
            assert decided or raised
        if command.state in ("resolved", "done"):
            assert decided


def test_the_refusal_names_every_missing_decision() -> None:
    command, receipts, decisions = called()
    there = receipts[0].answered("arrived", 1)
    assert isinstance(there, Receipt)
    refused = may_leave(command, there, list(decisions.values()))
    assert isinstance(refused, Refused)
    assert refused.params["missing"] == ["议题0", "议题1"]


def test_who_is_not_on_site_cannot_leave() -> None:
    command, receipts, decisions = called()
    refused = may_leave(command, receipts[0], list(decisions.values()))
    assert refused is not None
    assert refused.code == "not_on_site"
