"""The command bar, the chords, Z and C in a real browser on a real store, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard import service
from tests.browser.desk_city import OFFICER, DeskCity
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk
from tests.browser.waiting import eventually

BURST = "热力一次管网爆管"
GARBAGE = "商铺二层堆积建筑垃圾，易发生火灾"
UNDERSTOOD = """() => {
  const answer = document.querySelector("#desk-bar-said").firstElementChild;
  return Number(answer?.dataset.revision) === desk.bar.revision;
}"""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def page(desk: LoopDesk, context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    desk.city.start_again(tmp_path)
    opened = desk.sit_down(context, OFFICER)
    expect(opened.locator("#desk-queue .ag-center-cols-container .ag-row")).to_have_count(8)
    yield opened
    opened.close()


def write(page: Page, line: str) -> None:
    """Open the bar and write a line; waits for what the server understood of this very line."""
    page.keyboard.press("/")
    page.keyboard.insert_text(line)
    expect(page.locator("#desk-bar-line")).to_have_value(line)
    page.wait_for_function(UNDERSTOOD)


def test_a_line_opens_the_dispatch_with_just_what_it_said_and_sends_nothing_itself(
    page: Page, desk: LoopDesk
) -> None:
    city = desk.city
    no = city.matter(BURST)["no"]
    write(page, f"派 gd {no} 断电配合 45分")
    said = page.locator("#desk-bar-said")
    expect(said.locator(".bar-chip[data-part=unit] b")).to_have_text("国网日照供电公司")
    expect(said.locator(".bar-chip[data-part=matter] b")).to_have_text(f"{no} {BURST}")
    expect(said.locator(".bar-chip[data-part=limit] b")).to_contain_text("45 分")
    page.keyboard.press("Enter")
    ticked = page.locator("#desk-dialog tr[data-receiver][aria-selected=true]")
    expect(ticked).to_have_count(1)
    expect(page.locator(".picked")).to_contain_text("供电公司")
    expect(page.locator("#desk-field-objective")).to_have_value("断电配合")
    expect(page.locator("[data-choice=minutes] .segment.on")).to_have_attribute("data-value", "45")
    expect(page.locator(".matter-title")).to_contain_text(BURST)
    assert city.picture()["commands"] == []
    page.locator("#desk-field-override").focus()
    page.keyboard.insert_text("现场要断电")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_contain_text("令0001 已派给 1 个接收方")
    (command,) = city.picture()["commands"]
    (receiver,) = command["receivers"]
    assert receiver["due_at"] - command["issued_at"] < 46 * 60_000

    # It gave the matter to a unit: that is not taken back as if it had not been.
    expect(page.locator("#desk-undo-said")).to_have_text("Z 可撤回，10 秒")
    page.keyboard.press("z")
    expect(page.locator(".outcome.shown[data-outcome=refused]")).to_contain_text(
        "令0001 已改变事项的承办单位或环节"
    )
    assert [one["state"] for one in city.picture()["commands"]] == ["running"]


def test_z_takes_back_an_order_that_nobody_has_and_only_once(page: Page, desk: LoopDesk) -> None:
    city = desk.city
    row = city.matter(BURST)
    heating = next(one.id for one in city.pack.units if one.kind == "heating")
    order = service.Dispatch(row["id"], (service.ReceiverOrder("unit", heating, "lead"),), "抢修")
    done = service.dispatch(city.services, OFFICER, order, row["version"], city.clock.now_ms(), "first")
    assert isinstance(done, service.Done)
    # The desk acts on the version that it has heard of.
    page.wait_for_function(
        "([id, version]) => window.deskLive.matters.get(id)?.version >= version",
        arg=[row["id"], city.matter(BURST)["version"]],
    )
    write(page, f"派 gd {row['no']} 断电配合 45分")
    page.keyboard.press("Enter")
    expect(page.locator(".picked")).to_contain_text("供电公司")
    page.locator("#desk-field-override").focus()
    page.keyboard.insert_text("现场要断电")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown[data-outcome=done]")).to_contain_text("令0002 已派给 1 个接收方")
    expect(page.locator("#desk-undo-said")).to_have_text("Z 可撤回，10 秒")
    page.keyboard.press("z")
    expect(page.locator(".outcome.shown")).to_contain_text("已撤回")
    states = {one["no"]: one["state"] for one in city.picture()["commands"]}
    assert states == {"令0001": "running", "令0002": "recalled"}
    page.keyboard.press("z")
    expect(page.locator("#desk-undo-said")).to_have_text("没有 10 秒内可撤回的操作")


def test_an_unclear_word_is_chosen_by_keys_and_a_refused_line_opens_nothing(
    page: Page, desk: LoopDesk
) -> None:
    write(page, "派 xf G0001 看看")
    expect(page.locator(".bar-chip.unclear b")).to_have_text("xf？2 个")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-bar")).to_be_visible()
    expect(page.locator(".bar-offer")).to_have_count(2)
    expect(page.locator(".bar-offer.caret")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".bar-offer.caret").inner_text()
    page.keyboard.press("Tab")
    expect(page.locator("#desk-bar-line")).to_have_value(f"派 {chosen} G0001 看看")
    expect(page.locator("#desk-bar-said > [data-sendable='1']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#desk-bar")).to_be_hidden()

    write(page, "催 G9999")
    expect(page.locator(".bar-block")).to_contain_text("辖区内没有 G9999")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-bar")).to_be_visible()
    expect(page.locator("#desk-dialog")).to_be_hidden()
    page.keyboard.press("Escape")


def test_enter_before_the_answer_waits_for_it_and_a_number_alone_goes_there(
    page: Page, desk: LoopDesk
) -> None:
    no = desk.city.matter(GARBAGE)["no"]
    page.keyboard.press("/")
    page.keyboard.insert_text(no)
    page.keyboard.press("Enter")
    expect(page.locator("#desk-bar")).to_be_hidden()
    expect(page.locator(".matter-title")).to_contain_text(GARBAGE)
    expect(page.locator("#desk-drawer")).to_be_focused()


def test_g_leads_to_the_table_the_map_and_the_drawer(page: Page, desk: LoopDesk) -> None:
    page.keyboard.press("j")
    for letter, place in (("m", "#desk-map"), ("d", "#desk-drawer"), ("t", "#desk-queue-pane")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page.locator(place)).to_be_focused()
    expect(page.locator("#desk-dialog")).to_be_hidden()  # D after G is no dispatch


def test_c_shows_duty_numbers_and_the_citizens_after_a_reason_on_record(page: Page, desk: LoopDesk) -> None:
    page.keyboard.press("j")
    expect(page.locator(".matter-title")).to_contain_text(BURST)
    page.keyboard.press("c")
    expect(page.locator("#desk-dialog .duty-numbers")).to_contain_text("值班电话")
    expect(page.locator("#desk-dialog")).not_to_contain_text("13812345678")
    page.keyboard.insert_text("核对现场联系人")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome.shown")).to_contain_text("13812345678")
    rows = eventually(lambda: reveals(desk.city))
    assert rows == 1


def reveals(city: DeskCity) -> int:
    """How many audit rows say that somebody's data were shown."""
    from sqlalchemy import func, select

    from dashboard.store import tables

    with city.services.store.read() as connection:
        asked = select(func.count()).where(
            (tables.audit.c.act == "reveal_citizen") & (tables.audit.c.result == "done")
        )
        return int(connection.execute(asked).scalar_one())


