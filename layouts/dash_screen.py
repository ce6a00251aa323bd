"""A Dash page that brings the component libraries of its layout, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from dash import Dash
from dash.development.base_component import Component

# Every page of Dash needs these; a library is known by its folder, Dash's own lie one folder deeper.
_FOUNDATION: Final = frozenset({"deps", "dash-renderer"})
_FOLDER_OF: Final = {"dash_html_components": "html", "dash_core_components": "dcc"}
_LIBRARY: Final = re.compile(r"/_dash-component-suites/(?:dash/)?([\w-]+)/")


def libraries_of(layout: Component) -> frozenset[str]:
    """Folders of the component libraries that a layout is made of."""
    parts: Iterable[Any] = (layout, *layout._traverse())  # type: ignore[no-untyped-call]
    names = {part._namespace for part in parts if isinstance(part, Component)}
    return frozenset(_FOLDER_OF.get(name, name) for name in names)


class DashScreen(Dash):
    """Dash gives every page every library that the process has imported: the wall got AG Grid and ran it, a third of
    all the scripts, before it could draw.

    `libraries` are what this page's layout can ever hold; None where callbacks may bring any.
    """

    libraries: frozenset[str] | None = None

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        """Dash's documented place for a page's own document; leaves out the scripts of other libraries."""
        if self.libraries is not None:
            needed = self.libraries | _FOUNDATION
            lines = parts["scripts"].splitlines()
            parts["scripts"] = "\n".join(line for line in lines if _library_of(line) in (None, *needed))
        return str(super().interpolate_index(**parts))  # type: ignore[no-untyped-call]


def _library_of(script: str) -> str | None:
    found = _LIBRARY.search(script)
    return found and found[1]
