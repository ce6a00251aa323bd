"""What a screen loads besides Dash's own scripts, named in its document so that a browser asks for all of it at once.

Left to itself each module asks for the next when it has come: four turns of some forty requests, and the first only
when every script of Dash has run.
"""

from __future__ import annotations

from dataclasses import dataclass

from layouts.hand.shell import HandFiles

ENTRY = "zhongshu.mjs"
BASE_MAP = "base_map.js"
GUARD = "/assets/live/start_guard.js"  # of no release: it is there when those of this one are not


@dataclass(frozen=True, slots=True)
class ScreenFiles(HandFiles):
    """The files of one screen.

    Args:
        styles: names below `assets/css`, in the order of the cascade.
        words: the catalogues that the screen's modules read.
        data: addresses of what its modules or maps fetch before anything is drawn.
    """

    styles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

    def head(self) -> str:
        """Stylesheets, what is asked for at once, and the entry, which does not wait for Dash's scripts."""
        at = self.address
        fetched = [*(at(f"catalogue/{name}.json") for name in self.words), *self.data]
        return "\n".join(
            [
                *(f'<link rel="stylesheet" href="{at(f"css/{name}.css")}">' for name in self.styles),
                *(f'<link rel="modulepreload" href="{at(name)}">' for name in self.modules),
                *(f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{one}">' for one in fetched),
                f'<script type="module" async src="{at(ENTRY)}"></script>',
                f'<script defer src="{GUARD}"></script>',
            ]
        )

    def after_libraries(self) -> str:
        """What needs Leaflet and must be there before Dash mounts a map."""
        return f'<script src="{self.address(BASE_MAP)}"></script>'
