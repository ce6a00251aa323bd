"""A dispute from the guide desk to the archive: mediation before the court, and no party's name outside the seal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from callbacks.desk.feature import Opened
from callbacks.desk.steps import STEPS
from callbacks.desk.steps_view import loop_view
from dashboard import service
from dashboard.store import tables
from tests.store.centre import DONGGANG, RONGAN, Centre, done, officer, refusal
from tests.store.test_loop import DAY_MS, loop_of, purposes, step


def registered(centre: Centre, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": "楼上漏水索赔", "category": "2201", "applicant": "李小明", "opponent": "王小红",
        "phone": "13812345678",
        "words": "楼上漏水三个月，要求修复并赔偿", "division": RONGAN, "place": "荣安社区", "amount_yuan": 8_000,
    }  # fmt: skip
    request = service.RegisterDispute(**(fields | more))
    return dict(done(centre.do(service.register_dispute, request)))


def sorted_to(centre: Centre, **more: Any) -> tuple[dict[str, Any], Any]:
    case = registered(centre, **more)
    unit = centre.units(1, DONGGANG)[0]
    done(step(centre, case, "SORTED", unit=unit, window="12"))
    return case, officer("unit_liaison", unit=unit, name="赵联络")


def interviewed(centre: Centre, **more: Any) -> tuple[dict[str, Any], Any]:
    case, liaison = sorted_to(centre, **more)
    done(step(centre, case, "INTERVIEWED", liaison, handling="已接谈"))
    return case, liaison


def test_a_registered_dispute_has_a_number_a_clock_and_sealed_parties(centre: Centre) -> None:
    case = registered(centre)
    assert (case["no"], case["kind"], case["stage"], case["region"]) == (
        "H0001",
        "dispute",
        "REGISTERED",
        DONGGANG,
    )
    assert purposes(centre, case) == {"register"}
    detail = centre.detail(case["id"])
    assert detail.citizen is not None
    assert (detail.citizen["name"], detail.citizen["phone"]) == ("李**", "138****5678")
    assert loop_of(centre, case).details["opponent"] == "王**"
    with centre.services.store.read() as connection:
        everything = repr(
            [connection.execute(select(table)).all() for table in tables.metadata.sorted_tables]
        )
    assert "李小明" not in everything
    assert "王小红" not in everything
    assert "13812345678" not in everything


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"applicant": ""}, "party_missing"),
        ({"opponent": ""}, "party_missing"),
        ({"words": ""}, "words_missing"),
        ({"category": "9999"}, "no_such_category"),
        ({"urgency": 5}, "no_such_urgency"),
        ({"division": "370000"}, "no_such_division"),
        ({"channel": "pigeon"}, "no_such_channel"),
    ],
)
def test_a_dispute_that_is_not_whole_is_refused(centre: Centre, wrong: dict[str, Any], code: str) -> None:
    about = {"title": "x", "category": "2201", "applicant": "甲", "opponent": "乙", "words": "z"} | wrong
    assert refusal(centre.do(service.register_dispute, service.RegisterDispute(**about))) == code
    assert centre.count("matters") == 0


def test_the_same_registration_sent_twice_is_one_case(centre: Centre) -> None:
    request = service.RegisterDispute("漏水", "2201", "甲乙", "丙丁", "赔偿", division=RONGAN)
    first = done(centre.do(service.register_dispute, request, idempotency_key="once"))
    again = done(centre.do(service.register_dispute, request, idempotency_key="once"))
    assert first["id"] == again["id"]
    other = service.RegisterDispute("漏水", "2201", "甲乙", "另一人", "赔偿", division=RONGAN)
    assert refusal(centre.do(service.register_dispute, other, idempotency_key="once")) == "key_reused"


def test_sorting_names_a_window_and_starts_the_clock(centre: Centre) -> None:
    case = registered(centre)
    assert refusal(step(centre, case, "SORTED", unit=centre.units(1)[0])) == "fields_missing"
    assert refusal(step(centre, case, "SORTED", unit="nobody", window="12")) == "no_such_unit"
    case, _ = sorted_to(centre)
    assert purposes(centre, case) == {"interview", "settle"}
    row = centre.matter(case["id"])
    assert row["dispatched_at"] == centre.now
    details = loop_of(centre, case).details
    assert (details["window"], details["window_name"]) == ("12", "劳动人事争议仲裁")


def test_a_window_is_one_of_the_packs_and_what_was_written_before_is_still_shown(centre: Centre) -> None:
    case = registered(centre, category="0403")
    unit = centre.units(1)[0]
    for wrong in ("12 号窗口", "34", "1"):
        assert refusal(step(centre, case, "SORTED", unit=unit, window=wrong)) == "no_such_window"
    assert refusal(step(centre, case, "SORTED", unit=unit, window=12)) == "field_malformed"
    form = json.dumps(drawer_form(centre, case, "SORTED"), ensure_ascii=False)
    assert form.index("受理本类纠纷") < form.index("12 号 劳动人事争议仲裁") < form.index("全部窗口")
    assert form.count("29 号 职工维权") == 2
    assert form.count("01 号 综合受理") == 1
    done(step(centre, case, "SORTED", unit=unit, window="12"))
    assert shown_window(centre, case) == ["窗口 12 号 劳动人事争议仲裁"]
    with centre.services.store.write() as connection:
        old = {"window": "东厅 12 号", "mediations": 0}
        connection.execute(update(tables.matters).values(details=json.dumps(old, ensure_ascii=False)))
    assert shown_window(centre, case) == ["窗口 东厅 12 号"]


def drawer_form(centre: Centre, case: dict[str, Any], to: str) -> Any:
    """The form of a step as the desk draws it."""
    begun = next(one for one in STEPS.acts if one.act == "step")
    live: Any = None  # the form does not look at the fleet
    opened = Opened(
        centre.services, live, centre.officer, centre.detail(case["id"]), centre.now, "zh", {"to": to}
    )
    return json.loads(
        json.dumps(begun.form(opened).to_plotly_json(), default=lambda one: one.to_plotly_json())
    )


def shown_window(centre: Centre, case: dict[str, Any]) -> list[str]:
    """The drawer's words about the window."""
    shown = loop_view(loop_of(centre, case), may_answer=False, now=centre.now, lang="zh")
    return [one.words for one in shown.marks if one.words.startswith("窗口")]


