"""A dispute on the desk: registered by N, sorted to a window, and kept from the court until mediation was tried."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

from dashboard import service
from tests.browser.desk_city import OFFICER
from tests.browser.loop_desk import PATIENCE_MS, LoopDesk, choose, send

TITLE = "楼上漏水索赔"
expect.set_options(timeout=PATIENCE_MS)


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[data-field="{name}"] input, [data-field="{name}"] textarea')


def take_step(page: Page, name: str, **fields: str) -> None:
    """Press the step's button, fill in what its form asks for, and send it."""
    page.locator(".feature.steps").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("[data-dialog=step]")).to_be_visible()
    for key, value in fields.items():
        field(page, key).fill(value)
    send(page)


def test_a_dispute_may_not_go_to_litigation_before_mediation(desk: LoopDesk, context: BrowserContext) -> None:
    city = desk.city
    page = desk.sit_down(context, OFFICER)
    page.keyboard.press("n")
    expect(page.locator("[data-dialog=register_dispute]")).to_be_visible()
    for name, value in {
        "title": TITLE, "applicant": "李小明", "opponent": "王小红", "phone": "13812345678", "people": "3",
        "amount": "8000", "place": "荣安社区", "words": "楼上漏水三个月，要求修复并赔偿",
    }.items():  # fmt: skip
        field(page, name).fill(value)
    page.locator("[data-dialog=register_dispute] [data-find] input").fill("荣安")
    page.locator("[data-dialog=register_dispute] tr[data-receiver]:visible").first.click()
    send(page)

    case = next(one for one in service.snapshot(city.services).matters if one["title"] == TITLE)
    assert (case["no"], case["kind"], case["township"]) == ("H0001", "dispute", "371102002")
    expect(page.locator(f"#desk-queue [row-id='{case['id']}'] [col-id=title]")).to_be_visible()
    choose(page, case["id"], TITLE)
    expect(page.locator(".citizen")).to_contain_text("李**")
    expect(page.locator("#desk-drawer")).not_to_contain_text("王小红")

    steps = page.locator(".feature.steps")
    steps.get_by_role("button", name="分流到窗口", exact=True).click()
    expect(page.locator("[data-dialog=step]")).to_be_visible()
    page.locator("[data-dialog=step] [data-find] input").fill("住")
    page.locator("[data-dialog=step] tr[data-receiver]:visible").first.click()
    page.locator('[data-field="window"] select').select_option(label="03 号 人民调解")
    send(page)
    take_step(page, "受理接谈", handling="双方已到场接谈")

    court = steps.get_by_role("button", name="引导诉讼", exact=True)
    expect(court).to_be_disabled()
    expect(steps).to_contain_text("须先调解，调解不成才能引导诉讼")

    take_step(page, "开始调解", mediator="张调解")
    take_step(page, "调解未成", reason="金额分歧大")
    expect(court).to_be_enabled()
    take_step(page, "引导诉讼", body="东港区人民法院")
    assert city.matter(TITLE)["stage"] == "LITIGATION"
    expect(steps).to_contain_text("法院已立案")


def test_closing_an_order_asks_for_the_call_back_on_the_desk(desk: LoopDesk, context: BrowserContext) -> None:
    city = desk.city
    matter = city.matter("学区划片答复")
    now = city.clock.now_ms()
    for number, (to, fields) in enumerate(
        (
            ("HANDLING", {}),
            (
                "REPLIED",
                {
                    "request_true": True, "contacted": True, "contacted_at": now, "resolved": True,
                    "handling": "已答复", "public_reply": "已答复",
                },
            ),
            ("TO_CALLBACK", {}),
        )
    ):  # fmt: skip
        step = service.Advance(matter["id"], to, fields)
        outcome = service.advance(city.services, OFFICER, step, None, now, f"loop-step-{number}")
        assert isinstance(outcome, service.Done), outcome
    page = desk.sit_down(context, OFFICER)
    choose(page, matter["id"], "学区划片答复")
    steps = page.locator(".feature.steps")
    expect(steps.get_by_role("button", name="结案归档", exact=True)).to_be_disabled()
    expect(steps).to_contain_text("尚未回访")
    steps.get_by_role("button", name="记录回访").click()
    dialog = page.locator("[data-dialog=record_callback]")
    dialog.locator('[data-choice=resolved] [data-value="yes"]').click()
    dialog.locator('[data-choice=satisfaction] [data-value="satisfied"]').click()
    field(page, "words").fill("谢谢")
    send(page)
    expect(steps).to_contain_text("可结案")
    take_step(page, "结案归档")
    assert matter["id"] not in {one["id"] for one in service.snapshot(city.services).matters}
