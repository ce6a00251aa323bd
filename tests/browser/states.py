"""States of a panel as a table: what is played, and what the panel then says."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, expect


@dataclass(frozen=True, slots=True)
class State:
    """One state of one panel.

    Args:
        panel: as in docs/states.md.
        state: as in docs/states.md.
        play: JavaScript that brings the played picture into the state.
        says: selector -> words that stand there.
        silent: selectors of what must not be there, or not be seen.
        is_not: selector -> words that must not stand there.
    """

    panel: str
    state: str
    play: str
    says: dict[str, str] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    is_not: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Id of the case: a row of docs/states.md names it."""
        return f"{self.panel}-{self.state}"


def holds(page: Page, one: State) -> None:
    """Wait until the page says what the state is to say."""
    for selector, words in one.says.items():
        expect(page.locator(selector).first).to_contain_text(words)
    for selector, words in one.is_not.items():
        expect(page.locator(selector).first).not_to_contain_text(words)
    for selector in one.silent:
        expect(page.locator(f"{selector}:visible")).to_have_count(0)
