"""Manifests that strangers write so that their digests are right and everything else is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from probity.core.canonical_json import canonical
from probity.publish.bundle.layout import MANIFEST, SUMS
from probity.publish.bundle.read import sha256
from probity.publish.bundle.verify import verify_bundle
from small_bundle import small_bundle, write_small_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_small_bundle(tmp_path / "bundle")


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(small_bundle().files[MANIFEST])
    return found


def put(directory: Path, content: bytes) -> None:
    """Write a manifest and the sums that go with it."""
    (directory / MANIFEST).write_bytes(content)
    files = json.loads(small_bundle().files[MANIFEST])["files"]
    digests = {one["path"]: one["sha256"] for one in files} | {MANIFEST: sha256(content)}
    lines = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    (directory / SUMS).write_text(lines)


def refusal(directory: Path) -> str:
    found = verify_bundle(directory)
    assert found.manifest is None
    assert len(found.failures) == 1
    assert found.failures[0].file == MANIFEST
    return str(found.failures[0])


def test_the_forger_of_these_tests_can_write_a_right_one(bundle: Path) -> None:
    put(bundle, canonical(document()))
    assert verify_bundle(bundle).failures == ()


@pytest.mark.parametrize(
    "path",
    [
        "../outside.csv",
        "records/../../outside.csv",
        "/etc/passwd",
        "records//a.csv",
        "records/./a.csv",
        "records\\a.csv",
        "C:/a.csv",
        "records/A.csv",
        "Report.html",
        "records/a\u0000.csv",
        "records/é.csv",
        "records/" + "a" * 200,
        "records/deeper/a.csv",
        "elsewhere/a.csv",
        "records/",
        "",
        MANIFEST,
        SUMS,
        "records/a.csv\n",
    ],
)
def test_a_path_that_no_bundle_has_is_refused_with_its_pointer(bundle: Path, path: str) -> None:
    manifest = document()
    manifest["files"][3]["path"] = path
    put(bundle, canonical(manifest))
    assert "pointer /files/3/path: expected a manifest" in refusal(bundle)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["files"].append(m["files"][-1]), "listed once each"),
        (lambda m: m["files"].reverse(), "listed once each, in order"),
        (lambda m: m["files"].clear(), "pointer /files"),
        (lambda m: m["files"][0].update(bytes=-1), "pointer /files/0/bytes"),
        (lambda m: m["files"][0].update(bytes=True), "pointer /files/0/bytes"),
        (lambda m: m["files"][0].update(bytes="1"), "pointer /files/0/bytes"),
        (lambda m: m["files"][0].update(bytes=1 << 40), "pointer /files/0/bytes"),
        (lambda m: m["files"][0].update(sha256="0" * 63), "pointer /files/0/sha256"),
        (lambda m: m["files"][0].update(sha256="A" * 64), "pointer /files/0/sha256"),
        (lambda m: m["files"][0].update(run="x"), "pointer /files/0/run"),
        (lambda m: m.update(schema="probity/bundle/2"), "pointer /schema"),
        (lambda m: m.update(code="import os"), "pointer /code"),
        (lambda m: m.update(published="yesterday"), "pointer /published"),
        (lambda m: m.update(published="2026-02-30"), "pointer /published"),
        (lambda m: m.pop("software"), "pointer /software"),
        (lambda m: m.update(corrects={"bundle": "x", "reason": "y"}), "/corrects/bundle"),
        (lambda m: m.update(corrects={"bundle": "0" * 64}), "/corrects/reason"),
        (lambda m: m["parameters"]["claims"].clear(), "pointer /parameters/claims"),
        (lambda m: m["parameters"]["claims"][0].update(path="claims/none.toml"), "claims/none"),
        (lambda m: m["parameters"]["claims"][0].update(path="report.html"), "report.html is used"),
        (lambda m: m["parameters"]["records"][0].update(title="../x.csv"), "/records/0/title"),
        (lambda m: m["parameters"]["records"][0].update(title=".."), "/records/0/title"),
        (lambda m: m["parameters"]["records"][0].update(title="a\x1b[2J"), "/records/0/title"),
    ],
)
def test_a_manifest_of_another_shape_is_refused_with_its_pointer(
    bundle: Path, change: Any, said: str
) -> None:
    manifest = document()
    change(manifest)
    put(bundle, canonical(manifest))
    assert said in refusal(bundle)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps(document()).encode(), "not in canonical form"),
        (canonical(document()) + b"\n", "not in canonical form"),
        (b"{" + b'"files":[],' + canonical(document())[1:], "stands twice"),
        (b"[" * 100_000, "nested more than"),
        (b"[" * 900 + b"]" * 900, "nested more than"),
        (b'{"schema":"probity/bundle/1"', "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"null", "pointer (the whole)"),
        (b"9" * 3_000_000, "canonical JSON"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_writing_of_a_manifest_is_refused(bundle: Path, content: bytes, said: str) -> None:
    put(bundle, content)
    assert said in refusal(bundle)


def test_sums_that_hide_a_changed_file_do_not_help(bundle: Path) -> None:
    page = bundle / "report.html"
    page.write_bytes(page.read_bytes().replace(b"Probity", b"probity"))
    sums = (bundle / SUMS).read_text()
    old = sha256(small_bundle().files["report.html"])
    (bundle / SUMS).write_text(sums.replace(old, sha256(page.read_bytes())))
    assert {error.file for error in verify_bundle(bundle).failures} == {SUMS, "report.html"}


def test_a_bundle_written_anew_is_told_by_its_digest_only(bundle: Path) -> None:
    page = b"<h1>All is well</h1>"
    (bundle / "report.html").write_bytes(page)
    manifest = document()
    entry = next(one for one in manifest["files"] if one["path"] == "report.html")
    entry |= {"bytes": len(page), "sha256": sha256(page)}
    content = canonical(manifest)
    put(bundle, content)
    sums = (bundle / SUMS).read_text()
    old = sha256(small_bundle().files["report.html"])
    (bundle / SUMS).write_text(sums.replace(old, sha256(page)))
    assert verify_bundle(bundle).failures == ()
    found = verify_bundle(bundle, expected_digest=small_bundle().digest)
    assert [error.file for error in found.failures] == [MANIFEST]
    assert small_bundle().digest in str(found.failures[0])


def test_what_is_not_canonical_in_a_bundle_is_named(bundle: Path) -> None:
    content = json.dumps(json.loads(small_bundle().files["verdicts.json"])).encode()
    (bundle / "verdicts.json").write_bytes(content)
    manifest = document()
    entry = next(one for one in manifest["files"] if one["path"] == "verdicts.json")
    old = entry["sha256"]
    entry |= {"bytes": len(content), "sha256": sha256(content)}
    put(bundle, canonical(manifest))
    sums = (bundle / SUMS).read_text()
    (bundle / SUMS).write_text(sums.replace(old, sha256(content)))
    [error] = verify_bundle(bundle).failures
    assert str(error).startswith("verdicts.json, byte ")
    assert "not in canonical form" in str(error)
