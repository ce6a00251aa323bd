"""What the documents name exists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*PROJECT_ROOT.glob("*.md"), *PROJECT_ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_links_between_documents_lead_somewhere(document: Path):
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_every_make_command_is_listed_by_help():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[1].split())
    listed = subprocess.run(["make", "help"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^ +make ([a-z-]+)", listed.stdout, flags=re.MULTILINE)) == commands


def test_make_commands_in_the_documents_exist():
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    commands = set(re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[1].split())
    for document in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z-]*[a-z])", document.read_text(encoding="utf-8")))
        assert named <= commands, document.name


def test_all_pinned_requirements_are_exact():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-supply.txt"):
        lines = (PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if not re.match(r"^[A-Za-z0-9_.-]+==[0-9][^ ]*( ;.*)?$", line)] == []


def test_the_eight_named_packages_are_pinned():
    named = {"dash", "plotly", "dash-leaflet", "pandas", "redis", "websockets", "gunicorn", "pytest"}
    pinned = (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"^([A-Za-z0-9-]+)==", pinned, flags=re.MULTILINE))
