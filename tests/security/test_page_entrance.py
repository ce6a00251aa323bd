"""The addresses that people type: without the last slash each leads to its own page."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from data_feeds.http.screens import page_entrance


@pytest.mark.parametrize("surface", ["desk", "admin"])
def test_an_address_without_its_slash_leads_to_its_own_page(surface: str) -> None:
    app = FastAPI()
    app.router.routes.append(page_entrance(surface))
    # Dash's own answer to whatever nobody else answers
    app.add_api_route("{path:path}", lambda: "another page", methods=["GET"])

    answer = TestClient(app).get(f"/{surface}", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{surface}/"
