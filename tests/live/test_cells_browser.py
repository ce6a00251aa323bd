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


async def test_the_seams_of_any_grid_and_any_shape_of_wall_are_where_its_panels_meet(
    chromium_path: str,
) -> None:
    async with open_static(chromium_path) as page:
        found = await probe(page, "cells")
    for count, xs in zip((5, 6, 7, 8), found["many"], strict=True):
        assert xs == [round(3840 * place / count) for place in range(1, count)]
    assert found["shapes"] == [
        {"xs": [], "ys": []},  # three screens side by side: the picture is the middle one
        {"xs": [1920], "ys": []},  # two: the bezel is in the middle of it
        {"xs": [1920], "ys": [1080]},  # 16:10: bands above and below
        {
            "xs": [1920],
            "ys": [1080],
        },  # six by two of 5760 x 1080: four of the five bezels are beside it or its edges
        {"xs": [960, 1920, 2880], "ys": [540, 1080, 1620]},
    ]
    # One whistle alone is brought off the seams by the move that a map may make, wherever it is.
    assert [(one["count"], one["off"]) for one in found["rings"]] == [(count, 400) for count in (5, 6, 7, 8)]


async def test_a_grid_that_cannot_keep_every_number_off_its_seams_is_known_as_one(chromium_path: str) -> None:
    """At scale 1, 1.25 and 1.6: larger words have fewer cells, which may lie on seams that smaller ones kept off."""
    async with open_static(chromium_path) as page:
        keeps = (await probe(page, "cells"))["keeps"]
    assert {name for name, said in keeps.items() if all(said)} == {"1x1", "2x1", "2x2"}
    assert keeps["3x3"] == keeps["3x1"] == [True, True, False]
    assert keeps["4x4"] == keeps["4x2"] == [True, False, False]
    never = {name for name, said in keeps.items() if not any(said)}
    assert never == {"3x2", "2x3", "4x3", "5x5", "6x6", "7x1", "8x8", "8x4"}
