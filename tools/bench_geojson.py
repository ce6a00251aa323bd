"""What a Dash team builds by default in the place of our map: an interval of one second and everybody as GeoJSON.

Part of `tools.bench_paint`, which opens it under the same traffic and starts it with the bus, the fleet's size, a
port and the map's box. Its circles are drawn on Leaflet's canvas, the fastest that this way offers.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import dash_leaflet as dl
import redis
import uvicorn
from dash import Dash, Input, Output, dcc, html
from fastapi import FastAPI

from dashboard.live.fleet import Fleet
from dashboard.live.fleet_frames import unpack_fixes, unpack_snapshot
from data_feeds import bus_names as names

EVERY_MS = 1_000
# A circle a worker; `bench.placed` is the measuring page's own, there from the first script on.
POINT = """
window.peer = { circle: (feature, place) => {
  window.bench?.placed(feature.properties.slot, place.lng, place.lat);
  return L.circleMarker(place, { radius: 3, weight: 0, fillOpacity: 1, color: "#4f9bd8" });
} };
"""


def follow(url: str, fleet: Fleet) -> None:
    """Take the feeds' frames into the fleet until the process ends."""
    bus = redis.Redis.from_url(url, socket_timeout=None)
    kept = bus.get(names.FLEET_SNAPSHOT)
    if isinstance(kept, bytes):
        fleet.apply_snapshot(unpack_snapshot(kept))
    listener = bus.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    listener.psubscribe(names.fleet_channel("*"))
    for message in listener.listen():
        fleet.apply(unpack_fixes(message["data"]))


def features(fleet: Fleet) -> dict[str, Any]:
    """Return everybody who has reported as GeoJSON."""
    lon, lat = (fleet.lon_e6 / 1e6).tolist(), (fleet.lat_e6 / 1e6).tolist()
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [lon[slot], lat[slot]]},
                "properties": {"slot": slot},
            }
            for slot, at in enumerate(fleet.fix_at.tolist())
            if at
        ],
    }


def main(arguments: list[str]) -> None:
    """Serve the page until the process is ended."""
    url, size, port, box = arguments
    fleet = Fleet(int(size))
    threading.Thread(target=follow, args=(url, fleet), daemon=True).start()
    server = FastAPI()
    frame = Dash("peer").index_string
    app = Dash(
        "peer",
        server=server,  # type: ignore[arg-type]
        update_title=None,  # type: ignore[arg-type]
        index_string=frame.replace("{%scripts%}", f"<script>{POINT}</script>{{%scripts%}}"),
    )
    workers = dl.GeoJSON(id="workers", pointToLayer={"variable": "peer.circle"})
    view = dl.Map(
        id="map",
        children=workers,
        bounds=json.loads(box),
        preferCanvas=True,
        style={"height": "100vh"},
        trackViewport=False,
    )
    app.layout = html.Div([dcc.Interval(id="tick", interval=EVERY_MS), view])

    @app.callback(Output("workers", "data"), Input("tick", "n_intervals"))
    def show(_ticks: int | None) -> dict[str, Any]:
        return features(fleet)

    uvicorn.run(server, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1:])
