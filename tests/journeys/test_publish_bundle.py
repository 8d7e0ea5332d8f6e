"""`probity publish bundle` and `probity verify` as people use them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from probity.cli.app import app
from probity.core import InputError
from probity.core.canonical_json import canonical
from probity.publish.bundle.layout import MANIFEST, SUMS, VERDICTS
from probity.publish.bundle.manifest import Manifest, sums
from probity.publish.bundle.read import sha256

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs/reference/schemas"
CLAIM = "C11-99-9997-percent"
RECORD = """Force,Deployment Location,Date,Duration,Total Alerts,False Alerts,Faces seen
Village Police,Market Square,01/05/23,5h00m,4,1,9000
"""
AUDIT = {
    "schema": "probity/audit/1",
    "policy": {"name": "met-lfr-2024-09"},
    "rules": [],
}
PROBITY = Path(sys.executable).with_name("probity")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def publish(out: Path, *arguments: str | Path) -> str:
    """Publish a bundle on one claim, and return its digest."""
    result = run("publish", "bundle", "--claims", CLAIM, "--out", out, *arguments)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()[-1]


def tree(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with everything that can be in one."""
    directory = tmp_path_factory.mktemp("made")
    (directory / "My Record.CSV").write_text(RECORD)
    (directory / "audit.json").write_text(json.dumps(AUDIT, indent=1))
    publish(
        directory / "bundle",
        *("--records", directory / "My Record.CSV"),
        *("--audit", directory / "audit.json"),
        *("--policy", "south-wales-2018"),
        *("--published", "2026-11-26"),
    )
    return directory / "bundle"


def test_it_says_where_the_bundle_is_and_its_digest(bundle: Path, tmp_path: Path) -> None:
    result = run("publish", "bundle", "--claims", CLAIM, "--out", tmp_path / "new" / "bundle")
    assert result.exit_code == 0, result.output
    said, digest = result.output.splitlines()[-2:]
    assert re.fullmatch(r"The bundle of \d+ files is .*bundle", said)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
    assert run("verify", tmp_path / "new" / "bundle", "--digest", digest).exit_code == 0


def test_everything_is_in_it(bundle: Path) -> None:
    names = set(tree(bundle))
    assert {
        "README.md",
        "SHA256SUMS",
        "audits/01-audit.json",
        "claims/essex-police.toml",
        "datapackage.json",
        "manifest.json",
        "own-records/01-my-record.csv",
        "policies/met-lfr-2024-09.toml",
        "policies/south-wales-2018.toml",
        "records/deployments.csv",
        "report.html",
        "ro-crate-metadata.json",
        "verdicts.json",
    } <= names
    assert (bundle / "own-records/01-my-record.csv").read_text() == RECORD
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["parameters"]["records"][0]["title"] == "My Record.CSV"


def test_the_verdicts_are_those_of_check(bundle: Path) -> None:
    record = bundle.parent / "My Record.CSV"
    checked = run("check", "--claims", CLAIM, "--records", record, "--format", "json")
    assert json.loads((bundle / "verdicts.json").read_text()) == json.loads(checked.output)


def test_verify_says_that_it_is_intact(bundle: Path) -> None:
    result = run("verify", bundle)
    assert result.exit_code == 0
    assert re.search(r"bundle is intact: \d+ files", result.output)


def test_recompute_says_what_came_out_the_same_and_what_it_could_not_do(bundle: Path) -> None:
    result = run("verify", "--recompute", bundle)
    assert result.exit_code == 0, result.output
    assert "recomputed, the same: verdicts.json" in result.output
    assert "recomputed, the same: report.html" in result.output
    assert "not compared: audits/01-audit.json: an audit can be run again on its event log" in (
        result.output
    )


def rewritten(bundle: Path, **changes: Any) -> None:
    """Change verdicts and software as a dishonest publisher would, with digests that fit."""
    manifest = json.loads((bundle / MANIFEST).read_text())
    verdicts = canonical(json.loads((bundle / VERDICTS).read_text()) | changes)
    (bundle / VERDICTS).write_bytes(verdicts)
    manifest["software"]["version"] = "9.9"
    for file in manifest["files"]:
        if file["path"] == VERDICTS:
            file |= {"bytes": len(verdicts), "sha256": sha256(verdicts)}
    content = canonical(manifest)
    (bundle / MANIFEST).write_bytes(content)
    files = Manifest.model_validate_json(content).files
    (bundle / SUMS).write_bytes(sums(files, digest=sha256(content)))


