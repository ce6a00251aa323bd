"""An officer's views of the queue: kept, replaced, forgotten; never another's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.domain.queue_view import MOST_VIEWS, QueueView, view_of
from dashboard.service import Services
from tests.browser.desk_city import NOW, OFFICER, DeskCity

OTHER = Principal("officer-2", "陈秀英", "officer", "duty_officer", "371100")
AUDITOR = Principal("auditor-1", "审", "officer", "auditor", "371100")
OVERDUE = QueueView("overdue", region="371102", order="level")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return DeskCity(tmp_path).services


def test_a_view_is_kept_replaced_and_forgotten_and_is_ones_own(services: Services) -> None:
    for name, view, at in (("东港超时", QueueView("all"), NOW), ("燃气", QueueView(category="02"), NOW + 1)):
        assert isinstance(service.keep_queue_view(services, OFFICER, f" {name} ", view, at), service.Done)
    service.keep_queue_view(services, OFFICER, "东港超时", OVERDUE, NOW + 2)
    assert list(service.queue_views(services, OFFICER).items()) == [
        ("东港超时", OVERDUE), ("燃气", QueueView(category="02")),
    ]  # fmt: skip
    assert service.queue_views(services, OTHER) == {}
    service.drop_queue_view(services, OTHER, "燃气")
    service.drop_queue_view(services, OFFICER, "东港超时")
    assert list(service.queue_views(services, OFFICER)) == ["燃气"]


def test_a_view_without_a_name_one_too_many_and_one_without_a_right_are_refused(services: Services) -> None:
    refused = service.keep_queue_view(services, OFFICER, "  ", OVERDUE, NOW)
    assert isinstance(refused, service.Refused) and refused.code == "view_name"
    for number in range(MOST_VIEWS):
        service.keep_queue_view(services, OFFICER, f"视图{number}", OVERDUE, NOW + number)
    refused = service.keep_queue_view(services, OFFICER, "再一个", OVERDUE, NOW)
    assert isinstance(refused, service.Refused) and refused.code == "too_many_views"
    assert isinstance(service.keep_queue_view(services, OFFICER, "视图3", OVERDUE, NOW), service.Done)
    refused = service.keep_queue_view(services, AUDITOR, "甲", OVERDUE, NOW)
    assert isinstance(refused, service.Refused) and refused.code == "no_right"


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.text(max_size=8)
        | st.sampled_from(["all", "overdue", "level", "remaining"]),
        lambda inner: st.dictionaries(
            st.sampled_from(["filter", "order", "region", "unit", "category"]), inner
        ),
        max_leaves=6,
    )
)
def test_whatever_comes_from_outside_is_a_view_or_none(value: object) -> None:
    read = view_of(value)
    assert read is None or view_of(read.as_dict()) == read


def test_a_view_with_a_foreign_order_or_code_is_none() -> None:
    assert view_of(OVERDUE.as_dict()) == OVERDUE
    assert view_of({**OVERDUE.as_dict(), "order": "nonsense"}) is None
    assert view_of({**OVERDUE.as_dict(), "unit": "a' OR 1"}) is None
