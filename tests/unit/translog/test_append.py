"""Appending: what comes in, what is refused, and runs that were cut short at every step."""

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from probity.core import InputError, VerificationError
from probity.publish.translog import publishing
from probity.publish.translog.append import append, create_log
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.log_files import read_checkpoint, read_entry
from probity.publish.translog.publishing import (
    StagedFiles,
    add_signatures,
    locked,
    publish_last_signed,
)
from probity.publish.translog.secret_file import make_private_directory
from probity.publish.translog.trust_policy import trusting
from probity.publish.translog.verify import verify_log
from translog_samples import SampleLog, empty_log, entries, sample_log, tiles_of_size


def size_of(log: SampleLog) -> int:
    return read_checkpoint(log.path).checkpoint.size


def test_entries_come_back_as_they_went_in(tmp_path: Path) -> None:
    log = sample_log(tmp_path, 1, 254, 1, 300)
    assert [read_entry(log.path, n, size=556) for n in range(556)] == entries(0, 556)
    assert verify_log(log.path, policy=log.policy).checkpoint.checkpoint.size == 556


def test_a_log_is_the_same_however_it_grew(tmp_path: Path) -> None:
    one, two = sample_log(tmp_path / "1", 513), sample_log(tmp_path / "2", 100, 200, 213)
    roots = [read_checkpoint(log.path).checkpoint.root for log in (one, two)]
    assert roots[0] == roots[1]


def test_partial_tiles_go_when_the_full_one_is_there(tmp_path: Path) -> None:
    log = sample_log(tmp_path, 3, 4)
    assert (log.path / "tile/0/000.p/3").exists()
    log.append(entries(7, 249))
    needed = {log.path / tile.path for tile in tiles_of_size(256)} | {log.path / "checkpoint"}
    assert set(log.files()) == needed


def test_nothing_is_signed_for_no_entries_or_too_long_ones(tmp_path: Path) -> None:
    log = sample_log(tmp_path, 3)
    with pytest.raises(InputError, match="no entry"):
        log.append([])
    with pytest.raises(InputError, match="row 2: an entry is too long"):
        log.append([b"x", b"x" * 65_536])
    log.append([b"x" * 65_535])
    assert verify_log(log.path, policy=log.policy).checkpoint.checkpoint.size == 4


def test_two_writers_keep_out_of_each_others_way(tmp_path: Path) -> None:
    log = sample_log(tmp_path, 3)
    with (
        locked(log.path, log.keys.path),
        pytest.raises(InputError, match="another process is writing"),
    ):
        log.append(entries(3, 1))
    log.append(entries(3, 1))
    assert size_of(log) == 4


def test_a_log_is_made_once(tmp_path: Path) -> None:
    log = sample_log(tmp_path, 3)
    with pytest.raises(InputError, match="something else here already"):
        create_log(log.path, origin="other", keys=log.keys)
    with pytest.raises(InputError, match="a key already"):
        create_log(tmp_path / "new", origin="other", keys=log.keys)
    with pytest.raises(InputError, match="not a name for a"):
        create_log(tmp_path / "other", origin="two\nlines", keys=log.keys)


def test_a_key_that_never_signed_signs_no_log_of_others(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "1", 3)
    keys = KeyDirectory(tmp_path / "keys")
    create_log(tmp_path / "mine", origin="mine", keys=keys)
    (keys.path / "last-signed").unlink()
    with pytest.raises(InputError, match="no log was made with this key"):
        append(log.path, [b"x"], keys=keys)


def test_a_log_that_is_not_what_was_signed_last_is_not_signed_again(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "log", 300)
    other = sample_log(tmp_path / "other", 5)
    shutil.rmtree(log.path)
    shutil.copytree(other.path, log.path)
    with pytest.raises(VerificationError, match=r"tile/entries/000, entry|signed, got none"):
        log.append([b"x"])
    assert not (log.path / ".next").exists()


def test_a_larger_log_than_was_signed_is_not_signed_again(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "log", 3)
    before = log.copy(tmp_path / "before")
    log.append(entries(3, 1))
    # The key's memory is older than the log: two memories of one key are the way to a fork.
    with pytest.raises(VerificationError, match="what the key signed last: 3 entries"):
        append(log.path, [b"x"], keys=before.keys)