def test_a_view_narrows_orders_and_is_there_after_signing_in_again(page: Page, desk: LoopDesk) -> None:
    shown = page.locator("#desk-queue .ag-center-cols-container .ag-row")
    page.keyboard.press("v")
    expect(page.locator("[data-narrow=region]")).to_be_focused()
    page.locator("[data-narrow=category]").select_option("02")
    page.locator("[data-narrow=order]").select_option("newest")
    inside = [row for row in desk.city.picture()["matters"] if row["category"].startswith("02")]
    expect(shown).to_have_count(len(inside))
    expect(page.locator("#desk-views-button")).to_have_class("chip on")
    newest = max(inside, key=lambda row: row["opened_at"])
    expect(page.locator("#desk-queue [row-index='0'] [col-id=title]")).to_have_text(newest["title"])
    page.locator("#desk-views-name").focus()
    page.keyboard.insert_text("市政新到")
    page.keyboard.press("Enter")
    expect(page.locator(".view-apply")).to_have_text("市政新到")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#desk-views-panel")).to_be_hidden()

    page.reload()
    page.wait_for_selector("[data-ready='1']", state="attached")
    expect(shown).to_have_count(8)
    page.keyboard.press("v")
    page.locator(".view-apply").click()
    expect(shown).to_have_count(len(inside))
    expect(page.locator("#desk-views-on")).to_have_text("市政新到")
    page.locator("[data-clear]").click()
    expect(shown).to_have_count(8)
    page.locator(".view-drop").click()
    expect(page.locator(".view-apply")).to_have_count(0)


