"""The socket of the hotline's page, /hotline/live: the hotline's pictures of one jurisdiction, and news of two kinds.

The page shows no matter and no position, so it is given neither: hundreds of kilobytes that a view of the whole
picture costs. A jurisdiction's frames are written once for all who look through it (docs/wire.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from dashboard.live.view import ScopeFilter
from dashboard.live.wire import Kind
from dashboard.store.news import HOTLINE_NEWS, News
from data_feeds.live_boards import BOARDS, PAGE_BOARDS, Boards
from data_feeds.live_news import NewsCount
from data_feeds.live_outbox import OutboxCounts
from data_feeds.live_screens import Socket
from data_feeds.narrow_socket import NarrowSockets, Told

SHOWN = (*BOARDS.values(), *PAGE_BOARDS.values())


class HotlineSockets(NarrowSockets):
    """Those who look at the hotline's page now, in one process.

    `boards` has the pictures, `scopes` turns a jurisdiction into the filter of what it sees.
    """

    surface = "hotline"

    def __init__(
        self,
        told: Told,
        counts: OutboxCounts,
        boards: Callable[[], Boards],
        scopes: Callable[[str], ScopeFilter],
    ) -> None:
        super().__init__(told, counts)
        self._boards = boards
        self._scopes = scopes
        self._frames: dict[tuple[str, Kind], bytes] = {}  # by jurisdiction, until the board's next news
        self._news: dict[str, NewsCount] = {}

    def greet(self, one: Socket) -> None:
        """Give every picture as it is now."""
        for kind in SHOWN:
            one.outbox.offer_latest(kind, self._frame(one.principal.jurisdiction, kind))
        one.outbox.offer_latest(Kind.NOTICE, self._count_of(one.principal.jurisdiction).frame())

    def is_same(self, now: Principal, then: Principal) -> bool:
        """A person who was moved, or may no longer see the hotline, opens another socket or none."""
        return now.jurisdiction == then.jurisdiction and may(now, "see_hotline")

    def board_changed(self, kind: Kind) -> None:
        """Send everybody the news of a picture."""
        self._frames = {key: frame for key, frame in self._frames.items() if key[1] is not kind}
        for one in self._sockets:
            one.outbox.offer_latest(kind, self._frame(one.principal.jurisdiction, kind))

    def news_heard(self, news: Collection[News] | None) -> None:
        """Tell everybody which news are of the own jurisdiction; None: anything may have changed."""
        for jurisdiction, count in self._news.items():
            if news is None:
                count.add_all()
            elif not count.add({one.of for one in news if self._scopes(jurisdiction).sees(one.scope)}):
                continue
            for one in self._sockets:
                if one.principal.jurisdiction == jurisdiction:
                    one.outbox.offer_latest(Kind.NOTICE, count.frame())

    def _frame(self, jurisdiction: str, kind: Kind) -> bytes:
        key = (jurisdiction, kind)
        if key not in self._frames:
            self._frames[key] = self._boards().frame(kind, self._scopes(jurisdiction))
        return self._frames[key]

    def _count_of(self, jurisdiction: str) -> NewsCount:
        return self._news.setdefault(jurisdiction, NewsCount(HOTLINE_NEWS))
