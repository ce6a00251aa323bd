"""What makes a hand page installable: its manifest, its pictures and where both are."""

from __future__ import annotations

from typing import Any

from layouts.catalogue import text

# (file, pixels, purpose): drawn where a phone takes no vector picture; the second kind has room to be cut round.
_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable-512.png", "512x512", "maskable"),
)


def manifest_path(page: str) -> str:
    """Address of the manifest of `/<page>`."""
    return f"/{page}/manifest.webmanifest"


def home_icon(page: str) -> str:
    """Address of the picture for a home screen that reads no manifest."""
    return f"/assets/{page}/icon-apple-180.png"


def manifest(page: str, language: str, **more: str) -> dict[str, Any]:
    """The web app manifest of `/<page>`: how a phone shows it among its programs.

    Its names are `<page>.name` and `<page>.short` of the page's catalogue; `more` are further members of the manifest.
    """
    return {
        "id": f"/{page}",
        "name": text(f"{page}.name", language),
        "short_name": text(f"{page}.short", language),
        "lang": "zh-CN" if language == "zh" else "en",
        "start_url": f"/{page}",
        "scope": f"/{page}",
        "display": "standalone",
        "background_color": "#EEF0EF",
        "theme_color": "#FAFBFA",
        "icons": [
            {"src": f"/assets/{page}/{file}", "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in _ICONS
        ],
    } | more
