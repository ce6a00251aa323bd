"""What the documents of wall and desk ask for: everything of theirs at once, nothing of anybody else's, and kept."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from data_feeds.http.assets import release_of
from data_feeds.http.page_files import modules_of
from layouts.screen_files import GUARD
from tests.security.whole_web import WholeWeb

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ASKED_AGAIN = (
    "/_dash-layout",
    "/_dash-dependencies",
    "_favicon",
)  # built for whoever asks, or not worth keeping
WHO = {"wall": "kiosk", "desk": "commander", "desk_map": "commander"}
MODULE = {"desk_map": "desk/map_window.mjs"}  # of the others `<surface>/page.mjs`
RELEASED = re.compile(r"/assets/v-[0-9a-z]+/(.+)")
LIBRARY = re.compile(r"/_dash-component-suites/(?:dash/)?([\w-]+)/")
KEY = re.compile(r"""(?<![.\w])text\(\s*["'`]([a-z_]+\.)""")


def document(web: WholeWeb, surface: str) -> str:
    answer = web.ask(WHO[surface], "GET", f"/{surface}/")
    assert answer.status_code == 200
    return answer.text


def module_of(surface: str) -> str:
    return MODULE.get(surface, f"{surface}/page.mjs")


def links(html: str, relation: str) -> list[str]:
    return re.findall(rf'<link rel="{relation}"[^>]*? href="([^"]+)"', html)


def addresses(html: str, tag: str, attribute: str) -> list[str]:
    return re.findall(rf'<{tag} [^>]*?{attribute}="([^"]+)"', html)


@pytest.mark.parametrize("surface", WHO)
def test_every_module_is_asked_for_with_the_document_and_the_entry_does_not_wait_for_dash(
    web: WholeWeb, surface: str
) -> None:
    html = document(web, surface)
    preloaded = links(html, "modulepreload")
    graph = modules_of(ASSETS, ["zhongshu.mjs", module_of(surface)])
    assert [RELEASED.fullmatch(one)[1] for one in preloaded] == list(graph)  # type: ignore[index]
    assert {"live/worker_index.mjs", module_of(surface)} <= set(graph)
    assert html.index('type="module" async') < html.index("_dash-component-suites")
    assert html.index("base_map.js") < html.index('id="_dash-renderer"')


@pytest.mark.parametrize("surface", WHO)
def test_what_a_screen_loads_is_there_for_it_and_is_kept(web: WholeWeb, surface: str) -> None:
    html = document(web, surface)
    asked = set(addresses(html, "(?:link|script)", "(?:href|src)"))
    assert len(asked) > 40
    for one in asked:
        answer = web.ask(WHO[surface], "GET", one)
        assert answer.status_code == 200, one
        is_asked_again = one == GUARD or any(name in one for name in ASKED_AGAIN)
        assert is_asked_again or "max-age=31536000" in answer.headers["cache-control"], one
    maps = [one for one in asked if one.startswith("/citypack/")]
    assert len(maps) == 2
    layout = json.dumps(web.ask(WHO[surface], "GET", f"/{surface}/_dash-layout").json())
    for one in maps:
        assert one in layout
        assert "private" in web.ask(WHO[surface], "GET", one).headers["cache-control"]
        assert web.ask("nobody", "GET", one).status_code == 401


def test_the_wall_brings_the_libraries_of_its_layout_and_the_desk_brings_all(web: WholeWeb) -> None:
    wall, desk = (
        {
            found[1]
            for one in addresses(document(web, surface), "script", "src")
            if (found := LIBRARY.search(one))
        }
        for surface in ("wall", "desk")
    )
    assert wall == {"deps", "dash-renderer", "html", "dash_leaflet"}
    layout = web.ask("kiosk", "GET", "/wall/_dash-layout").json()
    assert namespaces(layout) == {"dash_html_components", "dash_leaflet"}
    assert {"dash_ag_grid", "dcc"} <= desk


def namespaces(layout: object) -> set[str]:
    if isinstance(layout, list):
        return set().union(*map(namespaces, layout))
    if not isinstance(layout, dict) or "namespace" not in layout:
        return set()
    return {layout["namespace"]} | namespaces(layout["props"].get("children"))


@pytest.mark.parametrize("surface", WHO)
def test_no_screen_asks_for_plotly_or_a_stylesheet_of_another_before_it_is_drawn(
    web: WholeWeb, surface: str
) -> None:
    html = document(web, surface)
    assert not [
        one for one in addresses(html, "(?:link|script)", "(?:href|src)") if "plotly" in one or "graph" in one
    ]
    styles = [RELEASED.fullmatch(one)[1] for one in links(html, "stylesheet")]  # type: ignore[index]
    look = surface.split("_")[0]  # the map's window looks like the desk
    assert f"css/{look}.css" in styles
    shared = {"css/fonts.css", "css/fonts_chinese.css", "css/tokens.css"}
    assert {one for one in styles if not one.startswith(f"css/{look}")} == shared


@pytest.mark.parametrize("surface", WHO)
def test_a_screen_reads_the_catalogue_of_every_key_that_its_modules_use(web: WholeWeb, surface: str) -> None:
    html = document(web, surface)
    words = addresses(html, "html", "data-words")[0].split()
    known = set().union(
        *(json.loads((ASSETS / "catalogue" / f"{name}.json").read_text(encoding="utf-8")) for name in words)
    )
    modules = modules_of(ASSETS, ["zhongshu.mjs", module_of(surface)])
    used = {key for name in modules for key in KEY.findall((ASSETS / name).read_text(encoding="utf-8"))}
    assert used
    assert all(any(key.startswith(one) for key in known) for one in used), used
    preloaded = links(html, "preload")
    assert [one for one in preloaded if "/catalogue/" in one] == [
        preloaded[0].rsplit("/", 1)[0] + f"/{name}.json" for name in words
    ]


def test_a_release_is_what_the_files_are_and_not_when_they_were_written(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "css").mkdir(parents=True)
        (folder / "css" / "wall.css").write_text("a")
    assert release_of(one) == release_of(other)
    (other / "css" / "wall.css").write_text("b")
    assert release_of(one) != release_of(other)
    (other / "css" / "wall.css").rename(other / "wall.css")
    assert release_of(other) not in (release_of(one), "")
