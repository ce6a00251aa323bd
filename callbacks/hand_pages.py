"""The pages of the hand for whoever asks: what each needs of the city pack and the store, given to its layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callbacks.screen_values import outlines_around, region_outlines
from dashboard import service
from dashboard.citypack import CityPack
from dashboard.domain.principal import Principal
from layouts.briefs.page import briefs_page
from layouts.field.page import FieldGround, field_page
from layouts.hand.shell import HandFiles
from layouts.hotline.page import HotlineGround, hotline_page
from layouts.leader.page import LeaderGround, leader_page
from layouts.replay.page import ReplayGround, replay_page
from layouts.report.page import ReportedGrid, report_page
from layouts.room.page import room_page
from layouts.unit.page import unit_page

PageOf = Callable[[Principal], str]


def unit_html(pack: CityPack, files: HandFiles, *, demonstration: bool) -> PageOf:
    """Return what builds `/unit` for a liaison."""

    def page(principal: Principal) -> str:
        unit = principal.unit or ""
        name = pack.units.get(unit).name if unit in pack.units else unit
        return unit_page(principal, unit_name=name, demonstration=demonstration, files=files)

    return page


def room_html(services: service.Services, files: HandFiles, *, demonstration: bool) -> PageOf:
    """Return what builds `/room` for whoever may take part in one."""

    def page(principal: Principal) -> str:
        return room_page(
            principal,
            units=service.units_to_invite(services, principal),
            centres=service.centres_to_invite(services, principal),
            demonstration=demonstration,
            files=files,
        )

    return page


def leader_html(pack: CityPack, files: HandFiles, *, demonstration: bool) -> PageOf:
    """Return what builds `/leader` for a leader of the city or of a part of it."""
    divisions = pack.divisions
    outlines = region_outlines(pack)

    def page(principal: Principal) -> str:
        place = principal.jurisdiction
        reached = [one for one in pack.units if divisions.is_within(one.region, place)]
        ground = LeaderGround(
            place=divisions.get(place).name,
            is_city=place == pack.code,
            units=[
                {"id": one.id, "name": one.short}
                for one in sorted(reached, key=lambda one: (one.region != pack.code, one.region, one.short))
            ],
            outlines=_around(pack, outlines, place),
            platforms=[
                {"id": one.id, "short": one.short_en if principal.language == "en" else one.short}
                for one in pack.platforms
            ],
        )
        return leader_page(principal, ground, demonstration=demonstration, files=files)

    return page


def briefs_html(pack: CityPack, files: HandFiles, *, demonstration: bool) -> PageOf:
    """Return what builds `/briefs` for whoever may read them."""
    categories = [{"code": one.code, "name": one.name} for one in pack.categories if one.tree == "hotline"]

    def page(principal: Principal) -> str:
        return briefs_page(principal, categories=categories, demonstration=demonstration, files=files)

    return page


def hotline_html(pack: CityPack, files: HandFiles, *, demonstration: bool) -> PageOf:
    """Return what builds `/hotline` for whoever watches over the hotline."""
    divisions = pack.divisions
    topics = [one for one in pack.categories if one.tree == "hotline" and one.level < 3]

    def page(principal: Principal) -> str:
        place, is_english = principal.jurisdiction, principal.language == "en"
        inside = [one for one in divisions.regions if divisions.is_within(one.code, place)]
        ground = HotlineGround(
            place=divisions.get(place).name,
            is_city=place == pack.code,
            regions=[{"code": one.code, "name": one.name} for one in inside],
            townships=[
                {"code": one.code, "name": one.name, "region": divisions.region_of(one.code)}
                for one in divisions.at_level("township")
                if divisions.is_within(one.code, place)
            ],
            units={one.id: one.short for one in pack.units},
            categories={one.code: one.name_en if is_english and one.name_en else one.name for one in topics},
        )
        return hotline_page(principal, ground, demonstration=demonstration, files=files)

    return page


def replay_html(pack: CityPack, files: HandFiles, townships: str, *, demonstration: bool) -> PageOf:
    """Return what builds `/replay` for whoever may see one."""
    outlines = region_outlines(pack)
    places = [
        {"name": one.name, "at": [round(one.lon, 3), round(one.lat, 3)]}
        for one in pack.divisions.at_level("township")
    ]

    def page(principal: Principal) -> str:
        place = principal.jurisdiction
        ground = ReplayGround(
            place=pack.divisions.get(place).name,
            outlines=_around(pack, outlines, place),
            places=places,
            townships=townships,
        )
        return replay_page(principal, ground, demonstration=demonstration, files=files)

    return page


def field_html(services: service.Services, files: HandFiles, *, demonstration: bool) -> PageOf:
    """Return what builds `/field` for a grid worker."""
    pack = services.pack
    kinds = [_kind(one) | {"leaves": [_kind(leaf) for leaf in _below(pack, one)]} for one in _branches(pack)]

    def page(principal: Principal) -> str:
        grid = service.grid_of_worker(services, principal) or ""
        ground = FieldGround(
            grid=grid,
            grid_name=pack.divisions.place_name(grid) if grid in pack.divisions else "",
            grids=outlines_around(pack, grid),
            kinds=kinds,
            arrival_m=pack.arrival.within_m,
            hotline=f"{pack.dialling_code}-12345",
            result_photos=pack.results.photos,
        )
        return field_page(principal, ground, demonstration=demonstration, files=files)

    return page


def report_html(pack: CityPack, files: HandFiles, *, demonstration: bool) -> Callable[[str, int, str], str]:
    """Return what builds the page behind a grid's code, now, in a language."""
    kinds = [_kind(one) for one in _branches(pack)]

    def page(grid: str, now: int, language: str) -> str:
        place = pack.divisions.place_name(grid)
        shown = ReportedGrid(grid, place, kinds, pack.citizen_reports.photos)
        return report_page(shown, now, language, demonstration=demonstration, files=files)

    return page


def _around(pack: CityPack, outlines: list[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """The regions inside a jurisdiction, or the one that it lies in."""
    is_within = pack.divisions.is_within
    return [one for one in outlines if is_within(one["code"], place) or is_within(place, one["code"])]


def _branches(pack: CityPack) -> Any:
    return pack.categories.at_level(1, "event")


def _below(pack: CityPack, branch: Any) -> Any:
    return pack.categories.children(branch.code)


def _kind(category: Any) -> dict[str, Any]:
    return {"code": category.code, "name": category.name, "name_en": category.name_en}
