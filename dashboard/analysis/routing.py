"""Help with routing: which category a text speaks of, and so which unit; three suggestions with confidence.

Learnt from orders that officers routed: words of the title, words and pairs of characters of title and text,
weighted by TF-IDF; a linear support vector machine, rare categories weighted up; its scores made into chances
by one temperature, fitted on texts that were held out (C. Guo and others, "On Calibration of Modern Neural Networks",
2017). The unit follows from the dispatch catalogue, which officers edit. A suggestion is shown beside the form with
its confidence; nothing is routed by it.

scikit-learn is imported when a model is learnt, not when this module is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.analysis.chinese_words import words_of

SHOWN: Final = 3
LEAST_EXAMPLES: Final = 5  # of a category; one with fewer is not learnt, and so never suggested
FOLDS: Final = 4
TEXT_LENGTH: Final = (
    400  # characters: what a petition is about is said by then, and long ones would drown the others
)
TITLE, WORDS, PAIRS = 1.0, 1.5, 1.5  # what the three kinds of features count


@dataclass(frozen=True, slots=True)
class Routed:
    """One routed order: what the citizen said, and the label that an officer gave it."""

    title: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label and how sure it is, 0-1: of suggestions made with 0.8 about four of five are right."""

    label: str
    confidence: float


class NotEnoughExamples(ValueError):
    """Fewer than two categories have enough routed orders to learn from."""


class RoutingModel:
    """What was learnt; `labels` are those that it may suggest."""

    def __init__(self, classifier: Any) -> None:
        self._classifier = classifier
        self.labels: tuple[str, ...] = tuple(str(one) for one in classifier.classes_)

    def suggest(self, title: str, text: str) -> tuple[Suggestion, ...]:
        """Return the three likeliest labels, the surest first; nothing for a text without words."""
        return self.suggest_all([(title, text)])[0]

    def suggest_all(self, texts: Sequence[tuple[str, str]]) -> list[tuple[Suggestion, ...]]:
        """Return the three likeliest labels of each (title, text)."""
        return [chances[:SHOWN] for chances in self.chances(texts)]

    def chances(self, texts: Sequence[tuple[str, str]]) -> list[tuple[Suggestion, ...]]:
        """Return every label's chance for each (title, text), the surest first."""
        if not texts:
            return []
        found = []
        rows = self._classifier.predict_proba(list(texts))
        for (title, text), row in zip(texts, rows, strict=True):
            order = row.argsort()[::-1] if words_of(title + text[:TEXT_LENGTH]) else ()
            found.append(tuple(Suggestion(self.labels[place], float(row[place])) for place in order))
        return found


def learn(routed: Sequence[Routed], names: Mapping[str, str]) -> RoutingModel:
    """Learn from routed orders, with the taxonomy's names as one more example of each label.

    Args:
        routed: orders in any order; labels with fewer than five are left out.
        names: label -> what the taxonomy calls it and what belongs to it.

    Raises:
        NotEnoughExamples: fewer than two labels have enough.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import FeatureUnion, make_pipeline
    from sklearn.svm import LinearSVC

    number = Counter(one.label for one in routed)
    known = [one for one in routed if number[one.label] >= LEAST_EXAMPLES]
    labels = {one.label for one in known}
    if len(labels) < 2:
        raise NotEnoughExamples(
            f"{len(labels)} of {len(number)} labels have {LEAST_EXAMPLES} examples or more"
        )
    known += [Routed(name, "", label) for label, name in sorted(names.items()) if label in labels]
    kinds = ((_title_words, TITLE, 1), (_all_words, WORDS, 1), (_all_pairs, PAIRS, 2))
    features = FeatureUnion(
        [
            (f"{part.__name__}", TfidfVectorizer(analyzer=part, sublinear_tf=True, min_df=least))
            for part, _, least in kinds
        ],
        transformer_weights={part.__name__: weight for part, weight, _ in kinds},
    )
    # The features are fitted within each fold: words that a text has for itself alone must be unknown there too,
    # or the temperature is fitted on scores that no new text gets.
    classifier = CalibratedClassifierCV(
        make_pipeline(features, LinearSVC(class_weight="balanced", random_state=0)),
        method="temperature",
        cv=StratifiedKFold(FOLDS, shuffle=True, random_state=0),
        ensemble=False,
    )
    classifier.fit([(one.title, one.text) for one in known], [one.label for one in known])
    return RoutingModel(classifier)


def units_of(chances: Iterable[Suggestion], catalogue: Mapping[str, str]) -> tuple[Suggestion, ...]:
    """Return the three likeliest units: each has the chances of the categories that the catalogue gives it.

    Args:
        chances: of all categories of one text.
        catalogue: category -> leading unit; a category without one counts for no unit.
    """
    sums: dict[str, float] = defaultdict(float)
    for one in chances:
        if one.label in catalogue:
            sums[catalogue[one.label]] += one.confidence
    order = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Suggestion(unit, chance) for unit, chance in order[:SHOWN])


def by_keywords(title: str, text: str, names: Mapping[str, str]) -> str | None:
    """Return the label whose names' words occur most in a text, None where none does: what stands before learning.

    A word of the title counts three times; ties go to the label that comes first.
    """
    said = Counter(words_of(text[:TEXT_LENGTH]))
    for word in words_of(title):
        said[word] += 3
    scores = {
        label: sum(said[word] for word in set(words_of(name)) if len(word) > 1)
        for label, name in names.items()
    }
    best = max(sorted(scores), key=lambda label: scores[label], default=None)
    return best if best is not None and scores[best] > 0 else None


def _title_words(one: tuple[str, str]) -> tuple[str, ...]:
    return words_of(one[0])


def _all_words(one: tuple[str, str]) -> tuple[str, ...]:
    return words_of(_whole(one))


def _all_pairs(one: tuple[str, str]) -> list[str]:
    said = _whole(one)
    return [said[at : at + 2] for at in range(len(said) - 1)]


def _whole(one: tuple[str, str]) -> str:
    return f"{one[0]} {one[0]} {one[1][:TEXT_LENGTH]}"
