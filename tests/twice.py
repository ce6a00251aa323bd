"""A pytest plugin that calls each first pass of what has a second try a failure: `make test PYTEST="-p tests.twice"`.

A second try has servers, stores and pages of its own, in which nothing of the tests before it has happened. A test that
needs them has no second try in truth: it is red the one time that it was meant for. docs/decisions/second-try.md.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True, trylast=True)  # within the conftest's, which acts on what is said here
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Call a first pass a failure, for whoever has a second try."""
    report = yield
    is_first = getattr(item, "execution_count", 0) == 1
    if is_first and report.when == "call" and report.passed and item.get_closest_marker("flaky"):
        report.outcome = "failed"
        report.longrepr = "passed, and is asked once more from the beginning"
    return report
