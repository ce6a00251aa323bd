"""Requests as an attacker would write them: shaped by the interface's own description, then bent, field by field.

Strategies follow the OpenAPI document that the routers make: an address or a field added later is asked for without a
line here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

HOSTILE_TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\u202e", "\ufeff", "\U00020bb7", "x" * 501,
    "字" * 2_001, "x" * 61, "字" * 100, "x" * 200, "<script>alert(1)</script>",
    "' OR 1=1 --", "../../etc/passwd", "..%2f..%2fetc", "{0}", "{name.__class__}", "{{7*7}}", "%s%n%d",
    "$" + "{jndi:x}",
    "\r\nSet-Cookie: a=b", "=cmd|' /C calc'!A0", "１２３", "-1", "1e309", "NaN", "null", "true", "[]", "13812345678",
)  # fmt: skip
HOSTILE_NUMBERS = (
    0, -1, 1, 2, 255, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30, 0.5, -0.0, 1e308, 4e12,
    253402300800000,
)  # fmt: skip
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.sampled_from(HOSTILE_NUMBERS), st.sampled_from(HOSTILE_TEXTS), st.just([]),
    st.just({}),     st.just([[[]]]), st.just({"a": {"b": []}}), st.lists(st.sampled_from(HOSTILE_TEXTS), max_size=3),
)  # fmt: skip
GOOD_KEYS = tuple(f"fuzz-key-{n:04d}" for n in range(400))
ODD_KEYS = ("", "short", "x" * 65, "key with \xe9", "k\u0000ey-of-nul")
WORDS = st.sampled_from(("处置", "已办", "不属本单位职责", "13812345678", "修复 <b>完毕</b>", "好"))


@dataclass(frozen=True)
class Operation:
    """One method of one address, with the description of what it takes."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None
    definitions: dict[str, Any] = field(repr=False)

    @property
    def takes_bytes(self) -> bool:
        """True when a POST describes no body: a file is sent as its bytes."""
        return self.method == "POST" and self.body is None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Asked:
    """One request, as it goes out."""

    who: str
    path: str
    query: list[tuple[str, str]]
    key: str
    body: Any
    content: bytes | None = None


def operations(document: dict[str, Any]) -> list[Operation]:
    """Return every operation of an OpenAPI document."""
    definitions = document.get("components", {}).get("schemas", {})
    found = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema")
            found.append(Operation(method.upper(), path, described.get("parameters", []), body, definitions))
    return found


def requests(
    operation: Operation, people: list[str], there: dict[str, str], units: list[str]
) -> st.SearchStrategy[Asked]:
    """Requests of one operation by any of the people, about what there is and about what there is not.

    A third of them is as it should be, a third has a field or two that are not, the rest is half of it wrong.
    """
    found = known(there, units)

    @st.composite
    def drawn(draw: st.DrawFn) -> Asked:
        shape = _Shape(draw, operation.definitions, found, draw(st.sampled_from((0, 0, 12, 12, 50))))
        path: str = operation.path
        query: list[tuple[str, str]] = []
        for one in operation.parameters:
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", _in_path(shape.value(one["name"], one["schema"])))
            elif one["in"] == "query" and (one.get("required") or draw(st.booleans())):
                query.append((one["name"], str(shape.value(one["name"], one["schema"]))))
        key = draw(st.sampled_from(ODD_KEYS if shape.is_bent() else GOOD_KEYS))
        content = draw(st.sampled_from(FILES)) if operation.takes_bytes else None
        body = None if operation.body is None else shape.value("body", operation.body)
        return Asked(draw(st.sampled_from(people)), path, query, key, body, content)

    return drawn()


def known(there: dict[str, str], units: list[str]) -> dict[str, list[Any]]:
    """What there is, by the name of the field that names it."""
    matters = [
        there[name]
        for name in (
            "matter",
            "fresh",
            "signed",
            "replied",
            "returning",
            "carrier",
            "event",
            "checking",
            "dispute",
        )
    ]
    commands = [there[name] for name in ("command", "whistle", "worker_command", "decided")]
    receivers = [*units, there["worker"]]
    return {
        "matter_id": matters, "matter": matters, "matter_ids": matters, "command_id": commands, "command": commands,
        "room_id": [there["room"]], "room": [there["room"]], "booking_id": [there["booking"]],
        "attachment_id": [there["attachment"]], "photos": [there["attachment"]], "attachments": [there["attachment"]],
        "proposal_id": [there["proposal"]], "handover_id": [there["handover"]], "webhook_id": [there["webhook"]],
        "telling_id": [there["telling"]], "ids": [there["telling"]], "supervision_id": [there["supervision"]],
        "unit_id": units, "unit": units, "units": units, "owner_unit": units, "receiver_id": receivers,
        "witness": receivers, "id": [*receivers, there["region"]], "region": [there["region"], "371102"],
        "to_region": [there["region"], "371102"], "specialist_id": [there["specialist"]], "grid": [there["grid"]],
        "code": [there["code"]], "item": [1, 2], "category": ["2201", "21", "0203"], "jurisdiction": ["371100"],
        "to": ["HANDLING", "CLOSED", "RETURN_REQUESTED", "REPLIED", "INVALID", "DISPOSED"],
        "post": ["A", "B", "leader"],
        "report_key": ["fuzz-key-0001"], "token_id": [there["token"]], "url": ["https://b.example/x"],
        "expected_version": [0, 1, 2, 3], "key": [f"item-key-{n:04d}" for n in range(40)], "ref": there["refs"].split(),
        "satisfaction": ["satisfied", "basically", "dissatisfied", "unasked"], "division": ["371102"],
        "fields": [{}, {"reason": "不属本单位职责"}, {"handling": "已办", "resolved": True}, {"result": "好"}],
        "changed": [{}, {"whistle-answer": {"after_min": "4"}}, {"whistle-answer": {"after_min": "0"}}],
        "due_at": [1_795_500_000_000], "meets_at": [1_795_500_000_000], "wanted_at": [1_795_500_000_000],
        "next_at": [1_795_430_000_000], "leaving": [there["leaving"]], "taking_over": [there["taking_over"]],
        "based_on": [1, 2],
    }  # fmt: skip


