"""All screens of one view class: one filter, the same bytes for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any

from dashboard.domain.masking import mask_name
from dashboard.live.picture import Change, Picture
from dashboard.live.view import ScopeFilter, ViewClass, no_changes, view_changes, view_snapshot
from dashboard.live.wire import Kind, encode_json
from dashboard.store.news import DESK_NEWS, WALL_NEWS, News
from data_feeds.live_boards import Boards
from data_feeds.live_fleet import FleetFold
from data_feeds.live_flow import offer_movement_to_all, offer_time_to_all
from data_feeds.live_movement import LiveMovement
from data_feeds.live_news import NewsCount
from data_feeds.live_outbox import Flow, Outbox
from data_feeds.live_source import RosterRow


class ViewChannel:
    """Screens that share a jurisdiction and a level of detail."""

    def __init__(
        self,
        view: ViewClass,
        scopes: ScopeFilter,
        picture: Picture,
        fleet: FleetFold,
        movement: LiveMovement,
        boards: Boards,
        village_of: Callable[[str], str],
    ) -> None:
        self.view = view
        self.scopes = scopes
        self.outboxes: set[Outbox] = set()
        self._flow: Flow = {}
        self._picture = picture
        self._fleet = fleet
        self._movement = movement
        self._boards = boards
        self._village_of = village_of
        self._told_seq = picture.seq
        self._kept_frame: tuple[str, int, asyncio.Task[bytes]] | None = None
        self._kept_roster: tuple[int, bytes] | None = None  # of the roster's revision; a wall's posts
        self._kept_boards: dict[Kind, bytes] = {}
        self._news = NewsCount(DESK_NEWS if view.surface == "desk" else WALL_NEWS)

    def join(self, outbox: Outbox) -> None:
        """Count a screen among those of this view."""
        self.outboxes.add(outbox)
        outbox.flow = self._flow

    def leave(self, outbox: Outbox) -> None:
        """Send a screen nothing any more."""
        self.outboxes.discard(outbox)
        outbox.leave_flow()

    # -- boards --------------------------------------------------------------------------------------------

    def board_frame(self, kind: Kind) -> bytes:
        """Return a board as this view sees it, built once for all that join until its next news."""
        kept = self._kept_boards.get(kind)
        if kept is None:
            kept = self._kept_boards[kind] = self._boards.frame(kind, self.scopes)
        return kept

    def tell_board(self, kind: Kind) -> None:
        """Send every screen the news of a board."""
        self._kept_boards.pop(kind, None)
        frame = self.board_frame(kind)
        for outbox in self.outboxes:
            outbox.offer_latest(kind, frame)

    # -- news ----------------------------------------------------------------------------------------------

    def offer_news(self, outbox: Outbox) -> None:
        """Say how often this view was told of each kind of news that its surface shows."""
        outbox.offer_latest(Kind.NOTICE, self._news.frame())

    def tell_news(self, news: Collection[News] | None) -> None:
        """Tell every screen which news are this view's; None: anything may have changed."""
        if news is None:
            self._news.add_all()
        elif not self._news.add({one.of for one in news if self._is_of(one)}):
            return
        for outbox in self.outboxes:
            self.offer_news(outbox)

    def _is_of(self, news: News) -> bool:
        """Say whether it concerns this view's jurisdiction; news without a scope are of the administrators."""
        if news.is_exact:
            return self.view.jurisdiction in news.scope
        return bool(news.scope) and self.scopes.sees(news.scope)

    # -- matters -------------------------------------------------------------------------------------------

    def tell_changes(self, changes: Sequence[Change]) -> None:
        """Send every screen what consecutive changes mean to this view."""
        value = view_changes(changes, self.scopes, self._told_seq)
        if value is None:
            return
        self._told_seq = value["seq_to"]
        frame = encode_json(Kind.CHANGES, value)
        for outbox in self.outboxes:
            outbox.offer_changes(frame)

    def missed(self, epoch: str, seq: str) -> list[bytes] | None:
        """Return what a screen that names its cursor has missed, None for a new one or one away too long."""
        if epoch != self._picture.epoch or not (seq.isascii() and seq.isdigit() and len(seq) < 16):
            return None
        return self.changes_since(int(seq))

    def changes_since(self, seq: int) -> list[bytes] | None:
        """Return the frames that a screen at `seq` has missed, None where it needs a snapshot."""
        missed = self._picture.changes_after(seq)
        if missed is None:
            return None
        if not missed:
            return []
        # Also where none of it is this view's: the next frame of a channel that others opened begins behind it.
        value = view_changes(missed, self.scopes, seq) or no_changes(seq, missed[-1].seq)
        return [encode_json(Kind.CHANGES, value)]

    async def picture_frames(self) -> list[bytes]:
        """Return a picture frame, shared while the ring reaches back to it, and what came after it."""
        kept = self._kept_frame
        missed = None
        if kept is not None and kept[0] == self._picture.epoch:
            missed = self.changes_since(kept[1])
        if kept is None or missed is None:
            value = view_snapshot(self._picture, self.scopes)
            task = asyncio.create_task(asyncio.to_thread(encode_json, Kind.PICTURE, value))
            kept = self._kept_frame = (self._picture.epoch, self._picture.seq, task)
            missed = []
        # Shared by all screens of the class: one that goes away must not take the others' frame along.
        return [await asyncio.shield(kept[2]), *missed]

    def forget_picture(self) -> None:
        """Start over after a reload: every screen takes a fresh picture."""
        self._kept_frame = None
        self._told_seq = self._picture.seq
        for outbox in self.outboxes:
            outbox.want_picture()

    def drop_stale_frames(self) -> None:
        """Free a kept picture that trails by far: nobody will take it any more."""
        if self._kept_frame is not None and self._picture.seq - self._kept_frame[1] > 200:
            self._kept_frame = None

    # -- movement ------------------------------------------------------------------------------------------

    def send_movement(self, frame: bytes) -> None:
        """Send every screen the stream's next delta, the same bytes."""
        offer_movement_to_all(self.outboxes, self._flow, frame)

    def send_time(self, frame: bytes) -> None:
        """Send every screen that keeps up the time."""
        offer_time_to_all(self.outboxes, self._flow, frame)

    def tell_fleet(self, outbox: Outbox) -> None:
        """Bring one screen to the present fleet; a desk also learns who sits in each slot, a wall whose grid it is."""
        if self._fleet.revision == 0:
            return  # no roster yet: with the first one everybody is told
        kind = Kind.ROSTER if self.view.surface == "desk" else Kind.POSTS
        outbox.offer_latest(kind, self.roster_frame())
        outbox.want_movement()

    def movement_frame(self) -> bytes:
        """Return the snapshot of the movement as the view's screens have it now."""
        return self._movement.snapshot_frame(self.view)

    def roster_frame(self) -> bytes:
        """Return who is behind each slot of the view, names masked; for walls whose grid it is and nobody's name."""
        revision = self._fleet.revision
        if self._kept_roster is None or self._kept_roster[0] != revision:
            slots = set(self._movement.slots(self.scopes).tolist())
            rows = [row for row in self._fleet.roster if row.slot in slots]
            if self.view.surface == "desk":
                workers = [
                    [row.slot, row.worker_id, mask_name(row.name), row.grid, row.township, row.region]
                    for row in rows
                ]
                frame = encode_json(Kind.ROSTER, {"revision": revision, "workers": workers})
            else:
                frame = encode_json(Kind.POSTS, {"revision": revision, **self._posts(rows)})
            self._kept_roster = (revision, frame)
        return self._kept_roster[1]

    def _posts(self, rows: Sequence[RosterRow]) -> dict[str, Any]:
        """Return the villages that slots belong to and which of them each slot does, -1 for one of another view."""
        places: dict[tuple[str, str, str], int] = {}
        of = [-1] * (rows[-1].slot + 1 if rows else 0)  # the roster is kept in the order of its slots
        for row in rows:
            key = (self._village_of(row.grid), row.township, row.region)
            of[row.slot] = places.setdefault(key, len(places))
        return {"places": [list(key) for key in places], "of": of}
