"""`probity publish log`, `probity witness` and `probity verify` on a log, as people use them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from probity.cli.app import app
from probity.core import InputError, VerificationError
from probity.publish.translog.append import append
from translog_samples import SampleLog, entries, sample_log

SCHEMAS = Path(__file__).parents[2] / "docs/reference/schemas"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def printed(result: Result) -> dict[str, Any]:
    """The JSON that a command printed, which fits the published schema."""
    document: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(document, json.loads((SCHEMAS / "log-output.json").read_text("utf-8")))
    return document


@pytest.fixture
def log(tmp_path: Path) -> SampleLog:
    return sample_log(tmp_path / "sample", 300)


def test_what_is_printed_as_json_fits_the_schema(tmp_path: Path, log: SampleLog) -> None:
    entry = tmp_path / "entry.json"
    entry.write_text(
        '{"schema": "probity/log-entry/bundle/1", "name": "a", "sha256": "%s"}' % ("a" * 64)
    )
    keys, key = log.keys.path, log.public_key
    done = run("publish", "log", "append", log.path, entry, "--keys", keys, "--format", "json")
    assert printed(done)["first"] == 300
    assert printed(
        run("publish", "log", "checkpoint", log.path, "--keys", keys, "--format", "json")
    )
    found = printed(run("verify", log.path, "--log-key", key, "--format", "json"))
    assert (found["size"], found["signed_by"]) == (301, [key])
    proof = tmp_path / "entry.tlog-proof"
    run("publish", "log", "prove", log.path, "--entry", 300, "--out", proof)
    found = printed(run("verify", proof, "--log-key", key, "--format", "json"))
    assert json.loads(found["entry"])["name"] == "a"
    same = log.path / "checkpoint"
    compared = run("witness", "compare", same, same, "--log-key", key, "--format", "json")
    assert printed(compared)["split_view"] is False


def test_a_changed_log_ends_with_a_failed_verification(log: SampleLog) -> None:
    path = log.path / "tile/entries/000"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    result = run("verify", log.path, "--log-key", log.public_key)
    assert isinstance(result.exception, VerificationError)
    assert result.exception.exit_code == 5
    assert str(result.exception).startswith("tile/entries/000, entry 255 (byte ")


def test_two_histories_are_told_and_proven(tmp_path: Path, log: SampleLog) -> None:
    fork = log.copy(tmp_path / "fork")
    log.append(entries(300, 5))
    append(fork.path, entries(900, 5), keys=fork.keys)
    one, other, evidence = log.path / "checkpoint", fork.path / "checkpoint", tmp_path / "evidence"
    words = ("witness", "compare", one, other, "--log-key", log.public_key)
    result = run(*words, "--evidence", evidence)
    assert result.exit_code == 5
    assert result.output.startswith("SPLIT VIEW: the log has signed two histories")
    assert printed(run(*words, "--format", "json"))["split_view"] is True
    shown = run("verify", evidence, "--log-key", log.public_key)
    assert "proves a split view" in shown.output
    assert shown.exit_code == 0
    assert printed(run("verify", evidence, "--log-key", log.public_key, "--format", "json"))
    jsonschema.validate(
        json.loads(evidence.read_text()), json.loads((SCHEMAS / "split-view.json").read_text())
    )


def test_a_witness_prints_its_line_or_writes_it(tmp_path: Path, log: SampleLog) -> None:
    witness, name = tmp_path / "witness", "news.example/w1"
    made = run("witness", "init", witness, "--name", name, "--log-key", log.public_key)
    key = made.output.splitlines()[-1]
    line = run("witness", "cosign", witness, log.path).output
    assert line.startswith(f"— {name} ")
    run("witness", "cosign", witness, log.path, "--out", tmp_path / "line")
    run("publish", "log", "checkpoint", log.path, "--keys", log.keys.path,
        "--cosignature", tmp_path / "line")  # fmt: skip
    (tmp_path / "trust").write_text(f"log {log.public_key}\nwitness n {key}\nquorum n\n")
    result = run("verify", log.path, "--trust", tmp_path / "trust")
    assert f"cosigned  {name}, 20" in result.output
    assert printed(run("verify", log.path, "--trust", tmp_path / "trust", "--format", "json"))[
        "cosigned_by"
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "LOG"),
        ("verify", "LOG", "--log-key", "KEY", "--trust", "x"),
        ("verify", "LOG", "--log-key", "KEY", "--recompute"),
        ("verify", "LOG", "--log-key", "KEY", "--earlier", "a", "--earlier", "b"),
        ("publish", "log", "prove", "LOG", "--out", "x"),
        ("publish", "log", "prove", "LOG", "--out", "x", "--entry", "1", "--since", "1"),
        ("publish", "log", "prove", "LOG", "--out", "x", "--entry", "1", "--row", "1"),
        ("publish", "log", "append", "LOG", "x", "--keys", "KEYS", "--corrects", "1"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(
    log: SampleLog, words: tuple[str, ...]
) -> None:
    stands = {"LOG": log.path, "KEY": log.public_key, "KEYS": log.keys.path}
    assert run(*(stands.get(word, word) for word in words)).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "LOG", "--log-key", "rubbish"),
        ("verify", "LOG", "--trust", "no-such-file"),
        ("publish", "log", "append", "LOG", "no-such-file", "--keys", "KEYS"),
        ("publish", "log", "append", "no-such-log", "ENTRY", "--keys", "KEYS"),
        ("publish", "log", "append", "LOG", "ENTRY", "--keys", "no-such-keys"),
        ("publish", "log", "prove", "LOG", "--entry", "300", "--out", "x"),
        ("witness", "init", "w", "--name", "two words", "--log-key", "KEY"),
        ("witness", "cosign", "no-such-witness", "LOG"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(
    tmp_path: Path, log: SampleLog, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "entry.json").write_text(
        '{"schema": "probity/log-entry/bundle/1", "name": "a", "sha256": "%s"}' % ("a" * 64)
    )
    stands = {
        "LOG": log.path, "KEY": log.public_key, "KEYS": log.keys.path,
        "ENTRY": tmp_path / "entry.json",
    }  # fmt: skip
    result = run(*(stands.get(word, word) for word in words))
    assert isinstance(result.exception, InputError), result.output
    assert result.exception.exit_code == 3