@pytest.mark.parametrize(
    ("changes", "code", "closing"),
    [
        ({}, 0, "says. Its verdicts were recomputed, and are the same."),
        ({"claims": []}, 5, "is as its digest says, but computed again it differs: 1 failure."),
        ({"schema": "x"}, 5, "is as its digest says, but its verdicts were NOT recomputed."),
    ],
)
def test_the_last_sentence_says_no_more_than_was_found(
    bundle: Path, tmp_path: Path, changes: dict[str, Any], code: int, closing: str
) -> None:
    """Other software and another format: nothing can be compared, which is no success."""
    shutil.copytree(bundle, tmp_path / "bundle")
    rewritten(tmp_path / "bundle", **changes)
    assert run("verify", tmp_path / "bundle").exit_code == 0
    result = run("verify", "--recompute", tmp_path / "bundle")
    assert result.exit_code == code, result.output
    assert result.output.splitlines()[-1].endswith(closing)


def test_files_of_one_plain_name_get_two(tmp_path: Path) -> None:
    """Also where the name has no ending to put a number before."""
    names = []
    for number in (1, 2):
        policy = tmp_path / str(number) / "policy"
        policy.parent.mkdir()
        text = (ROOT / "src/probity/audit/policies/south-wales-2018.toml").read_text("utf-8")
        policy.write_text(f"{text}\n# copy {number}\n", encoding="utf-8")
        names += ["--policy", policy]
    publish(tmp_path / "bundle", *names)
    assert {path.name for path in (tmp_path / "bundle/policies").iterdir()} == {
        "policy", "policy-2",
    }  # fmt: skip


def test_a_changed_table_is_exit_5_with_row_and_column(bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle, tmp_path / "bundle")
    table = tmp_path / "bundle/records/deployments.csv"
    table.write_bytes(table.read_bytes().replace(b",4600,", b",4700,", 1))
    result = run("verify", tmp_path / "bundle")
    assert result.exit_code == 5
    assert re.search(
        r"^FAILED  records/deployments\.csv, row \d+, column faces_seen \(byte \d+\): expected "
        r"SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}$",
        result.output,
        re.M,
    )
    assert "is NOT what was published: 1 failure." in result.output


def test_another_digest_than_the_published_one_is_exit_5(bundle: Path) -> None:
    result = run("verify", bundle, "--digest", "0" * 64)
    assert result.exit_code == 5
    assert "manifest.json: expected the bundle with the digest 000" in result.output


