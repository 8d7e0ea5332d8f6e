"""Values that cross borders check themselves when they are made."""

import math
import os
from pathlib import Path

import pytest

from probity.core import (
    Count,
    CountError,
    EventRate,
    Events,
    InputError,
    MissingPartError,
    Rate,
    VerificationError,
)
from probity.core.errors import printable
from probity.core.files import write_atomically


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, -1), (1, 0)])
def test_a_count_that_cannot_be_is_refused(k: int, n: int) -> None:
    with pytest.raises(CountError, match="0 <= k <= n"):
        Count(k, n, "alerts")


def test_a_count_needs_its_population_named() -> None:
    with pytest.raises(CountError, match="population"):
        Count(1, 2, "")


def test_a_count_over_nobody_is_allowed_since_its_rate_is_undefined() -> None:
    assert Count(0, 0, "alerts").n == 0


@pytest.mark.parametrize(("k", "exposure"), [(-1, 5.0), (1, -1.0), (1, math.inf), (1, math.nan)])
def test_events_that_cannot_be_are_refused(k: int, exposure: float) -> None:
    with pytest.raises(CountError, match="exposure"):
        Events(k, exposure, "hour")


def test_rates_keep_the_counts_they_came_from() -> None:
    rate = Rate(Count(1, 4, "alerts"), low=0.1, high=0.8, level=0.95, method="given")
    assert (rate.value, rate.count.k, rate.count.n) == (0.25, 1, 4)
    per_hour = EventRate(Events(3, 6.0, "hour"), low=0.1, high=1.5, level=0.95, method="given")
    assert per_hour.value == 0.5


def test_an_input_error_says_where_what_was_got_and_what_is_allowed() -> None:
    error = InputError(
        "not a count", file="grid.csv", row=7, column="alerts", got="-3", allowed="0 or more"
    )
    assert str(error) == "grid.csv, row 7, column alerts: not a count; got '-3'; allowed: 0 or more"


def test_an_input_error_needs_only_its_problem() -> None:
    assert str(InputError("the file is empty")) == "the file is empty"


def test_text_from_strangers_cannot_drive_the_terminal() -> None:
    hostile = "\x1b[2J\u202eexe.pdf\n"
    shown = str(InputError("not a date", got=hostile, file=hostile))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\n" not in shown


def test_failed_verification_names_the_file_the_place_and_both_sides() -> None:
    error = VerificationError(
        file="tile/0/000", place="hash 17 (byte 544)", expected="SHA-256 aa", got="bb\x1b[31m"
    )
    assert str(error) == ("tile/0/000, hash 17 (byte 544): expected SHA-256 aa, got bb\\x1b[31m")
    assert error.exit_code == 5
    assert str(VerificationError(file="a", expected="a file", got="none")) == (
        "a: expected a file, got none"
    )


def test_long_text_is_shortened() -> None:
    assert len(printable("x" * 10_000)) == 80
    assert printable("x" * 80) == "x" * 80


def test_each_kind_of_failure_has_its_exit_code() -> None:
    assert (InputError.exit_code, MissingPartError.exit_code) == (3, 4)


def test_writing_makes_folders_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "out" / "report.html"
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(target.parent) == ["report.html"]


def test_a_failed_write_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.html"
    target.write_bytes(b"old")

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.html"]
