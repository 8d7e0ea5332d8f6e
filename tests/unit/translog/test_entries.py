"""Entries, segments of event logs, and proofs that show one and leave the rest unseen."""

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from probity.core import InputError, VerificationError
from probity.core.canonical_json import canonical
from probity.publish.translog import segment as module
from probity.publish.translog.entries import Correction, Segment, entry_from, parse_entry
from probity.publish.translog.entry_files import (
    Instead,
    append_files,
    as_correction,
    entries_of_files,
    read_entries,
)
from probity.publish.translog.log_files import read_checkpoint, read_entry
from probity.publish.translog.merkle import leaf_hash, node_hash
from probity.publish.translog.proof import verify_proof, write_proof
from probity.publish.translog.segment import file_commitment, file_salt, prove_row, segment_entry
from probity.publish.translog.trust_policy import trusting
from translog_samples import SampleLog, entries, sample_log

SECRET = bytes(range(32))
AT = "2026-11-26T09:00:00Z"
POLICY = {
    "schema": "probity/log-entry/policy/1",
    "recorded_at": AT,
    "name": "Policy",
    "version": "2024-09",
    "sha256": "a" * 64,
}
KINDS: list[dict[str, Any]] = [
    POLICY,
    {
        "schema": "probity/log-entry/deployment-record/1", "recorded_at": AT, "force": "A force",
        "date": "2026-01-02", "figures": {"Faces seen": "1,234"}, "source_sha256": "b" * 64,
    },
    {
        "schema": "probity/log-entry/verdict-set/1", "recorded_at": AT, "claims": 40,
        "program": "probity 0.1.0", "sha256": "c" * 64,
    },
    {"schema": "probity/log-entry/bundle/1", "recorded_at": AT, "name": "b", "sha256": "d" * 64},
    {
        "schema": "probity/log-entry/correction/1", "recorded_at": AT, "reason": "misread",
        "corrects": {"index": 3, "leaf_hash": "e" * 64}, "replacement": POLICY,
    },
    {
        "schema": "probity/log-entry/correction/1", "recorded_at": AT, "reason": "withdrawn",
        "corrects": {"index": 3, "leaf_hash": "e" * 64},
    },
]  # fmt: skip


