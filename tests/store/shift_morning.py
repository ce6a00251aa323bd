"""A shift: posts taken and left, an alarm that A leaves to B, a hand-over taken back and one that is completed."""

from __future__ import annotations

from collections.abc import Callable

from dashboard import service
from dashboard.service import BeginHandover, ConfirmItem, EndHandover, LeavePost, RelievePost, TakePost
from tests.store.centre import Centre, done, officer

ANNE = officer(name="王建国")
BELLA = officer(name="陈秀英")


def hand_over(centre: Centre, check: Callable[[Centre], None]) -> None:
    """Cause every kind of event that posts and hand-overs have."""
    leader = centre.leader
    done(centre.do(service.take_post, TakePost("leader"), leader))
    done(centre.do(service.leave_post, LeavePost("leader"), leader))
    done(centre.do(service.take_post, TakePost("A"), ANNE))
    done(centre.do(service.take_post, TakePost("B"), BELLA))
    check(centre)
    centre.clock.advance(seconds=5)
    alarm = centre.order(urgency=1, title="燃气泄漏")
    check(centre)
    centre.wait(minutes=4)
    check(centre)
    done(centre.do(service.note, service.Note(alarm["id"], "在处置"), ANNE))
    begun = done(centre.do(service.begin_handover, BeginHandover("A", ("一",)), ANNE))
    done(centre.do(service.cancel_handover, EndHandover(begun["handover_id"]), ANNE))
    sheet = done(centre.do(service.begin_handover, BeginHandover("A", ("一",)), ANNE))["handover_id"]
    board = service.duty_board(centre.services, BELLA, centre.now)
    assert isinstance(board, dict)
    for item in board["handover"]["items"]:
        done(centre.do(service.confirm_item, ConfirmItem(sheet, item["ref"]), BELLA))
    done(centre.do(service.complete_handover, EndHandover(sheet), BELLA))
    check(centre)
    done(centre.do(service.relieve_post, RelievePost("A", "下班"), leader))
    check(centre)
