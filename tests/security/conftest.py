"""One busy city behind the whole web process, opened once for all tests of who gets in and what is taken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.busy_city import DAY_MS
from tests.security.whole_web import WholeWeb, nothing_stays, whole_web


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeWeb]:
    """The process; whatever is done is undone at once, so that no test depends on another."""
    with whole_web(tmp_path_factory.mktemp("whole_web")) as opened, nothing_stays(opened):
        there, centre = opened.there, opened.centre
        there["later"] = str(centre.now + DAY_MS)
        there["ref"] = there["refs"].split()[0]
        for name in ("fresh", "signed"):
            there[f"{name}_version"] = str(centre.matter(there[name])["version"])
        yield opened
