"""要点 of a replay: kept by whoever leads, masked, the last of a fact counts; and that a course was taken away."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dashboard import service
from dashboard.store import audit
from tests.store.centre import DONGGANG, MINUTE_MS, Centre, done, officer, refusal

LEADER = officer("duty_leader", name="赵建国")
ELSEWHERE = officer("duty_leader", "371103")


def find(centre: Centre, matter_id: str, actor: Any = LEADER, **given: str) -> Any:
    said = {"fact": "应急局到位", "cause": "值守电话占线", "improvement": "设第二值守号"} | given
    return centre.do(service.keep_finding, service.KeepFinding(matter_id, **said), actor)


def found(centre: Centre, matter_id: str, actor: Any = LEADER) -> list[dict[str, Any]]:
    past = service.read_replay(centre.services, actor, service.ReadReplay(matter_id), centre.now)
    assert isinstance(past, dict), past
    findings: list[dict[str, Any]] = past["findings"]
    return findings


def test_a_finding_stands_under_its_matter_and_the_last_of_a_fact_counts(centre: Centre) -> None:
    matter = centre.order()
    centre.wait(minutes=10)
    done(find(centre, matter["id"]))
    done(find(centre, matter["id"], fact="首报到定级", cause="未识别为同因", improvement="窗口改两分钟"))
    centre.wait(minutes=1)
    at = centre.now
    done(find(centre, matter["id"], owner="应急局", due_on="2026-11-30"))
    first, second = found(centre, matter["id"])
    assert first == {
        "fact": "应急局到位", "cause": "值守电话占线", "improvement": "设第二值守号", "owner": "应急局",
        "due_on": "2026-11-30", "by": "赵**", "at": at,
    }  # fmt: skip
    assert second["fact"] == "首报到定级"
    assert found(centre, centre.order()["id"]) == []
    assert len(centre.log("FindingKept")) == 3, "what was found first stays in the log"


def test_a_finding_names_no_telephone_and_is_found_after_the_period(centre: Centre) -> None:
    matter = centre.order()
    centre.wait(minutes=30)
    done(find(centre, matter["id"], cause="报修人 13912344321 占线"))
    (one,) = found(centre, matter["id"])
    assert "13912344321" not in one["cause"]
    early = service.ReadReplay(matter["id"], centre.now - 30 * MINUTE_MS, centre.now - 20 * MINUTE_MS)
    past = service.read_replay(centre.services, LEADER, early, centre.now)
    assert isinstance(past, dict)
    assert len(past["findings"]) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"cause": " "}, "finding_incomplete"), ({"improvement": ""}, "finding_incomplete"),
        ({"due_on": "下周"}, "finding_day"), ({"due_on": "2026-02-30"}, "finding_day"),
        ({"cause": "长" * 3_000}, "text_too_long"),
    ],
)  # fmt: skip
def test_half_a_finding_is_refused_and_leaves_nothing(
    centre: Centre, given: dict[str, str], code: str
) -> None:
    matter = centre.order()
    assert refusal(find(centre, matter["id"], **given)) == code
    assert found(centre, matter["id"]) == []


@pytest.mark.parametrize(
    ("role", "may"), [("duty_officer", False), ("duty_leader", True), ("commander", True), ("leader", True)]
)
def test_who_leads_may_find_and_the_page_is_told_so(centre: Centre, role: str, may: bool) -> None:
    matter = centre.order()
    outcome = find(centre, matter["id"], officer(role))
    assert (refusal(outcome) if not may else done(outcome)["fact"]) == (
        "no_right" if not may else "应急局到位"
    )
    past = service.read_replay(centre.services, officer(role), service.ReadReplay(matter["id"]), centre.now)
    assert isinstance(past, dict)
    assert past["may_find"] is may


def test_a_matter_of_another_county_has_no_findings_and_no_file(centre: Centre) -> None:
    matter = centre.order()
    assert refusal(find(centre, matter["id"], ELSEWHERE)) == "no_such_matter"
    asked = service.ReadReplay(matter["id"])
    assert (
        refusal(service.record_export(centre.services, ELSEWHERE, asked, now=centre.now)) == "no_such_matter"
    )


def test_that_a_course_was_taken_away_is_in_the_audit_before_there_is_a_file(centre: Centre) -> None:
    matter = centre.order()
    asked = service.ReadReplay(matter["id"], centre.now - MINUTE_MS, centre.now)
    county = dataclasses.replace(LEADER, jurisdiction=DONGGANG)
    assert done(service.record_export(centre.services, county, asked, now=centre.now)) == {
        "by": "赵**", "at": centre.now,
    }  # fmt: skip
    with centre.services.store.read() as connection:
        rows = [one for one in audit.rows_between(connection, 1, None) if one["act"] == "export_replay"]
    assert [(one["subject"], one["result"]) for one in rows] == [(f"matter:{matter['id']}", "done")]
