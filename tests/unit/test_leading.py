"""Are we under control: the rule, on numbers that stand beside it."""

from __future__ import annotations

import pytest

from dashboard.domain.leading import LONG_LATE_MS, Need, Reason, by_urgency, control_of, is_raised

NOW = 1_000_000_000_000
LATE, AHEAD = NOW - 60_000, NOW + 60_000


def need(reason: Reason, due_at: int | None = AHEAD) -> Need:
    return Need("m", reason, due_at)


@pytest.mark.parametrize(
    ("open_count", "overdue", "needs", "said"),
    [
        (4_700, 46, [], ("steady", ())),
        (4_700, 47, [], ("strained", ("overdue_share",))),
        (4_700, 234, [], ("strained", ("overdue_share",))),
        (4_700, 235, [], ("pressing", ("overdue_share",))),
        (4_700, 0, [need("district", LATE)], ("strained", ("needs",))),
        (4_700, 0, [need("whistle")], ("strained", ("needs",))),
        (4_700, 0, [need("whistle", None)], ("strained", ("needs",))),
        (4_700, 0, [need("whistle", LATE)], ("pressing", ("late_need",))),
        (4_700, 0, [need("whistle", NOW)], ("pressing", ("late_need",))),
        (4_700, 235, [need("raised", LATE)], ("pressing", ("late_need", "overdue_share"))),
        (4_700, 47, [need("declined")], ("strained", ("needs", "overdue_share"))),
        (0, 0, [], ("steady", ())),
    ],
)
def test_the_verdict_follows_from_the_numbers(
    open_count: int, overdue: int, needs: list[Need], said: tuple[str, tuple[str, ...]]
) -> None:
    assert control_of(open_count, overdue, needs, NOW) == said


def test_a_matter_is_raised_when_a_leader_has_to_act_at_the_last_step() -> None:
    assert is_raised(4, "commander")
    assert is_raised(4, "leader")
    assert not is_raised(4, "unit_head")  # its red card is the unit head's own
    assert not is_raised(3, "commander")


def test_running_clocks_stand_before_what_has_been_late_for_days() -> None:
    assert by_urgency(AHEAD, True, NOW) < by_urgency(LATE, False, NOW)
    ends = [NOW - LONG_LATE_MS - 1, None, AHEAD, LATE, NOW - LONG_LATE_MS * 3]
    assert sorted(ends, key=lambda one: by_urgency(one, False, NOW)) == [
        LATE,
        AHEAD,
        None,
        NOW - LONG_LATE_MS * 3,
        NOW - LONG_LATE_MS - 1,
    ]
