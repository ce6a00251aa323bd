"""`/briefs`: every brief of one's place. Built by assets/briefs/page.mjs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.domain.principal import Principal
from dashboard.domain.rights import may
from layouts.catalogue import text
from layouts.hand.shell import COMMON_WORDS, UNRELEASED, HandFiles, HandPage, hand_document

WORDS = (*COMMON_WORDS, "export_to", "brief_text")
"""Catalogues that the page's modules read beside its own."""


def briefs_page(
    principal: Principal,
    *,
    categories: Sequence[Mapping[str, str]],
    demonstration: bool,
    files: HandFiles = UNRELEASED,
) -> str:
    """Return the document; `categories` are those of hotline orders as {"code", "name"}, for a brief about a surge."""
    lang = principal.language
    return hand_document(
        HandPage(
            name="briefs",
            title=text("briefs.title", lang),
            language=lang,
            person=principal.id,
            heading=text("briefs.title", lang),
            demonstration=demonstration,
            words=WORDS,
            styles=("brief_text",),
            facts={
                "may_edit": may(principal, "edit_brief"),
                "may_approve": may(principal, "approve_brief"),
                "may_make": may(principal, "make_brief"),
                "categories": list(categories) if may(principal, "make_brief") else [],
            },
            files=files,
        )
    )
