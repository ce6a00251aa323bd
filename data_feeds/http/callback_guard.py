"""Checks a Dash callback request before Dash sees it.

Dash executes whatever output a request names with whatever values it carries, and answers a malformed request
with a server error. The guard lets through only requests that are wired exactly as the callback was registered
and whose principal has the right to that output. Values are judged by the service, never here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.principal import Principal


@dataclass(frozen=True, slots=True)
class Rejected:
    """A request that must not reach Dash: HTTP status and a short reason for the log and the answer."""

    status: int
    reason: str


def check_callback_request(
    body: bytes,
    callback_map: Mapping[str, Mapping[str, Any]],
    rights: Mapping[str, frozenset[str]],
    principal: Principal,
) -> Rejected | None:
    """Return None when `body` is a request of a known callback, wired as registered, by someone with the right.

    `callback_map` is Dash's own (output key -> registration); `rights` maps the same keys to the roles that may
    call them, and an output that is not listed is callable by nobody.
    """
    request = _parse(body)
    if request is None:
        return Rejected(400, "not a callback request")
    output = request.get("output")
    if not isinstance(output, str) or output not in callback_map:
        return Rejected(404, "no such callback")
    if principal.role not in rights.get(output, frozenset()):
        return Rejected(403, "role")
    if not _is_wired(request, callback_map[output]):
        return Rejected(400, "wiring")
    return None


def _parse(body: bytes) -> dict[str, Any] | None:
    """Read the body as UTF-8 JSON of finite numbers and whole characters; what the store cannot keep ends here."""
    try:
        request = json.loads(body.decode("utf-8"), parse_constant=_refuse_number, parse_float=_finite)
        json.dumps(request, ensure_ascii=False).encode("utf-8")  # an escaped half of a surrogate pair
    except (ValueError, RecursionError):
        return None
    return request if isinstance(request, dict) else None


def _refuse_number(name: str) -> float:
    raise ValueError(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _is_wired(request: dict[str, Any], registration: Mapping[str, Any]) -> bool:
    inputs, state = request.get("inputs"), request.get("state", [])
    if not isinstance(inputs, list) or not isinstance(state, list):
        return False
    registered = [*registration["inputs"], *registration["state"]]
    if len(inputs) != len(registration["inputs"]) or len(state) != len(registration["state"]):
        return False
    changed = request.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(item, str) for item in changed):
        return False
    pairs = zip([*inputs, *state], registered, strict=True)
    return all(_same_wire(got, want) for got, want in pairs) and _outputs_match(request)


def _same_wire(got: object, want: Mapping[str, Any]) -> bool:
    pattern = _pattern(want["id"])
    if isinstance(got, list):
        return pattern is not None and all(_same_wire(item, want) for item in got)
    if not isinstance(got, dict) or got.get("property") != want["property"]:
        return False
    if pattern is None:
        return bool(got.get("id") == want["id"])
    identity = got.get("id")
    return isinstance(identity, dict) and _fits(identity, pattern)


def _pattern(identity: object) -> dict[str, Any] | None:
    if isinstance(identity, dict):
        return identity
    if isinstance(identity, str) and identity.startswith("{"):
        parsed = json.loads(identity)
        return parsed if isinstance(parsed, dict) else None
    return None


def _fits(identity: dict[str, Any], pattern: dict[str, Any]) -> bool:
    """True when a concrete dictionary id is one the registered wildcard pattern covers."""
    if identity.keys() != pattern.keys():
        return False
    return all(isinstance(want, list) or identity[key] == want for key, want in pattern.items())


def _outputs_match(request: dict[str, Any]) -> bool:
    outputs = request.get("outputs")
    if outputs is None:
        return True
    named = _names(outputs)
    if named is None:
        return False
    if any(_is_wildcard_name(name) for name in _split(request["output"])):
        return True
    return sorted(named) == sorted(_split(request["output"]))


def _names(outputs: object) -> list[str] | None:
    if isinstance(outputs, dict):
        identity, prop = outputs.get("id"), outputs.get("property")
        if not isinstance(prop, str):
            return None
        return [f"{identity}.{prop}"] if isinstance(identity, str) else ["{}." + prop]
    if isinstance(outputs, list):
        parts = [_names(item) for item in outputs]
        return (
            None if any(part is None for part in parts) else [name for part in parts if part for name in part]
        )
    return None


def _split(output: str) -> list[str]:
    """Dash joins several outputs as `..a.children...b.children..`; a duplicate carries `@hash` behind its property."""
    return output[2:-2].split("...") if output.startswith("..") and output.endswith("..") else [output]


def _is_wildcard_name(name: str) -> bool:
    return name.startswith("{")