def test_a_dispute_may_not_go_to_litigation_before_mediation(centre: Centre) -> None:
    case, liaison = interviewed(centre, mediation_eligible=True)
    offered = {one.to: one.refused for one in loop_of(centre, case, liaison).steps}
    assert offered["LITIGATION"] is not None
    assert offered["LITIGATION"].code == "mediation_first"
    assert refusal(step(centre, case, "LITIGATION", liaison, body="东港区人民法院")) == "mediation_first"
    assert (
        refusal(step(centre, case, "LITIGATION", centre.leader, body="东港区人民法院")) == "mediation_first"
    )
    done(step(centre, case, "ARBITRATION", liaison, body="劳动仲裁委"))
    assert refusal(step(centre, case, "LITIGATION", liaison, body="东港区人民法院")) == "mediation_first"


def test_after_mediation_failed_the_court_is_open_and_may_send_it_back(centre: Centre) -> None:
    case, liaison = interviewed(centre)
    done(step(centre, case, "MEDIATING", liaison, mediator="张调解"))
    assert refusal(step(centre, case, "LITIGATION", liaison, body="法院")) == "no_such_step"
    assert purposes(centre, case) == {"mediate", "settle"}
    done(step(centre, case, "MEDIATION_FAILED", liaison, reason="分歧大"))
    done(step(centre, case, "LITIGATION", liaison, body="东港区人民法院"))
    assert purposes(centre, case) == {"file"}
    done(step(centre, case, "MEDIATING", liaison, mediator="诉前调解员"))
    done(step(centre, case, "AGREED", liaison, agreement="赔偿 6000 元，十日内付清"))


def test_a_case_not_fit_for_mediation_goes_to_court_at_once(centre: Centre) -> None:
    case, liaison = interviewed(centre, mediation_eligible=False)
    done(step(centre, case, "LITIGATION", liaison, body="东港区人民法院"))


