"""The real wall page with a live picture of our own: layout, assets, map and modules as in the product.

Only the live client is replaced: `tests/browser/wall_live.mjs` holds the rows, and a test moves its clock. With
`wall_day` it is the product's own, and only its server is played.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Response, send_from_directory
from werkzeug.serving import make_server

from callbacks.screen_values import wall_city
from dashboard.citypack import load_pack
from dashboard.domain.wall import DEFAULT_NAME, Wall, wall_id
from dashboard.service.walls.reading import wall_row
from layouts.document import document
from layouts.wall import page
from tests.browser.wall_more import with_scenes
from tests.browser.wall_morning import fleet, morning

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "citypacks" / "rizhao"


def wall_app(demonstration: bool = True, live: str = "wall_live") -> Dash:
    """Return a Dash application whose only page is the wall, mounted on the fixed morning by the module `live`."""
    frame = document("wall", language="zh", surface="wall", theme="dark")
    app = Dash(
        "wall_harness",
        assets_folder=str(ROOT / "assets"),
        # The stylesheets and the map script as in the product; not the module that would open a socket.
        assets_path_ignore=[
            "live",
            "wall",
            "desk",
            "fonts",
            "catalogue",
            "hand",
            "unit",
            "field",
            "room",
            "report",
            "admin",
        ],
        assets_ignore=r"zhongshu\.mjs",
        index_string=frame.replace(
            "{%renderer%}", f'{{%renderer%}}<script type="module" src="/harness/{live}.mjs"></script>'
        ),
        update_title=None,  # type: ignore[arg-type]  # as Dash documents it
    )
    pack = load_pack(PACK)
    city = wall_city(pack)
    app.layout = lambda: page.build("zh", demonstration, city)
    posts = [(division.lon, division.lat) for division in pack.divisions if division.level == "grid"]
    whole = with_scenes(morning(), pack.divisions) | {"workers": fleet(posts)}
    picture = json.dumps(whole, ensure_ascii=False)

    def rows() -> Response:
        return Response(picture, mimetype="application/json")

    # What the server was told this wall is to show; a test may change it and say so by the live picture's news.
    orders: dict[str, Any] = wall_row(Wall(wall_id("371100", DEFAULT_NAME), "371100", DEFAULT_NAME)) | {
        "speaks": True
    }
    app.server.config["orders"] = orders

    def own() -> Response:
        return Response(json.dumps({"value": orders}), mimetype="application/json")

    def voice(name: str) -> Response:
        # Whatever bytes: the tests' loudspeaker tells them apart by what they say.
        return Response(name.encode(), mimetype="audio/mpeg")

    def module(name: str) -> Response:
        return send_from_directory(Path(__file__).parent, f"{name}.mjs", mimetype="text/javascript")

    def probe(name: str) -> Response:
        folder = ROOT / "tests" / "live" / "probes"
        return send_from_directory(folder, f"{name}.mjs", mimetype="text/javascript")

    def boundaries(name: str) -> Response:
        return send_from_directory(PACK / "boundaries", name)

    for address, answer in (
        ("/harness/morning.json", rows),
        ("/api/v1/walls/own", own),
        ("/voice/<name>", voice),
        ("/harness/<name>.mjs", module),
        ("/probes/<name>.mjs", probe),
        ("/citypack/boundaries/<path:name>", boundaries),
    ):
        app.server.add_url_rule(address, answer.__name__, answer)
    return app


@contextmanager
def serving(app: Dash, port: int = 0) -> Iterator[str]:
    """Serve the page from a thread; yields its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line per font slice would bury a failure
    server = make_server("127.0.0.1", port, app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
