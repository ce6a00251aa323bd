"""schemathesis beside our own people: its cases through the gate, and what the description does not say of answers.

Imported where it is used alone: it takes longer to import than most tests to run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks

from tests.security.busy_city import UNITS
from tests.security.fuzzing import some
from tests.security.request_shapes import known, operations
from tests.security.test_fuzz import people_for
from tests.security.whole_web import WholeWeb

CHECKS = [
    not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance, checks.negative_data_rejection,
    checks.positive_data_acceptance,
]  # fmt: skip
HELD_BACK_BY = "wait"
"""Of a query: the answer would be held back as long as that says."""
MOST_TOLD = 40
"""How many disagreements are told at once."""


def ask_all(
    city: WholeWeb, document: dict[str, Any], *, fits: bool, examples: int
) -> tuple[list[str], set[str]]:
    """Ask every operation; returns what the description does not say, and which operations did what they were asked."""
    load_all_checks()
    there = known(city.there, [city.there[name] for name in (*UNITS, "local")])
    people = {str(one): people_for(one) for one in operations(document)}
    mode = GenerationMode.POSITIVE if fits else GenerationMode.NEGATIVE
    told: list[str] = []
    answered: Counter[int] = Counter()
    taken: set[str] = set()
    for found in schemathesis.openapi.from_dict(_without_credentials(document)).get_all_operations():
        operation = found.ok()
        if not fits and not (any(operation.iter_parameters()) or operation.body):
            continue  # it takes nothing that could be bent

        @some(examples)
        @given(st.data(), operation.as_strategy(generation_mode=mode))
        def ask(data: st.DataObject, case: schemathesis.Case) -> None:
            label = case.operation.label
            if fits:
                _name_what_is_there(case, there, data)
            answer = _sent(city, data.draw(st.sampled_from(people[label][:-2] or people[label])), case)
            answered[answer.status_code] += 1
            if answer.status_code < 300:
                taken.add(label)
            told.extend(f"{label}: {one}" for one in _faults_of(case, answer))

        ask()
    print(f"\n  asked as described, {'fitting' if fits else 'bent'}: {dict(sorted(answered.items()))}")
    return told[:MOST_TOLD], taken


def _sent(city: WholeWeb, who: str, case: schemathesis.Case) -> httpx.Response:
    """Send a case as schemathesis writes it, by one of our people, through the gate."""
    case.query = {name: value for name, value in (case.query or {}).items() if name != HELD_BACK_BY}
    written = case.as_transport_kwargs(base_url="http://localhost")
    parts = ("method", "url", "headers", "params", "data", "json", "files")
    ready = requests.Request(**{name: written.get(name) for name in parts}).prepare()
    own = city.headers(who)
    headers = {name: value for name, value in ready.headers.items() if name.lower() not in own}
    return city.ask(who, case.method, ready.url, content=ready.body or b"", headers=headers)


def _faults_of(case: schemathesis.Case, answer: httpx.Response) -> Iterator[str]:
    said = answer.text[:200]
    try:
        case.validate_response(answer, checks=CHECKS)
    except schemathesis.errors.SchemathesisError as error:
        yield f"{error} {said}"
    except BaseExceptionGroup as found:
        yield from (f"{one.title}: {one.message} {said}" for one in found.exceptions)


def _without_credentials(document: dict[str, Any]) -> dict[str, Any]:
    """The same without who may ask: that is the matrix's matter, and here everybody comes with what they have."""
    paths = {
        path: {
            method: {name: value for name, value in operation.items() if name != "security"}
            for method, operation in methods.items()
        }
        for path, methods in document["paths"].items()
    }
    return document | {"paths": paths}


def _name_what_is_there(case: schemathesis.Case, there: dict[str, list[Any]], data: st.DataObject) -> None:
    """Put ids of the city's things where the case made some up, or every answer would be that there is none."""

    def replaced(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: replaced(key, one) for key, one in value.items()}
        if isinstance(value, list):
            return [replaced(name, one) for one in value]
        fits = [one for one in there.get(name, ()) if type(one) is type(value)]
        return data.draw(st.sampled_from(fits)) if fits else value

    case.path_parameters = {
        name: str(data.draw(st.sampled_from(there[name]))) if name in there else value
        for name, value in case.path_parameters.items()
    }
    case.query = replaced("", case.query or {})
    if isinstance(case.body, dict):
        case.body = replaced("", case.body)