def test_mediation_never_ends_after_the_case_itself(centre: Centre) -> None:
    case, liaison = interviewed(centre)
    centre.clock.advance(hours=24 * 40)
    done(step(centre, case, "MEDIATING", liaison, mediator="张调解"))
    clocks = {one.purpose: one.objective_at for one in centre.armed(case["id"])}
    assert clocks["mediate"] == clocks["settle"] == centre.detail(case["id"]).fields["final_due_at"]


def test_the_whole_way_to_the_archive(centre: Centre) -> None:
    case, liaison = interviewed(centre)
    done(step(centre, case, "MEDIATING", liaison, mediator="张调解"))
    centre.clock.advance(hours=30)
    done(step(centre, case, "AGREED", liaison, agreement="修好并赔偿 6000 元"))
    assert purposes(centre, case) == {"agreement"}
    late = centre.now + 31 * DAY_MS
    done(step(centre, case, "CONFIRMING", liaison, body="东港区人民法院"))
    done(step(centre, case, "FOLLOW_UP", liaison, document_no="（2026）鲁1102民特1号"))
    assert centre.detail(case["id"]).fields["replied_at"] == centre.now < late
    close = service.CloseMatter(case["id"], {})
    assert refusal(centre.do(service.close_matter, close, expected_version=None)) == "not_called_back"
    done(
        centre.do(
            service.record_callback, service.RecordCallback(case["id"], "answered", True, "very_satisfied")
        )
    )
    row = done(centre.do(service.close_matter, close, expected_version=None))
    assert row["stage"] == "ARCHIVED"
    assert centre.armed(case["id"]) == []
    assert centre.detail(case["id"]).fields["satisfied"] is True


def test_confirmation_is_asked_for_in_time(centre: Centre) -> None:
    case, liaison = interviewed(centre)
    done(step(centre, case, "AGREED", liaison, agreement="各让一步"))
    centre.clock.advance(hours=24 * 31)
    assert refusal(step(centre, case, "CONFIRMING", liaison, body="法院")) == "confirmation_too_late"


def test_a_window_may_return_a_case_and_the_clock_runs_on(centre: Centre) -> None:
    case, liaison = sorted_to(centre)
    due_at = centre.detail(case["id"]).fields["final_due_at"]
    centre.clock.advance(hours=3)
    done(step(centre, case, "RETURN_REQUESTED", liaison, reason="应到劳动仲裁窗口"))
    done(step(centre, case, "REGISTERED", reason="同意"))
    assert centre.matter(case["id"])["returned"] == 1
    done(step(centre, case, "SORTED", unit=centre.units(1)[0], window="20"))
    assert centre.detail(case["id"]).fields["final_due_at"] == due_at


def test_a_whistle_about_a_dispute_gives_it_back_to_the_window(centre: Centre) -> None:
    case, _ = interviewed(centre)
    unit = centre.units(1)[0]
    whistle = done(centre.whistle(centre.matter(case["id"]), unit))
    assert centre.matter(case["id"])["stage"] == "WHISTLED"
    done(centre.do(service.record_decision, service.RecordDecision(whistle["id"], 1, "先修后赔", "住建局")))
    assert centre.matter(case["id"])["stage"] == "INTERVIEWED"
    again = done(centre.whistle(centre.matter(case["id"]), unit))
    done(centre.do(service.recall, service.Recall(again["id"], "叫错了")))
    assert centre.matter(case["id"])["stage"] == "INTERVIEWED"


def test_an_order_about_a_dispute_reaches_its_receiver_and_moves_nothing(centre: Centre) -> None:
    case, _ = interviewed(centre)
    done(centre.dispatch(centre.matter(case["id"]), centre.units(1)[0]))
    assert centre.matter(case["id"])["stage"] == "INTERVIEWED"


def test_another_county_neither_sees_nor_registers_here(centre: Centre) -> None:
    case = registered(centre)
    theirs = officer(jurisdiction="371103")
    assert refusal(service.matter_loop(centre.services, theirs, case["id"], centre.now)) == "no_such_matter"
    request = service.RegisterDispute("漏水", "2201", "甲乙", "丙丁", "赔偿", division=RONGAN)
    assert refusal(centre.do(service.register_dispute, request, theirs)) == "outside_jurisdiction"
