"""A city as data: divisions, boundaries, units, windows, categories, calendar, limits, policies, platforms."""

from dashboard.citypack.boundaries import Boundaries, GridLocator
from dashboard.citypack.categories import Categories, Category
from dashboard.citypack.faults import Fault, PackError
from dashboard.citypack.limits import Limit, Limits
from dashboard.citypack.load import CityPack, load_pack
from dashboard.citypack.places import Place, Region
from dashboard.citypack.platforms import Platform
from dashboard.citypack.policies import Policies, PolicyStep
from dashboard.citypack.settings_file import MapSettings, WorkerCounts
from dashboard.citypack.units import Unit, Units, UnknownUnit
from dashboard.citypack.windows import Window, Windows

__all__ = [
    "Boundaries",
    "Categories",
    "Category",
    "CityPack",
    "Fault",
    "GridLocator",
    "Limit",
    "Limits",
    "MapSettings",
    "PackError",
    "Place",
    "Platform",
    "Policies",
    "PolicyStep",
    "Region",
    "Unit",
    "Units",
    "UnknownUnit",
    "Window",
    "Windows",
    "WorkerCounts",
    "load_pack",
]
