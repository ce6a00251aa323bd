"""Component ids: the names that layouts, callbacks and page modules agree on.

An id is `<page>-<thing>`. Ids that a browser module writes to are marked with what it writes.
"""

from __future__ import annotations

from typing import Final

# desk: panes
DESK_ROOT: Final = "desk-root"
DESK_QUEUE: Final = (
    "desk-queue"  # AG Grid; rows arrive by transactions from the live picture, never through Dash
)
DESK_MAP: Final = "desk-map"
DESK_VOLUME_PLACE: Final = "desk-volume-place"  # page module mounts the graph into `children`
DESK_VOLUME: Final = "desk-volume"  # Plotly graph; page module writes `figure`

# desk: drawer
DESK_SELECTED: Final = "desk-selected"  # store; page module writes {"matter_id", "revision"}
DESK_RECOMMEND_FOR: Final = "desk-recommend-for"  # store; page module writes {"matter_id", "revision"}
DESK_DRAWER_HEAD: Final = "desk-drawer-head"
DESK_GUARD: Final = "desk-guard"  # why a unit may not leave, and the two ways out
DESK_DRAWER_RECEIPTS: Final = "desk-drawer-receipts"
DESK_DRAWER_RECOMMENDED: Final = "desk-drawer-recommended"
DESK_DRAWER_DECISIONS: Final = "desk-drawer-decisions"
DESK_DRAWER_FEATURES: Final = "desk-drawer-features"
DESK_DRAWER_TIMELINE: Final = "desk-drawer-timeline"

# desk: dialogs and acts
DESK_DIALOG_FOR: Final = (
    "desk-dialog-for"  # store; page module writes {"kind", "matter_id", "command_id", "revision"}
)
DESK_ADVICE: Final = (
    "desk-advice"  # store; the recommendation that the open dialog showed, stored with the act
)
DESK_DIALOG: Final = "desk-dialog"
DESK_DIALOG_TITLE: Final = "desk-dialog-title"
DESK_DIALOG_BODY: Final = "desk-dialog-body"


# desk: command bar
DESK_LINE: Final = "desk-line"  # store; page module writes {"line", "matter_id", "revision", "lang"}
DESK_BAR_SAID: Final = "desk-bar-said"  # what the server understood of it


# desk: views of the queue
DESK_VIEWS_ASKED: Final = "desk-views-asked"  # store; page module writes {"do", "name", "view"}
DESK_VIEWS: Final = "desk-views"  # what can be chosen from, and the views that are kept


def act_request(act: str) -> str:
    """Id of the store into which the page module puts one request of `act`."""
    return f"desk-act-{act}"


def act_outcome(act: str) -> str:
    """Id of the element that shows what became of the last request of `act`."""
    return f"desk-outcome-{act}"
