"""How many cells a wall's picture has, by how large its words must be and by its panels."""

from __future__ import annotations

import pytest

from tests.live.browser_page import open_static, probe

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_picture_has_the_most_cells_that_its_words_leave_room_for(chromium_path: str) -> None:
    async with open_static(chromium_path) as page:
        found = await probe(page, "cells")
    assert found["byScale"] == [
        [1, 4, 1], [1.12, 4, 1.12], [1.13, 3, 1.33], [1.25, 3, 1.33], [1.49, 3, 1.49], [1.5, 2, 2], [1.76, 2, 2],
        [2.24, 2, 2.24], [2.3, 2, 2.24],
    ]  # fmt: skip
    assert found["byPanels"] == [
        [[4, 4], [3, 3], [2, 2]],
        [[4, 4], [2, 2], [2, 2]],  # three cells would lie on the seam of two panels
        [[4, 3], [3, 3], [2, 2]],  # what has a map keeps its four; of two cells none fits
        [[4, 4], [3, 3], [2, 2]],
        [[4, 4], [3, 3], [2, 2]],
        [[4, 4], [3, 3], [2, 2]],
    ]
    unmeasured = found["unmeasured"]
    assert (unmeasured["wanted"], unmeasured["wall"]) == (1, {"cells": 4, "words": 1})
    assert found["seams"] == [
        {"xs": [960, 1920], "ys": [540, 1080], "cells": 3},
        {"xs": [1920], "ys": [540, 1080, 1620], "cells": 4},
    ]