@pytest.mark.parametrize("arguments", [(), ("--recompute",), ("--digest", "0" * 64)])
def test_json_follows_its_schema(bundle: Path, arguments: tuple[str, ...]) -> None:
    result = run("verify", bundle, *arguments, "--format", "json")
    schema = json.loads((SCHEMAS / "verify.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(result.output))


def test_the_manifest_follows_its_schema(bundle: Path) -> None:
    schema = json.loads((SCHEMAS / "bundle.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads((bundle / "manifest.json").read_text()))


def test_sha256sum_checks_it_without_anything_of_ours(bundle: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "--check", "SHA256SUMS"],
        cwd=bundle,
        capture_output=True,
        check=True,
    )
    assert len(done.stdout.splitlines()) == len(tree(bundle)) - 1


def test_corrections_are_shown_with_what_they_changed(bundle: Path, tmp_path: Path) -> None:
    digest = publish(tmp_path / "first")
    reason = "A record was added"
    publish(
        tmp_path / "second",
        *("--records", bundle.parent / "My Record.CSV"),
        *("--corrects", digest, "--reason", reason),
    )
    alone = run("verify", tmp_path / "second")
    assert alone.exit_code == 0
    assert f"It corrects {digest}" in alone.output
    both = run("verify", tmp_path / "second", "--earlier", tmp_path / "first")
    assert both.exit_code == 0, both.output
    assert f" corrects {digest}" in both.output
    assert f"why: {reason}" in both.output
    assert run("verify", tmp_path / "first", "--earlier", tmp_path / "second").exit_code == 5
    assert reason in (tmp_path / "second/README.md").read_text()


def test_a_bundle_is_found_in_a_log_by_the_entry_written_for_it(
    bundle: Path, tmp_path: Path
) -> None:
    entry, log, keys = tmp_path / "entry.json", tmp_path / "log", tmp_path / "keys"
    publish(tmp_path / "mine", "--log-entry", entry)
    made = run("publish", "log", "init", log, "--keys", keys, "--origin", "force.example/log")
    key = made.output.splitlines()[-1]
    assert run("publish", "log", "append", log, entry, "--keys", keys).exit_code == 0
    found = run("verify", tmp_path / "mine", "--log", log, "--log-key", key)
    assert found.exit_code == 0, found.output
    assert "in the log force.example/log of 1 entries, as entry 0" in found.output
    document = run("verify", tmp_path / "mine", "--log", log, "--log-key", key, "--format", "json")
    schema = json.loads((SCHEMAS / "verify.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(document.output))
    other = run("verify", bundle, "--log", log, "--log-key", key)
    assert other.exit_code == 5
    assert "no entry of its 1 gives the digest" in other.output
    checkpoint = log / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"force", b"farce", 1))
    forged = run("verify", tmp_path / "mine", "--log", log, "--log-key", key)
    assert forged.exit_code == 5
    assert "log/checkpoint" in forged.output
    assert run("verify", bundle, "--log", log).exit_code == 2
    assert run("verify", bundle, "--log-key", key).exit_code == 2
    assert run("verify", log, "--log-key", key, "--log", log).exit_code == 2


def test_the_same_bytes_whatever_the_surroundings(bundle: Path, tmp_path: Path) -> None:
    """Other directory, time zone, locale, hash seed, thread counts, umask, order of files."""
    record = tmp_path / "elsewhere" / "My Record.CSV"
    record.parent.mkdir()
    shutil.copy(bundle.parent / "My Record.CSV", record)
    (tmp_path / "audit.json").write_text(json.dumps(AUDIT))
    surroundings = {
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "C",
        "PYTHONHASHSEED": "77",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": "1",
        "SOURCE_DATE_EPOCH": "1",
    }
    arguments = ["--claims", CLAIM, "--records", "elsewhere/My Record.CSV"]
    arguments += ["--audit", "audit.json", "--policy", "south-wales-2018"]
    subprocess.run(
        [PROBITY, "publish", "bundle", "--out", "b", *arguments, "--published", "2026-11-26"],
        cwd=tmp_path,
        env={**os.environ, **surroundings},
        umask=0o077,
        check=True,
    )
    assert tree(tmp_path / "b") == tree(bundle)


def test_no_path_and_no_user_of_this_machine_is_in_it(bundle: Path) -> None:
    for path, content in tree(bundle).items():
        for trace in (str(ROOT), str(bundle.parent), str(Path.home()) + "/"):
            assert trace.encode() not in content, path


def test_what_is_in_the_way_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    for extra in ((), ("--replace",)):
        result = run("publish", "bundle", "--claims", CLAIM, "--out", foreign, *extra)
        assert isinstance(result.exception, InputError)
        assert "holds other files" in str(result.exception)
    assert (foreign / "thesis.txt").read_text() == "mine"
    link = tmp_path / "link"
    link.symlink_to(bundle)
    result = run("publish", "bundle", "--claims", CLAIM, "--out", link, "--replace")
    assert "in the way" in str(result.exception)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--corrects", "0" * 64), "go together"),
        (("--corrects", "abc", "--reason", "x"), "64 hexadecimal digits"),
        (("--corrects", "0" * 64, "--reason", ""), "1 to 2,000"),
        (("--published", "26/11/2026"), "a day such as"),
        (("--published", "2026-02-30"), "a day such as"),
    ],
)
def test_wrong_usage_is_exit_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    result = run("publish", "bundle", "--out", tmp_path / "b", *arguments)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--audit", b"{", "not JSON"),
        ("--audit", b'{"schema":"probity/check/1"}', "another kind of document"),
        ("--audit", b'{"schema":"probity/audit/1"}', "policy of this audit"),
        ("--audit", b'{"schema":"probity/audit/1","policy":{"name":"mine"}}', "--policy FILE"),
        ("--audit", b"[" * 100_000, "nested more than"),
        ("--log-manifest", b'{"schema":"probity/audit/1"}', "another kind of document"),
        ("--policy", b"", "no such policy"),
    ],
)
def test_what_is_no_such_document_is_refused(
    tmp_path: Path, option: str, content: bytes, said: str
) -> None:
    (tmp_path / "given").write_bytes(content)
    value = "no-such-policy" if option == "--policy" else tmp_path / "given"
    result = run("publish", "bundle", "--out", tmp_path / "b", option, value)
    assert isinstance(result.exception, InputError)
    assert said in str(result.exception)
    assert not (tmp_path / "b").exists()


