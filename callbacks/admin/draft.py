"""The administrator's draft of the policy: what was changed and removed, and which step is being looked at.

It lives in the browser's session, so that a reload or the other language loses nothing; the server believes none of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callbacks.admin.given import Malformed, rows_of, text_of
from dashboard.citypack.policies import COLUMNS
from layouts.admin.chains import chain_key, chains_of, step_number

MOST_STEPS = 500
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft. Values only; every act returns another one.

    Args:
        version: the published version that it changes.
        key: idempotency key of its publication; a refused one takes another.
        owner: id of the account that wrote it.
        changed: policy_id -> the cells of a changed or new step; `removed`: ids of steps taken out.
        kind, step: what is on screen; `shown` is the version that is looked at instead, None for the draft.
        page, asked: the load of the page and the number of its newest ask that is in the draft.
    """

    version: int
    key: str
    owner: str
    changed: Mapping[str, Cells] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    kind: str = ""
    step: str = ""
    shown: int | None = None
    page: str = ""
    asked: int = 0

    def as_data(self) -> dict[str, Any]:
        """Return what the browser keeps."""
        return {
            "version": self.version,
            "key": self.key,
            "owner": self.owner,
            "changed": list(self.changed.values()),
            "removed": list(self.removed),
            "kind": self.kind,
            "step": self.step,
            "shown": self.shown,
            "page": self.page,
            "asked": self.asked,
        }


def fresh(version: int, owner: str, kind: str = "", step: str = "") -> Draft:
    """Return a draft that changes nothing yet."""
    return Draft(version, new_key(), owner, kind=kind, step=step)


def new_key() -> str:
    """Return the key of one publication."""
    return secrets.token_hex(12)


def draft_of(value: object, owner: str) -> Draft | None:
    """Return the draft that the browser kept, None for none or another account's.

    Raises:
        Malformed: it is no such thing.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise Malformed("draft")
    data: dict[str, Any] = value
    if data.get("owner") != owner:
        return None
    version, shown, removed, key = (data.get(name) for name in ("version", "shown", "removed", "key"))
    asked = data.get("asked", 0)
    if not _is_version(version) or not (shown is None or _is_version(shown)):
        raise Malformed("version")
    if not isinstance(removed, list) or len(removed) > MOST_STEPS or not isinstance(key, str):
        raise Malformed("removed")
    if not 8 <= len(key) <= 64:
        raise Malformed("key")
    if not isinstance(asked, int) or isinstance(asked, bool):
        raise Malformed("asked")
    rows = [{name: row.get(name, "") for name in COLUMNS} for row in rows_of(data.get("changed"))]
    changed = {row["policy_id"]: row for row in rows if row["policy_id"]}
    return Draft(
        int(str(version)), key, owner, changed, tuple(text_of(one) for one in removed), text_of(data.get("kind")),
        text_of(data.get("step")), shown, text_of(data.get("page")), asked,
    )  # fmt: skip


def with_cells(
    draft: Draft, policy_id: str, cells: Cells, published: Mapping[str, Mapping[str, str]]
) -> Draft:
    """Return the draft with a step's cells; cells that are as published again are no change."""
    changed = {name: row for name, row in draft.changed.items() if name != policy_id}
    if published.get(policy_id) != cells:
        changed[policy_id] = cells
    return replace(draft, changed=changed)


def without_step(draft: Draft, policy_id: str, published: Mapping[str, Mapping[str, str]]) -> Draft:
    """Return the draft with a step taken out."""
    changed = {name: row for name, row in draft.changed.items() if name != policy_id}
    removed = (*draft.removed, policy_id) if policy_id in published else draft.removed
    return replace(draft, changed=changed, removed=tuple(dict.fromkeys(removed)), step="")


def as_published(draft: Draft, policy_id: str) -> Draft:
    """Return the draft with a step as it is published: put back when it was taken out, forgotten when it is new."""
    changed = {name: row for name, row in draft.changed.items() if name != policy_id}
    removed = tuple(one for one in draft.removed if one != policy_id)
    return replace(draft, changed=changed, removed=removed, step=policy_id)


def with_step_after(
    draft: Draft,
    policy_id: str,
    rows: Sequence[Mapping[str, str]],
    published: Mapping[str, Mapping[str, str]],
) -> Draft:
    """Return the draft with a copy of a step as the next one of its chain, and the later ones moved on by one."""
    chain = _chain(rows, policy_id)
    copied = next(row for row in chain if row["policy_id"] == policy_id)
    name = free_name(policy_id, rows, published)
    number = step_number(copied) + 1
    new = {**copied, "policy_id": name, "step": str(number)}
    for row in chain[chain.index(copied) + 1 :]:
        if step_number(row) > number:
            break
        number += 1
        draft = with_cells(draft, row["policy_id"], {**row, "step": str(number)}, published)
    return replace(with_cells(draft, name, new, published), step=name)


def with_step_moved(
    draft: Draft, policy_id: str, by: int, rows: Sequence[Mapping[str, str]], published: Mapping[str, Mapping[str, str]]
) -> Draft:  # fmt: skip
    """Return the draft with a step changed for its neighbour `by` places on; at the end of its chain nothing moves."""
    chain = _chain(rows, policy_id)
    place = next(number for number, row in enumerate(chain) if row["policy_id"] == policy_id)
    if not 0 <= place + by < len(chain):
        return draft
    one, other = chain[place], chain[place + by]
    draft = with_cells(draft, one["policy_id"], {**one, "step": other["step"]}, published)
    return with_cells(draft, other["policy_id"], {**other, "step": one["step"]}, published)


def with_own_chain(
    draft: Draft, key: str, urgency: str, rows: Sequence[Mapping[str, str]], published: Mapping[str, Mapping[str, str]]
) -> Draft:  # fmt: skip
    """Return the draft with a chain of its own for one urgency, to begin with a copy of the chain `key`."""
    made = list(rows)
    first = ""
    for row in (one for chain in chains_of(rows) if chain.key == key for one in chain.steps):
        name = free_name(f"{row['policy_id']}-{urgency}", made, published)
        new = {**row, "policy_id": name, "urgency": urgency}
        made.append(new)
        first = first or name
        draft = with_cells(draft, name, new, published)
    return replace(draft, step=first or draft.step)


def free_name(
    name: str, rows: Sequence[Mapping[str, str]], published: Mapping[str, Mapping[str, str]]
) -> str:
    """Return an id that no step has or had in the version: `name`, or it with the next number."""
    taken = {row["policy_id"] for row in rows} | published.keys()
    stem, number, wanted = name[:50], 2, name[:50]
    while wanted in taken:
        wanted, number = f"{stem}-{number}", number + 1
    return wanted


def _chain(rows: Sequence[Mapping[str, str]], policy_id: str) -> list[Mapping[str, str]]:
    key = next((chain_key(row) for row in rows if row["policy_id"] == policy_id), None)
    if key is None:
        raise Malformed("step")
    return sorted((row for row in rows if chain_key(row) == key), key=step_number)


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31
