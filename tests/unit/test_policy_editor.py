"""The policy's editor without a browser: words for codes, durations, chains, drafts, and what a form means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callbacks.admin import draft as drafts
from callbacks.admin.draft import Draft, draft_of, fresh
from callbacks.admin.given import Malformed, ask_of, fields_of
from dashboard.citypack import CityPack, load_pack
from dashboard.citypack.policies import CHOICES, cells_of
from dashboard.domain.telling import means_for
from layouts.admin import chain_view, step_view
from layouts.admin.chains import chain_key, chains_of, too_early
from layouts.admin.durations import amount_of, cell_of, duration, repeat, when
from layouts.admin.faults import fault_words
from layouts.admin.step_form import FIELDS, LEVELS, cells_from, slot_of, values_of
from layouts.admin.words import key_of, stage_word, urgency_word, word, words_of
from layouts.catalogue import has_text

ROOT = Path(__file__).resolve().parents[2]
WORKDAY_MS = 27_000_000
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_pack(ROOT / "citypacks" / "rizhao")


@pytest.fixture(scope="module")
def rows(pack: CityPack) -> list[dict[str, str]]:
    return [cells_of(one) for one in pack.policies]


def row_of(rows: list[dict[str, str]], policy_id: str) -> dict[str, str]:
    return next(row for row in rows if row["policy_id"] == policy_id)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_of_the_table_has_words(rows: list[dict[str, str]], lang: str) -> None:
    for column, codes in {**CHOICES, "raise_to_level": LEVELS}.items():
        for code in codes:
            said = word(column, code, lang)
            # In English a word may be spelt as its code; a code that has none would be shown as it is.
            assert has_text(key_of(column, code)), (column, code)
            assert said != code or lang == "en"
    for row in rows:
        assert stage_word(row["applies_to"], row["stage"], "zh") != row["stage"], row["policy_id"]
        assert "_" not in words_of("tell", row["tell"], lang) + words_of("means", row["means"], lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_that_a_table_can_have_is_said_in_words(lang: str) -> None:
    shown = {"value": "soon", "code": "x", "role": "mayor", "column": "tell"}
    for code in ("cell_empty", "cell_number", "cell_range", "cell_choice", "role_unknown", "code_twice",
                 "policy_without_time", "policy_step_twice", "policy_nowhere"):  # fmt: skip
        said = fault_words(code, "after_ms", shown, lang)
        assert code not in said
    gone = {"kind": "order", "stage": "sign", "urgency": "1 3"}
    assert fault_words("policy_chain_gone", "", gone, "zh").startswith("12345工单 · 签收 · 特急、一般")


def test_what_the_form_shows_of_a_row_means_the_same_row(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert cells_from(values_of(row, WORKDAY_MS), row, WORKDAY_MS) == row


@pytest.mark.parametrize(
    ("milliseconds", "clock", "amount", "unit", "said"),
    [
        ("1200000", "elapsed", "20", "minute", "20 分钟"),
        ("90000", "elapsed", "90", "second", "1 分钟 30 秒"),
        ("86400000", "elapsed", "1", "day", "1 天"),
        ("27000000", "elapsed", "7.5", "hour", "7 小时 30 分钟"),
        ("-27000000", "working", "1", "day", "1 个工作日"),
        ("14400000", "working", "4", "hour", "4 个工作小时"),
        ("0", "elapsed", "0", "minute", "0 分钟"),
    ],
)
def test_a_time_is_written_in_a_unit_that_suits_it(
    milliseconds: str, clock: str, amount: str, unit: str, said: str
) -> None:
    assert amount_of(milliseconds, clock, WORKDAY_MS) == (amount, unit)
    is_before = milliseconds.startswith("-")
    assert cell_of(amount, unit, clock, WORKDAY_MS, is_before=is_before) == milliseconds
    assert duration(int(milliseconds), clock, WORKDAY_MS, "zh") == said


def test_what_is_no_number_stays_as_it_was_written() -> None:
    assert cell_of(" soon ", "minute", "elapsed", WORKDAY_MS) == "soon"
    assert cell_of("NaN", "minute", "elapsed", WORKDAY_MS) == "NaN"
    assert cell_of("1e400000", "minute", "elapsed", WORKDAY_MS) == "1e400000"
    assert amount_of("soon", "elapsed", WORKDAY_MS) == ("soon", "minute")


def test_a_repeat_goes_by_clock_time_even_where_the_step_counts_working_time() -> None:
    # `dashboard.domain.deadline` adds it to the instant of the firing.
    assert repeat("27000000", "zh") == "每 7 小时 30 分钟再报"


def test_when_a_step_fires_is_said_in_one_way_each(rows: list[dict[str, str]]) -> None:
    said = {name: when(row_of(rows, name), WORKDAY_MS, "zh") for name in (
        "whistle-amber", "order-sign-half-1", "order-sign-late-1", "order-sign-leader-1", "order-yellow-3",
    )}  # fmt: skip
    assert said == {
        "whistle-amber": "开始 20 分钟后",
        "order-sign-half-1": "时限用去 50%",
        "order-sign-late-1": "时限到时",
        "order-sign-leader-1": "超时 5 分钟",
        "order-yellow-3": "到时前 1 个工作日",
    }


def test_one_chain_reads_as_a_chain(rows: list[dict[str, str]]) -> None:
    (chain,) = [one for one in chains_of(rows) if one.key == "order|sign|1"]
    assert [word("raise_to_level", row["raise_to_level"], "zh") for row in chain.steps] == [
        "催办", "单位负责人", "值班长", "带班领导",
    ]  # fmt: skip
    assert chain_view.chain_title(chain, "zh") == "12345工单 · 签收 · 特急"
    assert chain_view.chain_title(chain, "en") == "hotline order · signing · emergency"


def test_every_row_is_in_one_chain_and_kinds_that_run_over_stages_are_one(rows: list[dict[str, str]]) -> None:
    chains = chains_of(rows)
    assert sorted(row["policy_id"] for one in chains for row in one.steps) == sorted(
        row["policy_id"] for row in rows
    )
    (whistle,) = [one for one in chains if one.applies_to == "whistle_receiver"]
    assert [row["stage"] for row in whistle.steps] == ["ack", "arrive", "arrive", "arrive"]
    assert whistle.urgencies == ("1", "2", "3", "4")


def test_no_step_of_the_pack_comes_after_a_later_one(rows: list[dict[str, str]]) -> None:
    assert [one.key for one in chains_of(rows) if too_early(one.steps)] == []
    late = [row_of(rows, "whistle-late"), row_of(rows, "whistle-amber")]
    assert too_early(late) == {"whistle-amber": 1}


def test_the_limit_is_said_for_each_urgency_that_goes_by_the_chain(rows: list[dict[str, str]]) -> None:
    limits = {("event", "sign"): {1: (5, "min"), 2: (15, "min"), 3: (4, "workhour"), 4: (4, "workhour")}}
    own = row_of(rows, "event-sign-half") | {"policy_id": "own", "urgency": "1"}
    common, emergency = "event|sign|", "event|sign|1"
    said = {
        one.key: chain_view.limit_words(one, limits, WORKDAY_MS, "zh")
        for one in chains_of([*rows, own])
        if one.key in (common, emergency)
    }
    assert said == {emergency: "时限 5 分钟", common: "时限 紧急 15 分钟、一般 疑难 4 个工作小时"}


def test_the_form_says_what_a_time_comes_to_and_who_is_told_by_what(rows: list[dict[str, str]]) -> None:
    chain = next(one for one in chains_of(rows) if one.key == "order|sign|2")
    limits = {("order", "sign"): {2: (15, "min")}}
    said = step_view.when_said(row_of(rows, "order-sign-leader-2"), chain, limits, WORKDAY_MS, "zh")
    assert said == "即：超时 15 分钟；紧急为 30 分钟。"
    told = step_view.told_by(row_of(rows, "whistle-late"), "zh")
    assert [one.children for one in told] == ["单位负责人：电话", "指挥长：大屏与工作台、声音提示"]


def test_a_means_reaches_only_the_roles_that_it_suits() -> None:
    both = ("unit_head", "duty_leader")
    assert means_for("duty_leader", both, ("phone", "screen")) == ("screen",)
    assert means_for("duty_leader", ("duty_leader",), ("phone",)) == ("phone",)
    assert means_for("unit_head", both, ("sound",)) == ("unit_page",)


# -- drafts ---------------------------------------------------------------------------------------------------


def applied(draft: Draft, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    kept = [
        dict(draft.changed.get(row["policy_id"], row))
        for row in rows
        if row["policy_id"] not in draft.removed
    ]
    known = {row["policy_id"] for row in rows}
    return kept + [dict(row) for name, row in draft.changed.items() if name not in known]


def chain_ids(rows: list[dict[str, str]], key: str) -> list[str]:
    return [row["policy_id"] for one in chains_of(rows) if one.key == key for row in one.steps]


def published(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["policy_id"]: row for row in rows}


def test_a_step_is_added_in_the_middle_and_the_later_ones_move_on(rows: list[dict[str, str]]) -> None:
    draft = drafts.with_step_after(fresh(1, "a"), "order-sign-half-1", rows, published(rows))
    assert draft.step == "order-sign-half-1-2"
    assert chain_ids(applied(draft, rows), "order|sign|1") == [
        "order-sign-half-1", "order-sign-half-1-2", "order-sign-late-1", "order-sign-leader-1",
        "order-sign-commander-1",
    ]  # fmt: skip
    numbers = [row["step"] for row in applied(draft, rows) if chain_key(row) == "order|sign|1"]
    assert sorted(numbers) == ["1", "2", "3", "4", "5"]


def test_a_step_is_moved_removed_put_back_and_changed_back(rows: list[dict[str, str]]) -> None:
    known = published(rows)
    moved = drafts.with_step_moved(fresh(1, "a"), "order-sign-late-1", -1, rows, known)
    assert chain_ids(applied(moved, rows), "order|sign|1")[:2] == ["order-sign-late-1", "order-sign-half-1"]
    back = drafts.with_step_moved(moved, "order-sign-late-1", 1, applied(moved, rows), known)
    assert back.changed == {}, "as published again is no change"
    assert drafts.with_step_moved(fresh(1, "a"), "order-sign-half-1", -1, rows, known).changed == {}
    gone = drafts.without_step(fresh(1, "a"), "order-sign-late-1", known)
    assert "order-sign-late-1" not in chain_ids(applied(gone, rows), "order|sign|1")
    assert drafts.as_published(gone, "order-sign-late-1").removed == ()
    new = drafts.with_step_after(fresh(1, "a"), "order-sign-commander-1", rows, known)
    assert drafts.without_step(new, new.step, known).changed == {}, (
        "a new step that is taken out is forgotten"
    )


def test_an_urgency_gets_a_chain_of_its_own(rows: list[dict[str, str]]) -> None:
    draft = drafts.with_own_chain(fresh(1, "a"), "event|sign|", "1", rows, published(rows))
    after = applied(draft, rows)
    assert chain_ids(after, "event|sign|1") == ["event-sign-half-1", "event-sign-late-1"]
    (common,) = [one for one in chains_of(after) if one.key == "event|sign|"]
    assert common.urgencies == ("2", "3", "4")
    assert urgency_word("", "zh") == "各级别"


def test_a_draft_comes_back_from_the_browser_as_it_was_and_never_to_another_account(
    rows: list[dict[str, str]],
) -> None:
    draft = drafts.with_step_after(fresh(7, "officer:a"), "order-sign-half-1", rows, published(rows))
    assert draft_of(draft.as_data(), "officer:a") == draft
    assert draft_of(draft.as_data(), "officer:b") is None
    assert draft_of(None, "officer:a") is None


@pytest.mark.parametrize(
    "broken",
    [
        {"version": "1"}, {"version": True}, {"version": 0}, {"version": 2**40}, {"key": "short"}, {"removed": "x"},
        {"removed": [1]}, {"changed": "x"}, {"changed": [{"policy_id": ["x"]}]}, {"shown": "2"}, {"kind": 3},
        {"step": "x" * 600},
    ],
)  # fmt: skip
def test_a_draft_that_the_page_cannot_have_made_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        draft_of(fresh(1, "a").as_data() | broken, "a")


def test_a_row_of_a_draft_has_every_column_whatever_was_sent() -> None:
    found = draft_of(fresh(1, "a").as_data() | {"changed": [{"policy_id": "x", "colour": "red"}]}, "a")
    assert found is not None
    assert set(found.changed["x"]) == set(cells_of_any())


def cells_of_any() -> dict[str, str]:
    return cells_of(next(iter(load_pack(ROOT / "citypacks" / "rizhao").policies)))


def test_asks_and_fields_are_checked_for_their_type() -> None:
    assert ask_of({"ask": "step", "of": "x", "n": 1}) == ("step", "x")
    for wrong in (None, "step", {"ask": ["step"]}):
        with pytest.raises(Malformed):
            ask_of(wrong)
    values: list[object] = [None] * len(FIELDS)
    assert not any(fields_of(values))
    values[FIELDS.index("tell")] = "duty_leader"
    with pytest.raises(Malformed):
        fields_of(values)


def test_a_fault_stands_beside_the_field_that_mends_it() -> None:
    assert [slot_of(one) for one in ("after_ms", "share_of_limit", "repeat_ms", "tell", "policy_id", "")] == [
        "when", "when", "repeat", "tell", "step", "step",
    ]  # fmt: skip
