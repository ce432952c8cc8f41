"""What every test obeys: in CI nothing is skipped and every run is the same; `--long` tries more of everything.

A test may be skipped on a machine that lacks a program; where CI runs, `.ci/install-debian` has put it there.
Tests run in several processes: what one says to the user goes through `record_property(TOLD, words)`.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

from models import language

if TYPE_CHECKING:
    from collections.abc import Generator

TOLD: Final = "told"
COSTLY: Final = ("prefect_stack", "started", "played")  # fixtures that are made in one process alone
LONGEST: Final = 1800  # seconds for one test of the long form, also on a busy machine
EXAMPLES: Final = {"short": 100, "long": 2000}  # of what each property holds for


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the long forms."""
    parser.addoption("--long", action="store_true", help="more deaths and more examples: takes many minutes")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples Hypothesis tries; how fast they are is not asked, the machine may be busy.

    A shell that starts the tests in the background has them ignore a Ctrl-C: what they start would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "long: tried with --long alone")
    form = "long" if config.getoption("long") else "short"
    settings.register_profile(
        form,
        max_examples=EXAMPLES[form],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=bool(os.environ.get("CI")),
    )
    settings.load_profile(form)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones to `--long`; keep together what shares a Prefect server or a Chromium.

    A second server costs more than it saves.
    """
    long = config.getoption("long")
    items[:] = [item for item in items if long or item.get_closest_marker("long") is None]
    for item in items:
        if long and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONGEST))
        for name in COSTLY:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have to tell."""
    for report in terminalreporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == TOLD:
                terminalreporter.write_line(words)


def fail_if_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure when the environment says CI; an expected failure is none."""
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (in CI nothing is: .ci/install-debian installs what tests need)"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Let each test begin in English: which language is spoken belongs to the process."""
    monkeypatch.delenv(language.VARIABLE, raising=False)
    yield
    language.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hold each test to the rule."""
    report = yield
    fail_if_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Hold a module that skips itself to the rule."""
    report = yield
    fail_if_skipped_in_ci(report)
    return report
