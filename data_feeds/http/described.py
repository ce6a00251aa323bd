"""The interface's own description: an OpenAPI document that says what every address takes, answers and asks for.

FastAPI describes what the routers take. What all of them share is added here: how a refusal, malformed input and a
dead dependency are answered (`answering`), and by which credential an address is reached (`access`, the table that the
gate goes by).
"""

from __future__ import annotations

import copy
import json
import re
from functools import partial
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data_feeds.http.access import ID_PATTERN, WRITE, Need, find_address

PATH: Final = "/api/v1/openapi.json"
VERSION: Final = "1"  # of the addresses under /api/v1, not of the release

_CODE = {"type": "string", "description": "a code that stays, for programs"}
_SCHEMAS: Final[dict[str, Any]] = {
    "Answer": {
        "type": "object",
        "description": "What was read, or was committed; `seq` is the place in the log of the act or of what was read.",
        "properties": {"value": {}, "seq": {"type": "integer", "minimum": 0}},
        "required": ["value"],
        "additionalProperties": False,
    },
    "Unchanged": {
        "type": "object",
        "description": "Nothing came after `after` while the question was held.",
        "properties": {"seq": {"type": "integer"}, "unchanged": {"const": True}, "duty": {"type": "object"}},
        "required": ["seq", "unchanged"],
        "additionalProperties": False,
    },
    "Refusal": {
        "type": "object",
        "description": "The act was refused and nothing changed; `words` says why in the asker's language.",
        "properties": {"error": _CODE, "words": {"type": "string"}, "params": {"type": "object"}},
        "required": ["error", "words", "params"],
        "additionalProperties": False,
    },
    "Malformed": {
        "type": "object",
        "description": "The request does not fit; what was sent is never echoed.",
        "properties": {
            "error": {"const": "malformed_request"},
            "faults": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"field": {"type": "string"}, "why": {"type": "string"}},
                    "required": ["field", "why"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["error", "faults"],
        "additionalProperties": False,
    },
    "Error": {
        "type": "object",
        "properties": {"error": _CODE, "request_id": {"type": "string"}},
        "required": ["error"],
        "additionalProperties": False,
    },
}  # fmt: skip
_SHARED: Final = {
    "400": ("Error", "The host is none of this centre's."),
    "401": ("Error", "Not signed in."),
    "403": ("Error", "Not for this role, or from a page of another site."),
    "404": ("Error", "There is no such address."),
    "409": ("Refusal", "Refused; nothing changed."),
    "503": ("Error", "The store or Redis is away, or the disk is full; nothing was accepted."),
}  # fmt: skip
_SCHEMES: Final = {
    "session": {"type": "apiKey", "in": "cookie", "name": "zhongshu_session"},
    "kiosk": {"type": "apiKey", "in": "cookie", "name": "zhongshu_kiosk"},
    "key": {"type": "http", "scheme": "bearer"},
}
_BY: Final[dict[Need, tuple[str, ...]]] = {
    "gateway": ("key",),
    "viewer": ("session", "kiosk", "key"),
    "watcher": ("session", "kiosk", "key"),
    "anybody known": ("session", "kiosk", "key"),
}
"""Which credentials reach what an address asks for; all others are reached by an officer's session alone."""


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` the whole description; it is drawn up once."""
    app.openapi = partial(_described, app)  # type: ignore[method-assign]  # FastAPI's own documented way


def description_route(app: FastAPI) -> Route:
    """The address that gives it out to whoever is known."""

    async def give(_request: Request) -> Response:
        body = json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":"))
        return Response(body, media_type="application/json")

    return Route(PATH, give, methods=["GET"])


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        found = get_openapi(title="Zhongshu", version=VERSION, routes=app.routes)
        for path, methods in found["paths"].items():
            for method, operation in methods.items():
                _complete(method.upper(), path, operation)
        schemas = found["components"]["schemas"]
        for frameworks_own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(frameworks_own, None)
        for one in schemas.values():
            _close(one)
        schemas |= copy.deepcopy(_SCHEMAS)
        found["components"]["securitySchemes"] = _SCHEMES
        app.openapi_schema = found
    return app.openapi_schema


def _complete(method: str, path: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    json_of = answers.get("200", {}).get("content", {}).get("application/json")
    if json_of is not None and not json_of.get("schema"):
        json_of["schema"] = _reference("Answer")
    for status, (name, why) in _SHARED.items():
        answers.setdefault(status, _answer(name, why))
    if "422" in answers:
        answers["422"] = _answer("Malformed", "The request does not fit.")
    if method in WRITE:
        answers["413"] = _answer("Error", "The body is too large.")
    for one in operation.get("parameters", ()):
        schema = one["schema"]
        if one["in"] == "path" and schema.get("type") == "string" and not {"pattern", "enum"} & set(schema):
            schema["pattern"] = ID_PATTERN  # the gate knows no other ids
    need = _need_of(method, path)
    operation["x-needs"] = need
    if need == "nobody":
        operation["security"] = []
        return
    operation["security"] = [{name: []} for name in _BY.get(need, ("session",))]


def _close(schema: Any) -> None:
    """Say of every object whose names follow a pattern that it takes no others: pydantic refuses them unsaid."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            _close(one)


def _answer(name: str, why: str) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": _reference(name)}}}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _need_of(method: str, path: str) -> Need:
    """What the gate's table asks for at an address with its parameters filled in, each as one of ours looks."""
    for stand_in in ("1", "a" * 20, "overdue"):
        address = find_address(method, re.sub(r"\{\w+\}", stand_in, path))
        if address is not None:
            return address.need
    raise LookupError(f"{method} {path} is in no line of the gate's table")


def bytes_of(*media_types: str) -> dict[str, Any]:
    """A body that is one file's bytes, as a route's `openapi_extra`."""
    whole = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(media_types, whole)}}


def file_answer(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """An answer that is a file of one of these types, as a route's `responses`."""
    whole = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "The file.", "content": dict.fromkeys(media_types, whole)}}


def answered_as(*names: str) -> dict[int | str, dict[str, Any]]:
    """An answer of one of these of the document's own schemas, as a route's `responses`."""
    found: dict[str, Any] = {"anyOf": [_reference(one) for one in names]}
    return {200: {"description": "Answered.", "content": {"application/json": {"schema": found}}}}
