"""The escalation policy as versions: the first is the pack's, edits are checked, a running matter keeps its own."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from dashboard import service
from dashboard.citypack import PackError
from dashboard.citypack.policies import COLUMNS, cells_of
from dashboard.domain.principal import Principal
from dashboard.service import Services
from dashboard.service.policies.drafting import policy_draft
from dashboard.service.policies.editing import EditPolicy, edit_of, edit_policy, edit_to
from dashboard.service.policies.files import import_policies
from dashboard.service.policies.preview import preview_policy
from dashboard.service.policies.versions import ensure_policy, policy_rows, policy_versions
from dashboard.store import audit
from dashboard.store import policies as stored
from tests.store.centre import CITY, MINUTE_MS, Centre, done, officer, refusal

SYSADMIN = officer("sysadmin", name="吴某某")


@pytest.fixture
def versioned(centre: Centre) -> Centre:
    ensure_policy(centre.services, centre.now)
    return centre


def rows(centre: Centre, version: int | None = None) -> dict[str, dict[str, str]]:
    found = policy_rows(centre.services, SYSADMIN, version, centre.now)
    assert isinstance(found, dict)
    return {row["policy_id"]: row for row in found["rows"]}


def changed(centre: Centre, policy_id: str, /, **cells: str) -> EditPolicy:
    row = rows(centre)[policy_id] | cells
    with centre.services.store.read() as connection:
        return edit_of(stored.newest(connection), [row], [], "寒潮期间加快")


def publish(centre: Centre, request: EditPolicy, actor: Principal = SYSADMIN) -> service.Outcome:
    return edit_policy(centre.services, actor, request, centre.now, centre.key())


def test_the_first_start_writes_the_packs_rows_as_version_1_and_the_second_start_nothing(
    centre: Centre,
) -> None:
    assert ensure_policy(centre.services, centre.now) == 1
    assert ensure_policy(centre.services, centre.now) == 1
    assert [rows(centre)[one.policy_id] for one in centre.pack.policies] == [
        cells_of(one) for one in centre.pack.policies
    ]
    listed = policy_versions(centre.services, SYSADMIN, centre.now)
    assert isinstance(listed, list)
    assert [(one["version"], one["origin"], one["steps"]) for one in listed] == [
        (1, "pack", len(centre.pack.policies))
    ]


def test_rows_of_a_kind_that_a_release_brings_are_added_and_edits_stay(centre: Centre) -> None:
    pack = list(centre.pack.policies)
    known = [one for one in pack if one.applies_to != "event"]
    with centre.services.store.write() as connection:
        edited = [replace(one, name="改过") if one.policy_id == "whistle-amber" else one for one in known]
        about = {
            "version": 1, "made_at": 0, "made_by": "x", "made_name": "", "origin": "pack", "why": "",
        }  # fmt: skip
        stored.write_version(connection, about, [asdict(one) for one in edited])
    assert ensure_policy(centre.services, centre.now) == 2
    after = rows(centre)
    assert after["whistle-amber"]["name"] == "改过"
    assert {one.policy_id for one in pack if one.applies_to == "event"} <= after.keys()


def test_a_clock_of_a_kind_that_its_version_does_not_know_follows_the_packs_rows(centre: Centre) -> None:
    with centre.services.store.write() as connection:
        kept = [asdict(one) for one in centre.pack.policies if one.applies_to == "order"]
        about = {
            "version": 1, "made_at": 0, "made_by": "x", "made_name": "", "origin": "pack", "why": "",
        }  # fmt: skip
        stored.write_version(connection, about, kept)
    steps = centre.services.steps_of(1).steps("event", "verify", 3)
    assert [one.policy_id for one in steps] == ["event-verify-late"]


def test_a_matter_keeps_the_policy_it_was_opened_under_and_a_new_one_goes_by_the_new(
    versioned: Centre,
) -> None:
    centre = versioned
    old = centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now)["id"]
    value = done(publish(centre, changed(centre, "order-sign-half-2", share_of_limit="0.2")))
    assert value["version"] == 2
    new = centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now)["id"]
    due = {one.matter_id: one.due_at - one.anchor_at for one in centre.armed() if one.purpose == "sign"}
    limit_ms = next(one.limit_ms for one in centre.armed(old) if one.purpose == "sign")
    assert due == {old: limit_ms // 2, new: limit_ms // 5}
    # It goes on so at every later change of the old matter, and when its steps fire.
    centre.wait(minutes=limit_ms / 2 / MINUTE_MS)
    fired = [one for one in centre.log("EscalationFired") if one.params["policy_id"] == "order-sign-half-2"]
    assert {one.matter_id for one in fired} == {old, new}
    assert [one.params["due_at"] - one.at for one in fired] == [0, 0]


def test_who_changed_what_and_why_is_on_record(versioned: Centre) -> None:
    centre = versioned
    done(publish(centre, changed(centre, "whistle-amber", after_ms="900000")))
    listed = policy_versions(centre.services, SYSADMIN, centre.now)
    assert isinstance(listed, list)
    assert (listed[0]["version"], listed[0]["made_by"], listed[0]["why"]) == (2, "吴**", "寒潮期间加快")
    (told,) = centre.log("PolicyPublished")
    assert told.params["rows"] == 1
    with centre.services.store.read() as connection:
        assert audit.first_break(connection) is None
        written = (
            connection.exec_driver_sql(
                "SELECT detail FROM audit WHERE act = 'edit_policy' AND result = 'done' ORDER BY n DESC"
            )
            .scalars()
            .first()
        )
    assert '"policy_steps:whistle-amber": {"after_ms": ["1200000", "900000"]}' in written


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"tell": "mayor"}, "mayor"),
        ({"means": "pigeon"}, "pigeon"),
        ({"means": ""}, "means"),
        ({"after_ms": "soon"}, "soon"),
        ({"after_ms": "", "share_of_limit": ""}, "after_ms"),
        ({"step": "3"}, "whistle-late"),
        ({"repeat_ms": "1"}, "repeat_ms"),
        ({"raise_to_level": "9"}, "raise_to_level"),
        ({"repeat_ms": "0"}, "repeat_ms"),
        ({"repeat_ms": "-60000"}, "repeat_ms"),
        ({"repeat_ms": "1e9"}, "repeat_ms"),
        ({"after_ms": "9" * 30}, "after_ms"),
        ({"after_ms": "-" + "9" * 30}, "after_ms"),
        ({"share_of_limit": "-1"}, "share_of_limit"),
        ({"share_of_limit": "inf"}, "share_of_limit"),
        ({"step": "0"}, "step"),
        ({"step": "1000000"}, "step"),
        ({"urgency": "5"}, "urgency"),
        ({"must_act": "unit_duty;leader"}, "must_act"),
        ({"unless": "never"}, "unless"),
        ({"applies_to": "everything"}, "applies_to"),
        ({"policy_id": "x" * 61}, "policy_id"),
        ({"stage": "x" * 25}, "stage"),
    ],
)
def test_a_faulty_row_is_refused_by_name(versioned: Centre, cells: dict[str, str], said: str) -> None:
    outcome = publish(versioned, changed(versioned, "whistle-amber", **cells))
    assert refusal(outcome) == "policy_faults"
    assert isinstance(outcome, service.Refused)
    assert said in outcome.params["faults"]
    assert rows(versioned)["whistle-amber"]["after_ms"] == "1200000"


def test_a_policy_does_not_grow_without_end(versioned: Centre) -> None:
    row = rows(versioned)["whistle-amber"]
    many = [row | {"policy_id": f"p{number}", "stage": f"s{number}"} for number in range(1_001)]
    outcome = publish(versioned, edit_of(1, many, [], "很多"))
    assert refusal(outcome) == "policy_faults"


def test_a_kind_of_clock_cannot_lose_its_last_step(versioned: Centre) -> None:
    request = edit_of(1, [], ["event-verify-late"], "不要了")
    outcome = publish(versioned, request)
    assert refusal(outcome) == "policy_faults"


def test_two_administrators_do_not_overwrite_each_other(versioned: Centre) -> None:
    first = changed(versioned, "whistle-amber", after_ms="900000")
    second = changed(versioned, "whistle-late", after_ms="1500000")
    done(publish(versioned, first))
    assert refusal(publish(versioned, second)) == "policy_moved_on"


def test_an_edit_without_a_reason_or_without_a_change_is_refused(versioned: Centre) -> None:
    nothing = changed(versioned, "whistle-amber")
    assert refusal(publish(versioned, nothing)) == "policy_unchanged"
    silent = edit_of(1, [rows(versioned)["whistle-amber"] | {"after_ms": "900000"}], [], "  ")
    assert refusal(publish(versioned, silent)) == "reason_missing"


@pytest.mark.parametrize(
    "role", ["duty_officer", "duty_leader", "commander", "leader", "secadmin", "auditor"]
)
def test_only_the_system_administrator_edits(versioned: Centre, role: str) -> None:
    request = changed(versioned, "whistle-amber", after_ms="900000")
    assert refusal(publish(versioned, request, officer(role))) == "no_right"
    assert refusal(preview_policy(versioned.services, officer(role), request, versioned.now)) == "no_right"


def test_the_preview_says_which_step_each_matter_would_be_at(versioned: Centre) -> None:
    centre = versioned
    late = centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now)["id"]
    other = centre.order(urgency=3, status="TO_SIGN", dispatched_at=centre.now)["id"]
    (clock,) = [one for one in centre.armed(late) if one.purpose == "sign"]
    centre.wait(minutes=clock.limit_ms * 0.4 / MINUTE_MS)
    request = changed(centre, "order-sign-half-2", share_of_limit="0.25", raise_to_level="3")
    seq = centre.seq()
    found = preview_policy(centre.services, SYSADMIN, request, centre.now)
    assert isinstance(found, dict)
    assert (found["open"], found["changed"]) == (2, 1)
    (move,) = found["moves"]
    assert move["matter_id"] == late
    assert (move["now"]["step"], move["would_be"]["step"]) == (0, 1)
    assert (move["now"]["level"], move["would_be"]["level"]) == (0, 3)
    assert "title" not in move
    assert centre.seq() == seq, "a preview changes nothing"
    only = preview_policy(centre.services, SYSADMIN, request, centre.now, [other])
    assert isinstance(only, dict)
    assert only["moves"] == []


def test_chosen_matters_are_shown_also_where_nothing_changes(versioned: Centre) -> None:
    centre = versioned
    first, second = (centre.order(urgency=2, status="TO_SIGN", dispatched_at=centre.now) for _ in range(2))
    nothing = edit_of(1, [], [], "")
    numbers = [second["no"].lower(), first["no"], "G9999"]
    found = preview_policy(centre.services, SYSADMIN, nothing, centre.now, numbers=numbers)
    assert isinstance(found, dict)
    assert found["moves"] == []
    assert [(one["no"], one["due_for"]) for one in found["chosen"]] == [
        (second["no"], "反馈"), (second["no"], "签收"), (first["no"], "反馈"), (first["no"], "签收"),
    ]  # fmt: skip
    assert all(one["now"] == one["would_be"] for one in found["chosen"])
    assert found["unknown"] == ["G9999"]


def test_versions_say_how_many_open_matters_go_by_them(versioned: Centre) -> None:
    centre = versioned
    centre.order()
    done(publish(centre, changed(centre, "whistle-amber", after_ms="900000")))
    centre.order()
    centre.order()
    listed = policy_versions(centre.services, officer("auditor"), centre.now)
    assert isinstance(listed, list)
    assert [(one["version"], one["open_matters"]) for one in listed] == [(2, 2), (1, 1)]


def test_a_draft_names_the_step_and_the_column_of_each_fault(versioned: Centre) -> None:
    request = changed(versioned, "whistle-amber", after_ms="soon", tell="mayor", step="3")
    draft = policy_draft(versioned.services, SYSADMIN, request, versioned.now)
    assert isinstance(draft, service.PolicyDraft)
    assert {(one.policy_id, one.column, one.code) for one in draft.faults} == {
        ("whistle-amber", "after_ms", "cell_number"),
        ("whistle-amber", "tell", "role_unknown"),
        ("whistle-late", "step", "policy_step_twice"),
    }
    assert draft.changes == {
        "whistle-amber": {
            "step": ["2", "3"], "after_ms": ["1200000", "soon"], "tell": ["duty_leader", "mayor"],
        }
    }  # fmt: skip


def test_a_draft_of_nothing_has_the_version_and_its_limits(versioned: Centre) -> None:
    draft = policy_draft(versioned.services, officer("auditor"), edit_of(1, [], [], ""), versioned.now)
    assert isinstance(draft, service.PolicyDraft)
    assert (draft.version, draft.newest, draft.changes, draft.faults) == (1, 1, {}, ())
    assert {row["policy_id"]: dict(row) for row in draft.rows} == rows(versioned)
    assert draft.limits["order", "sign"][1] == (5, "min")
    assert draft.limits["whistle_receiver", "arrive"][3] == (30, "min")
    assert ("dispatch_receiver", "read") not in draft.limits
    assert refusal(policy_draft(versioned.services, officer(), edit_of(1, [], [], ""), versioned.now)) == (
        "no_right"
    )


def test_an_urgency_cannot_lose_its_last_step_while_others_keep_theirs(versioned: Centre) -> None:
    gone = [name for name, row in rows(versioned).items() if row["stage"] == "sign" and row["urgency"] == "2"]
    outcome = publish(versioned, edit_of(1, [], gone, "不要了"))
    assert refusal(outcome) == "policy_faults"
    assert isinstance(outcome, service.Refused)
    assert "紧急程度 2 " in outcome.params["faults"]


def test_a_draft_knows_when_somebody_published_meanwhile(versioned: Centre) -> None:
    request = changed(versioned, "whistle-late", after_ms="1500000")
    done(publish(versioned, changed(versioned, "whistle-amber", after_ms="900000")))
    draft = policy_draft(versioned.services, SYSADMIN, request, versioned.now)
    assert isinstance(draft, service.PolicyDraft)
    assert (draft.version, draft.newest, draft.newest_by) == (1, 2, "吴**")
    assert draft.published["whistle-amber"]["after_ms"] == "1200000"


def test_a_whole_file_becomes_an_edit_of_what_differs(versioned: Centre) -> None:
    before = list(versioned.pack.policies)
    cells = [cells_of(one) for one in before]
    cells[0] = cells[0] | {"after_ms": "240000"}
    last = cells.pop()
    request = edit_to(cells, 1, before, "导入")
    assert [dict(row)["policy_id"] for row in request.changed] == [cells[0]["policy_id"]]
    assert request.removed == (last["policy_id"],)
    assert set(COLUMNS) == {name for name, _ in request.changed[0]}


def test_the_same_edit_sent_twice_publishes_once(versioned: Centre) -> None:
    request = changed(versioned, "whistle-amber", after_ms="900000")
    first = edit_policy(versioned.services, SYSADMIN, request, versioned.now, "same-key")
    again = edit_policy(versioned.services, SYSADMIN, request, versioned.now, "same-key")
    assert done(first) == done(again)
    listed = policy_versions(versioned.services, SYSADMIN, versioned.now)
    assert isinstance(listed, list)
    assert len(listed) == 2


def test_city_stays_the_scope_of_what_is_published(versioned: Centre) -> None:
    done(publish(versioned, changed(versioned, "whistle-amber", after_ms="900000")))
    (told,) = versioned.log("PolicyPublished")
    assert tuple(told.scope) == (CITY,)


def test_a_second_process_reads_the_version_that_the_first_one_published(versioned: Centre) -> None:
    elsewhere = Services(versioned.services.store, versioned.pack)
    done(publish(versioned, changed(versioned, "whistle-amber", after_ms="900000")))
    (step,) = [
        one
        for one in elsewhere.steps_of(2).steps("whistle_receiver", "", 1)
        if one.policy_id == "whistle-amber"
    ]
    assert step.after_ms == 900_000


def test_a_file_is_published_as_a_version_and_a_faulty_one_is_refused(
    versioned: Centre, tmp_path: Path
) -> None:
    pack = (versioned.pack.path / "policies.csv").read_text(encoding="utf-8")
    file = tmp_path / "policies.csv"
    file.write_text(
        pack.replace(
            "whistle_receiver,arrive,,2,arrived,elapsed,1200000",
            "whistle_receiver,arrive,,2,arrived,elapsed,900000",
        )
    )
    system = Principal("operator:x", "", "system", "system", CITY)
    value = done(import_policies(versioned.services, system, file, "演练", versioned.now, versioned.key()))
    assert value == {"version": 2, "changed": 1, "removed": 0}
    assert rows(versioned)["whistle-amber"]["after_ms"] == "900000"
    file.write_text(pack.replace(",phone,", ",pigeon,"))
    outcome = import_policies(versioned.services, system, file, "演练", versioned.now, versioned.key())
    assert refusal(outcome) == "policy_faults"
    file.write_text("policy_id,what\nx,y\n")
    with pytest.raises(PackError):
        import_policies(versioned.services, system, file, "演练", versioned.now, versioned.key())
