"""Proposals for merging: what is found, what stands against it, and which reasons are given."""

from __future__ import annotations

import pytest

from dashboard.analysis.chinese_words import words_of
from dashboard.analysis.duplicates import (
    DAY_MS,
    ProposalRules,
    Reason,
    Said,
    WordWeights,
    alike_words,
    proposals,
)

RULES = ProposalRules()
USUAL = [
    "咨询医保报销问题", "投诉小区物业乱收费问题", "请求解决道路破损问题", "反映路灯不亮问题", "投诉酒吧噪音扰民问题",
    "咨询公积金贷款问题", "请求解决停水问题", "反映公交车不准时问题", "投诉拖欠工资问题", "反映垃圾堆积问题",
]  # fmt: skip
WEIGHTS = WordWeights(USUAL)


def said(number: int, title: str, **more: object) -> Said:
    return Said(f"m{number}", title, int(more.pop("opened_at", 0)), **more)  # type: ignore[arg-type]


def pairs(*matters: Said) -> list[tuple[str, str]]:
    return [(one.one, one.other) for one in proposals(matters, WEIGHTS, RULES)]


def test_the_same_estate_with_the_same_trouble_in_other_words_is_proposed() -> None:
    found = proposals(
        [
            said(1, "投诉金色家园小区电梯经常停运", places=frozenset({"东港区"}), category="0201"),
            said(
                2,
                "金色家园小区电梯又停运，请求解决",
                places=frozenset({"东港区"}),
                category="0201",
                opened_at=DAY_MS,
            ),
            said(3, "投诉碧水湾小区物业乱收停车费", category="0201"),
        ],
        WEIGHTS,
        RULES,
    )
    assert [(one.one, one.other) for one in found] == [("m1", "m2")]
    assert found[0].likeness >= RULES.likeness
    kinds = {one.kind: one.value for one in found[0].reasons}
    assert set(kinds) == {"words", "category", "place", "time"}
    assert "电梯" in str(kinds["words"])
    assert Reason("time", DAY_MS) in found[0].reasons


@pytest.mark.parametrize(
    "other",
    [
        {"places": frozenset({"岚山区"})},
        {"category": "0202"},
        {"opened_at": 3 * 365 * DAY_MS},
        {"lon": 119.52, "lat": 35.42},
    ],
)
def test_another_place_category_or_year_stands_against_the_same_words(other: dict[str, object]) -> None:
    title = "投诉金色家园小区电梯停运"
    here: dict[str, object] = {"places": frozenset({"东港区"}), "category": "0201", "lon": 119.5, "lat": 35.4}
    assert pairs(said(1, title, **here), said(2, title, **here)) == [("m1", "m2")]
    assert pairs(said(1, title, **here), said(2, title, **{**here, **other})) == []


def test_words_that_everybody_uses_make_nothing_alike() -> None:
    assert pairs(said(1, "咨询医保报销问题"), said(2, "咨询公积金贷款问题")) == []
    rare = alike_words(WEIGHTS.vector("碧水湾的问题"), WEIGHTS.vector("碧水湾的情况"))
    usual = alike_words(WEIGHTS.vector("投诉问题"), WEIGHTS.vector("反映问题"))
    assert rare > usual


def test_time_fades() -> None:
    title, other = "投诉碧水湾小区外墙漏水", "碧水湾小区外墙渗漏无人管"
    near = proposals([said(1, title), said(2, other, opened_at=DAY_MS)], WEIGHTS, ProposalRules(likeness=0.1))
    far = proposals(
        [said(1, title), said(2, other, opened_at=90 * DAY_MS)], WEIGHTS, ProposalRules(likeness=0.1)
    )
    assert near[0].likeness > far[0].likeness


def test_nothing_said_is_like_nothing() -> None:
    assert pairs(said(1, ""), said(2, "")) == []
    assert proposals([], WEIGHTS, RULES) == []


def test_words_are_segmented_without_signs() -> None:
    assert words_of("反映A7县路灯，坏了！") == ("反映", "a7", "县", "路灯", "坏", "了")
