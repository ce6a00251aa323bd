"""An entrance of positions, and a JT/T 808 terminal that speaks through it, for whichever test asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.broker import Mosquitto
from tests.feeds.entrance import Entrance
from tests.feeds.jt808_line import Line
from tests.feeds.jt808_terminal import LIST, TerminalRow


@pytest.fixture
def entrance() -> Entrance:
    return Entrance()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker with a folder of its own."""
    folder = tmp_path / "broker"
    folder.mkdir()
    found = Mosquitto(folder)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def rows() -> list[TerminalRow]:
    """The list of terminals; a test may change it."""
    return list(LIST)


@pytest.fixture
def line(entrance: Entrance, rows: list[TerminalRow]) -> Line:
    """A desk with one caller, not authenticated yet."""
    return Line(entrance, rows)
