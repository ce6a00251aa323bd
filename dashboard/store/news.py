"""What a transaction changed that no entry of the log tells: receipts of tellings, who acted last, accounts, the audit.

Collected while it runs, given out once it is committed. A piece of news says what changed and where, never what it is
now: whoever hears it and may know asks. So nothing personal can be in it, and one that is lost costs time alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

POSTS: Final = "posts"  # of the desks of one jurisdiction: who holds a post has acted
TELLINGS: Final = "tellings"  # of the desks of a scope: what was told to them was shown, or no longer holds
WALLS: Final = "walls"  # of the screens that may drive or show a wall: what it is to show
WALLS_SHOWN: Final = "walls_shown"  # of the desks that may drive it: what it shows now, that it came or went
PRESENCE: Final = "presence"  # of the desks of a scope: who has a matter of it open
WORDINGS: Final = (
    "wordings"  # of the hotline's pages of a scope: a wording for the agents, or who has read it
)
MERGES: Final = "merges"  # of the hotline's pages of a scope: what is proposed to be merged
DESK_NEWS: Final = (POSTS, TELLINGS, WALLS, WALLS_SHOWN, PRESENCE)
WALL_NEWS: Final = (WALLS,)
HOTLINE_NEWS: Final = (WORDINGS, MERGES)

# Of the administrators: the section of their page that shows what lies in a table. A card of the first page shows what
# its section does, so these names are enough for both.
SECTIONS_OF_TABLE: Final[dict[str, tuple[str, ...]]] = {
    "tellings": ("delivery", "webhooks"),
    "telling_attempts": ("delivery",),
    "deadlines": ("delivery",),  # what the product does next about a telling that was given up
    "matters": ("delivery", "policies"),  # closed ones leave the list; each version counts its open ones
    "webhooks": ("webhooks",),
    "policy_versions": ("policies",),
    "directions": ("catalogue",),
    "accounts": ("accounts",),
    "sessions": ("accounts",),
    "tokens": ("tokens",),
    "feed_keys": ("feeds",),
    "quarantines": ("feeds",),
    "audit": ("audit",),
}
SECTION_NEWS: Final = tuple(sorted({name for names in SECTIONS_OF_TABLE.values() for name in names}))

_COLLECTED: Final = "zhongshu.news"


@dataclass(frozen=True, slots=True)
class News:
    """Something changed.

    Args:
        of: one of `DESK_NEWS`, of `HOTLINE_NEWS` or of `SECTION_NEWS`.
        scope: divisions that it concerns, for the desks; empty for the administrators, who have one city.
        is_exact: only the desks of just these divisions, not those above them.
    """

    of: str
    scope: tuple[str, ...] = ()
    is_exact: bool = False


def tell(connection: Connection, of: str, scope: Sequence[str], *, is_exact: bool = False) -> None:
    """Add a piece of news to what is told once the transaction of `connection` is committed."""
    collected: set[News] | None = connection.info.get(_COLLECTED)
    if collected is not None:
        collected.add(News(of, tuple(scope), is_exact))


@contextmanager
def collected(connection: Connection) -> Iterator[set[News]]:
    """Collect what is told on `connection` while the block runs: by `tell`, and by each table that it writes."""
    found: set[News] = set()
    info = connection.info  # of the pooled connection, and out of reach once that is lost
    info[_COLLECTED] = found
    try:
        yield found
    finally:
        del info[_COLLECTED]  # must not outlive the transaction


def note_written(connection: Connection, statement: Any, *_: object) -> None:
    """Note which table a statement wrote: SQLAlchemy's `after_execute`."""
    if not getattr(statement, "is_dml", False):
        return
    found: set[News] | None = connection.info.get(_COLLECTED)
    if found is not None:
        found.update(News(name) for name in SECTIONS_OF_TABLE.get(statement.table.name, ()))
