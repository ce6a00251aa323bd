"""Proposals for merging from words, place, time and category, with the reasons; an officer decides.

Built on the domain's rule (`dashboard/domain/merging.py`), whose pairs of characters of the titles are kept. Added are
the cosines of TF-IDF vectors over segmented words, of the titles and of what the citizen said, so that 请求 and 问题
count for little and an estate's name for much; and time, which fades instead of ending at a day. Places that contradict
each other end a proposal; a place that only one of the two names does not.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dashboard.analysis.chinese_words import words_of
from dashboard.domain.merging import METRES_PER_DEGREE, grams_of, text_likeness

DAY_MS: Final = 86_400_000
TEXT_LENGTH: Final = 200  # characters of what a citizen said: what happened and where is said by then
# What counts how much; found on one half of the labelled petitions and judged on the other (docs/hotline.md).
TITLE_WORDS, TITLE_PAIRS, TEXT_WORDS = 0.35, 0.35, 0.30
FRESH: Final = 0.10
FADES_MS: Final = 30 * DAY_MS
TELLING_WORDS: Final = 4  # reasons name so many shared words at most
COMMON: Final = (
    0.05  # a word of more texts than this part finds no candidates, it only counts when they are compared
)

ReasonKind = Literal["words", "category", "place", "distance", "time"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a matter is compared by; `places` are names of divisions in it, `lon` and `lat` degrees WGS-84."""

    id: str
    title: str
    opened_at: int
    text: str = ""
    category: str = ""
    places: frozenset[str] = frozenset()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class ProposalRules:
    """`likeness`: the score from which a merge is proposed, 0-1; farther or longer apart is another matter."""

    likeness: float = 0.47
    near_m: float = 800.0
    apart_ms: int = 2 * 365 * DAY_MS


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that speaks for a merge: shared words, the category, the place, metres, or ms apart."""

    kind: ReasonKind
    value: str | int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two matters that may be one, the earlier given first; `likeness` 0-1."""

    one: str
    other: str
    likeness: float
    reasons: tuple[Reason, ...]


class WordWeights:
    """How telling each word is, learnt from texts (smoothed inverse document frequency)."""

    def __init__(self, texts: Iterable[str]) -> None:
        found: Counter[str] = Counter()
        self.texts = 0
        for text in texts:
            self.texts += 1
            found.update(set(words_of(text)))
        self._found = found

    def weight(self, word: str) -> float:
        """Return a word's weight; one that was never met is the most telling."""
        return math.log((1 + self.texts) / (1 + self._found[word])) + 1

    def is_common(self, word: str) -> bool:
        """Say whether a word is in so many texts that it finds nothing."""
        return self._found[word] > max(3, COMMON * self.texts)

    def vector(self, text: str) -> dict[str, float]:
        """Return a text's weights by word, of length 1; nothing for a text without words."""
        raw = {
            word: (1 + math.log(number)) * self.weight(word)
            for word, number in Counter(words_of(text)).items()
        }
        length = math.sqrt(sum(one * one for one in raw.values()))
        return {word: one / length for word, one in raw.items()} if length else {}


def alike_words(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two texts' vectors, 0 to 1."""
    if len(other) < len(one):
        one, other = other, one
    return min(1.0, sum(weight * other[word] for word, weight in one.items() if word in other))


def proposals(matters: Sequence[Said], weights: WordWeights, rules: ProposalRules) -> list[Proposal]:
    """Return the pairs that may be one matter, the likeliest first.

    Only matters whose titles share a telling word are compared, so that thousands take seconds.
    """
    by_word: dict[str, list[_Measured]] = defaultdict(list)
    found = []
    for said in sorted(matters, key=lambda one: (one.opened_at, one.id)):
        own = _Measured(said, weights)
        candidates: dict[str, _Measured] = {}
        for word in own.title:
            if not weights.is_common(word):
                candidates.update((other.said.id, other) for other in by_word[word])
                by_word[word].append(own)
        for other in candidates.values():
            proposal = _compared(other, own, rules)
            if proposal is not None:
                found.append(proposal)
    return sorted(found, key=lambda one: (-one.likeness, one.one, one.other))


class _Measured:
    """One matter with its vectors, made once."""

    def __init__(self, said: Said, weights: WordWeights) -> None:
        self.said = said
        self.title = weights.vector(said.title)
        self.text = weights.vector(said.text[:TEXT_LENGTH])
        self.pairs = grams_of(said.title)


def _compared(one: _Measured, other: _Measured, rules: ProposalRules) -> Proposal | None:
    """Return a proposal for two matters with its reasons, None where any fact stands against it."""
    first, second = one.said, other.said
    apart_ms = abs(first.opened_at - second.opened_at)
    if apart_ms > rules.apart_ms:
        return None
    if first.category and second.category and first.category != second.category:
        return None
    if first.places and second.places and not first.places & second.places:
        return None
    metres = _metres(first, second)
    if metres is not None and metres > rules.near_m:
        return None
    words = TITLE_WORDS * alike_words(one.title, other.title) + TITLE_PAIRS * text_likeness(
        one.pairs, other.pairs
    )
    if one.text and other.text:
        words += TEXT_WORDS * alike_words(one.text, other.text)
    else:
        words /= TITLE_WORDS + TITLE_PAIRS
    likeness = (1 - FRESH) * words + FRESH * math.exp(-apart_ms / FADES_MS)
    if likeness < rules.likeness:
        return None
    shared = sorted(
        (word for word in one.title if word in other.title),
        key=lambda word: -one.title[word] * other.title[word],
    )
    reasons = [Reason("words", "、".join(shared[:TELLING_WORDS]))]
    if first.category and first.category == second.category:
        reasons.append(Reason("category", first.category))
    if first.places & second.places:
        reasons.append(Reason("place", "、".join(sorted(first.places & second.places))))
    if metres is not None:
        reasons.append(Reason("distance", round(metres)))
    reasons.append(Reason("time", apart_ms))
    return Proposal(first.id, second.id, round(likeness, 3), tuple(reasons))


def _metres(one: Said, other: Said) -> float | None:
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot(east, one.lat - other.lat) * METRES_PER_DEGREE
