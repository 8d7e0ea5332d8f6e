"""What every test shares: repeatable property tests, and tests that need files kept elsewhere."""

import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A job in the background ignores Ctrl-C, and so would every program that the tests start and then
# interrupt: they would run for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"

# Derandomised: the same examples on every machine, so that a failure is never a matter of luck.
# No deadline: timing on a busy machine is not what these tests are about.
settings.register_profile(
    "probity",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=(HealthCheck.too_slow,),
)
settings.load_profile("probity")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked ``shared`` where the directory of original documents is absent."""
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="needs ../shared, which is not part of the repository")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Root directory of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_directory() -> Path:
    """The directory of original documents beside the repository; mark the test ``shared``."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, which is not part of the repository")
    return SHARED


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Append what came of each test to the file that PROBITY_PROOFS names, if any.

    Figures that a test handed to ``record_property`` go with it. docs/write_verification.py makes
    a page of them.
    """
    path = os.environ.get("PROBITY_PROOFS")
    if not path or "PYTEST_XDIST_WORKER" in os.environ:
        return
    if report.when != "call" and report.outcome == "passed":
        return
    line = {
        "test": report.nodeid,
        "outcome": report.outcome,
        "seconds": round(report.duration, 2),
        "control": "control" in report.keywords,
        "figures": dict(report.user_properties),
    }
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
