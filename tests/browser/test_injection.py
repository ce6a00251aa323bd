"""A hostile text in every field that holds words, and nothing of it runs on any page; it is shown as the text it is.

One city, filled once through the service; the whole web process with its real gate, policy and live picture; each page
opened once, at an address that is hostile too. Which fields there are is read from the store's tables and from the
interface's description.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from data_feeds.embedded_redis import EmbeddedRedis
from tests.browser.hand_server import DESKTOP, PHONE
from tests.security.hostile import SHORT
from tests.security.hostile_pages import attacked_city, served
from tests.security.whole_web import WholeWeb

pytestmark = pytest.mark.browser

PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)
WATCH = (Path(__file__).parents[1] / "security" / "hostile_watch.js").read_text(encoding="utf-8")
HALL = {"width": 1920, "height": 1080}
REFLECTED = quote(SHORT, safe="")
# Forms that a duty leader opens on a matter that was dispatched and whistled for.
FORMS = {
    "t": "transfer", "s": "supervise", "u": "urge", "r": "decision", "e": "note", "l": "leave",
    "n": "register_dispute", "m": "merge", "o": "consultation", "c": "reveal", "d": "dispatch",
}  # fmt: skip
# What an officer may type into each field: the desk must show it, in a refusal or an answer too, as what was typed.
TYPED = f"{SHORT}<img data-hostile src=x onerror=ran('typed')>"
FIELDS = "input[type=text]:visible, input[type=search]:visible, textarea:visible"

Stops = Iterator[str]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who opens which page, what is done on it, and fields that must have been read on it as they are."""

    who: str
    path: str
    stops: Callable[[Page, WholeWeb], Stops]
    shown: frozenset[str]
    size: dict[str, int]


@pytest.fixture(scope="module")
def web(redis_server: EmbeddedRedis) -> Iterator[WholeWeb]:
    """The city under attack; its Redis is the session's, emptied."""
    import redis as redis_client

    with redis_client.Redis.from_url(redis_server.url) as client:
        client.flushall()
    folder = Path(tempfile.mkdtemp(prefix="zs-hostile-"))
    # Beside the synchronous Playwright no other loop can run in this thread.
    with ThreadPoolExecutor(1) as beside:
        city = attacked_city(folder, redis_server.url)
        yield beside.submit(city.__enter__).result()
        beside.submit(city.__exit__, None, None, None).result()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def url(web: WholeWeb) -> Iterator[str]:
    """The address of the whole web process."""
    with served(web) as address:
        yield address


# -- what is done on each page --------------------------------------------------------------------------------


def marked(page: Page, field: str) -> None:
    """Wait until the text of a field stands on the page."""
    page.wait_for_function("field => watched.report().marks.includes(field)", arg=field, timeout=PATIENCE_MS)


def still(page: Page, _web: WholeWeb) -> Stops:
    expect(page.locator("main").first).to_be_visible()
    yield "page"


def desk(page: Page, web: WholeWeb) -> Stops:
    expect(page.locator("[data-ready='1']")).to_be_attached()
    page.keyboard.press("7")  # everything that is open
    row = page.locator(f"#desk-queue .ag-row[row-id='{web.there['matter']}']").first
    row.click()
    expect(page.locator("#desk-drawer-features .feature.room")).to_be_attached()
    marked(page, "decisions.question")
    yield "drawer"
    dialog = page.locator("#desk-dialog")
    for key, act in FORMS.items():
        page.keyboard.press(key)
        expect(dialog.locator(f"[data-dialog={act}]")).to_be_visible()
        yield act
        fill(page, "#desk-dialog")
        yield f"{act} typed"
        dialog.evaluate("one => one.focus({ preventScroll: true })")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    page.locator(f"#desk-queue .ag-row:not([row-id='{web.there['matter']}'])").first.click()
    page.keyboard.press("w")  # a matter that nobody was called for yet
    expect(dialog.locator("[data-dialog=whistle]")).to_be_visible()
    fill(page, "#desk-dialog")
    yield "whistle typed"
    dialog.evaluate("one => one.focus({ preventScroll: true })")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    yield from beside_the_dialogs(page)


def fill(page: Page, place: str) -> None:
    """Type a hostile text into every field of a part of the page."""
    for field in page.locator(place).locator(FIELDS).all():
        field.fill(TYPED[: int(field.get_attribute("maxlength") or 200)])


