"""The policy's editor over a real store: what its page sends becomes a draft, and a draft a version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callbacks.admin.draft import Draft, draft_of, fresh
from callbacks.admin.given import Ask, Asks
from callbacks.admin.policies import previewed, published, written
from callbacks.admin.wiring import POLICY
from dashboard.service.policies.editing import edit_policy
from dashboard.service.policies.versions import ensure_policy
from layouts.admin import ids
from layouts.admin.step_form import FIELDS, values_of
from tests.store.centre import Centre, done, officer
from tests.store.test_policies import SYSADMIN, changed, rows

EMPTY: list[Any] = [""] * len(FIELDS)
STEP, OTHER = "order-sign-half-2", "order-sign-late-2"


@pytest.fixture
def versioned(centre: Centre) -> Centre:
    ensure_policy(centre.services, centre.now)
    return centre


def fields(centre: Centre, policy_id: str, **given: Any) -> list[Any]:
    shown = dict(
        zip(FIELDS, values_of(rows(centre)[policy_id], centre.services.calendar.workday_ms), strict=True)
    )
    return list((shown | given).values())


def at(policy_id: str, version: int = 1) -> Draft:
    return fresh(version, SYSADMIN.id, "order", policy_id)


def kept(drawn: Any) -> Draft:
    found = draft_of(drawn.values[ids.POLICY], SYSADMIN.id)
    assert found is not None
    return found


def asking(*asked: tuple[str, str], first: int = 1, page: str = "p1") -> Asks:
    return Asks(page, tuple(Ask(first + place, *one) for place, one in enumerate(asked)))


NONE = Asks()


def is_refused(drawn: Any) -> bool:
    return "refused" in drawn.values[ids.POLICY_OUTCOME].className


def test_an_ask_whose_answer_was_overtaken_is_done_with_the_next(versioned: Centre) -> None:
    """The page still has the draft from before both: Dash dropped the first answer when the second was asked for."""
    first = written(versioned.services, SYSADMIN, at(STEP), EMPTY, asking(("after", STEP)), versioned.now)
    assert len(kept(first).changed) > 0
    both = asking(("after", STEP), ("step", OTHER))
    second = written(versioned.services, SYSADMIN, at(STEP), EMPTY, both, versioned.now)
    assert kept(second).changed == kept(first).changed
    assert (kept(second).step, kept(second).asked) == (OTHER, 2)
    # When the first answer did arrive, the second request brings a draft that has it: it is not done twice.
    again = written(versioned.services, SYSADMIN, kept(first), EMPTY, both, versioned.now)
    assert kept(again).changed == kept(first).changed
    # A page that was loaded anew counts from one again.
    other = asking(("step", STEP), page="p2")
    assert kept(written(versioned.services, SYSADMIN, kept(again), EMPTY, other, versioned.now)).step == STEP


def test_leaving_a_field_does_not_undo_the_step_that_was_chosen_before(versioned: Centre) -> None:
    typed = fields(versioned, STEP, percent="30")
    drawn = written(versioned.services, SYSADMIN, at(STEP), typed, asking(("step", OTHER)), versioned.now)
    assert (kept(drawn).step, kept(drawn).changed[STEP]["share_of_limit"]) == (OTHER, "0.3")


def test_a_publication_has_what_was_asked_for_before_it(versioned: Centre) -> None:
    asks = asking(("remove", STEP))
    silent = published(versioned.services, SYSADMIN, at(STEP), EMPTY, asks, " ", versioned.now)
    assert is_refused(silent)
    assert (kept(silent).removed, kept(silent).asked) == ((STEP,), 1)
    assert silent.values[ids.STEP_FORM] is True, "and the page shows what the draft has"
    outcome = published(versioned.services, SYSADMIN, at(STEP), EMPTY, asks, "寒潮", versioned.now)
    assert (kept(outcome).version, kept(outcome).changed, kept(outcome).removed) == (2, {}, ())
    assert STEP not in rows(versioned, 2)
    assert asks.after(kept(outcome).page, kept(outcome).asked) == ()


def test_what_was_typed_is_kept_when_the_next_button_is_pressed_before_the_answer(versioned: Centre) -> None:
    typed = fields(versioned, STEP, percent="30")
    drawn = written(versioned.services, SYSADMIN, at(STEP), typed, asking(("step", OTHER)), versioned.now)
    draft = kept(drawn)
    assert (draft.step, draft.changed[STEP]["share_of_limit"]) == (OTHER, "0.3")
    assert drawn.values[ids.step_field("name")] == rows(versioned)[OTHER]["name"]
    assert len(drawn.as_outputs()) == len(POLICY)


def test_a_form_that_says_nothing_new_changes_nothing(versioned: Centre) -> None:
    same = fields(versioned, STEP)
    assert written(versioned.services, SYSADMIN, at(STEP), same, NONE, versioned.now).values == {}
    assert written(versioned.services, SYSADMIN, at(STEP), EMPTY, NONE, versioned.now).values == {}
    assert written(versioned.services, SYSADMIN, at(""), same, NONE, versioned.now).values == {}


def test_a_fault_is_said_beside_its_field_and_the_typed_words_stay(versioned: Centre) -> None:
    drawn = written(
        versioned.services, SYSADMIN, at(STEP), fields(versioned, STEP, percent="soon"), NONE, versioned.now
    )
    assert drawn.values[ids.step_fault("when")] == "请填数字，写的是“soon”。"
    assert drawn.values[ids.step_fault("tell")] == ""
    assert ids.step_field("percent") not in drawn.values
    refused = previewed(versioned.services, SYSADMIN, kept(drawn), [], versioned.now)
    assert "有误" in str(refused.children)


def test_a_draft_is_published_once_and_the_editor_goes_on_from_the_new_version(versioned: Centre) -> None:
    typed = fields(versioned, STEP, percent="30")
    drawn = written(versioned.services, SYSADMIN, at(STEP), typed, NONE, versioned.now)
    silent = published(versioned.services, SYSADMIN, kept(drawn), typed, NONE, " ", versioned.now)
    again = kept(silent)
    assert again.changed, "after a refusal the draft stays"
    assert again.key != kept(drawn).key
    outcome = published(versioned.services, SYSADMIN, again, typed, NONE, "寒潮", versioned.now)
    assert (kept(outcome).version, kept(outcome).changed) == (2, {})
    assert rows(versioned, 2)[STEP]["share_of_limit"] == "0.3"
    assert outcome.values[ids.POLICY_WHY] == ""


def test_an_older_version_is_looked_at_and_taken_up_again(versioned: Centre) -> None:
    done(
        edit_policy(
            versioned.services,
            SYSADMIN,
            changed(versioned, STEP, share_of_limit="0.3"),
            versioned.now,
            "k" * 8,
        )
    )
    looked = written(versioned.services, SYSADMIN, at(STEP, 2), EMPTY, asking(("look", "1")), versioned.now)
    assert kept(looked).shown == 1
    assert looked.values[ids.STEP_FORM] is True, "a published version has no form"
    typed = written(
        versioned.services, SYSADMIN, kept(looked), fields(versioned, STEP, percent="9"), NONE, versioned.now
    )
    assert typed.values == {}
    taken = written(
        versioned.services, SYSADMIN, kept(looked), EMPTY, asking(("take", "1"), first=2), versioned.now
    )
    assert kept(taken).changed[STEP]["share_of_limit"] == "0.5"
    assert kept(taken).shown is None


def test_an_auditor_looks_and_changes_nothing(versioned: Centre) -> None:
    auditor = officer("auditor", name="蒋一")
    draft = replace(at(STEP), owner=auditor.id)
    typed = fields(versioned, STEP, percent="30")
    assert written(versioned.services, auditor, draft, typed, NONE, versioned.now).values == {}
    shown = written(versioned.services, auditor, draft, typed, asking(("kind", "event")), versioned.now)
    assert shown.values[ids.POLICY]["changed"] == []
    for ask, of in (("remove", STEP), ("after", STEP), ("take", "1"), ("own", "event|sign|:1")):
        refused = written(versioned.services, auditor, draft, EMPTY, asking((ask, of)), versioned.now)
        assert is_refused(refused)
        assert refused.values[ids.POLICY]["changed"] == []


@pytest.mark.parametrize(
    ("ask", "of"),
    [
        ("fly", STEP),
        ("remove", "nobody"),
        ("look", "x"),
        ("look", "0"),
        ("own", "event|sign|:9"),
        ("take", "99"),
    ],
)
def test_an_ask_that_the_page_does_not_have_is_refused(versioned: Centre, ask: str, of: str) -> None:
    asks = asking((ask, of), ("step", OTHER))
    drawn = written(versioned.services, SYSADMIN, at(STEP), EMPTY, asks, versioned.now)
    assert is_refused(drawn)
    assert (kept(drawn).changed, kept(drawn).removed, kept(drawn).step) == ({}, (), OTHER), (
        "the next one is done"
    )
