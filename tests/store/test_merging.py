"""并单: thirty-one calls about one heating main become one matter, each citizen is called back, one is taken out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from dashboard import service
from dashboard.service.merging import listing
from dashboard.store import merges, tables
from tests.store.centre import DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal
from tests.store.statements import statements_of

WULIAN = "371121"
OURS = officer(jurisdiction=DONGGANG, name="孙立")
LON, LAT = 119.5412, 35.3893
REPLY = {
    "request_true": True, "contacted": True, "contacted_at": 1, "resolved": True, "handling": "已修好",
    "public_reply": "已修好",
}  # fmt: skip


def burst(centre: Centre, count: int, **given: Any) -> list[dict[str, Any]]:
    """So many calls about one main, half a minute apart, from houses along one street; oldest first."""
    readings = []
    for number in range(count):
        readings.append(
            centre.reading(
                title=("整栋停暖", "家里停暖", "小区停暖了")[number % 3],
                lon=LON + number * 0.0001,
                lat=LAT,
                village=None,
                **given,
            )
        )
        centre.clock.advance(seconds=30)
        centre.take(readings[-1])
    return [centre.row_of(one.order_no) for one in readings]


def merge(
    centre: Centre, carrier: dict[str, Any], *others: dict[str, Any], actor: Any = None, **more: Any
) -> Any:
    request = service.MergeMatters(carrier["id"], tuple(one["id"] for one in others), **more)
    return centre.do(service.merge, request, actor, expected_version=None)


def unmerge(centre: Centre, matter: dict[str, Any], reason: str = "另有原因") -> Any:
    return centre.do(service.unmerge, service.Unmerge(matter["id"], reason))


def picture(centre: Centre, matter: dict[str, Any], actor: Any = None) -> service.MergePicture:
    found = service.merge_picture(centre.services, actor or centre.officer, matter["id"], centre.now)
    assert isinstance(found, service.MergePicture)
    return found


def asks(centre: Centre) -> list[dict[str, Any]]:
    return [one for one in service.snapshot(centre.services).asks if one["kind"] == "merge"]


def open_ids(centre: Centre) -> set[str]:
    return {one["id"] for one in service.snapshot(centre.services).matters}


def clocks(centre: Centre, matter: dict[str, Any]) -> dict[str, tuple[int, int, str]]:
    return {one.chain: (one.anchor_at, one.objective_at, one.policy_id) for one in centre.armed(matter["id"])}


def folded_asks(centre: Centre) -> dict[str, Any]:
    """What a screen holds that has seen every entry."""
    held: dict[str, Any] = {}
    for entry in centre.log():
        held |= {row["id"]: row for row in entry.rows.get("asks", ())}
        for ask_id in entry.rows["gone"].get("asks", ()):
            held.pop(ask_id, None)
    return held


def call_back(centre: Centre, matter: dict[str, Any], result: str = "answered", **more: Any) -> Any:
    return centre.do(service.record_callback, service.RecordCallback(matter["id"], result, **more))


def test_a_burst_is_proposed_as_one_with_its_reasons(centre: Centre) -> None:
    first, *others = burst(centre, 31)
    (ask,) = asks(centre)
    assert (ask["matter_id"], ask["params"]["count"], ask["params"]["form"]) == (first["id"], 30, "merge")
    assert folded_asks(centre) == {ask["id"]: ask}
    alike = picture(centre, first).alike
    assert {one["id"] for one in alike} == {one["id"] for one in others}
    assert all(one["proposed"] and one["metres"] <= 300 and 0 < one["text"] <= 1 for one in alike)
    assert alike == sorted(alike, key=lambda one: (-one["likeness"], one["no"]))


def test_the_ask_has_the_title_that_its_source_gave_last(centre: Centre) -> None:
    readings = [centre.reading(lon=LON, lat=LAT, village=None, opened_at=centre.now + at) for at in range(3)]
    centre.take(*readings)
    again = {
        "order_no": readings[0].order_no,
        "opened_at": readings[0].opened_at,
        "lon": LON,
        "lat": LAT,
        "village": None,
    }
    centre.take(centre.reading(**again, title="热力一次管网爆管"))
    (ask,) = asks(centre)
    assert ask["title"] == "热力一次管网爆管"
    assert folded_asks(centre) == {ask["id"]: ask}


def test_calls_that_come_in_one_delivery_are_proposed_as_one_too(centre: Centre) -> None:
    readings = [centre.reading(lon=LON, lat=LAT, village=None, opened_at=centre.now + at) for at in range(5)]
    centre.take(*readings)
    (ask,) = asks(centre)
    assert ask["params"]["count"] == 4
    assert ask["matter_id"] == centre.row_of(readings[0].order_no)["id"]


def test_thirty_one_calls_are_merged_in_one_act_and_one_is_taken_out_again(centre: Centre) -> None:
    first, *others = burst(centre, 31)
    before = {one["id"]: clocks(centre, one) for one in others}
    rows = {one["id"]: centre.matter(one["id"]) for one in others}
    merged = done(merge(centre, first, *others, reason="热力一次管网爆管"))
    assert merged["matter"]["merged"] == 31
    assert len(merged["merged"]) == 30
    assert open_ids(centre) == {first["id"]}
    assert asks(centre) == []
    assert folded_asks(centre) == {}
    assert all(centre.armed(one["id"]) == [] for one in others)
    assert centre.log("MattersMerged")[-1].params["added"] == 30
    assert len(centre.log("MatterCarried")) == 30

    odd = others[7]
    centre.clock.advance(minutes=3)
    done(unmerge(centre, odd))
    back = centre.matter(odd["id"])
    assert open_ids(centre) == {first["id"], odd["id"]}
    assert centre.matter(first["id"])["merged"] == 30
    for name in ("stage", "unit", "opened_at", "dispatched_at", "scope", "merged", "due_at", "limit_ms"):
        assert back[name] == rows[odd["id"]][name], name
    assert {chain: ends[:2] for chain, ends in clocks(centre, odd).items()} == {
        chain: ends[:2] for chain, ends in before[odd["id"]].items()
    }
    # It is not proposed to be put back where an officer took it out of.
    assert odd["id"] not in {one["id"] for one in picture(centre, first).alike}


def test_a_clock_that_ran_out_meanwhile_is_overdue_when_the_matter_comes_back(centre: Centre) -> None:
    first, other = burst(centre, 2)
    due_at = centre.matter(other["id"])["due_at"]
    done(merge(centre, first, other))
    fired = centre.wait(hours=1)
    assert fired and not [one for one in centre.log("EscalationFired") if one.matter_id == other["id"]]
    done(unmerge(centre, other))
    back = centre.matter(other["id"])
    assert back["due_at"] == due_at < centre.now
    assert back["level"] > 0


def test_an_officers_extension_is_still_there_after_a_merge_and_its_undoing(centre: Centre) -> None:
    first, other = burst(centre, 2)
    clock = centre.armed(other["id"])[0]
    until = clock.objective_at + 20 * MINUTE_MS
    done(
        centre.do(service.extend_deadline, service.ExtendDeadline(clock.id, until, "现场核实"), centre.leader)
    )
    done(merge(centre, first, other))
    done(unmerge(centre, other))
    assert [one.objective_at for one in centre.armed(other["id"])] == [until]


def to_callback(centre: Centre, matter: dict[str, Any]) -> None:
    """Take an order to where its citizen is called back."""
    unit = centre.units(1)[0]
    done(centre.dispatch(centre.matter(matter["id"]), unit))
    for to, fields in (("HANDLING", {}), ("REPLIED", REPLY), ("TO_CALLBACK", {})):
        done(centre.do(service.advance, service.Advance(matter["id"], to, fields), expected_version=None))


def test_a_carrier_cannot_be_closed_before_every_merged_citizen_was_called_back(centre: Centre) -> None:
    first, second, third = burst(centre, 3)
    done(merge(centre, first, second, third))
    to_callback(centre, first)
    proof = {"callback": "answered", "resolved": True, "satisfaction": "satisfied"}

    def close() -> Any:
        return centre.do(service.close_matter, service.CloseMatter(first["id"], proof), expected_version=None)

    done(call_back(centre, first, resolved=True, satisfaction="satisfied"))
    assert refusal(close()) == "merged_not_called_back"
    done(call_back(centre, second, resolved=True, satisfaction="satisfied"))
    for _ in range(3):
        done(call_back(centre, third, "no_answer"))
    assert refusal(close()) == "merged_not_called_back"  # three tries, but all on one day
    centre.clock.advance(hours=24)
    done(call_back(centre, third, "no_answer"))
    called = {one["id"]: one for one in picture(centre, first).carried}
    assert (called[second["id"]]["called_back"], called[third["id"]]["called_back"]) == (
        "answered",
        "three_tries",
    )
    assert called[second["id"]]["citizen"] == "138****5678 李**"
    done(close())
    for one, satisfied in ((second, True), (third, None)):
        detail = centre.detail(one["id"])
        assert (detail.row["stage"], detail.fields["satisfied"]) == ("CLOSED", satisfied)
    assert refusal(unmerge(centre, second)) == "carrier_closed"


def test_no_order_is_due_after_an_end_that_a_merge_or_a_grade_brought_nearer(centre: Centre) -> None:
    unit, other = centre.units(2)

    def ordered() -> dict[str, Any]:
        matter = centre.order(urgency=3)
        done(centre.dispatch(matter, unit))
        late_at = centre.detail(matter["id"]).fields["final_due_at"] - MINUTE_MS
        receivers = (service.ReceiverOrder("unit", other, "assist", due_at=late_at),)
        request = service.Dispatch(matter["id"], receivers, "协助")
        done(centre.do(service.dispatch, request, expected_version=None))
        return matter

    early = centre.order(urgency=2)
    done(centre.dispatch(early, unit))
    carrier, graded = ordered(), ordered()
    done(merge(centre, carrier, early))
    regrade = service.SetUrgency(graded["id"], 1, "有险情")
    done(centre.do(service.set_urgency, regrade, expected_version=None))
    for matter in (carrier, graded):
        end_at = centre.detail(matter["id"]).fields["final_due_at"]
        assert {one.objective_at <= end_at for one in centre.armed(matter["id"])} == {True}


def test_what_was_promised_to_the_merged_outlasts_a_first_dispatch_and_regrading(centre: Centre) -> None:
    unit = centre.units(1)[0]
    early = centre.order()
    done(centre.dispatch(early, unit))
    promised_at = centre.detail(early["id"]).fields["final_due_at"]
    centre.clock.advance(minutes=90)
    carrier = centre.order()
    done(merge(centre, carrier, early))
    done(centre.dispatch(centre.matter(carrier["id"]), unit))
    assert centre.detail(carrier["id"]).fields["final_due_at"] == promised_at
    for urgency in (3, 2):
        regrade = service.SetUrgency(carrier["id"], urgency, "复核")
        done(centre.do(service.set_urgency, regrade, expected_version=None))
        assert centre.detail(carrier["id"]).fields["final_due_at"] == promised_at


def test_a_unit_learns_nothing_of_the_citizens_whose_matters_its_own_carries(centre: Centre) -> None:
    first, other, secret = (centre.order(), centre.order(), centre.order(secret=True))
    done(merge(centre, first, other, secret))
    unit = centre.units(1)[0]
    done(centre.dispatch(centre.matter(first["id"]), unit))
    assert [one["citizen"] for one in picture(centre, first).carried] == ["138****5678 李**"] * 2
    liaison = officer("unit_liaison", name="赵勇", unit=unit)
    assert [one["citizen"] for one in picture(centre, first, liaison).carried] == ["", ""]


def test_a_carrier_cannot_end_out_of_scope_over_citizens_who_wait(centre: Centre) -> None:
    first, second = burst(centre, 2)
    done(merge(centre, first, second))
    invalid = service.Advance(first["id"], "INVALID", {"reason": "超出受理范围"})
    assert refusal(centre.do(service.advance, invalid, expected_version=None)) == "merged_not_called_back"
    assert open_ids(centre) == {first["id"]}
    done(unmerge(centre, second))
    done(centre.do(service.advance, invalid, expected_version=None))
    assert open_ids(centre) == {second["id"]}


def test_the_source_cannot_close_a_carrier_over_citizens_who_wait(centre: Centre) -> None:
    readings = [centre.reading(lon=LON, lat=LAT, village=None) for _ in range(2)]
    centre.take(*readings)
    first, second = (centre.row_of(one.order_no) for one in readings)
    done(merge(centre, first, second))
    again = {
        "order_no": readings[0].order_no,
        "opened_at": readings[0].opened_at,
        "lon": LON,
        "lat": LAT,
        "village": None,
    }
    centre.take(centre.reading(**again, status="CLOSED", closed_at=centre.now))
    assert first["id"] in open_ids(centre)
    assert centre.log("SourceHeld")


def test_what_the_source_says_of_a_merged_matter_is_followed_when_it_comes_back(centre: Centre) -> None:
    readings = [centre.reading(lon=LON, lat=LAT, village=None) for _ in range(2)]
    centre.take(*readings)
    first, second = (centre.row_of(one.order_no) for one in readings)
    done(merge(centre, first, second))
    again = {
        "order_no": readings[1].order_no,
        "opened_at": readings[1].opened_at,
        "lon": LON,
        "lat": LAT,
        "village": None,
    }
    centre.take(centre.reading(**again, status="HANDLING", title="停暖两天"))
    assert open_ids(centre) == {first["id"]}
    done(unmerge(centre, second))
    back = centre.matter(second["id"])
    assert (back["stage"], back["title"]) == ("HANDLING", "停暖两天")


def test_chains_collapse_onto_one_carrier(centre: Centre) -> None:
    first, second, third, fourth = burst(centre, 4)
    done(merge(centre, third, fourth))
    done(merge(centre, second, third))  # third comes with the fourth it carries
    assert centre.matter(second["id"])["merged"] == 3
    done(merge(centre, first, second))
    assert centre.matter(first["id"])["merged"] == 4
    assert {one["id"] for one in picture(centre, first).carried} == {second["id"], third["id"], fourth["id"]}
    assert picture(centre, fourth).carrier == {"id": first["id"], "no": first["no"], "title": first["title"]}
    # Merging into one that is carried means its carrier.
    fifth = burst(centre, 1)[0]
    assert done(merge(centre, fourth, fifth))["matter"]["id"] == first["id"]
    done(unmerge(centre, fourth))
    assert centre.matter(first["id"])["merged"] == 4


def test_the_carrier_is_as_urgent_as_any_and_ends_no_later_than_any(centre: Centre) -> None:
    unit = centre.units(1)[0]
    late, early = burst(centre, 2, status="TO_SIGN", unit=unit, dispatched_at=centre.now)
    end = centre.detail(early["id"]).fields["final_due_at"]
    centre.clock.advance(minutes=30)
    urgent = burst(centre, 1, urgency=1)[0]
    late = centre.matter(late["id"])
    row = done(merge(centre, late, early, urgent))["matter"]
    assert row["urgency"] == 1
    assert centre.detail(late["id"]).fields["final_due_at"] <= end


def test_what_cannot_be_merged_says_why(centre: Centre) -> None:
    first, second = burst(centre, 2)
    event = centre.event()
    assert refusal(merge(centre, first)) == "nothing_to_merge"
    assert refusal(merge(centre, first, first)) == "merged_with_itself"
    assert refusal(merge(centre, first, event)) == "other_kind"
    assert refusal(merge(centre, first, numbers=("G9999",))) == "no_such_number"
    whistled = burst(centre, 1)[0]
    done(centre.whistle(whistled, *centre.units(2)))
    assert refusal(merge(centre, first, whistled)) == "not_mergeable"
    done(merge(centre, first, numbers=(second["no"].lower(),)))
    third = burst(centre, 1)[0]
    assert refusal(merge(centre, third, second)) == "merged_already"
    assert refusal(unmerge(centre, third)) == "not_merged"
    far = centre.order(village=None, region=LANSHAN)
    ours = burst(centre, 1)[0]
    assert refusal(merge(centre, ours, far, actor=OURS)) == "no_such_matter"


def far_ones(centre: Centre, *regions: str) -> list[dict[str, Any]]:
    """An order in each of these counties."""
    return [centre.order(village=None, region=one) for one in regions]


def shared(centre: Centre, matter: dict[str, Any]) -> set[str]:
    return set(centre.matter(matter["id"])["shared_with"])


def share_by_consent(centre: Centre, matter: dict[str, Any], to: str) -> None:
    proposal = service.ProposeShare(matter["id"], to, "管线在那一侧")
    made = done(centre.do(service.propose_share, proposal, OURS, expected_version=None))["proposal"]
    theirs = officer(jurisdiction=to, name="韩梅")
    done(centre.do(service.answer_proposal, service.AnswerProposal(made, True, ""), theirs))


def sees(centre: Centre, matter: dict[str, Any], region: str) -> bool:
    queue = service.queue(centre.services, officer(jurisdiction=region, name="韩梅"), centre.now)
    return matter["id"] in {one["id"] for one in queue}


def test_taking_a_matter_out_ends_the_share_that_its_merge_made_and_no_other(centre: Centre) -> None:
    carrier, near, twin = burst(centre, 3)
    lanshan, again, wulian = far_ones(centre, LANSHAN, LANSHAN, WULIAN)
    done(merge(centre, carrier, near, lanshan, again, wulian))
    assert shared(centre, carrier) == {LANSHAN, WULIAN}
    done(unmerge(centre, near))
    done(unmerge(centre, lanshan))
    assert shared(centre, carrier) == {LANSHAN, WULIAN}, "another matter of that county is still carried"
    unit = centre.units(1, LANSHAN)[0]
    order = done(centre.dispatch(centre.matter(carrier["id"]), centre.units(1, DONGGANG)[0], unit))
    done(unmerge(centre, again))
    assert shared(centre, carrier) == {WULIAN}
    assert (sees(centre, carrier, LANSHAN), sees(centre, carrier, WULIAN)) == (False, True)
    parts = centre.detail(carrier["id"]).commands[0]
    assert parts["id"] == order["id"]
    taken_back = {one["id"] for one in parts["receivers"] if one["recalled_at"] is not None}
    assert taken_back == {unit}, "who was ordered from there has no order any more"
    ended = centre.log("DistrictShareEnded")[-1]
    assert LANSHAN in ended.scope
    assert sees(centre, twin, DONGGANG) and sees(centre, again, LANSHAN)


def test_a_share_that_was_agreed_to_outlives_the_unmerge_whenever_it_was_agreed(centre: Centre) -> None:
    first, second = burst(centre, 2)
    one, other = far_ones(centre, LANSHAN, LANSHAN)
    share_by_consent(centre, first, LANSHAN)
    done(merge(centre, first, one))
    done(unmerge(centre, one))
    assert shared(centre, first) == {LANSHAN}
    # Proposed before the merge, agreed to after it: from then on it is the county's own.
    proposal = service.ProposeShare(second["id"], LANSHAN, "管线在那一侧")
    made = done(centre.do(service.propose_share, proposal, OURS, expected_version=None))["proposal"]
    done(merge(centre, second, other))
    theirs = officer(jurisdiction=LANSHAN, name="韩梅")
    done(centre.do(service.answer_proposal, service.AnswerProposal(made, True, ""), theirs))
    assert centre.matter(second["id"])["shared_with"] == [LANSHAN]
    done(unmerge(centre, other))
    assert shared(centre, second) == {LANSHAN}


def test_who_takes_part_in_what_a_merged_matter_carried_or_shared_comes_along(centre: Centre) -> None:
    head, carrier = burst(centre, 2)
    (lanshan,) = far_ones(centre, LANSHAN)
    share_by_consent(centre, head, WULIAN)
    done(merge(centre, head, lanshan))
    done(merge(centre, carrier, centre.matter(head["id"])))
    assert shared(centre, carrier) == {LANSHAN, WULIAN}
    done(unmerge(centre, head))
    assert shared(centre, carrier) == {LANSHAN}, "what the head carried stays with its carrier"
    assert shared(centre, head) == {WULIAN}, "and nobody takes part in the head because of it"
    assert (centre.matter(carrier["id"])["merged"], centre.matter(head["id"])["merged"]) == (2, 1)
    done(unmerge(centre, lanshan))
    assert shared(centre, carrier) == set()


def test_a_rejected_merge_is_not_proposed_again(centre: Centre) -> None:
    first, second, third, fourth = burst(centre, 4)
    request = service.RejectMerge(first["id"], (second["id"],), "一个是停暖，一个是漏水")
    done(centre.do(service.reject_merge, request))
    (ask,) = asks(centre)
    assert ask["params"]["count"] == 2
    assert sorted(one["id"] for one in picture(centre, first).alike) == sorted((third["id"], fourth["id"]))
    done(centre.do(service.reject_merge, service.RejectMerge(first["id"], (third["id"],), "不是")))
    assert asks(centre) == []
    assert folded_asks(centre) == {}


def test_orders_that_were_out_for_a_merged_matter_are_taken_back(centre: Centre) -> None:
    first, second = burst(centre, 2)
    command = done(centre.dispatch(second, centre.units(1)[0]))
    done(merge(centre, first, centre.matter(second["id"])))
    assert centre.detail(second["id"]).commands[0]["state"] == "recalled"
    assert centre.detail(second["id"]).commands[0]["id"] == command["id"]


def test_a_closed_head_leaves_no_ask_behind(centre: Centre) -> None:
    first, *_ = burst(centre, 3)
    invalid = service.Advance(first["id"], "INVALID", {"reason": "误报"})
    done(centre.do(service.advance, invalid, expected_version=None))
    assert asks(centre) == []
    assert folded_asks(centre) == {}


def test_a_single_likely_pair_stands_in_the_drawer_and_asks_nobody(centre: Centre) -> None:
    first, second = burst(centre, 2)
    assert asks(centre) == []
    assert folded_asks(centre) == {}
    assert [(one["id"], one["proposed"]) for one in picture(centre, first).alike] == [(second["id"], True)]
    assert [one["id"] for one in picture(centre, second).alike] == [first["id"]]


def listed(centre: Centre, actor: Any = None) -> service.MergeList:
    found = service.hotline_merges(centre.services, actor or centre.officer, [], centre.now)
    assert isinstance(found, service.MergeList)
    return found


def test_a_county_is_told_its_own_proposals_however_many_others_the_city_has(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "HEADS", 1)
    villages = {one.code[:6]: one.code for one in centre.pack.divisions.at_level("village")}
    many = [centre.order(village=villages[DONGGANG]) for _ in range(3)]
    few = [centre.order(village=villages[LANSHAN], category="0301") for _ in range(2)]
    with centre.services.store.write() as connection:
        facts = '{"metres": 1, "apart_ms": 1, "text": 1}'
        merges.put(
            connection,
            [
                merges.Pair(head["id"], other["id"], "proposed", centre.now, 0.9, facts)
                for head, *others in (many, few)
                for other in others
            ],
        )
    assert [(row["carrier"]["id"], row["count"]) for row in listed(centre).rows] == [(many[0]["id"], 3)]
    assert listed(centre).in_all == 2
    own = listed(centre, officer(jurisdiction=LANSHAN))
    assert ([row["carrier"]["id"] for row in own.rows], own.in_all) == ([few[0]["id"]], 1)
    # What cannot be merged any more is not counted as if it could be.
    done(centre.dispatch(many[2], centre.units(1)[0]))
    with centre.services.store.write() as connection:
        own_row = tables.matters.c.id == many[2]["id"]
        connection.execute(update(tables.matters).where(own_row).values(stage="REPLIED"))
        gone = tables.matters.c.id == few[1]["id"]
        connection.execute(update(tables.matters).where(gone).values(closed_at=centre.now))
    assert [(row["carrier"]["id"], row["count"]) for row in listed(centre).rows] == [(many[0]["id"], 2)]
    assert (listed(centre).in_all, listed(centre, officer(jurisdiction=LANSHAN)).in_all) == (1, 0)


def test_the_sources_own_merges_go_on_beside_ours(centre: Centre) -> None:
    readings = [centre.reading(lon=LON, lat=LAT, village=None) for _ in range(3)]
    centre.take(*readings)
    first, second, third = (centre.row_of(one.order_no) for one in readings)
    again = {"opened_at": readings[2].opened_at, "lon": LON, "lat": LAT, "village": None}
    centre.take(centre.reading(**again, order_no=readings[2].order_no, merged_into=readings[0].order_no))
    assert centre.matter(first["id"])["merged"] == 2
    done(merge(centre, first, second))
    assert centre.matter(first["id"])["merged"] == 3
    # The source merges what was merged here already: it is counted once.
    centre.take(centre.reading(**again, order_no=readings[1].order_no, merged_into=readings[0].order_no))
    assert centre.matter(first["id"])["merged"] == 3
    assert refusal(unmerge(centre, second)) == "merged_by_source"
    assert third["id"] not in open_ids(centre)


def test_a_new_matter_costs_no_more_among_five_hundred_like_it_than_among_five(centre: Centre) -> None:
    readings = [
        centre.reading(lon=LON + at % 20 * 0.0002, lat=LAT + at // 20 * 0.0002, village=None)
        for at in range(500)
    ]
    centre.take(*readings[:5])
    with statements_of(centre.services.store) as among_five:
        centre.order(lon=LON, lat=LAT, village=None)
    centre.take(*readings[5:])
    (ask,) = asks(centre)
    assert ask["params"]["count"] == 500
    with statements_of(centre.services.store) as among_five_hundred:
        centre.order(lon=LON, lat=LAT, village=None)
    assert [one for one, _ in among_five_hundred] == [one for one, _ in among_five]
