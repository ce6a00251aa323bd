"""Posts, take-over and hand-over: one holder per post, no alarm unanswered, no line unconfirmed."""

from __future__ import annotations

from typing import Any

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.service import BeginHandover, ConfirmItem, EndHandover, LeavePost, RelievePost, TakePost
from dashboard.store import audit
from tests.store.centre import DONGGANG, Centre, done, officer, refusal

ANNE = officer(name="王建国")
BELLA = officer(name="陈秀英")
CARL = officer(name="孙立新")
LEADER = officer("duty_leader", name="李卫东")


def take(centre: Centre, actor: Principal, post: str) -> Any:
    return centre.do(service.take_post, TakePost(post), actor)


def board(centre: Centre, actor: Principal = ANNE) -> dict[str, Any]:
    shown = service.duty_board(centre.services, actor, centre.now)
    assert not isinstance(shown, Refused)
    return shown


def emergency(centre: Centre, **given: Any) -> dict[str, Any]:
    return centre.order(urgency=1, title="燃气泄漏", **given)


def asks(centre: Centre) -> list[dict[str, Any]]:
    return [one for one in service.snapshot(centre.services).asks if one["kind"] == "duty_alarm"]


class TestPosts:
    def test_a_post_has_one_holder_until_it_is_handed_over(self, centre: Centre):
        assert (
            done(take(centre, ANNE, "A"))["until_at"] == centre.now + 6 * 3_600_000
        )  # 10:00, shift to 16:00
        assert refusal(take(centre, BELLA, "A")) == "post_taken"
        assert refusal(take(centre, ANNE, "B")) == "already_on_post"
        assert refusal(take(centre, LEADER, "C")) == "no_such_post"

    def test_each_jurisdiction_has_posts_of_its_own(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        county = officer(jurisdiction=DONGGANG, name="赵一")
        done(take(centre, county, "A"))
        assert board(centre)["posts"]["A"]["name"] == "王**"
        assert board(centre, county)["posts"]["A"]["name"] == "赵**"

    def test_who_may_lead_is_a_matter_of_role(self, centre: Centre):
        assert refusal(take(centre, ANNE, "leader")) == "not_for_this_post"
        assert refusal(take(centre, officer("leader", name="周一"), "A")) == "not_for_this_post"
        done(take(centre, LEADER, "leader"))

    def test_the_board_says_when_each_last_acted(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        row = centre.order()
        centre.clock.advance(minutes=5)
        done(centre.do(service.note, service.Note(row["id"], "已联系"), ANNE))
        assert board(centre)["posts"]["A"]["acted_at"] == centre.now
        assert board(centre)["mine"] == "A"

    def test_a_leaves_only_when_nothing_has_to_be_handed_over(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        emergency(centre)
        assert refusal(centre.do(service.leave_post, LeavePost("A"), ANNE)) == "handover_needed"
        assert refusal(centre.do(service.leave_post, LeavePost("A"), BELLA)) == "not_on_post"

    def test_a_leader_relieves_somebody_who_is_gone_with_a_reason(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        assert refusal(centre.do(service.relieve_post, RelievePost("A", "离开大厅"), BELLA)) == "no_right"
        assert refusal(centre.do(service.relieve_post, RelievePost("A", " "), LEADER)) == "reason_missing"
        done(centre.do(service.relieve_post, RelievePost("A", "离开大厅"), LEADER))
        assert refusal(centre.do(service.relieve_post, RelievePost("A", "再来"), LEADER)) == "nobody_on_post"
        done(take(centre, BELLA, "A"))


class TestTakeOver:
    def test_an_alarm_that_a_does_not_answer_in_three_minutes_goes_to_b(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        done(take(centre, BELLA, "B"))
        centre.clock.advance(seconds=5)
        row = emergency(centre)
        centre.wait(minutes=2, seconds=59)
        assert asks(centre) == [] and centre.log("AlarmHandedOn") == []
        centre.wait(seconds=2)
        (told,) = centre.log("AlarmHandedOn")
        assert (told.params["silent"], told.params["deputy"], told.params["minutes"]) == ("王**", "陈**", 3)
        (ask,) = asks(centre)
        assert ask["matter_id"] == row["id"] and ask["params"]["deputy"] == "陈**"
        assert board(centre)["posts"]["A"]["silent_at"] is not None  # A sees that another stands in

    def test_b_acts_and_the_alarm_is_answered(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        done(take(centre, BELLA, "B"))
        row = emergency(centre)
        centre.wait(minutes=4)
        done(centre.do(service.acknowledge, service.Acknowledge(row["id"]), BELLA))
        assert asks(centre) == []
        assert [one for one in centre.armed(row["id"]) if one.purpose == "duty_alarm"] == []
        centre.wait(minutes=30)
        assert len(centre.log("AlarmHandedOn")) == 1

    def test_a_who_acts_again_is_back_and_everybody_is_told(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        done(take(centre, BELLA, "B"))
        centre.clock.advance(seconds=5)
        row = emergency(centre)
        centre.wait(minutes=4)
        done(centre.do(service.note, service.Note(row["id"], "在处置"), ANNE))
        assert [one.params["by"] for one in centre.log("PostActsAgain")] == ["王**"]
        assert board(centre)["posts"]["A"]["silent_at"] is None

    def test_a_who_is_busy_elsewhere_is_not_called_silent_but_the_alarm_goes_on(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        done(take(centre, BELLA, "B"))
        other = centre.order()
        emergency(centre)
        centre.wait(minutes=1)
        done(centre.do(service.note, service.Note(other["id"], "别的事"), ANNE))
        centre.wait(minutes=3)
        assert len(asks(centre)) == 1
        assert board(centre)["posts"]["A"]["silent_at"] is None

    def test_dispatching_the_matter_answers_its_alarm(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        row = emergency(centre)
        done(centre.dispatch(row, centre.units(1)[0], actor=ANNE, override_reason="就近"))
        centre.wait(minutes=4)
        assert centre.log("AlarmHandedOn") == []

    def test_a_red_card_is_an_alarm_too(self, centre: Centre):
        row = centre.order(urgency=2)
        done(centre.dispatch(row, centre.units(1)[0], override_reason="就近"))
        done(take(centre, ANNE, "A"))
        done(take(centre, BELLA, "B"))
        while not [one for one in centre.armed(row["id"]) if one.purpose == "duty_alarm"]:
            centre.wait(minutes=1)
        centre.wait(minutes=4)
        assert {one.params["no"] for one in centre.log("AlarmHandedOn")} == {row["no"]}

    def test_it_is_no_limit_of_the_matter_and_raises_nothing(self, centre: Centre):
        row = emergency(centre)
        done(take(centre, ANNE, "A"))
        manned = emergency(centre)
        assert (manned["due_for"], manned["limit_ms"]) == (row["due_for"], row["limit_ms"])

    def test_a_county_without_a_desk_is_answered_for_by_the_city(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        emergency(centre)
        centre.wait(minutes=4)
        assert asks(centre)[0]["scope"] == ["371100"]
        county = officer(jurisdiction=DONGGANG, name="赵一")
        done(take(centre, county, "A"))
        emergency(centre)
        centre.wait(minutes=4)
        assert sorted(one["scope"][0] for one in asks(centre)) == ["371100", "371102"]

    def test_nobody_on_duty_means_no_alarm_clock(self, centre: Centre):
        row = emergency(centre)
        assert [one.purpose for one in centre.armed(row["id"]) if one.purpose == "duty_alarm"] == []

    def test_six_minutes_go_to_the_leaders_and_are_said_again(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        row = emergency(centre)
        centre.wait(minutes=12)
        fired = [
            one for one in centre.log("EscalationFired") if one.params["policy_id"].startswith("duty-alarm")
        ]
        assert [one.params["policy_id"] for one in fired] == ["duty-alarm-b", "duty-alarm-leaders"]
        assert fired[0].matter_id == row["id"]
        assert len(centre.log("EscalationRepeated")) >= 1


class TestHandOver:
    def begin(self, centre: Centre, *lines: str, left_out: tuple[str, ...] = ()) -> str:
        request = BeginHandover("A", lines, left_out)
        return str(done(centre.do(service.begin_handover, request, ANNE))["handover_id"])

    def confirm(self, centre: Centre, sheet: str, actor: Principal = BELLA) -> int:
        items = board(centre, actor)["handover"]["items"]
        for item in items:
            if item["confirmed_at"] is None:
                done(centre.do(service.confirm_item, ConfirmItem(sheet, item["ref"]), actor))
        return len(items)

    def test_open_whistles_emergencies_overdue_and_notes_are_proposed(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        burst = emergency(centre)
        row = centre.order()
        whistle = done(centre.whistle(centre.matter(row["id"]), *centre.units(2), actor=ANNE))
        done(centre.do(service.note, service.Note(row["id"], "独居老人 37 户，已入户 9"), ANNE))
        items = [one for one in board(centre)["proposed"] if one["kind"] != "ask"]
        assert [one["kind"] for one in items] == ["whistle", "alarm", "note"]
        assert items[0]["no"] == whistle["no"] and items[0]["details"] == {"missing": 2, "undecided": 1}
        assert items[1]["no"] == burst["no"] and items[1]["must"]
        centre.clock.advance(hours=20)
        assert "overdue" in [one["kind"] for one in board(centre)["proposed"]]

    def test_the_post_changes_hands_once_every_line_is_confirmed(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        done(take(centre, BELLA, "B"))
        emergency(centre)
        sheet = self.begin(centre, "爆管恢复口径未定，11:00 更新 12345")
        assert (
            refusal(centre.do(service.complete_handover, EndHandover(sheet), BELLA)) == "handover_unconfirmed"
        )
        assert self.confirm(centre, sheet) == 2
        done(centre.do(service.complete_handover, EndHandover(sheet), BELLA))
        posts = board(centre)["posts"]
        assert posts["A"]["name"] == "陈**" and posts["B"] is None
        assert board(centre, BELLA)["mine"] == "A" and board(centre)["handover"] is None

    def test_one_unconfirmed_line_holds_the_hand_over_and_is_named(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        emergency(centre)
        sheet = self.begin(centre, "盯住应急局")
        done(centre.do(service.confirm_item, ConfirmItem(sheet, "own:1"), BELLA))
        outcome = centre.do(service.complete_handover, EndHandover(sheet), BELLA)
        assert refusal(outcome) == "handover_unconfirmed"
        assert outcome.params["count"] == 1 and "燃气泄漏" in outcome.params["named"]

    def test_what_comes_up_meanwhile_has_to_be_confirmed_too(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        sheet = self.begin(centre, "无")
        self.confirm(centre, sheet)
        emergency(centre)
        assert (
            refusal(centre.do(service.complete_handover, EndHandover(sheet), BELLA)) == "handover_unconfirmed"
        )
        assert self.confirm(centre, sheet) == 2
        done(centre.do(service.complete_handover, EndHandover(sheet), BELLA))

    def test_what_must_be_handed_over_cannot_be_left_out(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        row = emergency(centre)
        self.begin(centre, left_out=(f"alarm:{row['id']}",))
        assert [one["ref"] for one in board(centre)["handover"]["items"]] == [f"alarm:{row['id']}"]

    def test_only_the_successor_confirms_and_each_line_once(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        sheet = self.begin(centre, "一", "二")
        assert refusal(centre.do(service.confirm_item, ConfirmItem(sheet, "own:1"), ANNE)) == "own_handover"
        done(centre.do(service.confirm_item, ConfirmItem(sheet, "own:1"), BELLA))
        assert (
            refusal(centre.do(service.confirm_item, ConfirmItem(sheet, "own:1"), BELLA))
            == "already_confirmed"
        )
        assert (
            refusal(centre.do(service.confirm_item, ConfirmItem(sheet, "own:2"), CARL)) == "not_the_successor"
        )
        assert (
            refusal(centre.do(service.confirm_item, ConfirmItem(sheet, "own:9"), BELLA))
            == "no_such_handover_item"
        )

    def test_a_county_officer_does_not_see_or_confirm_the_citys_sheet(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        sheet = self.begin(centre, "一")
        county = officer(jurisdiction=DONGGANG, name="赵一")
        assert board(centre, county)["handover"] is None
        assert (
            refusal(centre.do(service.confirm_item, ConfirmItem(sheet, "own:1"), county))
            == "no_such_handover"
        )

    def test_the_one_who_began_may_take_the_sheet_back(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        sheet = self.begin(centre, "一")
        assert refusal(centre.do(service.begin_handover, BeginHandover("A"), ANNE)) == "handover_running"
        assert refusal(centre.do(service.cancel_handover, EndHandover(sheet), BELLA)) == "not_your_handover"
        done(centre.do(service.cancel_handover, EndHandover(sheet), ANNE))
        assert refusal(centre.do(service.complete_handover, EndHandover(sheet), BELLA)) == "no_such_handover"
        self.begin(centre, "二")

    def test_every_step_of_it_is_audited(self, centre: Centre):
        done(take(centre, ANNE, "A"))
        sheet = self.begin(centre, "一")
        centre.do(service.complete_handover, EndHandover(sheet), BELLA)
        with centre.services.store.read() as connection:
            assert audit.first_break(connection) is None
        assert centre.count("audit") >= 3
