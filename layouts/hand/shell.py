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
from layouts.hand.installable import home_icon, manifest_path

# The catalogues that an officer's page reads; a page names its own beside them.
COMMON_WORDS = ("page", "live", "hand", "domain", "log", "refusals")
ENTRY = "hand/entry.mjs"


@dataclass(frozen=True, slots=True)
class HandFiles:
    """Where a page's files are.

    `release` stands in their addresses, so that a browser may keep them and a page is never made of two releases; ""
    leaves it out. `modules` are all that the entry imports, by name: they are asked for at once, because on a line of
    400 ms one import after another is a second of waiting for every two levels.
    """

    release: str = ""
    modules: tuple[str, ...] = ()

    def address(self, name: str) -> str:
        """Address of a file below `assets`."""
        return f"/assets/v-{self.release}/{name}" if self.release else f"/assets/{name}"


UNRELEASED = HandFiles()


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
        words: the catalogues beside the page's own.
        styles: stylesheets beside the page's own, as names below `assets/css`.
        is_installable: whether a phone may put it among its programs (layouts/hand/installable.py).
        can_sign_out: whether the page shows the way out.
        entry: the module that starts the page.
        files: where they are.
        opening: what stands on the page until its modules have come.
        has_faces: whether Latin letters and digits have the centre's own faces; a citizen's phone has its own.
    """

    name: str
    title: str
    language: str
    person: str = ""
    heading: str = ""
    demonstration: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = COMMON_WORDS
    styles: tuple[str, ...] = ()
    is_installable: bool = False
    can_sign_out: bool = True
    entry: str = ENTRY
    files: HandFiles = UNRELEASED
    opening: str = ""
    has_faces: bool = True


def hand_document(page: HandPage) -> str:
    """Return the whole HTML document of a page."""
    lang = page.language
    words = tuple(dict.fromkeys((*page.words, page.name)))
    facts = {
        "person": page.person,
        "heading": page.heading,
        "language": lang,
        "release": page.files.release,
    } | dict(page.facts)
    at = page.files.address
    return f"""<!doctype html>
<html lang="{"zh-CN" if lang == "zh" else "en"}" data-surface="hand" data-page="{page.name}" \
data-words="{" ".join(words)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#FAFBFA">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#111922">
<title>{escape(page.title)}</title>
<script src="{at("hand/theme.js")}"></script>
{_styles(page)}
{_asked_at_once(page, words)}
{_manifest(page)}<script type="module" src="{at(page.entry)}"></script>
</head>
<body class="hand">
<header class="hand-top">
  <p class="hand-heading">{escape(page.heading)}</p>
  <div class="hand-state">
    {_ribbon(page)}
    <p id="hand-connection" class="hand-connection" role="status" data-state="connecting">
      {_say("hand.connecting", lang)}</p>
  </div>
  <button id="hand-language" type="button" class="hand-quiet" lang="{"en" if lang == "zh" else "zh-CN"}" \
aria-label="{_say("hand.other_language", lang)}">{_say("hand.other_language_short", lang)}</button>
  {_sign_out(page)}
</header>
<div id="hand-notice" class="hand-notice" role="alert" hidden></div>
<main id="hand-main" class="hand-main" data-hand="{page.name}">
  <p class="hand-label">{_say("hand.opening", lang)}</p>{_opening(page)}</main>
<noscript><p class="hand-notice">{_say("hand.needs_script", lang)}</p>
<link rel="stylesheet" href="/assets/css/fonts_chinese.css"></noscript>
<script type="application/json" id="hand-facts">{_json(facts)}</script>
</body>
</html>"""


def _styles(page: HandPage) -> str:
    """The faces keep one address over all releases: they are the heaviest files and change the least."""
    names = [page.files.address(f"css/{name}.css") for name in ("tokens", "hand", *page.styles, page.name)]
    found = ["/assets/css/fonts.css", *names] if page.has_faces else names
    return "\n".join(f'<link rel="stylesheet" href="{one}">' for one in found)


def _asked_at_once(page: HandPage, words: tuple[str, ...]) -> str:
    at = page.files.address
    modules = [f'<link rel="modulepreload" href="{at(name)}">' for name in page.files.modules]
    catalogues = [
        f'<link rel="preload" as="fetch" crossorigin="anonymous" href="{at(f"catalogue/{name}.json")}">'
        for name in words
    ]
    return "\n".join(modules + (catalogues if modules else []))


def _ribbon(page: HandPage) -> str:
    if not page.demonstration:
        return ""
    return (
        '<p class="hand-ribbon"><i class="demonstration-hatch"></i>'
        f"<b>{_say('hand.demonstration', page.language)}</b></p>"
    )


def _opening(page: HandPage) -> str:
    return f"<p>{escape(page.opening)}</p>" if page.opening else ""


def _sign_out(page: HandPage) -> str:
    if not page.can_sign_out:
        return ""
    return (
        f'<a class="hand-quiet" href="/sign-in/password">{_say("sign_in.own", page.language)}</a>'
        '<form method="post" action="/sign-out" id="hand-sign-out">'
        f'<button type="submit" class="hand-quiet">{_say("hand.sign_out", page.language)}</button></form>'
    )


def _manifest(page: HandPage) -> str:
    if not page.is_installable:
        return ""
    return (
        f'<link rel="manifest" href="{manifest_path(page.name)}" crossorigin="use-credentials">\n'
        f'<link rel="apple-touch-icon" href="{home_icon(page.name)}">\n'
        '<meta name="mobile-web-app-capable" content="yes">\n'
    )


def _json(value: Any) -> str:
    """JSON that cannot end its own element, whatever a name contains."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _say(key: str, language: str) -> str:
    return escape(text(key, language))
