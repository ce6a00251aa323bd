"""What is left of personal data for eyes that have no reason: 138****5678, 李**."""

from __future__ import annotations

import re

# Two-character surnames that are common enough to meet; everything else keeps its first character.
DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "夏侯",
        "轩辕",
        "端木",
        "独孤",
        "南宫",
        "西门",
    ]
)
# Phone numbers, identity numbers and long card numbers inside running text.
_DIGITS = re.compile(r"\d[\d\- ]{5,}[\dXx]")


def mask_name(name: str) -> str:
    """Return the surname and two stars; "" stays ""."""
    name = name.strip()
    if not name:
        return ""
    keep = 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1
    return name[:keep] + "**"


def mask_phone(phone: str) -> str:
    """Return the first three and the last four digits; a number too short for that keeps its last two."""
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return ""
    if len(digits) < 8:
        return "****" + digits[-2:]
    return f"{digits[:3]}****{digits[-4:]}"


def mask_text(text: str) -> str:
    """Return running text with every run of seven or more digits masked."""
    return _DIGITS.sub(lambda match: mask_phone(match.group()), text)