@pytest.mark.parametrize("document", KINDS, ids=lambda one: one["schema"])
def test_an_entry_is_canonical_json_and_fits_its_schema(
    document: dict[str, Any], repository: Path
) -> None:
    content = entry_from(document).to_bytes()
    assert content == canonical(document)
    assert parse_entry(content).to_bytes() == content
    schema = json.loads((repository / "docs/reference/schemas/log-entry.json").read_text())
    jsonschema.validate(document, schema)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "probity/log-entry/policy/2"}, "not an entry of a log"),
        ({"more": 1}, "more"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "a" * 63}, "sha256"),
        ({"sha256": "a" * 64 + "\n"}, "sha256"),
        ({"name": ""}, "name"),
        ({"name": "x" * 2_001}, "name"),
        ({"recorded_at": "2026-13-01T00:00:00Z"}, "recorded_at"),
        ({"recorded_at": "2026-11-26 09:00:00"}, "recorded_at"),
        ({"version": 3}, "version"),
        ({"recorded_at": f"{AT}\ud800"}, "not an entry of a log"),
    ],
)
def test_what_is_no_entry_is_refused_with_its_field(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        entry_from(POLICY | change)


def test_a_message_about_a_strangers_schema_is_short_and_printable() -> None:
    with pytest.raises(InputError) as refused:
        entry_from(POLICY | {"schema": "\x1b]0;title\x07" + "x" * 5_000})
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500


def test_an_entry_that_is_not_canonical_is_none() -> None:
    with pytest.raises(InputError, match="not an entry of a log"):
        parse_entry(json.dumps(POLICY).encode())
    with pytest.raises(InputError, match="not an entry of a log"):
        parse_entry(b"\xff")


def test_an_entry_of_64_kibibytes_is_refused() -> None:
    figures = {f"{n}": "x" * 2_000 for n in range(33)}
    with pytest.raises(InputError, match="too long"):
        entry_from(KINDS[1] | {"figures": figures})


def test_files_of_entries_name_the_line_of_an_error(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    undated = {key: value for key, value in POLICY.items() if key != "recorded_at"}
    path.write_text(f"{json.dumps(POLICY)}\n\n{json.dumps(undated)}\n")
    found = read_entries([path], now=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert [one.recorded_at for one in found] == [AT, "2026-01-02T03:04:05Z"]
    path.write_text(f"{json.dumps(POLICY)}\n[]\n")
    with pytest.raises(InputError, match="row 2"):
        read_entries([path])
    path.write_text('{"a": 1, "a": 2}\n')
    with pytest.raises(InputError, match="row 1: the key 'a' stands twice"):
        read_entries([path])


def events(path: Path, rows: int = 5) -> Path:
    """A small event log with every type of column, missing values, and a hostile text."""
    times = [1_700_000_000_000_001 + n * 1_000_000 for n in range(rows)]
    table = pa.table(
        {
            "time": pa.array(times[::-1], pa.timestamp("us", "UTC")),
            "event": pa.array([(1 << 62) + n for n in range(rows)], pa.int64()),
            "kind": pa.array(["alert.raised"] * rows).dictionary_encode(),
            "score": pa.array([0.5 + n if n % 2 else None for n in range(rows)]),
            "urgent": pa.array([n % 2 == 0 for n in range(rows)]),
            "reason": pa.array(['"quoted" \n€'] * rows),
        }
    )
    pq.write_table(table, path)
    return path


@pytest.fixture
def segment(tmp_path: Path) -> Segment:
    path = events(tmp_path / "day.parquet")
    return segment_entry(path, name="day", secret=SECRET, recorded_at=AT, previous=None)


def test_a_segment_commits_to_its_rows_as_documented(tmp_path: Path, segment: Segment) -> None:
    """The root again, from the words of the guide and nothing of the product."""
    path = tmp_path / "day.parquet"
    digest = hashlib.sha256(path.read_bytes()).digest()
    leaves = []
    for n in range(5):
        row: dict[str, Any] = {
            "time": f"2023-11-14T22:13:{24 - n}.000001Z", "event": str((1 << 62) + n),
            "kind": "alert.raised", "urgent": n % 2 == 0, "reason": '"quoted" \n€',
        }  # fmt: skip
        if n % 2:
            row["score"] = 0.5 + n
        message = b"probity/row-salt/1\n" + digest + n.to_bytes(8, "big")
        leaves.append(leaf_hash(hmac.digest(SECRET, message, "sha256") + canonical(row)))
    left = node_hash(node_hash(*leaves[:2]), node_hash(*leaves[2:4]))
    assert segment.rows_root == node_hash(left, leaves[4]).hex()
    assert (segment.rows, segment.previous) == (5, None)
    assert segment.first_time == "2023-11-14T22:13:20.000001Z"
    assert segment.last_time == "2023-11-14T22:13:24.000001Z"
    salt = hmac.digest(SECRET, b"probity/file-salt/1\n" + digest, "sha256")
    assert file_salt(path, secret=SECRET) == salt
    commitment = hashlib.sha256(salt + path.read_bytes()).hexdigest()
    assert segment.parquet_commitment == file_commitment(path, secret=SECRET) == commitment


def test_rows_that_are_alike_have_leaves_that_are_not(tmp_path: Path) -> None:
    """Nothing of the entry depends on a row alone, so that none can be found by trying."""
    path = tmp_path / "same.parquet"
    time = pa.array([0, 0], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"time": time}), path)
    rows = [prove_row(path, n, secret=SECRET) for n in (0, 1)]
    assert rows[0].content == rows[1].content
    assert rows[0].salt != rows[1].salt
    assert rows[0].proof != rows[1].proof
    first, other = (
        segment_entry(path, name="s", secret=secret, recorded_at=AT, previous=None)
        for secret in (SECRET, bytes(32))
    )
    assert first.rows_root != other.rows_root
    assert first.parquet_commitment != other.parquet_commitment
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest not in first.to_bytes().decode()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"event": pa.array([1])}, "no column 'time'"),
        ({"time": pa.array([1])}, "not a column of times"),
        ({"time": pa.array([None], pa.timestamp("us", "UTC"))}, "no times"),
        ({"time": pa.array([], pa.timestamp("us", "UTC"))}, "no rows"),
        (
            {"time": pa.array([0], pa.timestamp("us", "UTC")), "list": pa.array([[1]])},
            "no canonical form",
        ),
        (
            {"time": pa.array([0], pa.timestamp("us", "UTC")), "n": pa.array([float("nan")])},
            "column n",
        ),
    ],
)
def test_a_file_without_a_canonical_form_is_refused(
    tmp_path: Path, columns: dict[str, Any], message: str
) -> None:
    path = tmp_path / "bad.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(InputError, match=message):
        segment_entry(path, name="s", secret=SECRET, recorded_at=AT, previous=None)