@pytest.mark.parametrize("name", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_a_changed_right_edge_is_noticed_before_signing(tmp_path: Path, name: str) -> None:
    log = sample_log(tmp_path, 300)
    content = bytearray((log.path / name).read_bytes())
    content[9] ^= 1
    (log.path / name).write_bytes(content)
    with pytest.raises(VerificationError):
        log.append([b"x"])
    assert size_of(log) == 300
    assert not (log.path / ".next").exists()


class CutShortError(Exception):
    """Stands for a kill at a chosen moment."""


STEPS = range(18)


@pytest.mark.parametrize("step", STEPS)
def test_a_run_cut_short_leaves_a_log_that_verifies_and_goes_on(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step on the disk fails in turn; a kill does not run the clean-up either."""
    log = sample_log(tmp_path, 250)
    done = [0]

    def count() -> None:
        if done[0] == step:
            raise CutShortError
        done[0] += 1

    write, replace = StagedFiles.write, os.replace
    record = KeyDirectory.record_signed

    def counted_write(self: StagedFiles, *args: object) -> None:
        count()
        write(self, *args)  # type: ignore[arg-type]

    def counted_replace(source: str, target: str) -> None:
        count()
        replace(source, target)

    def counted_record(self: KeyDirectory, *args: object) -> None:
        count()
        record(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(StagedFiles, "write", counted_write)
    monkeypatch.setattr(os, "replace", counted_replace)
    monkeypatch.setattr(KeyDirectory, "record_signed", counted_record)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(CutShortError):
        log.append(entries(250, 300))
    monkeypatch.undo()
    report = verify_log(log.path, policy=log.policy)
    assert report.checkpoint.checkpoint.size in {250, 550}
    signed = log.keys.last_signed()
    assert signed is not None
    # What is signed stays in, what is not is out.
    assert publish_last_signed(log.path, keys=log.keys).note.text == signed.note.text
    report = verify_log(log.path, policy=log.policy)
    assert report.checkpoint.checkpoint.size == signed.checkpoint.size
    assert not report.cut_short
    log.append(entries(signed.checkpoint.size, 1))
    final = verify_log(log.path, policy=log.policy).checkpoint.checkpoint
    assert (
        final.root
        == read_checkpoint(sample_log(tmp_path / "other", final.size).path).checkpoint.root
    )


def test_an_append_has_as_many_steps_as_are_cut_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = sample_log(tmp_path, 250)
    steps = []
    for owner, name in (
        (StagedFiles, "write"), (os, "replace"), (KeyDirectory, "record_signed"),
    ):  # fmt: skip
        original = getattr(owner, name)

        def counted(*args: object, original: object = original, name: str = name) -> object:
            steps.append(name)
            return original(*args)  # type: ignore[operator]

        monkeypatch.setattr(owner, name, counted)
    log.append(entries(250, 300))
    assert len(steps) == len(STEPS)


def test_a_staged_file_that_went_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = sample_log(tmp_path, 3)
    monkeypatch.setattr("probity.publish.translog.append.publish", lambda *_: None)
    log.append(entries(3, 1))
    monkeypatch.undo()
    (log.path / ".next/tile/0/000.p/4").unlink()
    with pytest.raises(VerificationError, match=r"^tile/0/000\.p/4: expected the file"):
        publish_last_signed(log.path, keys=log.keys)
    report = verify_log(log.path, policy=log.policy)
    assert (report.cut_short, report.signed_size) == (True, 3)


SEVERAL_AT_ONCE = """
import sys
from pathlib import Path
from probity.core import InputError
from probity.publish.translog.append import create_log
from probity.publish.translog.key_directory import KeyDirectory
print("ready", flush=True)
for line in sys.stdin:
    log, keys = map(Path, line.rstrip().split(chr(9)))
    try:
        print(create_log(log, origin="police.example/log", keys=KeyDirectory(keys)), flush=True)
    except InputError as error:
        print(f"refused: {error}", flush=True)
"""


def test_of_two_that_make_a_log_at_once_one_does(tmp_path: Path) -> None:
    """And the public key that it was told is the log's."""
    words = [sys.executable, "-c", SEVERAL_AT_ONCE]
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        both = [
            stack.enter_context(subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True))
            for _ in range(2)
        ]
        answers = [(one.stdin, one.stdout) for one in both if one.stdin and one.stdout]
        assert [reader.readline() for _, reader in answers] == ["ready\n"] * 2
        for number in range(40):
            log, keys = tmp_path / f"log{number}", tmp_path / f"keys{number}"
            for writer, _ in answers:
                writer.write(f"{log}\t{keys}\n")
            for writer, _ in answers:
                writer.flush()
            told = [reader.readline().strip() for _, reader in answers]
            [key] = [one for one in told if not one.startswith("refused: ")]
            assert (keys / "public.vkey").read_text().strip() == key
            assert str(KeyDirectory(keys).signing_key().verifier) == key
            assert verify_log(log, policy=trusting(key)).checkpoint.checkpoint.size == 0
        for writer, _ in answers:
            writer.close()


def test_no_key_is_made_where_another_process_makes_a_log(tmp_path: Path) -> None:
    log, keys = tmp_path / "log", KeyDirectory(tmp_path / "keys")
    make_private_directory(keys.path)
    with locked(keys.path), pytest.raises(InputError, match="another process is writing"):
        create_log(log, origin="police.example/log", keys=keys)
    assert not any(keys.path.iterdir())
    create_log(log, origin="police.example/log", keys=keys)


def test_signature_lines_of_witnesses_are_added_and_the_logs_own_stays(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "log", 3)
    before = read_checkpoint(log.path)
    line = tmp_path / "w1"
    line.write_text("— witness.example AAAAAAAA\n")
    for _ in range(2):
        after = add_signatures(log.path, [line], keys=log.keys)
    assert after.note.text == before.note.text
    assert [one.name for one in after.note.signatures] == [
        before.checkpoint.origin,
        "witness.example",
    ]
    assert bytes(read_checkpoint(log.path)) == bytes(after)
    line.write_text(str(before.note.signatures[0]))
    with pytest.raises(InputError, match="a signature of the log itself"):
        add_signatures(log.path, [line], keys=log.keys)
    log.append(entries(3, 1))
    assert len(read_checkpoint(log.path).note.signatures) == 1


def test_many_files_are_synced_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(publishing.os, "sync", lambda: calls.append("sync"))
    log = empty_log(tmp_path)
    log.append(entries(0, 256 * 40))
    assert calls == ["sync"]
    log.append(entries(256 * 40, 1))
    assert calls == ["sync"]