def beside_the_dialogs(page: Page) -> Stops:
    """The command bar and what the server understood of it, views, the search of the map, walls' control, the post."""
    page.keyboard.press("/")
    page.locator("#desk-bar-line").fill(f"派 {TYPED}")
    page.wait_for_function("() => document.querySelector('#desk-bar-said').textContent !== ''")
    yield "bar"
    page.locator("#desk-bar-line").press("Escape")
    page.keyboard.press("v")
    fill(page, "#desk-views")
    yield "views"
    page.keyboard.press("Escape")
    page.locator("#map-field").fill(TYPED[:40])
    page.locator("#map-field").press("Enter")
    yield "map search"
    page.locator("#map-field").press("Escape")
    page.locator("#desk-queue-pane").evaluate("one => one.focus({ preventScroll: true })")
    page.keyboard.press("p")
    expect(page.locator("#desk-walls")).to_be_visible()
    fill(page, "#desk-walls")
    yield "walls"
    page.keyboard.press("Escape")
    expect(page.locator("#desk-walls")).to_be_hidden()
    page.keyboard.press("h")
    fill(page, ".duty-pane")
    yield "handover"


def map_window(page: Page, _web: WholeWeb) -> Stops:
    expect(page.locator("[data-ready='1']")).to_be_attached()
    yield "map"


def wall(page: Page, _web: WholeWeb) -> Stops:
    expect(page.locator("html[data-mounted]")).to_be_attached()
    marked(page, "matters.title")
    yield "scene"


def wall_scene(page: Page, _web: WholeWeb) -> Stops:
    expect(page.locator("html[data-mounted]")).to_be_attached()
    expect(page.locator(".wall-stage").first).to_be_attached()
    yield "scene"


def hand(field: str, *hashes: str) -> Callable[[Page, WholeWeb], Stops]:
    """A page of the hand that shows `field` first, and then its views."""

    def stops(page: Page, web: WholeWeb) -> Stops:
        expect(page.locator("html[data-mounted]")).to_be_attached()
        marked(page, field)
        yield "first"
        for one in hashes:
            page.evaluate("to => { location.hash = to; }", one.format(**web.there))
            expect(page.locator("#hand-main")).to_be_visible()
            yield one
        fill(page, "body")
        yield "typed"

    return stops


def administration(page: Page, _web: WholeWeb) -> Stops:
    expect(page.locator("html[data-mounted]")).to_be_attached()
    for link in [one.get_attribute("data-link") for one in page.locator("[data-link]").all()]:
        page.locator(f'[data-link="{link}"]').click()
        section = page.locator(f'[data-section="{link}"]')
        expect(section).to_be_visible()
        yield str(link)
        for tab in [one.get_attribute("data-tab") for one in section.locator("[data-tab]").all()][1:]:
            section.locator(f'[data-tab="{tab}"]').click()
            expect(page.locator(f'[data-view="{tab}"]')).to_be_visible()
            yield str(tab)
        fill(page, f'[data-section="{link}"]')
        yield f"{link} typed"


def fields(words: str) -> frozenset[str]:
    return frozenset(words.split())


VISITS = (
    Visit("nobody", "/sign-in", still, fields(""), DESKTOP),
    Visit("duty_leader", "/desk/", desk, fields(
        "accounts.display_name commands.no handover_items.no handover_items.title log.params matters.no matters.place "
        "matters.title receipts.declined_reason receipts.name returns.reason decisions.question"), HALL),
    Visit("duty_leader", "/desk_map/", map_window, fields(""), HALL),
    Visit("duty_leader", "/wall/?scene=overview&", wall,
          fields("commands.no commands.title log.params matters.title"), HALL),
    *(Visit("duty_leader", f"/wall/?scene={scene}&", wall_scene, fields(""), HALL)
      for scene in ("incident", "hotline", "grid", "district", "whistle")),
    Visit("leader", "/leader", hand("matters.title", "overdue", "mine", "day", "red", "whistles", "word/{matter}"),
          fields("commands.no matters.title receipts.declined_reason receipts.name"), PHONE),
    Visit("liaison_lead", "/unit", hand("matters.title", "{matter}", "statistics"),
          fields("matters.no matters.place matters.title"), DESKTOP),
    Visit("grid_worker", "/field", hand("matters.title"),
          fields("commands.no commands.place matters.place matters.title"), PHONE),
    Visit("duty_leader", "/room/{matter}", hand("room_messages.text"), fields(
        "bookings.question room_decisions.decision room_decisions.owner room_messages.text room_participants.name "
        "rooms.host rooms.minutes rooms.topic specialists.name specialists.organisation"), DESKTOP),
    Visit("duty_leader", "/room", hand("matters.title"), fields("matters.title"), PHONE),
    Visit("duty_leader", "/replay/{matter}", hand("matters.title"),
          fields("commands.no log.params matters.title receipts.name"), HALL),
    Visit("duty_leader", "/hotline", hand("wordings.text"), fields("matters.title wordings.text"), HALL),
    Visit("duty_leader", "/briefs", hand("briefs.title"), fields("brief_versions.sentences briefs.title"), DESKTOP),
    Visit("sysadmin", "/admin/", administration,
          fields("policy_steps.name policy_versions.why webhooks.name"), DESKTOP),
    Visit("secadmin", "/admin/", administration, fields("accounts.display_name accounts.name tokens.name"), DESKTOP),
    Visit("auditor", "/admin/", administration, fields("accounts.name"), DESKTOP),
    Visit("nobody", "/report/{grid}", still, fields(""), PHONE),
    Visit("nobody", "/report/follow/{code}", still, fields("matters.no"), PHONE),
)  # fmt: skip