def logged(tmp_path: Path) -> tuple[SampleLog, Path]:
    """A log with a segment as entry 300 of 301."""
    log = sample_log(tmp_path / "log", 300)
    path = events(tmp_path / "day.parquet", rows=40)
    found = entries_of_files([path], log=log.path, keys=log.keys)
    log.append([one.to_bytes() for one in found])
    return log, path


def test_a_row_is_shown_with_nothing_else(tmp_path: Path) -> None:
    log, path = logged(tmp_path)
    row = prove_row(path, 7, secret=log.keys.salt_secret())
    content = write_proof(log.path, 300, row=row)
    shown = verify_proof(content, policy=log.policy)
    assert shown.index == 300
    assert shown.row is not None
    assert shown.row["event"] == str((1 << 62) + 7)
    assert shown.checkpoint.checkpoint.size == 301
    # 6 hashes of a tree of 40 rows are there, and no other row.
    extra = json.loads(b64decode(content.split(b"\n")[1].removeprefix(b"extra ")))
    assert len(extra["row"]["proof"]) == 6
    assert str((1 << 62) + 8) not in json.dumps(extra)
    with pytest.raises(InputError, match="no such row"):
        prove_row(path, 40, secret=log.keys.salt_secret())
    with pytest.raises(InputError, match="not of this segment"):
        write_proof(log.path, 300, row=prove_row(path, 7, secret=SECRET))
    with pytest.raises(InputError, match="not of this segment"):
        write_proof(log.path, 299, row=row)


@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_every_entry_can_be_shown(tmp_path: Path, index: int) -> None:
    log = sample_log(tmp_path, 300)
    shown = verify_proof(write_proof(log.path, index), policy=log.policy)
    assert shown.entry == entries(index, 1)[0]
    assert shown.row is None
    with pytest.raises(InputError, match="no such entry"):
        write_proof(log.path, 300)


def test_no_byte_of_a_proof_can_change_unnoticed(tmp_path: Path) -> None:
    log, path = logged(tmp_path)
    row = prove_row(path, 7, secret=log.keys.salt_secret())
    content = write_proof(log.path, 300, row=row)
    good = verify_proof(content, policy=log.policy)
    missed = []
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << (at % 7)
        try:
            found = verify_proof(bytes(changed), policy=log.policy)
        except VerificationError:
            continue
        missed.append((at, found == good))
    assert missed == []


def altered(content: bytes, /, **change: Any) -> bytes:
    first, extra, *rest = content.split(b"\n")
    document = json.loads(b64decode(extra.removeprefix(b"extra ")))
    document["row"] |= change
    return b"\n".join([first, b"extra " + b64encode(canonical(document)), *rest])


