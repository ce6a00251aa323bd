"""The HTML document around a Dash page: language, surface and theme before the first stylesheet, no inline script."""

from __future__ import annotations

from html import escape


def document(title: str, *, language: str, surface: str, theme: str, before_paint: str = "") -> str:
    """Dash index template; `surface` is wall, desk or admin, `theme` dark or light: the stylesheet's tokens read both.

    `before_paint` is the address of a script of our own that must run before anything is drawn, "" for none.
    """
    script = f'<script src="{escape(before_paint, quote=True)}"></script>\n' if before_paint else ""
    html_language = "zh-CN" if language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{html_language}" data-surface="{surface}" data-theme="{theme}">
<head>
{{%metas%}}
<title>{escape(title)}</title>
{script}{{%favicon%}}
{{%css%}}
</head>
<body>
{{%app_entry%}}
<footer>
{{%config%}}
{{%scripts%}}
{{%renderer%}}
</footer>
</body>
</html>"""
