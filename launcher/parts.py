"""Which processes make up the product, and in which order they stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dashboard.settings import Settings
from launcher.part import PartSpec

# Sources first, so that nothing new comes in; the worker last, so that what was committed still goes out.
STOP_ORDER = (("simulator",), ("feeds", "web"), ("worker",))


def specs(settings: Settings, environ: Mapping[str, str]) -> list[PartSpec]:
    """The processes to run with these settings."""
    own = {
        **environ,
        # given relative to where the launcher was called; the parts run in the project
        "ZHONGSHU_VAR_DIR": str(settings.var_dir),
        "ZHONGSHU_SECRET_FILE": str(settings.secret_file),
        "ZHONGSHU_DATA_KEYS_FILE": str(settings.data_keys_file),
        "ZHONGSHU_CITY_PACK": str(settings.city_pack),
        "DATABASE_URL": settings.database_url,
        "PYTHONUNBUFFERED": "1",
    }
    programs = Path(sys.executable).parent
    own["PATH"] = os.pathsep.join([str(programs), environ.get("PATH", os.defpath)])
    python = sys.executable
    commands = {
        "worker": [python, "worker.py"],
        "feeds": [python, "feeds.py"],
        "web": [python, "-m", "gunicorn", "-c", "gunicorn.conf.py", "web:server"],
    }
    if settings.demonstration and settings.simulator:
        commands["simulator"] = [python, "-m", "data_feeds.simulator"]
    return [PartSpec(name, command, own) for name, command in commands.items()]
