"""Opening the wall in a browser, and asking what is on it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

HD = {"width": 1920, "height": 1080}
UHD = {"width": 3840, "height": 2160}


def open_wall(browser: Browser, address: str, size: dict[str, int] = HD, script: str = "") -> Page:
    """Return the mounted wall with its fonts loaded; an error on the page is kept in `page.faults`.

    Unless the address asks for something, it stands still at the overview: a test of a scene is not taken over.
    """
    page = browser.new_page(viewport=size)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.faults = faults
    if script:
        page.add_init_script(script)
    page.goto(address if "?" in address else f"{address}?scene=overview")
    page.wait_for_selector("html[data-mounted]", state="attached", timeout=30_000)
    page.evaluate("document.fonts.ready.then(() => true)")
    return page


def texts(page: Page, selector: str) -> list[str]:
    """Return the text of every element, white space folded."""
    found: list[str] = page.evaluate(
        "selector => [...document.querySelectorAll(selector)].map(e => e.textContent.replace(/\\s+/g, ' ').trim())",
        selector,
    )
    return found


def style(page: Page, selector: str, name: str) -> str:
    """Return one computed style of the first element."""
    value: str = page.evaluate(
        "([selector, name]) => getComputedStyle(document.querySelector(selector)).getPropertyValue(name)",
        [selector, name],
    )
    return value


def token(page: Page, name: str) -> str:
    """Return a colour token as the browser writes computed colours."""
    value: str = page.evaluate(
        """name => {
            const probe = document.createElement("i");
            probe.style.color = `var(--${name})`;
            document.querySelector("[data-page]").append(probe);
            const colour = getComputedStyle(probe).color;
            probe.remove();
            return colour;
        }""",
        name,
    )
    return value


def overflowing(page: Page) -> list[str]:
    """Return what is wider or higher than its box without being cut by an ellipsis on purpose."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".wall *")].filter(e =>
            !(e instanceof SVGElement) && !e.closest(".leaflet-container") && e.clientWidth > 0
            && getComputedStyle(e).display !== "inline" && getComputedStyle(e).textOverflow !== "ellipsis"
            && getComputedStyle(e).visibility !== "hidden" && !e.matches(".wall-stage")
            && (e.scrollWidth > e.clientWidth + 1 || (e.scrollHeight > e.clientHeight + 1
                && e.matches(".wall-panel, .wall-strip, .wall-body, .wall-board-rows, .wall-inset"))))
            .map(e => `${e.id || e.className} ${e.scrollWidth}>${e.clientWidth} ${e.scrollHeight}>${e.clientHeight} `
                + e.textContent.slice(0, 30))"""
    )
    return found


def coloured(page: Page, *tokens: str) -> list[str]:
    """Return the elements that are painted in one of the tokens, by text, ground, border, fill or stroke."""
    wanted = [token(page, name) for name in tokens]
    found: list[str] = page.evaluate(
        """wanted => [...document.querySelectorAll(".wall, .wall *")].filter(e => {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim());
            const s = getComputedStyle(e);
            if (s.display === "none") return false;
            const used = [own ? s.color : "", s.backgroundColor, e instanceof SVGElement ? s.fill : "",
                e instanceof SVGElement ? s.stroke : "", s.borderTopWidth !== "0px" ? s.borderTopColor : ""];
            return used.some(colour => wanted.includes(colour));
        }).map(e => `${e.tagName} ${e.id || e.getAttribute("class")} ${e.textContent.slice(0, 20)}`)""",
        wanted,
    )
    return found


def change(page: Page, script: str, argument: Any = None) -> None:
    """Run `script` with the page's `live` picture and let one second of it pass on screen."""
    page.evaluate(f"argument => {{ const live = window.live; {script}; }}", argument)
    page.evaluate("new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))")


def numbers_on_seams(page: Page, columns: int, rows: int) -> list[str]:
    """Return the numbers of the shown scene and the header that lie across a seam of `columns` x `rows` panels."""
    found: list[str] = page.evaluate(
        """([columns, rows]) => {
            const stage = document.querySelector(".wall-stage").getBoundingClientRect();
            const scale = 3840 / stage.width;
            const seams = (length, count) => Array.from({ length: count - 1 }, (_, at) => length * (at + 1) / count);
            const [xs, ys] = [seams(3840, columns), seams(2160, rows)];
            const walker = document.createTreeWalker(document.querySelector(".wall-stage"), NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            const cut = [];
            while (walker.nextNode()) {
                const node = walker.currentNode;
                const place = node.parentElement;
                if (getComputedStyle(place).visibility === "hidden" || place.closest(".leaflet-container")) continue;
                for (const match of node.nodeValue.matchAll(/[+]?[0-9][0-9:.,%/]*/g)) {
                    range.setStart(node, match.index);
                    range.setEnd(node, match.index + match[0].length);
                    for (const box of range.getClientRects()) {
                        const [left, right] = [box.left, box.right].map((x) => (x - stage.left) * scale);
                        // A line box is higher than its digits.
                        const [top, bottom] = [box.top + box.height / 5, box.bottom - box.height / 5]
                            .map((y) => (y - stage.top) * scale);
                        const isCut = xs.some((x) => left + 1 < x && right - 1 > x)
                            || ys.some((y) => top < y && bottom > y);
                        const where = `${place.closest("[id]").id} at ${Math.round(left)}, ${Math.round(top)}`;
                        if (isCut) cut.push(`${match[0]} in ${where}`);
                    }
                }
            }
            return cut;
        }""",
        [columns, rows],
    )
    return found
