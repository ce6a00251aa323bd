"""Merge proposals on the recorded petitions against the groups judged by reading."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Final

from dashboard.analysis.duplicates import ProposalRules, Said, WordWeights, proposals
from dashboard.domain.merging import grams_of, text_likeness
from tools.analysis_recordings import Petition, labelled_duplicates, petitions

Pair = tuple[int, int]
# Dice of the titles' pairs of characters at which the domain's measure does best on the half that tunes.
DICE: Final = 0.63


def as_said(one: Petition) -> Said:
    """Return a petition as a matter; the recording has no points and no category."""
    return Said(str(one.number), one.title, one.at, one.text, "", one.places)


def report(folder: Path) -> list[str]:
    """Print-ready lines of a Markdown table."""
    known = petitions(folder)
    by_number = {one.number: one for one in known}
    same, unclear = labelled_duplicates()
    truth, doubtful = _pairs(same), _pairs(unclear)
    reworded = {
        pair
        for pair in truth
        if by_number[pair[0]].citizen != by_number[pair[1]].citizen
        and by_number[pair[0]].title != by_number[pair[1]].title
    }
    weights = WordWeights(one.title + one.text[:300] for one in known)
    found = proposals([as_said(one) for one in known], weights, ProposalRules())
    ways = [
        ("proposals (duplicates.py)", {_ordered(int(one.one), int(one.other)) for one in found}),
        (f"pairs of characters of the titles, Dice from {DICE:g} (merging.py's measure)", _by_dice(known)),
        ("the very same title", _by_title(known)),
    ]
    lines = [
        f"{len(known)} petitions; {len(truth)} pairs in {len(same)} groups judged to be one matter, {len(reworded)} of "
        f"them by other citizens in other words; {len(doubtful)} pairs undecided and left out",
        "",
        "| way | precision | recall | F1 | on the half that judges: P, R, F1 | other citizen and words: recall |",
        "|---|---|---|---|---|---|",
    ]
    for name, said in ways:
        judged = said - doubtful
        whole = _scores(judged, truth)
        half = _scores({one for one in judged if one[0] % 2}, {one for one in truth if one[0] % 2})
        cells = [f"{one:.2f}" for one in whole] + [", ".join(f"{one:.2f}" for one in half)]
        lines.append(
            f"| {name} | " + " | ".join([*cells, f"{len(judged & reworded) / len(reworded):.2f}"]) + " |"
        )
    return lines


def _by_dice(known: list[Petition]) -> set[Pair]:
    """The domain's measure of the titles where the named places do not contradict each other."""
    grams = {one.number: grams_of(one.title) for one in known}
    return {
        _ordered(one.number, other.number)
        for one, other in combinations(known, 2)
        if (not one.places or not other.places or one.places & other.places)
        and text_likeness(grams[one.number], grams[other.number]) >= DICE
    }


def _by_title(known: list[Petition]) -> set[Pair]:
    by_title: dict[str, list[int]] = {}
    for one in known:
        by_title.setdefault(one.title, []).append(one.number)
    return _pairs(by_title.values())


def _pairs(groups: Iterable[list[int]]) -> set[Pair]:
    return {_ordered(*pair) for group in groups for pair in combinations(group, 2)}


def _ordered(one: int, other: int) -> Pair:
    return (min(one, other), max(one, other))


def _scores(said: set[Pair], truth: set[Pair]) -> tuple[float, float, float]:
    right = len(said & truth)
    precision, recall = right / max(1, len(said)), right / max(1, len(truth))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)
