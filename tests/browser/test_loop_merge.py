"""Thirty-one calls about one heating main in the browser: proposed, merged by M, one taken out, called back."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from dashboard import service
from dashboard.domain.readings import HotlineOrderReading
from tests.browser.desk_city import NOW, OFFICER, DeskCity
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk, choose, send

TITLE = "小区整栋停暖"
CALLS = 31
expect.set_options(timeout=PATIENCE_MS)


def burst(city: DeskCity) -> list[str]:
    """Thirty-one calls from one street within five minutes; returns their matters' ids, the oldest first."""
    calls = [
        HotlineOrderReading(
            order_no=f"261123109{number:03d}", opened_at=NOW - 600_000 + number * 10_000, category="0203", urgency=2,
            title=TITLE, township="371102001", place="金阳社区", lon=119.45 + number * 0.0001, lat=35.42,
            citizen_name="李秀英", citizen_phone=f"138123456{number:02d}", text="家里没有暖气",
        )
        for number in range(CALLS)
    ]  # fmt: skip
    for at in range(0, CALLS, 4):
        service.intake_orders(city.services, calls[at : at + 4], city.clock.now_ms())
    rows = service.snapshot(city.services).matters
    found = sorted((row for row in rows if row["title"] == TITLE), key=lambda row: row["opened_at"])
    return [row["id"] for row in found]


def test_a_burst_is_merged_in_one_act_and_one_call_is_taken_out(
    desk: LoopDesk, context: BrowserContext
) -> None:
    city = desk.city
    first, *others = burst(city)
    odd = next(one for one in service.snapshot(city.services).matters if one["id"] == others[4])
    page = desk.sit_down(context, OFFICER)
    ask = page.locator("#desk-asks [data-ask]")
    expect(ask).to_have_count(1)
    expect(ask).to_contain_text("疑似重复 30 件")
    page.wait_for_function(
        "(n) => [...desk.live.matters.values()].filter((row) => row.title === n).length === 31", arg=TITLE
    )

    # M opens the form: what was proposed is ticked, with its reasons.
    choose(page, first, TITLE)
    expect(page.locator(".feature.merging .heading")).to_contain_text("疑似重复 30")
    page.keyboard.press("m")
    expect(page.locator("#desk-dialog tr[data-receiver][aria-selected=true]")).to_have_count(30)
    expect(page.locator("#desk-dialog tr[data-receiver]").first).to_contain_text("相距")
    page.locator("#desk-form-reason").fill("热力一次管网爆管")
    send(page)
    page.wait_for_function(
        "(n) => [...desk.live.matters.values()].filter((row) => row.title === n).length === 1", arg=TITLE
    )
    expect(page.locator("#desk-asks-panel")).to_be_hidden()
    expect(page.locator(f"#desk-queue [row-id='{first}'] [col-id=merged]")).to_have_text("31")
    expect(page.locator(".matter-head .where")).to_contain_text("并 31")
    expect(page.locator(".feature.merging .heading")).to_contain_text("已回访 0/30")

    # One of them is another matter: it comes back where it stood.
    page.locator("[data-begin-form=unmerge]").click()
    page.locator(f"#desk-dialog tr[data-receiver='{odd['id']}']").click()
    page.locator("#desk-form-reason").fill("户内阀门坏了，不是主管")
    send(page)
    page.wait_for_function("(id) => desk.live.matters.has(id)", arg=odd["id"])
    expect(page.locator(".matter-head .where")).to_contain_text("并 30")
    back = next(one for one in service.snapshot(city.services).matters if one["id"] == odd["id"])
    for name in ("stage", "due_at", "due_for", "opened_at", "limit_ms"):
        assert back[name] == odd[name], name

    # Each merged citizen is called back on the carrier.
    unit = next(one.id for one in city.pack.units if one.region == "371100")
    now = city.clock.now_ms()
    row = next(one for one in service.snapshot(city.services).matters if one["id"] == first)
    order = service.Dispatch(first, (service.ReceiverOrder("unit", unit, "lead"),), "抢修")
    assert isinstance(
        service.dispatch(city.services, OFFICER, order, row["version"], now, "order"), service.Done
    )
    reply = {
        "request_true": True, "contacted": True, "contacted_at": now, "resolved": True, "handling": "已修好",
        "public_reply": "已修好",
    }  # fmt: skip
    for to, fields in (("HANDLING", {}), ("REPLIED", reply), ("TO_CALLBACK", {})):
        step = service.Advance(first, to, fields)
        outcome = service.advance(city.services, OFFICER, step, None, now, f"step-{to}")
        assert isinstance(outcome, service.Done), outcome
    choose(page, first, TITLE)
    page.locator("[data-begin-form=carried_callback]").click()
    expect(page.locator("#desk-dialog tr[data-receiver]")).to_have_count(29)
    page.locator("#desk-dialog [data-choice=resolved] .segment[data-value=yes]").click()
    page.locator("#desk-dialog [data-choice=satisfaction] .segment[data-value=satisfied]").click()
    send(page)
    expect(page.locator(".feature.merging .heading")).to_contain_text("已回访 1/29")
    page.close()
