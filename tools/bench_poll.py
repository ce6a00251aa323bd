"""What a team builds by default in the place of the unit's page: a Dash page that asks for everything each second.

Part of `tools.bench_dispatch`, which opens it beside the product's page and starts it with database, unit and port.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from dash import Dash, Input, Output, dcc, html
from fastapi import FastAPI

from dashboard import service
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from dashboard.service import Services
from dashboard.settings import PROJECT_ROOT
from dashboard.store.store import Store

EVERY_MS = 1_000


def main(arguments: list[str]) -> None:
    """Serve the page until the process is ended."""
    database, unit, port = arguments
    pack = load_pack(PROJECT_ROOT / "citypacks" / "rizhao")
    services = Services(Store(database), pack)
    liaison = Principal("officer:poll", "李小红", "officer", "unit_liaison", pack.code, unit=unit)
    server = FastAPI()
    app = Dash("poll", server=server, title="poll", update_title=None)  # type: ignore[arg-type]
    app.layout = html.Div([dcc.Interval(id="tick", interval=EVERY_MS), html.Ul(id="items")])

    @app.callback(Output("items", "children"), Input("tick", "n_intervals"))
    def show(_ticks: int | None) -> list[Any]:
        # The clock of the demonstration is not asked: what is waiting does not depend on it here.
        inbox = service.own_inbox(services, liaison, 0)
        titles = {row["id"]: row for row in inbox.matters}
        titles |= {row["matter_id"]: row["matter"] for row in inbox.commands}
        return [
            html.Li([html.B(row["no"]), " ", row["title"], " ", row["place"]], **{"data-item": matter})
            for matter, row in titles.items()
        ]

    uvicorn.run(server, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1:])
