"""The audit: what was done and refused, before and after, and a file that proves itself outside the system."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from sqlalchemy import delete, update

from dashboard import service
from dashboard.service import AuditExport, AuditQuery
from dashboard.store import tables
from tests.store.centre import Centre, done, officer, refusal

AUDITOR = officer("auditor", name="蒋一")


def rows(centre: Centre, **wanted: Any) -> list[dict[str, Any]]:
    found = service.audit_rows(centre.services, AUDITOR, AuditQuery(**wanted))
    assert isinstance(found, list)
    return found


def exported(centre: Centre, **wanted: Any) -> list[str]:
    outcome = service.export_audit(centre.services, AUDITOR, AuditExport(**wanted), centre.now)
    return list(done(outcome).lines())


def busy(centre: Centre) -> dict[str, Any]:
    """An order with a few acts behind it, one of them refused."""
    row = centre.order()
    done(centre.do(service.note, service.Note(row["id"], "已联系")))
    refusal(centre.do(service.note, service.Note(row["id"], " ")))
    done(
        centre.do(
            service.set_urgency, service.SetUrgency(row["id"], 1, "扩大"), expected_version=row["version"]
        )
    )
    return row


def test_the_audit_does_not_keep_what_a_citizen_said_when_called_back(centre: Centre) -> None:
    matter = centre.event(status="CHECKING")
    said = service.RecordCallback(matter["id"], "answered", True, "satisfied", "李小明说邻居王五也停暖")
    done(centre.do(service.record_callback, said))
    (found,) = rows(centre, act="record_callback")
    assert "王五" not in str(found) and "words=***" in str(found["detail"])


def test_an_act_says_what_was_before_and_after(centre: Centre):
    row = busy(centre)
    (found,) = rows(centre, act="set_urgency")
    detail = json.loads(found["detail"])
    assert detail["changes"][f"matters:{row['id']}"]["urgency"] == [2, 1]
    assert (found["actor"], found["address"], found["result"]) == (centre.officer.id, "10.0.0.1", "done")


def test_rows_are_found_by_the_name_somebody_signs_in_with_and_by_being_refused(centre: Centre) -> None:
    services, now = centre.services, centre.now
    request = service.NewAccount("jiang", "蒋一", "auditor", services.city)
    done(
        service.create_account(
            services, officer("secadmin"), request, "a long password", now, must_change=False
        )
    )
    done(service.sign_in(services, "jiang", "a long password", "10.0.0.9", now))
    refusal(service.sign_in(services, "jiang", "wrong", "10.0.0.9", now))
    (own,) = rows(centre, actor="jiang")
    assert (own["act"], own["actor_name"], own["result"]) == ("sign_in", "jiang", "done")
    assert rows(centre, actor=own["actor"]) == [own]
    (refused,) = rows(centre, act="sign_in", result="refused")
    assert (refused["actor_name"], refused["result"]) == ("", "wrong_name_or_password")
    assert rows(centre, act="sign_in", result="done") == [own]


def test_refused_acts_are_in_it_with_why(centre: Centre):
    busy(centre)
    (found,) = rows(centre, result="text_missing")
    assert found["act"] == "note"


def test_signing_in_and_failing_to_are_in_it(centre: Centre):
    admin = officer("secadmin", name="冯一")
    account = service.NewAccount("wang", "王某", "duty_officer", centre.services.city)
    done(
        service.create_account(
            centre.services, admin, account, "a-long-password", centre.now, must_change=False
        )
    )
    service.sign_in(centre.services, "wang", "wrong-password", "10.0.0.9", centre.now)
    done(service.sign_in(centre.services, "wang", "a-long-password", "10.0.0.9", centre.now + 60_000))
    assert [one["result"] for one in rows(centre, act="sign_in")] == ["done", "wrong_name_or_password"]


def test_reading_a_citizens_whole_data_is_in_it_without_the_data(centre: Centre):
    row = centre.order()
    request = service.RevealCitizen(row["id"], "回访核实")
    done(centre.do(service.reveal_citizen, request))
    (found,) = rows(centre, act="reveal_citizen")
    assert "回访核实" in found["detail"]
    assert "13812345678" not in json.dumps(found, default=str)


def test_only_the_auditor_looks_verifies_and_exports(centre: Centre):
    for role in ("duty_officer", "commander", "sysadmin", "secadmin", "leader"):
        actor = officer(role)
        assert refusal(service.audit_rows(centre.services, actor, AuditQuery())) == "no_right"
        assert refusal(service.verify_audit(centre.services, actor)) == "no_right"
        assert refusal(service.export_audit(centre.services, actor, AuditExport(), centre.now)) == "no_right"
    assert [one["result"] for one in rows(centre, act="export_audit")] == ["no_right"] * 5


def test_an_export_carries_the_chain_and_is_itself_audited(centre: Centre):
    busy(centre)
    lines = exported(centre)
    head = json.loads(lines[0])
    assert head["rows"] == len(lines) - 1 == head["last_n"]
    state = service.first_break_in_file(lines)
    assert (state.rows, state.broken_at) == (head["rows"], None)
    (found,) = rows(centre, act="export_audit")
    assert found["n"] == head["last_n"] + 1 and json.loads(found["detail"])["last_hash"] == head["last_hash"]


def test_a_period_proves_itself_without_what_came_before(centre: Centre):
    busy(centre)
    since = centre.clock.now = centre.now + 3_600_000
    busy(centre)
    lines = exported(centre, from_at=since)
    assert json.loads(lines[0])["first_n"] > 1
    assert service.first_break_in_file(lines).broken_at is None
    outcome = service.export_audit(centre.services, AUDITOR, AuditExport(since * 2), centre.now)
    assert refusal(outcome) == "audit_period_empty"
    outcome = service.export_audit(centre.services, AUDITOR, AuditExport(format="xls"), centre.now)
    assert refusal(outcome) == "no_such_format"


@pytest.mark.parametrize("fault", ["changed", "removed", "swapped", "cut", "put in"])
def test_a_file_that_was_touched_names_its_first_break(centre: Centre, fault: str):
    busy(centre)
    lines = exported(centre)
    row = json.loads(lines[3])
    if fault == "changed":
        lines[3] = json.dumps({**row, "result": "done!"})
    elif fault == "removed":
        del lines[3]
    elif fault == "swapped":
        lines[3], lines[4] = lines[4], lines[3]
    elif fault == "put in":
        lines.insert(3, lines[2])
    else:
        del lines[4:]
    state = service.first_break_in_file(lines)
    assert state.broken_at == (4 if fault == "cut" else 3)


def test_the_verify_command_names_the_first_break(centre: Centre):
    busy(centre)
    column = tables.audit.c
    with centre.services.store.write() as connection:
        connection.execute(update(tables.audit).where(column.n == 3).values(subject="elsewhere"))
    state = service.verify_audit(centre.services, AUDITOR)
    assert (state.broken_at, state.reason) == (3, "changed")
    with centre.services.store.write() as connection:
        connection.execute(delete(tables.audit).where(column.n == 2))
    state = service.verify_audit(centre.services, AUDITOR)
    assert (state.broken_at, state.reason) == (2, "missing")


def test_a_name_typed_by_a_stranger_is_no_formula_in_the_spreadsheet(centre: Centre):
    service.sign_in(centre.services, "=HYPERLINK(1)", "whatever-password", "10.0.0.9", centre.now)
    found = list(csv.DictReader(exported(centre, format="csv")))
    assert [one["subject"] for one in found] == ["'=HYPERLINK(1)"]


def test_a_chain_longer_than_one_page_is_walked_whole(centre: Centre, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.store.audit.PAGE", 2)
    busy(centre)
    assert service.verify_audit(centre.services, AUDITOR).broken_at is None
    assert service.first_break_in_file(exported(centre)).broken_at is None


def test_nothing_personal_is_kept_with_a_request(centre: Centre):
    row = centre.order()
    done(centre.do(service.note, service.Note(row["id"], "打 13900001111 联系，证号 370105198001011234")))
    dispute = service.RegisterDispute(
        "邻里漏水", "0203", "赵甲乙", "钱丙丁", "楼上漏水", phone="13700002222", division="371102002"
    )
    outcome = centre.do(service.register_dispute, dispute)
    kept = json.dumps(rows(centre), default=str, ensure_ascii=False)
    for personal in ("13900001111", "370105198001011234", "13700002222", "赵甲乙", "钱丙丁", "楼上漏水"):
        assert personal not in kept
    assert "139****1111" in kept and row["id"] in kept and outcome is not None
