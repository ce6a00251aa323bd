"""Sentences that are written down once for readers of both languages: in the log, in what people are told, on a clock.

A screen looks its own words up in assets/catalogue; what stands here is stored, so its words are those of the day on
which it was written. Placeholders are filled when it is; a name that each reader is told by comes later.
"""

from __future__ import annotations

from typing import Final

Both = tuple[str, str]

SENTENCES: Final[dict[str, Both]] = {
    # Receipts: behind the name of the step.
    "done_by_hand": ("（值班员代记：{word}）", " (recorded by the duty officer: {word})"),
    "proven": ("（定位 {metres} m）", " (position {metres} m)"),
    "vouched": ("（{by} 确认）", " (vouched for by {by})"),
    "vouched_saying": ("（{by} 确认：{word}）", " (vouched for by {by}: {word})"),
    # Consultations.
    "consultation_moved": ("会商改到 {at}", "the consultation was moved to {at}"),
    "consultation_set": ("会商定在 {at}", "the consultation is at {at}"),
    "asked_in": ("请{name}参加会商", "{name} is asked into the consultation"),
    "asked_in_at": ("请{name}参加会商（{at}）", "{name} is asked into the consultation ({at})"),
    "not_needed": ("{name}不必参加会商", "{name} need not join the consultation any more"),
    "specialist_asked": ("请参加会商（{at} {way}）", "please join the consultation ({at}, {way_en})"),
    # Clocks.
    "net_step": ("时限已过：通知值班员", "Limit passed: duty officer told"),
    "days": ("{days}天{clock}", "{days}d {clock}"),
}

WAY_WORDS: Final[dict[str, Both]] = {
    "site": ("到场", "in person"),
    "phone": ("电话", "by phone"),
    "video": ("视频", "by video"),
}
"""How a specialist takes part in a consultation."""
ANSWER_WORDS: Final[dict[str, Both]] = {
    "accepted": ("答应参加", "will take part"),
    "declined": ("不能参加", "cannot take part"),
    "came": ("已到", "has come"),
    "cancelled": ("已取消", "called off"),
}
"""What a specialist's word was."""
LATER: Final = "{name}"
"""Stands for a name in what each of several people is told."""


def sentence(key: str, **params: object) -> Both:
    """Return the sentence of `key` in Chinese and in English; KeyError for an unknown key or a missing parameter."""
    zh, en = SENTENCES[key]
    return zh.format(**params), en.format(**params)
