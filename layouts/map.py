"""The offline base map that the wall and the desk share.

Land, townships, regions, water and neighbouring cities come as GeoJSON files of the city pack; there are
no tiles and nothing is fetched from outside. How they are painted is in `assets/base_map.js`, which also
hands the Leaflet map to the page's own modules (`zhongshu.mapReady(id)`). Positions, whistles and labels
are not Dash children: they are drawn above the base by the page's modules from the live stream.

Nothing here has a tooltip or a popup, because dash-leaflet puts their text into the page as HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from layouts.catalogue import text

_STYLES: Final = "zhongshu.baseMap"

# Leaflet's own panes: overlay 400. The base lies below; `assets/base_map.js` paints all three on one canvas, in this
# order whatever order the files arrive in.
_PANES: Final = {"zs-beyond": 310, "zs-land": 320, "zs-lines": 330}


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float

    def as_leaflet(self) -> list[list[float]]:
        return [[self.south, self.west], [self.north, self.east]]


@dataclass(frozen=True, slots=True)
class MapSources:
    """Addresses of the city pack's GeoJSON files, served by our own origin."""

    regions: str
    townships: str
    surroundings: str

    @classmethod
    def of_release(cls, release: str = "") -> MapSources:
        """The addresses under which a browser keeps the files of this release; "" for those it asks for again."""
        folder = f"/citypack/boundaries/v-{release}" if release else "/citypack/boundaries"
        names = ("counties", "townships", "basemap")
        return cls(*(f"{folder}/{name}.geojson" for name in names))


def base_map(
    map_id: str,
    *,
    bounds: Bounds,
    sources: MapSources,
    operable: bool,
    has_surroundings: bool = True,
    class_name: str = "",
    children: Sequence[Component] = (),
) -> Component:
    """Return the map itself, fitted to `bounds`.

    `operable` False (the wall) means that no pointer or key moves it and it has no controls. `has_surroundings` False
    leaves out neighbouring cities and water. `children`
    are further dash-leaflet layers. `trackViewport` stays off: panning is nobody's business but the
    screen's, and each step of it would be a callback.
    """
    lock: dict[str, Any] = {} if operable else dict.fromkeys(_POINTER_OPTIONS, False)
    built: Component = dl.Map(
        id=map_id,
        className=f"base-map {class_name}".strip(),
        bounds=bounds.as_leaflet(),
        boundsOptions={"animate": False, "padding": [0, 0]},
        preferCanvas=True,
        trackViewport=False,
        attributionControl=False,
        zoomControl=operable,
        zoomSnap=0.25 if operable else 0,
        zoomAnimation=operable,
        fadeAnimation=False,
        inertia=False,
        **lock,
        children=[
            *[dl.Pane(name=name, style={"zIndex": z, "pointerEvents": "none"}) for name, z in _PANES.items()],
            *_layers(sources, has_surroundings),
            *children,
        ],
    )
    return built


def schematic_note(lang: str = "zh") -> str:
    """Return the sentence every map of generated borders carries: schematic, not for demarcation."""
    return text("map.schematic", lang)


def map_note(lang: str = "zh") -> Component:
    """Return the schematic note as a line under a map."""
    return html.Div(schematic_note(lang), className="map-note")


_POINTER_OPTIONS: Final = (
    "dragging",
    "scrollWheelZoom",
    "doubleClickZoom",
    "boxZoom",
    "keyboard",
    "touchZoom",
)


def _layers(sources: MapSources, has_surroundings: bool) -> list[Component]:
    land, lines = (
        _layer("township", sources.townships, "zs-land"),
        _layer("region", sources.regions, "zs-lines"),
    )
    if not has_surroundings:
        return [land, lines]
    beyond = _layer("neighbours", sources.surroundings, "zs-beyond", only="isNeighbour")
    return [beyond, land, _layer("water", sources.surroundings, "zs-lines", only="isWater"), lines]


def _layer(style: str, url: str, pane: str, only: str | None = None) -> Component:
    chosen = {"filter": {"variable": f"{_STYLES}.{only}"}} if only else {}
    layer: Component = dl.GeoJSON(
        url=url,
        pane=pane,
        interactive=False,
        disableDefaultEventHandlers=True,
        style={"variable": f"{_STYLES}.{style}"},
        **chosen,
    )
    return layer