def test_who_else_has_a_matter_open_stands_over_the_drawer_and_in_its_row(
    page: Page, desk: LoopDesk, context: BrowserContext
) -> None:
    row = desk.city.matter(BURST)
    others = {"value": [{"matter_id": row["id"], "name": "陈**", "since_at": 0}]}
    context.route("**/api/v1/presence", lambda route: route.fulfill(json=others))
    mine = desk.sit_down(context, OFFICER)
    mine.evaluate("window.said = []; deskLive.say = (words) => window.said.push(words);")
    marked = mine.locator(f"#desk-queue .ag-row[row-id='{row['id']}']")
    expect(marked).to_have_attribute("data-held", "陈")
    expect(mine.locator("#desk-presence")).to_be_hidden()
    mine.keyboard.press("j")
    expect(mine.locator("#desk-presence")).to_have_text("陈** 也在看这件事")
    mine.wait_for_function("(said) => window.said.at(-1) === said", arg=f"m:{row['id']}")
    mine.keyboard.press("j")
    expect(mine.locator("#desk-presence")).to_be_hidden()
    mine.close()
    context.unroute("**/api/v1/presence")


def test_notices_are_asked_for_by_the_button_alone_and_shown_while_the_desk_is_out_of_sight(
    page: Page,
) -> None:
    asked = page.evaluate(
        """async () => {
          const { Notices } = await import("/assets/desk/notices.mjs");
          const shown = [];
          class Api {
            static permission = "default";
            static asked = 0;
            static async requestPermission() { Api.asked += 1; Api.permission = "granted"; }
            constructor(title, { body }) { shown.push(body); window.lastNotice = this; }
            close() {}
          }
          const button = document.createElement("button");
          let hidden = true;
          const chosen = [];
          const notices = new Notices(button, { choose: (id) => chosen.push(id), api: Api, isHidden: () => hidden });
          notices.start();
          const before = Api.asked;
          notices.show("没有人要过", "m-1");
          button.click();
          await new Promise((done) => setTimeout(done, 0));
          notices.show("哨02 二十分", "m-2");
          window.lastNotice.onclick();
          hidden = false;
          notices.show("就在眼前", "m-3");
          return { before, asked: Api.asked, shown, chosen, disabled: button.disabled };
        }"""
    )
    assert asked == {"before": 0, "asked": 1, "shown": ["哨02 二十分"], "chosen": ["m-2"], "disabled": True}


def test_what_the_browser_refuses_or_takes_away_later_is_said_on_the_button(page: Page) -> None:
    words = page.evaluate(
        """async () => {
          const { Notices } = await import("/assets/desk/notices.mjs");
          class Api {
            static permission = "default";
            static async requestPermission() { Api.permission = "denied"; }
          }
          const settings = new EventTarget();
          const button = document.createElement("button");
          const said = [];
          const listening = [];
          const status = { addEventListener: (...one) => { settings.addEventListener(...one); listening.push(1); } };
          const permissions = { query: async () => status };
          new Notices(button, { choose: () => {}, api: Api, permissions, isHidden: () => true }).start();
          said.push(button.textContent);
          button.click();
          while (button.dataset.state !== "denied" || !listening.length) await new Promise((done) => setTimeout(done));
          said.push(button.textContent);
          Api.permission = "granted";
          settings.dispatchEvent(new Event("change"));
          said.push(button.textContent);
          return said;
        }"""
    )
    assert words == ["窗口不在前面时弹系统通知", "浏览器已禁止通知，请在地址栏旁放行", "系统通知已开"]


def test_a_desk_that_the_browser_keeps_silent_says_so_until_it_is_touched(page: Page) -> None:
    """A stand-in for the browser's own rule: it lets a page sound once somebody has touched it."""
    page.evaluate(
        """() => {
          const { tellings } = window.desk;
          const untouched = { blocked: true, async unblock() { this.blocked = false; }, stop() {} };
          tellings.chime = { ...untouched, play: async () => true };
        }"""
    )
    state = page.locator("#desk-sound-state")
    expect(state).to_have_text("声音未开：点一下页面")
    page.keyboard.press("Shift")
    expect(state).to_have_text("声音开")


def test_a_page_says_that_it_is_used_while_somebody_touches_it_and_nothing_otherwise(page: Page) -> None:
    page.evaluate(
        """async () => {
          const { sayUse } = await import("/assets/live/used.mjs");
          window.use = { said: 0, now: 0 };
          sayUse(window, { say: () => { window.use.said += 1; }, now: () => window.use.now });
          window.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));  // a script's, nobody's
        }"""
    )
    assert page.evaluate("use.said") == 0
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    assert page.evaluate("use.said") == 1
    page.evaluate("use.now = 10_000")
    page.mouse.click(5, 5)
    assert page.evaluate("use.said") == 2
