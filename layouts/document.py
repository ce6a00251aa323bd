"""The HTML document around a Dash page: language, surface and theme before the first stylesheet, no inline script."""

from __future__ import annotations

from html import escape


def document(title: str, *, language: str, surface: str, theme: str) -> str:
    """Dash index template; `surface` is wall or desk, `theme` dark or light, both read by the stylesheet's tokens."""
    html_language = "zh-CN" if language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{html_language}" data-surface="{surface}" data-theme="{theme}">
<head>
{{%metas%}}
<title>{escape(title)}</title>
{{%favicon%}}
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
