"""An entrance of positions, and a JT/T 808 terminal that speaks through it, for whichever test asks for them."""

from __future__ import annotations

import pytest

from tests.feeds.entrance import Entrance
from tests.feeds.jt808_line import Line
from tests.feeds.jt808_terminal import LIST, TerminalRow


@pytest.fixture
def entrance() -> Entrance:
    return Entrance()


@pytest.fixture
def rows() -> list[TerminalRow]:
    """The list of terminals; a test may change it."""
    return list(LIST)


@pytest.fixture
def line(entrance: Entrance, rows: list[TerminalRow]) -> Line:
    """A desk with one caller, not authenticated yet."""
    return Line(entrance, rows)
