"""What the words of orders say: pairs that may be one matter, and whom an order that nobody dispatched may be for."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from math import isnan, nan
from typing import Any, Final

from dashboard.analysis.duplicates import ProposalRules, Said, WordWeights, proposals
from dashboard.analysis.routing import (
    LEAST_EXAMPLES,
    SHOWN,
    NotEnoughExamples,
    Routed,
    RoutingModel,
    Suggestion,
    by_keywords,
    learn,
    units_of,
)
from dashboard.citypack.units import Direction
from dashboard.domain.merging import Described, compare, grams_of
from dashboard.service import Services
from dashboard.service.analysis_reads import OpenOrder, open_orders, routed_orders
from dashboard.service.dispatch_catalogue import directions_in_force, units_for

_LOG = logging.getLogger(__name__)

DAY_MS: Final = 86_400_000
LEARN_DAYS: Final = 180
LEARN_EVERY_MS: Final = DAY_MS
LEARN_FROM: Final = 200  # routed orders; with fewer the categories' names know more
LEARN_AGAIN: Final = (
    1.5  # times as many routed orders as were learnt from: worth learning anew before the day is over
)
MERGES_SHOWN: Final = 100
ROUTING_SHOWN: Final = 300  # newest undispatched orders
LEAST_CONFIDENCE: Final = 0.01
TOPIC_DIGITS: Final = 4


class OrderTexts:
    """What was learnt of orders' titles; every method blocks, but not for as long as learning takes.

    Args:
        aside: where a model is learnt, which takes whole seconds: surges are not told later for it.
    """

    def __init__(self, services: Services, aside: Executor | None = None) -> None:
        self._services = services
        self._aside = aside or ThreadPoolExecutor(1, "learning")
        self._learning: tuple[Future[RoutingModel], list[int]] | None = None
        pack = services.pack
        self._names = {one.code: one.name for one in pack.categories.at_level(2, "hotline")}
        for one in pack.categories.at_level(3, "hotline"):
            parent = one.code[:TOPIC_DIGITS]
            self._names[parent] = f"{self._names.get(parent, '')} {one.name}"
        self._model: RoutingModel | None = None
        self.learnt: list[int] | None = None  # [orders, when]
        self._looked_at = 0
        self._of: tuple[tuple[str, int], ...] = ()
        self._merges: tuple[list[list[Any]], int] = ([], 0)
        self._suggested: dict[OpenOrder, list[Any] | None] = {}  # rows of the picture
        self._directions: dict[str, Direction] = {}

    def turn(self, now: int) -> dict[str, Any]:
        """Return `merges`, `merges_in_all`, `routing` and `learnt` of the picture (docs/wire.md)."""
        self._keep_learnt(now)
        self._take_learnt()
        with self._services.store.read() as connection:
            directions = directions_in_force(connection, self._services.pack)
        if directions != self._directions:
            self._directions = directions
            self._suggested.clear()
        orders = open_orders(self._services)
        state = tuple((one.id, one.version) for one in orders)
        if state != self._of:
            self._merges = self._proposed(orders)
            self._of = state
        return {
            "merges": self._merges[0],
            "merges_in_all": self._merges[1],
            "routing": self._routed([one for one in orders if one.dispatched_at is None]),
            "learnt": self.learnt,
        }

    def _keep_learnt(self, now: int) -> None:
        if self._looked_at and now - self._looked_at < LEARN_EVERY_MS // 24:
            return
        self._looked_at = now
        if self._learning is not None:
            return
        known = routed_orders(self._services, now - LEARN_DAYS * DAY_MS)
        if len(known) < LEARN_FROM:
            return
        if self.learnt is not None:
            is_fresh = now - self.learnt[1] < LEARN_EVERY_MS
            if is_fresh and len(known) < LEARN_AGAIN * self.learnt[0]:
                return
        # The same words again and again (a machine's own titles) teach no more, and the solver nears its end slowly.
        times: Counter[Routed] = Counter()
        routed = []
        for title, category in known:
            one = Routed(title, "", category[:TOPIC_DIGITS])
            times[one] += 1
            if times[one] <= LEAST_EXAMPLES:
                routed.append(one)
        self._learning = self._aside.submit(learn, routed, self._names), [len(known), now]

    def _take_learnt(self) -> None:
        """Take over what was learnt aside, once that is done."""
        if self._learning is None or not self._learning[0].done():
            return
        (done, learnt), self._learning = self._learning, None
        try:
            self._model = done.result()
        except NotEnoughExamples as error:
            _LOG.info("routing is not learnt yet: %s", error)
            return
        self.learnt = learnt
        self._suggested.clear()

    def _proposed(self, orders: Sequence[OpenOrder]) -> tuple[list[list[Any]], int]:
        by_id = {one.id: one for one in orders}
        weights = WordWeights(one.title for one in orders)
        rules = self._services.pack.merging
        found = proposals([_said(one) for one in orders], weights, ProposalRules(near_m=rules.near_m))
        rows = []
        for one in found[:MERGES_SHOWN]:
            first, second = by_id[one.one], by_id[one.other]
            by_rule = compare(_described(first), _described(second), rules) is not None
            region = first.region if first.region == second.region else self._services.city
            reasons = [[reason.kind, reason.value] for reason in one.reasons]
            rows.append([one.one, one.other, one.likeness, reasons, by_rule, region or self._services.city])
        return rows, len(found)

    def _routed(self, orders: Sequence[OpenOrder]) -> list[list[Any]]:
        shown = orders[-ROUTING_SHOWN:]
        new = [one for one in shown if one not in self._suggested]
        chances: list[tuple[Suggestion, ...]]
        if self._model is not None:
            chances = self._model.chances([(one.title, "") for one in new])
        else:
            words = [by_keywords(one.title, "", self._names) for one in new]
            chances = [() if label is None else (Suggestion(label, nan),) for label in words]
        fresh = dict(zip(new, map(self._row, new, chances), strict=True))
        self._suggested = {one: fresh[one] if one in fresh else self._suggested[one] for one in shown}
        return [row for row in self._suggested.values() if row is not None]

    def _row(self, order: OpenOrder, told: Sequence[Suggestion]) -> list[Any] | None:
        if not told:
            return None
        units = _cells(self._units(order, told))
        return [order.id, _cells(told), units, order.region or self._services.city]

    def _units(self, order: OpenOrder, told: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
        """Return the units that the dispatch catalogue names first for these categories at the order's place."""
        lead = {}
        for one in told:
            named = units_for(self._services.pack, self._directions, one.label, order.region, order.township)
            if named:
                lead[one.label] = named[0].id
        if self._model is None:
            return tuple(Suggestion(unit, nan) for unit in dict.fromkeys(lead.values()))
        return units_of(told, lead)


def _cells(told: Sequence[Suggestion]) -> list[list[Any]]:
    """Return at most three as cells; words alone have no confidence; what is ruled out is left."""
    return [
        [one.label, None if isnan(one.confidence) else round(one.confidence, 3)]
        for one in told[:SHOWN]
        if isnan(one.confidence) or one.confidence >= LEAST_CONFIDENCE
    ]


def _said(one: OpenOrder) -> Said:
    places = frozenset(code for code in (one.village or one.township,) if code)
    return Said(one.id, one.title, one.opened_at, "", one.category[:TOPIC_DIGITS], places, one.lon, one.lat)


def _described(one: OpenOrder) -> Described:
    return Described(one.id, "order", one.category, one.lon, one.lat, one.opened_at, grams_of(one.title))
