"""Corrections of a transparency log on the site: verified first, then told in words."""

from pathlib import Path
from typing import Any

import pytest

from probity.claims.evidence import Evidence
from probity.core import VerificationError
from probity.publish.site import logged_corrections as module
from probity.publish.site.corrections import corrections_page
from probity.publish.site.logged_corrections import LoggedCorrections, logged_corrections
from probity.publish.site.page import render
from probity.publish.translog.entries import (
    BundleDigest,
    Correction,
    DeploymentRecord,
    EntryName,
)
from probity.publish.translog.merkle import leaf_hash
from probity.publish.translog.verify import LogReport, verify_log
from probity.records.bundled import load
from translog_samples import ORIGIN, SampleLog, empty_log

WHEN = "2026-11-26T09:00:00Z"
MARKUP = "<img src=x onerror=alert(1)>"


def deployment(faces: str) -> DeploymentRecord:
    return DeploymentRecord(
        recorded_at=WHEN,
        force="Village Police",
        date="2026-11-01",
        figures={"Faces seen": faces},
        source_sha256="0" * 64,
    )


def correction(index: int, old: bytes, new: DeploymentRecord | None) -> Correction:
    return Correction(
        recorded_at="2026-11-27T09:00:00Z",
        corrects=EntryName(index=index, leaf_hash=leaf_hash(old).hex()),
        reason=f"misread {MARKUP}",
        replacement=new,
    )


@pytest.fixture
def log(tmp_path: Path) -> SampleLog:
    made = empty_log(tmp_path)
    first = deployment("9,000").to_bytes()
    bundle = BundleDigest(recorded_at=WHEN, name="evidence", sha256="1" * 64).to_bytes()
    made.append([first, bundle, b'{"n":1}'])
    made.append([correction(0, first, deployment("90,000")).to_bytes()])
    made.append([correction(1, bundle, None).to_bytes(), correction(1, first, None).to_bytes()])
    return made


def changed_after(log: SampleLog, old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the entries of a log changed right after it was verified."""

    def verified_then_changed(*arguments: Any, **options: Any) -> LogReport:
        report = verify_log(*arguments, **options)
        file = log.path / "tile/entries/000.p/6"
        content = file.read_bytes()
        assert old in content
        file.write_bytes(content.replace(old, new))
        return report

    monkeypatch.setattr(module, "verify_log", verified_then_changed)


def test_reasons_are_those_that_were_verified(
    log: SampleLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_after(log, b"misread", b"correct", monkeypatch)
    found = logged_corrections(log.path, policy=log.policy)
    assert all(one.reason.startswith("misread") for one in found.corrections)


def test_what_stood_there_is_hashed_when_it_is_read_again(
    log: SampleLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_after(log, b'"Faces seen":"9,000"', b'"Faces seen":"8,000"', monkeypatch)
    with pytest.raises(VerificationError, match="a way to the root"):
        logged_corrections(log.path, policy=log.policy)


def test_each_says_what_stood_there_and_what_stands_there_now(log: SampleLog) -> None:
    found = logged_corrections(log.path, policy=log.policy)
    assert (found.origin, found.size) == (ORIGIN, 6)
    wrong, withdrawn, first = found.corrections
    assert (first.index, first.corrects, first.day) == (3, 0, "2026-11-27")
    assert first.before == "deployment of Village Police, 2026-11-01: Faces seen: 9,000"
    assert first.after == "deployment of Village Police, 2026-11-01: Faces seen: 90,000"
    assert withdrawn.before.startswith("bundle evidence")
    assert withdrawn.after == ""
    assert wrong.before == "an entry with another hash than the one in the log"


def test_a_log_that_was_changed_is_not_read(log: SampleLog) -> None:
    entries = next(path for path in log.files() if "entries" in path.parts)
    entries.write_bytes(entries.read_bytes().replace(b"9,000", b"8,000"))
    with pytest.raises(VerificationError):
        logged_corrections(log.path, policy=log.policy)


def page(logged: LoggedCorrections | None) -> str:
    return render(corrections_page(Evidence(load()), {}, {}, logged=logged), app=False).decode()


def test_the_page_tells_them_and_is_the_same_as_ever_without(log: SampleLog) -> None:
    told = page(logged_corrections(log.path, policy=log.policy))
    assert "entry 3 corrects entry 0" in told
    assert "misread &lt;img" in told
    assert MARKUP not in told
    assert "transparency log" not in page(None)