def test_a_row_that_was_not_logged_is_not_shown(tmp_path: Path) -> None:
    log, path = logged(tmp_path)
    content = write_proof(log.path, 300, row=prove_row(path, 7, secret=log.keys.salt_secret()))
    other = {"kind": "alert.raised"}
    for change in (
        {"content": other}, {"number": 8}, {"number": 400}, {"salt": "00" * 32}, {"salt": "0"},
        {"salt": "zz" * 32}, {"proof": []}, {"proof": ["A"]}, {"content": {"a": [1]}},
    ):  # fmt: skip
        with pytest.raises(VerificationError):
            verify_proof(altered(content, **change), policy=log.policy)
    assert verify_proof(altered(content), policy=log.policy).row


def test_a_proof_is_held_against_the_checkpoint_and_key_a_reader_has(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "1", 300)
    content = write_proof(log.path, 4)
    here = read_checkpoint(log.path)
    assert verify_proof(content, policy=log.policy, published=here).index == 4
    log.append(entries(300, 1))
    later = read_checkpoint(log.path)
    with pytest.raises(VerificationError, match="the checkpoint of 301 entries"):
        verify_proof(content, policy=log.policy, published=later)
    stranger = sample_log(tmp_path / "2", 1)
    with pytest.raises(VerificationError, match="expected a signature of"):
        verify_proof(content, policy=trusting(stranger.public_key))
    for wrong in (b"", b"\n\n", content[:40], b"x" * (1 << 21), content.replace(b"index", b"idx"),
                  content.replace(b"extra ", b"")):  # fmt: skip
        with pytest.raises(VerificationError):
            verify_proof(wrong, policy=log.policy)


def test_segments_are_chained(tmp_path: Path) -> None:
    log, path = logged(tmp_path)
    first = read_entry(log.path, 300, size=301)
    again = entries_of_files([path, path], log=log.path, keys=log.keys)
    assert all(isinstance(one, Segment) for one in again)
    assert [one.previous for one in again if isinstance(one, Segment)] == [
        leaf_hash(first).hex(), leaf_hash(again[0].to_bytes()).hex(),
    ]  # fmt: skip


def test_a_segment_names_the_one_that_was_cut_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is in the log although its files are not in their places yet."""
    log = sample_log(tmp_path / "log", 3)
    path = events(tmp_path / "day.parquet", rows=40)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("probity.publish.translog.append.publish", cut)
    with pytest.raises(KeyboardInterrupt):
        append_files(log.path, [path], keys=log.keys)
    monkeypatch.undo()
    assert append_files(log.path, [path], keys=log.keys).first == 4
    first, second = (read_entry(log.path, n, size=5) for n in (3, 4))
    segment = parse_entry(second)
    assert isinstance(segment, Segment)
    assert segment.previous == leaf_hash(first).hex()


def test_an_event_log_that_is_still_written_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = events(tmp_path / "day.parquet", rows=40)

    def written_to(*arguments: Any, **options: Any) -> str:
        events(path, rows=41)
        return file_commitment(*arguments, **options)

    monkeypatch.setattr(module, "file_commitment", written_to)
    with pytest.raises(InputError, match="the file was changed while it was read"):
        segment_entry(path, name="s", secret=SECRET, recorded_at=AT, previous=None)


def test_a_correction_names_the_entry_it_corrects(tmp_path: Path) -> None:
    log = sample_log(tmp_path, 3)
    new = entry_from(POLICY)
    made = as_correction([new], log=log.path, instead=Instead(1, "misread"))
    assert made.corrects.leaf_hash == leaf_hash(entries(1, 1)[0]).hex()
    assert made.replacement == new
    assert isinstance(parse_entry(made.to_bytes()), Correction)
    with pytest.raises(InputError, match="no such entry"):
        as_correction([new], log=log.path, instead=Instead(3, "misread"))
    for several in ([new, new], [], [made]):
        with pytest.raises(InputError, match="a correction needs one entry"):
            as_correction(several, log=log.path, instead=Instead(1, "misread"))


def test_a_pipe_in_the_place_of_an_event_log_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "log.parquet"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="not a regular file"):
        segment_entry(pipe, name="log", secret=SECRET, recorded_at=AT, previous=None)