@pytest.mark.parametrize("visit", VISITS, ids=lambda one: f"{one.who} {one.path}")
def test_nothing_that_anybody_wrote_runs_and_all_of_it_is_shown_as_text(
    chromium: Browser, web: WholeWeb, url: str, visit: Visit
) -> None:
    context = chromium.new_context(viewport=visit.size, service_workers="block")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    if visit.who != "nobody":
        cookie = {"name": "zhongshu_session", "value": web.secrets[visit.who], "url": url}
        context.add_cookies([cookie])  # type: ignore[list-item]
    context.add_init_script(WATCH)
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
    beside = "" if visit.path.endswith("&") else "?"
    page.goto(
        f"{url}{visit.path.format(**web.there)}{beside}q={REFLECTED}&{REFLECTED}={REFLECTED}#{REFLECTED}%"
    )
    faults: list[tuple[str, Any]] = []
    marks: set[str] = set()
    for stop in visit.stops(page, web):
        found = page.evaluate("watched.report()")
        marks |= set(found["marks"])
        faults += [(stop, one) for one in (*found["happened"], *found["made"])]
    for field in visit.shown - marks:
        marked(page, field)
    context.close()
    assert faults == []
    assert dialogs == []


def test_what_the_watch_looks_for_is_found(chromium: Browser) -> None:
    """On a page without any protection the same text runs, makes elements, and is told."""
    from tests.security.hostile import hostile

    page = chromium.new_page()
    page.add_init_script(WATCH)
    page.goto("data:text/html,<main></main>")
    page.evaluate("words => { document.querySelector('main').innerHTML = words; }", hostile("a.b"))
    page.wait_for_function("watched.report().happened.length > 0")
    found = page.evaluate("watched.report()")
    page.close()
    assert "ran img" in found["happened"]
    assert any(re.match("element", one) for one in found["made"])
    assert any(re.match("handler", one) for one in found["made"]) and any(
        "address" in one for one in found["made"]
    )
    assert found["marks"] == ["a.b"]


def test_what_turns_the_direction_of_writing_turns_nothing_beside_it(chromium: Browser, url: str) -> None:
    """Two words beside a name that was left turned stand where they stand beside a plain one."""
    page = chromium.new_page()
    page.goto(f"{url}/sign-in")
    places = page.evaluate(
        """async () => {
            const { text, loadCatalogue } = await import("/assets/live/catalogue.mjs");
            await loadCatalogue(["desk"], "en");
            const at = (name) => {
                const line = document.createElement("p");
                const who = Object.assign(document.createElement("span"), { textContent: name });
                const after = Object.assign(document.createElement("span"), { textContent: " 12 late 34" });
                line.append(who, after, text("desk.feed.late", { name, minutes: 5 }));
                document.body.append(line);
                const word = document.createRange();
                word.setStart(line.lastChild, line.lastChild.data.indexOf("late"));
                word.setEnd(line.lastChild, line.lastChild.data.indexOf("late") + 4);
                return [after.getBoundingClientRect().left, word.getBoundingClientRect().left].map(Math.round);
            };
            return [at("Lane"), at("\\u202eLane")];
        }"""
    )
    page.close()
    assert places[0] == places[1]


def test_every_dialog_that_a_key_of_the_desk_opens_is_attacked() -> None:
    """A letter that is added later opens a dialog that nobody attacks: it has to be added above."""
    keyboard = (Path(__file__).parents[2] / "assets" / "desk" / "keyboard.mjs").read_text(encoding="utf-8")
    letters = keyboard.partition("const GO_LETTERS")[0]
    acts = dict(re.findall(r'\b([a-z]): (?:\{ act: )?"(\w+)"', letters))
    assert len(acts) >= 13
    # An alarm is acknowledged by the key itself; whistles are raised on another matter.
    assert {act: key for key, act in acts.items() if act not in ("acknowledge", "whistle")} == {
        act: key for key, act in FORMS.items()
    }
