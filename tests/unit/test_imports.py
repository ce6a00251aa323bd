"""Arrows point at `dashboard/`: which room may import which, read from the source."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[2]

# room -> rooms of this project that it may import, beside itself. The longest matching room counts.
ALLOWED: dict[str, tuple[str, ...]] = {
    "dashboard": ("dashboard",),
    "dashboard.domain": (),
    "dashboard.store": ("dashboard.domain",),
    "dashboard.live": ("dashboard.domain",),
    "dashboard.citypack": ("dashboard.domain",),
    "dashboard.analysis": ("dashboard.domain",),
    "dashboard.documents": ("dashboard.domain",),
    "dashboard.service": ("dashboard.domain", "dashboard.store", "dashboard.citypack"),
    "data_feeds": ("dashboard",),
    "layouts": ("dashboard.domain",),
    "callbacks": ("layouts", "dashboard"),
}
COMPOSITION = ("launcher", "web", "worker", "feeds", "launch", "gunicorn.conf")
ROOMS = ("dashboard", "data_feeds", "layouts", "callbacks", "launcher", "web", "worker", "feeds", "launch")

# package from outside -> the only rooms that may import it
CONFINED: dict[str, tuple[str, ...]] = {
    "pandas": ("dashboard.analysis",),
    "numpy": ("dashboard.live", "dashboard.analysis", "data_feeds"),
    "sklearn": ("dashboard.analysis",),
    "rjieba": ("dashboard.analysis",),
    "sqlalchemy": ("dashboard.store", "dashboard.service"),
    "alembic": ("dashboard.store",),
    "pypinyin": ("dashboard.citypack.initials",),
    "shapely": ("dashboard.citypack", "data_feeds.grid_shapes"),
    "dash": ("layouts", "callbacks"),
    "dash_leaflet": ("layouts", "callbacks"),
    "dash_ag_grid": ("layouts", "callbacks"),
    "plotly": ("layouts", "callbacks"),
    "redis": ("data_feeds", "dashboard.old_key_uses"),
    "xlsxwriter": ("dashboard.documents",),
    "reportlab": ("dashboard.documents",),
    "docx": ("dashboard.documents",),
}


def module_name(file: Path) -> str:
    parts = list(file.relative_to(PROJECT_ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files() -> list[Path]:
    files = [file for room in ROOMS for file in (PROJECT_ROOT / room).rglob("*.py")]
    return sorted([*files, *PROJECT_ROOT.glob("*.py")])


def imported(file: Path) -> list[tuple[int, str]]:
    found = []
    package = module_name(file) if file.name == "__init__.py" else module_name(file).rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            module = base + (node.module or "")
            # `from dashboard import clock` names the module dashboard.clock
            found += [(node.lineno, f"{module}.{alias.name}".strip(".")) for alias in node.names]
    return found


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(name: str) -> str:
    return max((room for room in ALLOWED if is_in(name, room)), key=len, default="")


def faults(file: Path) -> list[str]:
    name = module_name(file)
    if name in COMPOSITION or is_in(name, "launcher"):
        return []
    room = room_of(name)
    assert room, f"{name} is in no known room"
    allowed = (room, *ALLOWED[room])
    found = []
    for line, target in imported(file):
        where = f"{file.relative_to(PROJECT_ROOT)}:{line} {name} imports {target}"
        top = target.partition(".")[0]
        if top in ROOMS:
            if not any(is_in(target, each) for each in allowed):
                found.append(where)
        elif room == "dashboard.domain" and top not in sys.stdlib_module_names:
            found.append(f"{where}: the domain imports the standard library alone")
        elif top in CONFINED and not any(is_in(name, each) for each in CONFINED[top]):
            found.append(f"{where}: only {', '.join(CONFINED[top])} may")
    return found


@pytest.mark.parametrize("file", source_files(), ids=module_name)
def test_a_module_imports_only_what_its_room_may(file: Path):
    assert faults(file) == []


def test_the_rule_sees_a_wrong_arrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    wrong = tmp_path / "dashboard" / "domain" / "wrong.py"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("from ...layouts import ids\nimport numpy\nfrom dashboard import store\nimport math\n")
    monkeypatch.setitem(globals(), "PROJECT_ROOT", tmp_path)
    assert len(faults(wrong)) == 3