class _Shape:
    """Values by their schema; `bent` of a hundred fields are anything at all."""

    def __init__(
        self, draw: st.DrawFn, definitions: dict[str, Any], known: dict[str, list[Any]], bent: int
    ) -> None:
        self._draw, self._definitions, self._known, self._bent = draw, definitions, known, bent

    def is_bent(self) -> bool:
        """Say whether the next value is not what is asked for."""
        return self._bent > 0 and self._draw(st.integers(0, 99)) < self._bent

    def value(self, name: str, schema: dict[str, Any]) -> Any:
        """A value of a field."""
        return self._draw(ANYTHING) if self.is_bent() else self._fitting(name, schema)

    def _fitting(self, name: str, schema: dict[str, Any]) -> Any:
        if "$ref" in schema:
            return self._fitting(name, self._definitions[schema["$ref"].rpartition("/")[2]])
        if name in self._known and schema.get("type") not in ("array", "null"):
            return self._draw(st.sampled_from(self._known[name]))
        if "anyOf" in schema:
            return self._fitting(name, self._draw(st.sampled_from(schema["anyOf"])))
        if "enum" in schema:
            return self._draw(st.sampled_from(schema["enum"]))
        if "const" in schema:
            return schema["const"]
        return getattr(self, f"_{schema.get('type', 'null')}")(name, schema)

    def _object(self, _name: str, schema: dict[str, Any]) -> dict[str, Any]:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        found = {
            name: self.value(name, one)
            for name, one in properties.items()
            if name in required or self._draw(st.booleans())
        }
        if not properties or self.is_bent():
            found |= {
                self._draw(st.sampled_from(("extra", "__class__", "", "role", "reason"))): self._draw(
                    ANYTHING
                )
            }
        return found

    def _array(self, name: str, schema: dict[str, Any]) -> list[Any]:
        least, most = schema.get("minItems", 0), min(schema.get("maxItems", 3), 3)
        count = self._draw(st.integers(least, max(least, most)))
        item = schema.get("items", {})
        return [self.value("" if "$ref" in item else name, item) for _ in range(count)]

    def _string(self, _name: str, schema: dict[str, Any]) -> str:
        return str(self._draw(WORDS))[: schema.get("maxLength", 100)]

    def _integer(self, _name: str, schema: dict[str, Any]) -> int:
        least, most = (
            schema.get("minimum", 0),
            schema.get("maximum", schema.get("exclusiveMaximum", 2**53) - 1),
        )
        usual = min(max(self._draw(st.integers(0, 6)), least), most)
        return int(self._draw(st.sampled_from((usual, usual, usual, least, most))))

    def _number(self, _name: str, schema: dict[str, Any]) -> float:
        least, most = schema.get("minimum", 0.0), schema.get("maximum", 1e6)
        return float(
            self._draw(st.sampled_from((119.5203, 35.3852, least, most)) if most < 1e3 else st.just(0.0))
        )

    def _boolean(self, _name: str, _schema: dict[str, Any]) -> bool:
        return self._draw(st.booleans())

    def _null(self, _name: str, _schema: dict[str, Any]) -> None:
        return None


def _in_path(value: Any) -> str:
    """A value as one segment of an address: what no client can send is left out."""
    from urllib.parse import quote

    return quote(str(value).encode("utf-8", "replace").decode()[:200], safe="") or "-"


def _files() -> tuple[bytes, ...]:
    from tests.store.pictures import PDF_BYTES, encoded, jpeg, png_bomb

    picture = jpeg()
    return (
        picture, encoded("PNG"), encoded("WEBP"), PDF_BYTES, png_bomb(), b"", b"\x00" * 64, b"GIF89a" + bytes(64),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<html><script>alert(1)</script>",
        picture[:20], picture + b"<script>alert(1)</script>", picture + b"PK\x03\x04" + bytes(64),
        PDF_BYTES + picture, b"%PDF-1.7\n/JavaScript /Launch /OpenAction", b"PK\x03\x04" + bytes(64),
        b"\xff\xd8\xff\xe0" + b"\xff" * 2_000, b"RIFF\xff\xff\xff\xffWEBPVP8 ", b"\x89PNG\r\n\x1a\n" + b"\xff" * 64,
    )  # fmt: skip


FILES = _files()
"""Files of right and wrong kinds: polyglots, bombs, cut ones, ones that another program would run."""
