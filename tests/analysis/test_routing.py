"""Routing help: three suggestions with a confidence that means something, and never more than suggestions."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from dashboard.analysis.routing import (
    NotEnoughExamples,
    Routed,
    Suggestion,
    by_keywords,
    learn,
    units_of,
)

NAMES = {
    "0202": "供水 停水 水质 漏水",
    "0206": "噪声 夜间施工 广场舞",
    "0101": "教育 入学 校车",
    "0209": "园林照明 路灯",
}
SAYS = {
    "0202": ["家里停水两天", "自来水发黄", "水管漏水没人修"],
    "0206": ["工地夜里施工太吵", "广场舞音响扰民", "酒吧深夜噪音"],
    "0101": ["孩子入学划片不合理", "校车总是迟到", "学校假期补课收费"],
    "0209": ["路灯坏了很久", "小区外路灯不亮", "路灯白天亮晚上不亮"],
}
PLACES = ["东港区", "岚山区", "五莲县", "莒县", "开发区"]


def examples(seed: int = 0, wrong: float = 0.0) -> list[Routed]:
    """Sixty texts of four categories; a share of them is told with another category's words."""
    rng = np.random.default_rng(seed)
    found = []
    for label, place, number in product(SAYS, PLACES, range(3)):
        spoken = str(rng.choice([one for one in SAYS if one != label])) if rng.random() < wrong else label
        found.append(
            Routed(
                f"反映{place}{SAYS[spoken][number]}",
                f"{place}的居民说{SAYS[spoken][(number + 1) % 3]}",
                label,
            )
        )
    return found


@pytest.fixture(scope="module")
def model():
    return learn(examples(), NAMES)


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("莒县某村停水", "0202"),
        ("工地夜里吵得睡不着", "0206"),
        ("咨询小学入学", "0101"),
        ("路灯全灭", "0209"),
    ],
)
def test_a_text_is_routed_by_its_words(model, title: str, label: str) -> None:
    suggestions = model.suggest(title, "")
    assert suggestions[0].label == label
    assert len(suggestions) == 3
    assert [one.confidence for one in suggestions] == sorted(
        (one.confidence for one in suggestions), reverse=True
    )


def test_chances_of_all_labels_sum_to_one_and_a_text_without_words_has_none(model) -> None:
    chances, nothing = model.chances([("路灯不亮", ""), ("！！", " ")])
    assert {one.label for one in chances} == set(NAMES)
    assert sum(one.confidence for one in chances) == pytest.approx(1)
    assert nothing == ()
    assert model.suggest_all([]) == []


def test_learnt_from_orders_that_were_often_routed_otherwise_it_is_less_sure(model) -> None:
    doubtful = learn(examples(seed=1, wrong=0.5), NAMES)
    text = ("路灯不亮", "路灯坏了很久")
    assert doubtful.suggest(*text)[0].confidence < model.suggest(*text)[0].confidence - 0.1


def test_a_label_with_too_few_examples_is_never_suggested() -> None:
    few = [*examples(), Routed("渔船出海", "", "0306")]
    assert "0306" not in learn(few, {**NAMES, "0306": "渔业海域"}).labels
    with pytest.raises(NotEnoughExamples, match="1 of 2 labels"):
        learn([*examples()[:15], Routed("渔船出海", "", "0306")], NAMES)


def test_the_same_orders_teach_the_same(model) -> None:
    again = learn(examples(), NAMES)
    assert again.suggest("停水", "水压低") == model.suggest("停水", "水压低")


def test_units_have_the_chances_of_their_categories() -> None:
    chances = (
        Suggestion("0206", 0.4),
        Suggestion("0207", 0.3),
        Suggestion("0202", 0.2),
        Suggestion("9999", 0.1),
    )
    catalogue = {"0206": "urban", "0207": "urban", "0202": "water"}
    assert units_of(chances, catalogue) == (
        Suggestion("urban", pytest.approx(0.7)), Suggestion("water", pytest.approx(0.2)),
    )  # fmt: skip


def test_before_anything_is_learnt_the_taxonomy_s_own_words_count() -> None:
    assert by_keywords("小区停水", "", NAMES) == "0202"
    assert by_keywords("你好", "请问入学要什么材料", NAMES) == "0101"
    assert by_keywords("你好", "谢谢", NAMES) is None


def test_nothing_heavy_is_imported_before_a_model_is_learnt() -> None:
    code = (
        "import sys, dashboard.analysis.routing, dashboard.analysis.duplicates;"
        "print([one for one in ('sklearn', 'scipy', 'rjieba') if one in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
