"""Every command, setting, unit, file and alarm that the operator's handbook names exists, and every alarm is in it."""

from __future__ import annotations

import argparse
import re
from typing import get_args

import pytest
import yaml

from dashboard import administration
from dashboard.deployment import __main__ as deployment
from dashboard.deployment.host_files import Host, files_of
from dashboard.settings import PROJECT_ROOT, SETTINGS
from dashboard.store.store import Schema
from data_feeds.live_fold import FoldState

HANDBOOK = (PROJECT_ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
PARSERS = {"administration": administration._parser(), "deployment": deployment._parser()}


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    (found,) = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(found.choices)


@pytest.mark.parametrize("module", PARSERS)
def test_commands_and_their_options_exist(module: str) -> None:
    known = commands_of(PARSERS[module])
    named = re.findall(rf"dashboard\.{module} ([a-z-]+)([^`\n#]*)", HANDBOOK)
    assert named
    for command, rest in named:
        assert command in known, command
        options = {option for action in known[command]._actions for option in action.option_strings}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, f"{command}{rest}"


def test_every_command_of_a_deployment_is_told_of() -> None:
    told = set(re.findall(r"dashboard\.deployment ([a-z-]+)", HANDBOOK))
    assert set(commands_of(PARSERS["deployment"])) - told == {"wait-ready"}  # the units call it


def test_short_commands_exist() -> None:
    """`revoke-token 编号`: named without its module, after one that has it."""
    known = {name for parser in PARSERS.values() for name in commands_of(parser)}
    bare = re.findall(r"`((?:revoke|open|create|import|list|export|disable)-[a-z-]+)", HANDBOOK)
    assert bare
    assert set(bare) <= known


def test_settings_exist() -> None:
    named = set(re.findall(r"\bZHONGSHU_[A-Z_]+", HANDBOOK))
    assert named
    assert named <= {setting.name for setting in SETTINGS}


def test_units_and_files_exist() -> None:
    made = files_of(Host("zs.example.cn"))
    units = set(
        re.findall(
            r"\bzhongshu-(?:web|worker|feeds|backup)(?:@(?:\d+|\*))?(?:\.(?:timer|service))?", HANDBOOK
        )
    )
    assert len(units) > 5
    for unit in units:
        stem = re.sub(r"@(?:\d+|\*)", "@", unit)
        assert stem in made or f"{stem}.service" in made, unit
    files = set(re.findall(r"`?((?:deploy|tests|docs)/[A-Za-z0-9_./-]+\w)", HANDBOOK))
    assert files
    assert [name for name in files if not (PROJECT_ROOT / name).exists()] == []


def test_every_alarm_is_explained_and_no_other() -> None:
    rules = yaml.safe_load(files_of(Host("zs.example.cn"))["zhongshu-alerts.yml"])
    alarms = [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    assert re.findall(r"^\| `(Zhongshu\w+)`", HANDBOOK, flags=re.MULTILINE) == alarms


def test_every_word_of_the_health_pages_is_explained() -> None:
    """What `/readyz` may say of the schema and the picture, and what either page says of the store and the whole."""
    (rows,) = re.findall(r"^## 八、看健康$(.*?)^## ", HANDBOOK, flags=re.MULTILINE | re.DOTALL)
    words = {*get_args(Schema), *get_args(FoldState), "busy", "silent", "degraded"} - {"current"}
    assert len(words) > 8
    assert {word for word in words if f"`{word}`" not in rows} == set()


def test_the_commands_that_touch_personal_data_are_told_of() -> None:
    told = set(re.findall(r"dashboard\.administration ([a-z-]+)", HANDBOOK))
    assert {"rotate-keys", "retention-report", "verify-audit", "export-audit"} <= told
