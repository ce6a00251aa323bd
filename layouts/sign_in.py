"""The two pages that stand before the screens: sign-in, and a wall without a valid token.

Both are plain HTML without script: they must work when nothing else does.
"""

from __future__ import annotations

from html import escape

from layouts.catalogue import text


def sign_in_page(
    city_name: str, language: str, *, demonstration: bool, refusal: str = "", name: str = ""
) -> str:
    """HTML of the sign-in page; `refusal` says why the last try failed, `name` refills the field."""
    ribbon = (
        f'<p class="ribbon"><i></i><b>{_say("sign_in.demonstration", language)}</b></p>'
        if demonstration
        else ""
    )
    warning = f'<p class="refusal" role="alert">{escape(refusal)}</p>' if refusal else ""
    body = f"""
<main class="sign-in">
  {ribbon}
  <h1>{_say("sign_in.product", language)}</h1>
  <p class="centre">{escape(text("sign_in.centre", language, city=city_name))}</p>
  {warning}
  <form method="post" action="/sign-in">
    <label>{_say("sign_in.name", language)}
      <input name="name" autocomplete="username" required maxlength="64" value="{escape(name, quote=True)}" autofocus>
    </label>
    <label>{_say("sign_in.password", language)}
      <input name="password" type="password" autocomplete="current-password" required maxlength="256">
    </label>
    <button type="submit">{_say("sign_in.submit", language)}</button>
  </form>
  <p class="notice">{_say("sign_in.notice", language)}</p>
</main>"""
    return _page(text("sign_in.title", language), language, body)


def kiosk_refused_page(language: str) -> str:
    """HTML shown by a wall whose token is missing or revoked; says who can help and shows no data."""
    body = f"""
<main class="sign-in">
  <h1>{_say("kiosk.refused_title", language)}</h1>
  <p class="centre">{_say("kiosk.refused_text", language)}</p>
</main>"""
    return _page(text("kiosk.refused_title", language), language, body)


def no_screen_page(language: str) -> str:
    """HTML for someone who is signed in and has no screen here; offers the way out and shows no data."""
    body = f"""
<main class="sign-in">
  <h1>{_say("no_screen.title", language)}</h1>
  <p class="centre">{_say("no_screen.text", language)}</p>
  <form method="post" action="/sign-out"><button type="submit">{_say("no_screen.sign_out", language)}</button></form>
</main>"""
    return _page(text("no_screen.title", language), language, body)


def _say(key: str, language: str) -> str:
    return escape(text(key, language))


def _page(title: str, language: str, body: str) -> str:
    document_language = "zh-CN" if language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{document_language}" data-theme="dark" data-surface="desk">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · {_say("sign_in.product", language)}</title>
<link rel="stylesheet" href="/assets/css/fonts.css">
<link rel="stylesheet" href="/assets/css/tokens.css">
<link rel="stylesheet" href="/assets/css/sign_in.css">
<script type="module" src="/assets/hand/letters.mjs"></script>
<noscript><link rel="stylesheet" href="/assets/css/fonts_chinese.css"></noscript>
</head>
<body>{body}
</body>
</html>"""
