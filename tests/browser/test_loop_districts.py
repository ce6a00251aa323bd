"""A move between two counties in the browser: proposed, read but not acted on, declined, overridden by the city."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from dashboard import service
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk, choose, officer, send, titles

BURST = "热力一次管网爆管"
DONGGANG, LANSHAN, CITY = "371102", "371103", "371100"
OURS = officer(DONGGANG, "孙立")
THEIRS = officer(LANSHAN, "韩梅")
CITYS = officer(CITY, "王建国", "duty_leader")
expect.set_options(timeout=PATIENCE_MS)


def test_a_move_is_declined_and_then_overridden_by_the_city(desk: LoopDesk, context: BrowserContext) -> None:
    matter = desk.city.matter(BURST)

    # The sender proposes: nothing leaves its desk.
    page = desk.sit_down(context, OURS)
    choose(page, matter["id"], BURST)
    page.locator("[data-begin-form=district_propose]").click()
    page.locator("#desk-dialog tr[data-name=岚山区]").click()
    page.locator("#desk-form-reason").fill("阀门井在岚山一侧")
    send(page)
    ask = page.locator("#desk-asks [data-ask]")
    expect(ask).to_contain_text("东港区→岚山区 移交")
    expect(page.locator(".district-line")).to_contain_text("待答复")
    assert BURST in titles(page)
    page.close()

    # The other side has it in no queue, may read it from the ask, and declines with a reason.
    page = desk.sit_down(context, THEIRS)
    expect(page.locator("#desk-asks [data-ask]")).to_have_count(1)
    assert BURST not in titles(page)
    page.locator("#desk-asks [data-ask]").click()
    expect(page.locator(".matter-title")).to_contain_text(BURST)
    expect(page.locator(".matter-head .citizen")).to_contain_text("138****5678")
    expect(page.locator("[data-begin=reveal]")).to_have_count(0)
    expect(page.locator("[data-act=dispatch]")).to_be_disabled()
    page.locator("#desk-dialog .segment[data-value=decline]").click()
    page.locator("[data-send]").click()
    expect(page.locator(".dialog-refusal")).to_contain_text("事由")
    page.locator("#desk-form-reason").fill("管线和阀门都在东港")
    send(page)
    expect(page.locator("#desk-asks-panel")).to_be_hidden()
    assert desk.city.matter(BURST)["region"] == DONGGANG
    page.close()

    # The city rules otherwise and says why.
    page = desk.sit_down(context, CITYS)
    choose(page, matter["id"], BURST)
    line = page.locator(".district-line")
    expect(line).to_contain_text("不接")
    expect(line).to_contain_text("管线和阀门都在东港")
    line.locator("[data-begin-form=district_answer]").click()
    expect(page.locator("#desk-dialog .segment")).to_have_count(1)
    page.locator("#desk-form-reason").fill("热力井在岚山，由岚山处置")
    send(page)
    expect(page.locator(".district-line")).to_contain_text("市级裁定接收")
    expect(page.locator("#desk-log")).to_contain_text("热力井在岚山，由岚山处置")
    page.close()

    # Now it stands in the other county's queue, with the clock it always had.
    row = desk.city.matter(BURST)
    assert (row["region"], row["scope"]) == (LANSHAN, [LANSHAN])
    assert row["opened_at"] == matter["opened_at"]
    page = desk.sit_down(context, THEIRS)
    choose(page, matter["id"], BURST)
    expect(page.locator("[data-act=dispatch]")).to_be_enabled()
    page.close()
    page = desk.sit_down(context, OURS)
    page.wait_for_function("() => desk.live.matters.size > 0")
    assert not page.evaluate("(id) => desk.live.matters.has(id)", matter["id"])
    page.close()


def test_a_share_is_accepted_and_both_counties_hold_the_matter(
    desk: LoopDesk, context: BrowserContext
) -> None:
    title = "供水主管漏水"
    matter = desk.city.matter(title)
    page = desk.sit_down(context, OURS)
    choose(page, matter["id"], title)
    page.locator("[data-begin-form=district_propose]").click()
    page.locator("#desk-dialog .segment[data-value=share]").click()
    page.locator("#desk-dialog tr[data-name=岚山区]").click()
    page.locator("#desk-form-reason").fill("两区交界")
    send(page)
    page.close()
    page = desk.sit_down(context, THEIRS)
    page.locator("#desk-asks [data-ask]").click()
    expect(page.locator("#desk-dialog .segment.on")).to_have_text("接收")
    send(page)
    page.wait_for_function("(id) => desk.live.matters.has(id)", arg=matter["id"])
    expect(page.locator(".district-line").first).to_contain_text("与岚山区共同办理")
    page.close()
    assert desk.city.matter(title)["shared_with"] == [LANSHAN]
    for who in (OURS, THEIRS):
        seen = service.queue(desk.city.services, who, desk.city.clock.now_ms())
        assert matter["id"] in {one["id"] for one in seen}
