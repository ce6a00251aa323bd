"""The files of the screens: compressed, kept for ever under their release, and never of two releases at once."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from data_feeds.http.assets import assets
from data_feeds.http.page_files import modules_of
from layouts.hand.shell import ENTRY, HandFiles
from layouts.report.page import ENTRY as CITIZENS
from layouts.report.page import ReportedGrid, report_page

ASSETS = Path(__file__).resolve().parents[2] / "assets"
MOST_BYTES = 60_000  # of the citizens' page without a photograph; 150 kB were asked for


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[Mount("/assets", assets(ASSETS, "2b"))]))


def test_a_file_of_the_release_is_kept_for_ever_and_travels_compressed(client: TestClient) -> None:
    answer = client.get("/assets/v-2b/css/hand.css", headers={"accept-encoding": "gzip"})
    assert answer.text == (ASSETS / "css" / "hand.css").read_text(encoding="utf-8")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    plain = client.get("/assets/v-2b/css/hand.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_a_file_of_another_release_is_not_given_out(client: TestClient) -> None:
    assert client.get("/assets/v-2a/css/hand.css").status_code == 404
    assert client.get("/assets/v-2b/css/no_such.css").status_code == 404
    assert "cache-control" not in client.get("/assets/css/hand.css").headers


@pytest.mark.parametrize(
    "path", ["/assets/v-2b/../../pyproject.toml", "/assets/v-2b/%2e%2e/%2e%2e/pyproject.toml"]
)
def test_no_address_leaves_the_folder(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["unit", "room", "field"])
def test_every_module_of_a_page_is_found(name: str) -> None:
    found = modules_of(ASSETS, [ENTRY, f"{name}/page.mjs"])
    assert {"hand/api.mjs", "hand/letters.mjs", "live/catalogue.mjs"} <= set(found)
    assert all((ASSETS / one).is_file() for one in found)


def test_the_citizens_page_is_light() -> None:
    files = HandFiles("2b", modules_of(ASSETS, [CITIZENS]))
    kinds = [{"code": str(code), "name": "安全隐患", "name_en": "safety hazards"} for code in range(8)]
    html = report_page(ReportedGrid("1", "荣安社区", kinds, 3), 0, "zh", demonstration=True, files=files)
    names = [*files.modules, "hand/theme.js", "css/tokens.css", "css/hand.css", "css/report.css"]
    names += [f"catalogue/{name}.json" for name in ("live", "hand", "report")]
    for name in names:
        assert f"/assets/v-2b/{name}" in html, name
    assert "fonts.css" not in html
    bodies = [html.encode(), *((ASSETS / name).read_bytes() for name in names)]
    size = sum(len(gzip.compress(body, 6)) for body in bodies)
    assert size < MOST_BYTES, f"{size} bytes in {len(bodies)} files"
