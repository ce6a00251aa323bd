"""What the product is made of: is the lock whole, under which licences, as an SBOM, and is anything known against it.

`make supply` writes `build/licences.md` and `build/sbom.cdx.json`; `make audit` asks for known vulnerabilities and
fails when it could not ask about every package: silence is no all-clear.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dashboard.settings import PROJECT_ROOT

PINS: Final = PROJECT_ROOT / "requirements.txt"
LOCK: Final = PROJECT_ROOT / "requirements-hashed.txt"
BUILD: Final = PROJECT_ROOT / "build"
CLEAN, FOUND, COULD_NOT_LOOK = 0, 1, 2
_LONGEST_LICENCE: Final = 60  # a few packages put the whole text where the name belongs
# Packages whose metadata are silent, by the licence file in their source.
_BY_THEIR_SOURCE: Final = {"pysqlite3": "zlib"}
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Licence:
    """One installed package and what it says of its licence, "" where it says nothing."""

    name: str
    version: str
    licence: str


def pins_of(text: str) -> list[str]:
    """Return the pinned requirements of a file, without their hashes, sorted."""
    lines = (line.partition(" \\")[0].strip() for line in text.splitlines())
    return sorted(line for line in lines if line and not line.startswith(("#", "--")))


def lock_faults(pins: str, lock: str) -> Iterator[str]:
    """Say what is wrong with a lock: other packages than the pins, one without a hash, an address of anybody's."""
    wanted, locked = set(pins_of(pins)), set(pins_of(lock))
    for pin in sorted(wanted - locked):
        yield f"not in the lock: {pin}"
    for pin in sorted(locked - wanted):
        yield f"only in the lock: {pin}"
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        if not entry.startswith("#") and not _HASH.search(entry):
            yield f"without a hash: {entry.splitlines()[0]}"
    if "://" in lock:
        yield "the lock names an address"


def licences(pins: str) -> list[Licence]:
    """Return the licence of each pinned package that belongs on this platform, by what its own metadata says.

    Raises:
        PackageNotFoundError: one is not installed.
    """
    wanted = [Requirement(pin) for pin in pins_of(pins)]
    here = {canonicalize_name(one.name) for one in wanted if one.marker is None or one.marker.evaluate()}
    found = [distribution(name) for name in sorted(here)]
    return [Licence(one.metadata["Name"], one.version, _licence_of(one)) for one in found]


def _licence_of(package: Distribution) -> str:
    said = _field(package, "License-Expression")
    if not said:
        classifiers = package.metadata.get_all("Classifier") or []
        named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
        said = ", ".join(one for one in named if one != "OSI Approved")
    if not said:
        lines = _field(package, "License").strip().splitlines()
        said = lines[0][:_LONGEST_LICENCE] if lines else ""
    return said or _BY_THEIR_SOURCE.get(canonicalize_name(package.metadata["Name"]), "")


def _field(package: Distribution, name: str) -> str:
    return str((package.metadata.get_all(name) or [""])[0])


def licence_page(found: Sequence[Licence]) -> str:
    """Return the list as a page of Markdown."""
    rows = (f"| {one.name} | {one.version} | {one.licence} |" for one in found)
    return "\n".join(("# 许可 · Licences", "", "| package | version | licence |", "|---|---|---|", *rows, ""))


def audited(wanted: Sequence[str], answer: str) -> tuple[int, list[str]]:
    """Judge what pip-audit answered (its JSON) about the wanted packages: an exit status, and what there is to say.

    A package that it left out or skipped was not looked at, whatever it says of the others.
    """
    try:
        told: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return COULD_NOT_LOOK, ["it gave no answer"]
    seen = {canonicalize_name(one["name"]): one for one in told}
    said = [
        f"{name}: not looked at ({seen.get(name, {}).get('skip_reason', 'left out')})"
        for name in sorted({canonicalize_name(one) for one in wanted})
        if "vulns" not in seen.get(name, {})
    ]
    known = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'nothing yet'}"
        for one in told
        for fault in one.get("vulns", ())
    ]
    return (COULD_NOT_LOOK if said else FOUND if known else CLEAN), [*known, *said]


def audit(program: Path) -> int:
    """Run pip-audit over the lock and say what it found; 0 only when every package was looked at and is clean."""
    command = [str(program), "--strict", "--disable-pip", "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run(
        [*command, "--format=json", "--progress-spinner=off"], capture_output=True, text=True, check=False
    )
    here = [Requirement(pin) for pin in pins_of(LOCK.read_text(encoding="utf-8"))]
    wanted = [one.name for one in here if one.marker is None or one.marker.evaluate()]
    status, said = audited(wanted, done.stdout)
    if done.returncode not in (0, 1):
        status = COULD_NOT_LOOK
    for line in said:
        print(line)
    if status == COULD_NOT_LOOK:
        print(
            f"没能查全，不算通过 · NOT AUDITED: not every package could be looked at\n{done.stderr.strip()[-600:]}"
        )
    elif status == CLEAN:
        print(f"{len(wanted)} 个包，没有已知漏洞 · packages, nothing known against them")
    return status


def write_supply(program: Path) -> int:
    """Write licences and SBOM under `build/`; fails when the lock does not hold what is pinned."""
    pins = PINS.read_text(encoding="utf-8")
    faults = list(lock_faults(pins, LOCK.read_text(encoding="utf-8")))
    for fault in faults:
        print(f"{LOCK.name}: {fault}", file=sys.stderr)
    BUILD.mkdir(exist_ok=True)
    found = licences(pins)
    (BUILD / "licences.md").write_text(licence_page(found), encoding="utf-8")
    sbom = BUILD / "sbom.cdx.json"
    command = [
        str(program),
        "requirements",
        str(LOCK),
        "--output-reproducible",
        "--of",
        "JSON",
        "-o",
        str(sbom),
    ]
    subprocess.run(command, check=True)
    silent = [one.name for one in found if not one.licence]
    for name in silent:
        print(f"{name}: says nothing of its licence", file=sys.stderr)
    print(f"{BUILD / 'licences.md'}\n{sbom}")
    return 1 if faults or silent else 0


def main(arguments: Sequence[str]) -> int:
    """Run `audit` or `write` with the environment of `requirements-supply.txt`; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("audit", "write"))
    parser.add_argument("--programs", type=Path, default=PROJECT_ROOT / ".venv-supply" / "bin")
    wanted = parser.parse_args(arguments)
    try:
        if wanted.act == "audit":
            return audit(wanted.programs / "pip-audit")
        return write_supply(wanted.programs / "cyclonedx-py")
    except (OSError, PackageNotFoundError, subprocess.CalledProcessError) as error:
        print(f"出错 · error: {error}", file=sys.stderr)
        return COULD_NOT_LOOK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
