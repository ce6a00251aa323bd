"""Routing help on the recorded petitions: categories judged by reading the title, units by who replied."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from dashboard.analysis.routing import LEAST_EXAMPLES, Routed, by_keywords, learn, units_of
from tools.analysis_recordings import PROJECT_ROOT, Petition, labelled_categories, petitions

PACK: Final = PROJECT_ROOT / "citypacks" / "rizhao"
FOLDS: Final = 5
# Who replied, as replies call themselves; the codes are the city pack's units.
REPLIERS: Final = {
    "education": "教育局|教体局|教育体育局",
    "housing": "住建局|住房和城乡建设|住房保障|房产局|房管局|住建委",
    "transport": "交通运输局|交通局|交通运输委|公交公司|公交集团|轨道集团|运管",
    "traffic_police": "交警",
    "police": "公安局|公安分局|派出所",
    "hr": "人社局|人力资源|社保局|社保中心|劳动监察",
    "health": "卫生局|卫计委|卫计局|卫健|卫生和计划生育|医保局|医保中心",
    "urban": "城管|城市管理|市政局|园林",
    "environment": "环保局|环境保护局|生态环境",
    "resources": "国土局|国土资源|自然资源|规划局",
    "civil": "民政局",
    "agriculture": "农业局|农委|农业农村局|扶贫办",
    "water": "自来水|供水公司|水务公司",
    "market": "工商局|食药监|市场监督|物价局",
    "power": "电力公司|供电公司|电力局",
    "housing_fund": "公积金管理",
}
REPLY_LENGTH: Final = 120  # characters: a reply says at its beginning who gives it


def pack_names() -> dict[str, str]:
    """Category of the hotline's tree (four digits) -> its name and those of what belongs to it."""
    names: dict[str, str] = {}
    with (PACK / "categories.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["tree"] == "hotline" and len(row["code"]) > 2:
                names[row["code"][:4]] = f"{names.get(row['code'][:4], '')} {row['name']}".strip()
    return names


def pack_catalogue() -> dict[str, str]:
    """The dispatch catalogue: category -> leading unit."""
    with (PACK / "units_for_category.csv").open(encoding="utf-8", newline="") as text:
        return {row["category"]: row["lead"] for row in csv.DictReader(text)}


def replier(reply: str) -> str | None:
    """Return the one unit that a reply names at its beginning, None where it names none or several."""
    found = [unit for unit, words in REPLIERS.items() if re.search(words, reply[:REPLY_LENGTH])]
    return found[0] if len(found) == 1 else None


def report(folder: Path) -> list[str]:
    """Print-ready lines of two Markdown tables."""
    known = {one.number: one for one in petitions(folder)}
    labels = labelled_categories()
    return [*_categories(known, labels), "", *_units(known, labels)]


def _categories(known: dict[int, Petition], labels: dict[int, str]) -> list[str]:
    often = Counter(labels.values())
    items = [
        (known[number], label) for number, label in sorted(labels.items()) if often[label] >= LEAST_EXAMPLES
    ]
    truth = np.array([label for _, label in items])
    names = {label: name for label, name in pack_names().items() if label in set(truth)}
    said, third = truth.copy(), np.zeros(len(truth), bool)
    sure = np.zeros(len(truth))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for taught, judged in folds.split(np.zeros(len(truth)), truth):
        model = learn([_routed(*items[one]) for one in taught], names)
        answers = model.suggest_all([(items[one][0].title, items[one][0].text) for one in judged])
        for one, answer in zip(judged, answers, strict=True):
            said[one], sure[one] = answer[0].label, answer[0].confidence
            third[one] = truth[one] in {each.label for each in answer}
    most = Counter(truth).most_common(1)[0][0]
    words = np.array([by_keywords(one.title, one.text, names) or most for one, _ in items])
    lines = [
        f"{len(truth)} petitions of {len(names)} categories with at least {LEAST_EXAMPLES} examples, "
        f"{FOLDS}-fold: each is judged by a model that never saw it",
        "",
        "| way | macro-F1 | right | among the first three |",
        "|---|---|---|---|",
        f"| learnt (routing.py) | {_f1(truth, said)} | {(said == truth).mean():.0%} | {third.mean():.0%} |",
        f"| words of the taxonomy's names | {_f1(truth, words)} | {(words == truth).mean():.0%} | |",
        f"| always the most frequent | {_f1(truth, np.full_like(truth, most))} | {(truth == most).mean():.0%} | |",
        "",
        "| confidence of the first | petitions | mean confidence | right |",
        "|---|---|---|---|",
    ]
    miss = 0.0
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            right = (said == truth)[inside].mean()
            miss += inside.mean() * abs(sure[inside].mean() - right)
            lines.append(
                f"| {low:.1f} to {min(high, 1):.1f} | {inside.sum()} | {sure[inside].mean():.2f} | {right:.2f} |"
            )
    return [*lines, "", f"Expected calibration error over these four: {miss:.3f}."]


def _units(known: dict[int, Petition], labels: dict[int, str]) -> list[str]:
    """Units of petitions that nobody labelled, against who replied to them."""
    model = learn([_routed(known[number], label) for number, label in sorted(labels.items())], pack_names())
    catalogue = pack_catalogue()
    judged = [(one, replier(one.reply)) for number, one in sorted(known.items()) if number not in labels]
    items = [(one, unit) for one, unit in judged if unit is not None]
    truth = np.array([unit for _, unit in items])
    answers = [
        units_of(chances, catalogue) for chances in model.chances([(one.title, one.text) for one, _ in items])
    ]
    said = np.array([answer[0].label for answer in answers])
    third = np.mean(
        [unit in {each.label for each in answer} for unit, answer in zip(truth, answers, strict=True)]
    )
    most = Counter(truth).most_common(1)[0][0]
    names = pack_names()
    words = np.array([catalogue.get(by_keywords(one.title, one.text, names) or "", most) for one, _ in items])
    return [
        f"{len(items)} other petitions whose reply names one unit alone, the model learnt from all labelled ones:",
        "",
        "| way | macro-F1 of units | right | among the first three |",
        "|---|---|---|---|",
        f"| learnt, unit by the catalogue | {_f1(truth, said)} | {(said == truth).mean():.0%} | {third:.0%} |",
        f"| words of the taxonomy's names | {_f1(truth, words)} | {(words == truth).mean():.0%} | |",
        f"| always the most frequent | {_f1(truth, np.full_like(truth, most))} | {(truth == most).mean():.0%} | |",
    ]


def _routed(one: Petition, label: str) -> Routed:
    return Routed(one.title, one.text, label)


def _f1(truth: npt.NDArray[np.str_], said: npt.NDArray[np.str_]) -> str:
    labels = sorted(set(truth))
    return f"{f1_score(truth, said, labels=labels, average='macro', zero_division=0):.3f}"
