"""The pages that stand before the screens: the steps of signing in, and a wall without a valid token.

All are plain HTML without script: they must work when nothing else does.
"""

from __future__ import annotations

from html import escape

import segno

from dashboard.domain.sign_in_step import Step
from layouts.catalogue import text

STORE_AWAY_AGAIN_S = 5


def sign_in_page(
    city_name: str,
    language: str,
    *,
    demonstration: bool,
    refusal: str = "",
    name: str = "",
    single: bool = False,
) -> str:
    """HTML of the sign-in page.

    Args:
        refusal: why the last try failed.
        name: refills the field.
        single: whether the city has an identity server to go to.
    """
    fields = _field(
        "name",
        "text",
        "username",
        language,
        more=f'maxlength="64" value="{escape(name, quote=True)}" autofocus',
    ) + _field("password", "password", "current-password", language)
    form = _form("/sign-in", fields, "submit", language)
    if single:
        form += f'<a class="single" href="/sign-in/single">{_say("sign_in.single", language)}</a>'
    body = _box(city_name, language, demonstration, refusal, form)
    return _page(text("sign_in.title", language), language, body)


def step_page(city_name: str, step: Step, *, demonstration: bool, refusal: str = "") -> str:
    """HTML of the step that a session waits for: a code, a new device, a new password."""
    language = step.language
    kind = step.stage if step.stage != "open" else "device" if step.device else "password"
    told = f'<p class="step"><b>{escape(step.name)}</b> · {_say(f"sign_in.step.{kind}", language)}</p>'
    if kind != "password":
        code = 'inputmode="numeric" pattern="[0-9 ]{6,7}" maxlength="7" autofocus'
        fields = _field("code", "text", "one-time-code", language, more=code)
        if kind == "device":  # a desk that was left open must not be enough
            fields = _field("old", "password", "current-password", language) + fields
        form = _form(f"/sign-in/{'device' if kind == 'device' else 'code'}", fields, "go_on", language)
    else:
        fields = _field("old", "password", "current-password", language, more="autofocus")
        fields += "".join(_field(name, "password", "new-password", language) for name in ("new", "again"))
        form = _form("/sign-in/password", fields, "go_on", language)
    leave = (
        f'<form method="post" action="/sign-out"><button class="second" type="submit">'
        f"{_say('sign_in.leave', language)}</button></form>"
    )
    back = _ways_back(step) if step.stage == "open" else leave
    body = _box(city_name, language, demonstration, refusal, told + _device(step) + form + back)
    return _page(text("sign_in.title", language), language, body)


def _ways_back(step: Step) -> str:
    ways = (
        [("/", "back")]
        if step.device or step.has_device
        else [("/", "back"), ("/sign-in/device", "take_device")]
    )
    links = (f'<a href="{path}">{_say(f"sign_in.{name}", step.language)}</a>' for path, name in ways)
    return f'<p class="ways">{" ".join(links)}</p>'


def _device(step: Step) -> str:
    """The picture code that an authenticator reads, and the same to type."""
    if step.device is None:
        return ""
    picture = segno.make(step.device.address, error="m").svg_inline(
        scale=4, border=4, light="#fff", dark="#000"
    )
    secret = " ".join(step.device.secret[at : at + 4] for at in range(0, len(step.device.secret), 4))
    return (
        f'<figure class="device" role="img" aria-label="{_say("sign_in.device", step.language)}">{picture}</figure>'
        f'<p class="secret">{_say("sign_in.secret", step.language)} <code>{escape(secret)}</code></p>'
    )


def _box(city_name: str, language: str, demonstration: bool, refusal: str, inside: str) -> str:
    ribbon = (
        f'<p class="ribbon"><i class="demonstration-hatch"></i><b>{_say("sign_in.demonstration", language)}</b></p>'
        if demonstration
        else ""
    )
    warning = f'<p class="refusal" role="alert">{escape(refusal)}</p>' if refusal else ""
    return f"""
<main class="sign-in">
  {ribbon}
  <h1>{_say("sign_in.product", language)}</h1>
  <p class="centre">{escape(text("sign_in.centre", language, city=city_name))}</p>
  {warning}
  {inside}
  <p class="notice">{_say("sign_in.notice", language)}</p>
</main>"""


def _form(action: str, fields: str, submit: str, language: str) -> str:
    return f"""<form method="post" action="{action}">
    {fields}
    <button type="submit">{_say(f"sign_in.{submit}", language)}</button>
  </form>"""


def _field(name: str, kind: str, fills: str, language: str, more: str = 'maxlength="256"') -> str:
    return f"""<label>{_say(f"sign_in.{name}", language)}
      <input name="{name}" type="{kind}" autocomplete="{fills}" required {more}>
    </label>
    """


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


def store_away_page(language: str) -> str:
    """HTML shown while the store cannot be reached; asks again by itself, so that a wall needs nobody."""
    body = f"""
<main class="sign-in">
  <h1>{_say("store_away.title", language)}</h1>
  <p class="centre">{_say("store_away.text", language)}</p>
</main>"""
    return _page(text("store_away.title", language), language, body, again_after_s=STORE_AWAY_AGAIN_S)


def _say(key: str, language: str) -> str:
    return escape(text(key, language))


def _page(title: str, language: str, body: str, again_after_s: int = 0) -> str:
    again = f'<meta http-equiv="refresh" content="{again_after_s}">\n' if again_after_s else ""
    document_language = "zh-CN" if language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{document_language}" data-theme="dark" data-surface="desk">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{again}<title>{escape(title)} · {_say("sign_in.product", language)}</title>
<link rel="stylesheet" href="/assets/css/fonts.css">
<link rel="stylesheet" href="/assets/css/tokens.css">
<link rel="stylesheet" href="/assets/css/sign_in.css">
<script type="module" src="/assets/hand/letters.mjs"></script>
<noscript><link rel="stylesheet" href="/assets/css/fonts_chinese.css"></noscript>
</head>
<body>{body}
</body>
</html>"""
