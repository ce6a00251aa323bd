"""The platforms that feed the brain, each with how often it must be heard."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.citypack.tables import Table

COLUMNS = (
    "platform_id", "name", "name_en", "short", "short_en", "interval_ms", "count_unit", "count_unit_en",
    "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform. Data older than twice `interval_ms` is late. `count_unit` is what its count counts."""

    id: str
    name: str
    name_en: str
    short: str
    short_en: str
    interval_ms: int
    count_unit: str
    count_unit_en: str


def read_platforms(table: Table) -> tuple[Platform, ...]:
    """Read platforms.csv in its order, noting every fault."""
    rows: dict[str, int] = {}
    found: list[Platform] = []
    for row in table:
        platform = Platform(
            id=row.text("platform_id"),
            name=row.text("name"),
            name_en=row.text("name_en"),
            short=row.text("short"),
            short_en=row.text("short_en"),
            interval_ms=row.whole("interval_ms", 1_000, 86_400_000),
            count_unit=row.text("count_unit"),
            count_unit_en=row.text("count_unit_en"),
        )
        row.text("source")
        if platform.id in rows:
            row.fault("code_twice", code=platform.id, first_file=row.file, first_row=rows[platform.id])
        rows.setdefault(platform.id, row.number)
        if row.is_good:
            found.append(platform)
    return tuple(found)
