"""What is left of personal data for eyes that have no reason: 138****5678, 李**."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

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
# Numbers of persons and nothing else: mobile and landline numbers as people write them, identity numbers by the
# province and the birthday inside them, those of 15 digits (GB 11643-1989, on cards until 2013) too. Ids, order
# numbers, division codes, coordinates and instants stay readable; an id in hexadecimal is passed over whole, lest
# eleven of its digits look like a telephone.
_BETWEEN = r"[-\u2010-\u2015\uff0d\s]?"
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"  # GB/T 2260
_OF_PERSONS = re.compile(
    rf"""(?P<id>(?<![0-9A-Za-z])[a-z]?(?=[0-9]*[a-f])[0-9a-f]{{16,}}(?![0-9A-Za-z]))
    |(?P<said>(?:身份证|证件)(?:号码|号)?[是为]?[\s:：]*)(?P<named>{_PROVINCE}\d{{4}}{_BETWEEN}\d{{6}}{_BETWEEN}\d{{3}})(?!\d)
    |(?<!\d)(?<!\d\.)(?:
        (?:(?:\+|00)?86{_BETWEEN})?1[3-9]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}
        |0[1-9]\d{{1,2}}{_BETWEEN}\d{{7,8}}
        |{_PROVINCE}\d{{4}}{_BETWEEN}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])[0-3]\d{_BETWEEN}\d{{3}}[\dXx]
        |{_PROVINCE}\d{{4}}{_BETWEEN}(?P<born>\d{{6}}){_BETWEEN}\d{{3}}
    )(?!\d)""",
    re.VERBOSE,
)
# A grid's code has 15 digits too (six of the county, three each of township, village, grid), and so has an instant with
# three digits of a count behind it. What stands where the birthday stood, a year of two digits first, is a township and
# a village there, or an hour: both stay below 24. Who was born before 1924 is known by the word before the number.
_BORN_SINCE = 1924
_SEVERAL_DIGITS = re.compile(r"\d{4}")  # every such number has as many in a row; most texts have none
_FULL_WIDTH = re.compile("[０-９]")
_TO_HALF_WIDTH = {ord(full): ord("0") + place for place, full in enumerate("０１２３４５６７８９")}


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


def mask_numbers(text: str) -> str:
    """Return text that people wrote with telephone and identity numbers masked; every other number stays.

    The one mechanism for whatever leaves into the log, its lines and rows, tellings, webhooks and the audit. What a
    citizen said is masked with `mask_text`, which spares no long number.
    """
    if not _SEVERAL_DIGITS.search(text):
        return text
    if _FULL_WIDTH.search(text):
        text = text.translate(_TO_HALF_WIDTH)
    return _OF_PERSONS.sub(_masked_unless_thing, text)


def mask_all(value: Any) -> Any:
    """Return a JSON value with `mask_numbers` applied to every text in it; keys, numbers and flags stay."""
    if isinstance(value, str):
        return mask_numbers(value)
    if isinstance(value, dict):
        return {name: mask_all(one) for name, one in value.items()}
    return [mask_all(one) for one in value] if isinstance(value, list | tuple) else value


def _masked_unless_thing(found: re.Match[str]) -> str:
    if found["said"]:
        return found["said"] + mask_phone(found["named"])
    if found["id"] or (found["born"] and not _is_birthday(found["born"])):
        return found.group()
    return mask_phone(found.group())


def _is_birthday(digits: str) -> bool:
    """Say whether YYMMDD of the last century is the birthday of somebody alive."""
    try:
        return date(1900 + int(digits[:2]), int(digits[2:4]), int(digits[4:])).year >= _BORN_SINCE
    except ValueError:
        return False
