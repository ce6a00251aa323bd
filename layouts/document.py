"""The HTML document around a Dash page: language, surface and theme before the first stylesheet, no inline script."""

from __future__ import annotations

from html import escape

from layouts.screen_files import ScreenFiles


def document(
    title: str,
    *,
    language: str,
    surface: str,
    theme: str,
    before_paint: str = "",
    files: ScreenFiles | None = None,
) -> str:
    """Dash index template; `surface` is wall, desk or admin, `theme` dark or light: the stylesheet's tokens read both.

    `before_paint` is the address of a script of our own that must run before anything is drawn, "" for none. `files`
    are the screen's own files; None where Dash finds them itself.
    """
    script = f'<script src="{escape(before_paint, quote=True)}"></script>\n' if before_paint else ""
    html_language = "zh-CN" if language == "zh" else "en"
    words = f' data-words="{" ".join(files.words)}"' if files else ""
    return f"""<!doctype html>
<html lang="{html_language}" data-surface="{surface}" data-theme="{theme}"{words}>
<head>
{{%metas%}}
<title>{escape(title)}</title>
{files.head() if files else ""}{script}{{%favicon%}}
{{%css%}}
</head>
<body>
{{%app_entry%}}
<footer>
{{%config%}}
{{%scripts%}}
{files.after_libraries() if files else ""}
{{%renderer%}}
</footer>
</body>
</html>"""
