"""What places are called in a language: the city and its regions have an English name, those below have not."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.citypack import CityPack


def place_names(pack: CityPack, codes: Iterable[str], lang: str) -> dict[str, str]:
    """Return code -> name of those codes that the city has."""
    english = {one.code: one.name_en for one in pack.regions} | {pack.code: pack.name_en}
    return {
        code: english[code] if lang == "en" and code in english else pack.divisions.get(code).name
        for code in codes
        if code in pack.divisions
    }
