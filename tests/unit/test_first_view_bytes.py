"""What a leader's phone has to load before the first sentence, as it lies on the line, without a browser or a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from callbacks.hand_pages import leader_html
from dashboard import principal_context
from dashboard.citypack import load_pack
from dashboard.domain.principal import Principal
from data_feeds.http.assets import assets
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.page_files import modules_of
from data_feeds.http.page_shell import shell_files
from layouts.hand.shell import ENTRY, HandFiles
from layouts.leader.page import STYLES, WORDS

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "0123456789abcdef"
LEADER = Principal("leader-1", "赵立新", "officer", "leader", "371100")
# docs/leader.md gives the first view 300 KB. The server adds to these files its picture, the newest brief and twelve
# weeks of rates: with 1,000 open matters they are counted by `make bench ONLY=first_load`.
FILES_BYTES = 200_000


@pytest.fixture(scope="module")
def web() -> Starlette:
    """The page and its files as the web process gives them out."""
    files = HandFiles(RELEASE, modules_of(ROOT / "assets", (ENTRY, "leader/page.mjs")))
    page = leader_html(load_pack(ROOT / "citypacks" / "rizhao"), files, demonstration=True)
    return Starlette(routes=[hand_route("/leader", page), Mount("/assets", assets(ROOT / "assets", RELEASE))])


def shell() -> list[str]:
    return shell_files("leader", ROOT / "assets", WORDS, HandFiles(RELEASE).address, STYLES)


def given(web: Starlette, addresses: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Of each address the bytes of its head and body as they are sent, and its text."""

    async def ask() -> dict[str, tuple[int, str]]:
        found = {}
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://line.test") as client:
            for one in addresses:
                async with client.stream("GET", one, headers={"accept-encoding": "gzip"}) as answer:
                    assert answer.status_code == httpx.codes.OK, one
                    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
                    body = "".join([part async for part in answer.aiter_text()])
                    found[one] = (head + answer.num_bytes_downloaded, body)
        return found

    token = principal_context.enter(LEADER)
    try:
        return asyncio.run(ask())
    finally:
        principal_context.leave(token)


def test_the_files_of_a_leaders_first_view_leave_room_for_what_they_are_to_show(web: Starlette) -> None:
    sizes = {one: size for one, (size, _) in given(web, ("/leader", *shell())).items()}
    heaviest = sorted(sizes.items(), key=lambda one: -one[1])[:8]
    assert sum(sizes.values()) <= FILES_BYTES, (sum(sizes.values()), heaviest)
    assert sum(sizes.values()) > FILES_BYTES * 0.9  # a bar with more room than that would see nothing


def test_the_document_asks_for_no_file_that_the_sum_leaves_out(web: Starlette) -> None:
    document = given(web, ["/leader"])["/leader"][1]
    asked = {part.split('"')[0] for part in document.split('="')[1:] if part.startswith("/assets/")}
    for_others = {
        "/assets/leader/icon-apple-180.png",
        "/assets/css/fonts_chinese.css",
    }  # a home screen; no script
    assert asked - set(shell()) == for_others
    assert len(asked) > 40
