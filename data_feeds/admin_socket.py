"""The administrators' socket, /admin/live: it says which section of their page has news, and nothing else.

An administrator sees no matter and no position: what changed the page asks by its callbacks (docs/wire.md).
"""

from __future__ import annotations

from collections.abc import Collection

from dashboard.domain.principal import Principal
from dashboard.domain.rights import RIGHT_OF_SECTION, may
from dashboard.live.wire import Kind
from dashboard.store.news import News
from data_feeds.live_news import NewsCount
from data_feeds.live_outbox import OutboxCounts
from data_feeds.live_screens import Socket
from data_feeds.narrow_socket import NarrowSockets, Told


class AdminSockets(NarrowSockets):
    """The administrators who look now, in one process."""

    surface = "admin"

    def __init__(self, told: Told, counts: OutboxCounts) -> None:
        super().__init__(told, counts)
        self._news: dict[str, NewsCount] = {}  # by role: its sections

    def greet(self, one: Socket) -> None:
        """Say how often each of the role's sections had news."""
        one.outbox.offer_latest(Kind.NOTICE, self._count_of(one.principal).frame())

    def is_same(self, now: Principal, then: Principal) -> bool:
        """The role says which sections there are."""
        return now.role == then.role

    def news_heard(self, news: Collection[News] | None) -> None:
        """Tell everybody which of their sections have news; None: anything may have changed."""
        told = {one.of for one in news if not one.scope} if news is not None else None
        changed = set()
        for role, count in self._news.items():
            if told is None:
                count.add_all()
            elif not count.add(told):
                continue
            changed.add(role)
        for one in self._sockets:
            if one.principal.role in changed:
                one.outbox.offer_latest(Kind.NOTICE, self._news[one.principal.role].frame())

    def _count_of(self, principal: Principal) -> NewsCount:
        sections = [name for name, right in RIGHT_OF_SECTION.items() if may(principal, right)]
        return self._news.setdefault(principal.role, NewsCount(sections))