def test_no_such_directory_is_bad_input(tmp_path: Path) -> None:
    assert "no such directory" in str(run("verify", tmp_path / "none").exception)


VALIDATE = """
import json, sys
from frictionless import validate
report = validate(sys.argv[1])
errors = [f"{task.name}: {error.note}" for task in report.tasks for error in task.errors]
errors += [error.note for error in report.errors]
print(json.dumps({"valid": report.valid, "tasks": len(report.tasks), "errors": errors}))
"""


def validated(directory: Path) -> dict[str, Any]:
    # In a process of its own: the validator's warnings are not ours to turn into errors.
    done = subprocess.run(
        [sys.executable, "-c", VALIDATE, "datapackage.json"],
        capture_output=True,
        text=True,
        check=True,
        cwd=directory,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_is_a_valid_data_package(bundle: Path, tmp_path: Path) -> None:
    package = json.loads((bundle / "datapackage.json").read_text())
    tables = json.loads((bundle / "records/datapackage.json").read_text())
    # The tables' own package is one of the resources, and its resources are validated too.
    tasks = len(package["resources"]) - 1 + len(tables["resources"])
    assert validated(bundle) == {"valid": True, "tasks": tasks, "errors": []}
    described = {resource["path"] for resource in package["resources"]}
    rest = {"datapackage.json", "manifest.json", "ro-crate-metadata.json", "SHA256SUMS"}
    assert described == set(tree(bundle)) - rest
    shutil.copytree(bundle, tmp_path / "changed")
    table = tmp_path / "changed/records/deployments.csv"
    table.write_bytes(table.read_bytes().replace(b",4600,", b",4700,", 1))
    assert not validated(tmp_path / "changed")["valid"]


def crate(bundle: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bundle / "ro-crate-metadata.json").read_text())
    return found


def test_it_has_what_an_ro_crate_must_have(bundle: Path) -> None:
    """The MUSTs of RO-Crate 1.3: structure, root data entity, data entities, common principles."""
    document = crate(bundle)
    graph = document["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert document["@context"] == "https://w3id.org/ro/crate/1.3/context"
    assert set(document) == {"@context", "@graph"}
    assert len(entities) == len(graph), "one entity for each @id"
    assert all(entity["@type"] for entity in graph)
    descriptor = entities["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.3"}
    root = entities["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)
    assert root["datePublished"] == "2026-11-26"
    parts = {part["@id"] for part in root["hasPart"]}
    assert parts == set(tree(bundle)) - {"ro-crate-metadata.json"}
    for path in parts:
        assert entities[path]["@type"] == "File"
        assert (bundle / path).is_file()


def test_what_an_ro_crate_refers_to_is_described_in_it_and_flat(bundle: Path) -> None:
    graph = crate(bundle)["@graph"]
    known = {entity["@id"] for entity in graph}
    outside = {"https://w3id.org/ro/crate/1.3"}
    for entity in graph:
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                assert not isinstance(one, dict) or set(one) == {"@id"}, "flattened"
                assert not isinstance(one, dict) or one["@id"] in known | outside


def test_the_terms_of_the_ro_crate_are_those_of_its_context(bundle: Path) -> None:
    """Every term used is one of schema.org's or Dublin Core's in the context of RO-Crate 1.3."""
    terms = {
        "CreateAction", "CreativeWork", "Dataset", "File", "SoftwareApplication",
        "about", "conformsTo", "contentSize", "datePublished", "description", "encodingFormat",
        "hasPart", "instrument", "license", "mainEntity", "name", "object", "result", "sha256",
        "softwareRequirements", "softwareVersion",
    }  # fmt: skip
    graph = crate(bundle)["@graph"]
    used = {key for entity in graph for key in entity if not key.startswith("@")}
    used |= {entity["@type"] for entity in graph}
    assert used == terms
