"""Generated people. No name belongs to anybody, and no number can be dialled."""

from __future__ import annotations

import random

# The commonest surnames of China with rough weights, and characters usual in given names.
SURNAMES = (
    ("王", 72), ("李", 70), ("张", 66), ("刘", 54), ("陈", 44), ("杨", 30), ("赵", 27), ("黄", 24), ("周", 21),
    ("吴", 20), ("徐", 19), ("孙", 19), ("胡", 14), ("朱", 13), ("高", 13), ("林", 12), ("何", 11), ("郭", 11),
    ("马", 11), ("罗", 9), ("梁", 8), ("宋", 8), ("郑", 8), ("谢", 7), ("韩", 7), ("唐", 7), ("冯", 7), ("于", 7),
    ("董", 6), ("萧", 5), ("程", 6), ("曹", 6), ("袁", 6), ("邓", 6), ("许", 6), ("傅", 5), ("沈", 5), ("曾", 5),
    ("彭", 5), ("吕", 5), ("苏", 5), ("卢", 5), ("蒋", 5), ("蔡", 5), ("贾", 5), ("丁", 5), ("魏", 5), ("薛", 5),
    ("厉", 4), ("秦", 5), ("安", 4), ("牟", 4), ("辛", 3), ("尹", 4), ("申", 3), ("孔", 3), ("滕", 2), ("费", 2),
)  # fmt: skip
GIVEN = (
    "伟芳秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰建国红梅玲建华志文斌波辉健峰浩鑫宇欣雨晨佳慧颖琳莉萍云海燕"
    "春凤祥福荣庆德永成东玉凯龙飞翔宁晓婷雪莹思远嘉泽瑞昊然子涵一诺梓轩宗兴传振继维善良才"
)
COMPOUNDS = ("演示一区", "演示二区", "演示花园", "演示家园")
# 100 begins no mobile number in China: such a number looks like one on the screen and rings nobody.
FICTIONAL_PREFIX = "100"


def person_name(chance: random.Random) -> str:
    """Return a generated name of two or three characters."""
    surname = chance.choices([name for name, _ in SURNAMES], [weight for _, weight in SURNAMES])[0]
    count = 2 if chance.random() < 0.82 else 1
    return surname + "".join(chance.choice(GIVEN) for _ in range(count))


def home_address(chance: random.Random, place: str) -> str:
    """Return a whole address in a place, down to the room; no compound has these names."""
    floor = chance.randint(1, 18)
    building, unit, room = chance.randint(1, 30), chance.randint(1, 4), chance.randint(1, 4)
    return f"{place}{chance.choice(COMPOUNDS)}{building}号楼{unit}单元{floor}{room:02d}室"


def phone_number(chance: random.Random) -> str:
    """Return eleven digits that cannot be dialled."""
    return f"{FICTIONAL_PREFIX}{chance.randrange(10**8):08d}"
