"""Inputs that no sender should send, for every decoder: never anything but readings or `DecodeError`."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault

JSON_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=30),
    st.sampled_from(["\x00", "\ud800", "NaN", "1e999", "'; DROP TABLE matters; --", "<script>", "２０２６"]),
)  # fmt: skip
JSON_VALUES = st.one_of(
    JSON_SCALARS,
    st.lists(JSON_SCALARS, max_size=3),
    st.dictionaries(st.text(max_size=8), JSON_SCALARS, max_size=3),
)


def damaged_items(good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Items with some fields replaced by anything, some left out, some unknown ones added."""
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(st.just(value), JSON_VALUES) for name, value in {**good, "unknown": 1}.items()
        },
    )


def body_of(array: str, items: list[Any]) -> bytes:
    """The JSON body with lone surrogates and NaN as a careless sender writes them."""
    return json.dumps({array: items}).encode("utf-8", "surrogatepass")


def mutated(body: bytes) -> st.SearchStrategy[bytes]:
    """A good body with bytes changed, cut out or doubled."""

    @st.composite
    def draw_one(draw: st.DrawFn) -> bytes:
        found = bytearray(body)
        for _ in range(draw(st.integers(1, 6))):
            if not found:
                break
            place = draw(st.integers(0, len(found) - 1))
            what = draw(st.integers(0, 3))
            if what == 0:
                found[place] = draw(st.integers(0, 255))
            elif what == 1:
                del found[place : place + draw(st.integers(1, 20))]
            elif what == 2:
                found[place:place] = found[place : place + 10]
            else:
                found[place:place] = draw(st.binary(max_size=6))
        return bytes(found)

    return draw_one()
