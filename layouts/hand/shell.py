"""The HTML document of a hand page: ribbon, language, connection and the page's own place, before any script runs.

No inline script: what the page's modules need is a block of JSON, which a browser never executes. The stylesheets
follow the system's light or dark; `assets/hand/entry.mjs` loads the page's own module `assets/<name>/page.mjs`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from layouts.catalogue import text

# The catalogues that every hand page reads; a page names its own beside them.
COMMON_WORDS = ("page", "live", "hand", "domain", "log", "refusals")


@dataclass(frozen=True, slots=True)
class HandPage:
    """One page of the hand.

    Args:
        name: of the page: `assets/<name>/page.mjs`, `assets/css/<name>.css`, `assets/catalogue/<name>.json`.
        title: the document's title, already in the page's language.
        language: zh or en.
        person: id of who is signed in, "" for a citizen; what the page keeps in the browser is kept per person.
        heading: who or what this page speaks for: a unit's or a grid's name.
        facts: what the page's modules read; becomes JSON.
        words: further catalogues beside the common ones and the page's own.
        manifest: address of a web app manifest, "" for none.
        can_sign_out: whether the page shows the way out.
    """

    name: str
    title: str
    language: str
    person: str = ""
    heading: str = ""
    demonstration: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    manifest: str = ""
    can_sign_out: bool = True


def hand_document(page: HandPage) -> str:
    """Return the whole HTML document of a page."""
    lang = page.language
    words = " ".join(dict.fromkeys((*COMMON_WORDS, page.name, *page.words)))
    facts = {"person": page.person, "heading": page.heading, "language": lang} | dict(page.facts)
    return f"""<!doctype html>
<html lang="{"zh-CN" if lang == "zh" else "en"}" data-surface="hand" data-page="{page.name}" data-words="{words}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#FAFBFA">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#111922">
<title>{escape(page.title)}</title>
<script src="/assets/hand/theme.js"></script>
<link rel="stylesheet" href="/assets/css/fonts.css">
<link rel="stylesheet" href="/assets/css/tokens.css">
<link rel="stylesheet" href="/assets/css/hand.css">
<link rel="stylesheet" href="/assets/css/{page.name}.css">
{_manifest(page)}<script type="module" src="/assets/hand/entry.mjs"></script>
</head>
<body class="hand">
<header class="hand-top">
  <p class="hand-heading">{escape(page.heading)}</p>
  {_ribbon(page)}
  <p id="hand-connection" class="hand-connection" role="status" data-state="connecting">
    {_say("hand.connecting", lang)}</p>
  <button id="hand-language" type="button" class="hand-quiet" lang="{"en" if lang == "zh" else "zh-CN"}">
    {_say("hand.other_language", lang)}</button>
  {_sign_out(page)}
</header>
<div id="hand-notice" class="hand-notice" role="alert" hidden></div>
<main id="hand-main" class="hand-main" data-hand="{page.name}"></main>
<noscript><p class="hand-notice">{_say("hand.needs_script", lang)}</p></noscript>
<script type="application/json" id="hand-facts">{_json(facts)}</script>
</body>
</html>"""


def _ribbon(page: HandPage) -> str:
    if not page.demonstration:
        return ""
    return (
        '<p class="hand-ribbon"><i class="demonstration-hatch"></i>'
        f"<b>{_say('hand.demonstration', page.language)}</b></p>"
    )


def _sign_out(page: HandPage) -> str:
    if not page.can_sign_out:
        return ""
    return (
        '<form method="post" action="/sign-out" id="hand-sign-out">'
        f'<button type="submit" class="hand-quiet">{_say("hand.sign_out", page.language)}</button></form>'
    )


def _manifest(page: HandPage) -> str:
    if not page.manifest:
        return ""
    return f'<link rel="manifest" href="{escape(page.manifest, quote=True)}" crossorigin="use-credentials">\n'


def _json(value: Any) -> str:
    """JSON that cannot end its own element, whatever a name contains."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _say(key: str, language: str) -> str:
    return escape(text(key, language))
