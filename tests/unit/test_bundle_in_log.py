"""A bundle's digest in a transparency log: there, not there, corrected, and in a forged log."""

from pathlib import Path
from typing import Any

import pytest

from probity.core import VerificationError
from probity.core.canonical_json import canonical
from probity.publish.bundle import in_log
from probity.publish.bundle.in_log import find_in_log, log_entry
from probity.publish.translog.entries import entry_from
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.verify import LogReport, verify_log
from small_bundle import small_bundle
from translog_samples import SampleLog, entries, sample_log

TIME = {"recorded_at": "2026-11-26T09:00:00Z"}


@pytest.fixture
def log(tmp_path: Path) -> SampleLog:
    """260 entries of another kind, the bundle's, and 5 more: it stands in the second tile."""
    made = sample_log(tmp_path, 260)
    made.append([entry()])
    made.append(entries(300, 5))
    return made


def entry(**changes: Any) -> bytes:
    return entry_from(log_entry(small_bundle().digest, name="village") | TIME | changes).to_bytes()


def test_it_is_found_with_its_place_and_time(log: SampleLog) -> None:
    found = find_in_log(small_bundle().digest, log.path, policy=log.policy)
    assert (found.index, found.recorded_at) == (260, "2026-11-26T09:00:00Z")
    assert found.corrected_by == ()
    assert found.log.checkpoint.checkpoint.size == 266


def test_one_that_is_not_in_the_log_is_said(log: SampleLog) -> None:
    with pytest.raises(VerificationError, match=f"no entry of its 266 gives the digest {'0' * 64}"):
        find_in_log("0" * 64, log.path, policy=log.policy)


def test_a_correction_in_the_log_is_told(log: SampleLog) -> None:
    correction = {
        "schema": "probity/log-entry/correction/1",
        "corrects": {"index": 260, "leaf_hash": leaf_hash(entry()).hex()},
        "reason": "A row was misread",
    }
    log.append([entry_from(correction | TIME).to_bytes()])
    found = find_in_log(small_bundle().digest, log.path, policy=log.policy)
    assert found.corrected_by == ((266, "A row was misread"),)


def test_a_bundle_that_stands_for_an_earlier_one_is_found(log: SampleLog) -> None:
    """As ``probity publish log append --corrects`` writes it: inside of the correction."""
    correction = {
        "schema": "probity/log-entry/correction/1",
        "corrects": {"index": 260, "leaf_hash": leaf_hash(entry()).hex()},
        "reason": "A row was misread",
        "replacement": log_entry("1" * 64, name="village") | TIME,
    }
    log.append([entry_from(correction | TIME).to_bytes()])
    assert find_in_log("1" * 64, log.path, policy=log.policy).index == 266


def test_entries_of_kinds_to_come_are_passed_over(log: SampleLog) -> None:
    unknown = {"schema": "probity/log-entry/bundle/9", "sha256": small_bundle().digest}
    log.append([canonical(unknown)])
    assert find_in_log(small_bundle().digest, log.path, policy=log.policy).index == 260


def test_what_was_verified_is_what_is_searched(
    log: SampleLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can write to the directory may exchange a file right after it was hashed."""

    def verified_then_changed(*arguments: Any, **options: Any) -> LogReport:
        report = verify_log(*arguments, **options)
        file = log.path / "tile/entries/001.p/10"
        file.write_bytes(file.read_bytes().replace(small_bundle().digest.encode(), b"0" * 64))
        return report

    monkeypatch.setattr(in_log, "verify_log", verified_then_changed)
    with pytest.raises(VerificationError, match="no entry of its 266 gives the digest"):
        find_in_log("0" * 64, log.path, policy=log.policy)


def test_a_digest_written_into_a_log_afterwards_is_a_failure_of_the_log(log: SampleLog) -> None:
    file = log.path / "tile/entries/001.p/10"
    content = file.read_bytes()
    forged = content.replace(small_bundle().digest.encode(), b"0" * 64)
    assert forged != content
    file.write_bytes(forged)
    with pytest.raises(VerificationError) as caught:
        find_in_log("0" * 64, log.path, policy=log.policy)
    assert "tile/entries/001.p/10" in str(caught.value)
