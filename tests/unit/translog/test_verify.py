"""The verifier: what it accepts, and that every tampering is found and its place named."""

import errno
import os
import re
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import VerificationError
from probity.publish.translog import check_tree
from probity.publish.translog.append import append
from probity.publish.translog.checkpoint import SignedCheckpoint, parse_checkpoint
from probity.publish.translog.cosignature import cosign
from probity.publish.translog.log_files import entries_of, read_bundle, read_checkpoint
from probity.publish.translog.note import COSIGNATURE, Note, SigningKey, is_signed_by, signed
from probity.publish.translog.tiles import Tile, encode_bundle
from probity.publish.translog.trust_policy import Group, TrustPolicy, trusting
from probity.publish.translog.verify import verify_log
from translog_samples import ORIGIN, SampleLog, entries, sample_log


def begins(bundle: int, number: int) -> str:
    """The place of an entry of a bundle, in words."""
    first = bundle * 256
    before = len(encode_bundle(entries(first, number)))
    return f"entry {first + number} (byte {before})"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> SampleLog:
    """600 entries, and the partial tiles of a smaller size beside those of its own."""
    return sample_log(tmp_path_factory.mktemp("log"), 520, 80)


@pytest.fixture
def log(original: SampleLog, tmp_path: Path) -> SampleLog:
    return original.copy(tmp_path)


def failure(log: SampleLog, **how: object) -> VerificationError:
    with pytest.raises(VerificationError) as failed:
        verify_log(log.path, policy=how.pop("policy", log.policy), **how)  # type: ignore[arg-type]
    return failed.value


def edit(log: SampleLog, name: str, at: int) -> None:
    content = bytearray((log.path / name).read_bytes())
    content[at] ^= 1
    (log.path / name).write_bytes(content)


def test_a_log_is_read_to_the_end(original: SampleLog) -> None:
    seen: list[int] = []
    report = verify_log(original.path, policy=original.policy, step=seen.append)
    assert sum(seen) == report.checkpoint.checkpoint.size == 600
    assert [str(key) for key in report.signed_by] == [original.public_key]
    assert report.cosigned_by == ()
    assert report.continues is None
    assert not report.cut_short


@pytest.mark.parametrize(
    ("name", "at", "place"),
    [
        ("tile/entries/001", 2, "entry 256 (byte 0)"),
        ("tile/entries/001", 0, "entry 256 (byte 0)"),
        ("tile/entries/002.p/88", 3, begins(2, 0)),
        ("tile/0/000", 32 * 17 + 5, "hash 17 (byte 544)"),
        ("tile/0/002.p/88", 32 * 87, "hash 87 (byte 2784)"),
        ("tile/1/000.p/2", 40, "hash 1 (byte 32)"),
        ("tile/0/002.p/8", 33, "byte 33"),
        ("tile/entries/002.p/8", 7, "byte 7"),
    ],
)
def test_a_changed_byte_is_named(log: SampleLog, name: str, at: int, place: str) -> None:
    edit(log, name, at)
    found = failure(log)
    assert (found.file, found.place) == (name, place)


def test_each_of_two_changed_files_is_blamed_rightly(log: SampleLog) -> None:
    edit(log, "tile/entries/001", 30)
    edit(log, "tile/0/000", 50)
    assert failure(log).file == "tile/0/000"
    shutil.copy(log.path / "tile/0/001", log.path / "tile/0/000")
    assert failure(log).file == "tile/0/000"


@pytest.mark.parametrize("line", [1, 2, 3, 5])
def test_a_changed_checkpoint_is_named(log: SampleLog, line: int) -> None:
    lines = (log.path / "checkpoint").read_text().split("\n")
    lines[line - 1] = lines[line - 1][:-4] + "X" + lines[line - 1][-3:]
    (log.path / "checkpoint").write_text("\n".join(lines))
    assert failure(log).file == "checkpoint"


def test_a_signed_checkpoint_over_other_entries_is_told_by_its_root(log: SampleLog) -> None:
    key, before = log.keys.signing_key(), read_checkpoint(log.path)
    text = before.note.text.replace(
        before.note.text.split("\n")[2], "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    )
    (log.path / "checkpoint").write_bytes(bytes(signed(text, keys=[key])))
    found = failure(log)
    assert (found.file, found.place) == ("checkpoint", "line 3")


def remove(name: str) -> Callable[[Path], None]:
    return lambda log: (log / name).unlink()


def swap(one: str, other: str) -> Callable[[Path], None]:
    def change(log: Path) -> None:
        a, b = (log / one).read_bytes(), (log / other).read_bytes()
        (log / one).write_bytes(b)
        (log / other).write_bytes(a)

    return change


def copy(one: str, other: str) -> Callable[[Path], None]:
    def change(log: Path) -> None:
        (log / other).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log / one, log / other)

    return change


def truncate(name: str, by: int) -> Callable[[Path], None]:
    return lambda log: (log / name).write_bytes((log / name).read_bytes()[:-by]) and None


def link(name: str, to: str) -> Callable[[Path], None]:
    return lambda log: (log / name).symlink_to(log / to)


def entries_of_bundle(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    def rewrite(log: Path) -> None:
        bundle = Tile(None, 1, 256)
        (log / bundle.path).write_bytes(encode_bundle(change(read_bundle(log, bundle))))

    return rewrite


ONE = "tile/entries/001"


@pytest.mark.parametrize(
    ("change", "file", "place"),
    [
        (remove("checkpoint"), "checkpoint", None),
        (remove(ONE), ONE, None),
        (remove("tile/0/001"), "tile/0/001", None),
        (remove("tile/1/000.p/2"), "tile/1/000.p/2", None),
        (swap("tile/entries/000", ONE), "tile/entries/000", "entry 0 (byte 0)"),
        (swap("tile/0/000", "tile/0/001"), "tile/0/000", "hash 0 (byte 0)"),
        (copy("tile/entries/000", ONE), ONE, "entry 256 (byte 0)"),
        (copy(ONE, "tile/entries/003"), "tile/entries/003", None),
        (copy("tile/0/000", "tile/0/003"), "tile/0/003", None),
        (copy("tile/1/000.p/2", "tile/1/000.p/3"), "tile/1/000.p/3", None),
        (copy("tile/1/000.p/2", "tile/2/000.p/1"), "tile/2/000.p/1", None),
        (copy(ONE, "tile/entries/001.p/256"), "tile/entries/001.p/256", None),
        (copy(ONE, "notes.txt"), "notes.txt", None),
        (copy("checkpoint", "checkpoint.old"), "checkpoint.old", None),
        (copy(ONE, ".next/x"), ".next/x", None),
        (copy(ONE, ".next/checkpoint2"), ".next/checkpoint2", None),
        (link("tile/3", "tile/0"), "tile/3", None),
        (link("notes.txt", "checkpoint"), "notes.txt", None),
        (truncate("tile/entries/000", 1), "tile/entries/000", begins(0, 255)),
        (truncate("tile/0/000", 32), "tile/0/000", None),
        (truncate("checkpoint", 1), "checkpoint", None),
        (entries_of_bundle(lambda e: [e[1], e[0], *e[2:]]), ONE, "entry 256 (byte 0)"),
        (entries_of_bundle(lambda e: [*e[:9], e[8], *e[9:]]), ONE, begins(1, 9)),
        (entries_of_bundle(lambda e: e[:-1]), ONE, begins(1, 255)),
        (
            entries_of_bundle(lambda e: [*e, e[0]]),
            ONE,
            f"byte {len(encode_bundle(entries(256, 256)))}",
        ),
    ],
)
def test_removed_reordered_duplicated_and_truncated_files_are_named(
    log: SampleLog, change: Callable[[Path], None], file: str, place: str | None
) -> None:
    change(log.path)
    found = failure(log)
    assert (found.file, found.place) == (file, place)
    assert str(found).startswith(file)


def moved_out_of(log: Path, name: str) -> None:
    """Have a link in the place of a file or folder, with all that it held behind it."""
    outside = log.parent / "outside"
    (log / name).rename(outside)
    (log / name).symlink_to(outside)


@pytest.mark.parametrize(
    "name", ["checkpoint", ONE, "tile/0/001", "tile/0/002.p/8", "tile/entries", "tile/1/000.p"]
)
def test_a_link_is_refused_even_to_the_right_content(log: SampleLog, name: str) -> None:
    moved_out_of(log.path, name)
    found = failure(log)
    assert (found.file, found.expected, found.got) == (name, "a plain file", "a link")


def test_a_pipe_is_refused_and_not_waited_for(log: SampleLog) -> None:
    os.mkfifo(log.path / "tile/0/003")
    assert failure(log).got == "a special file"


def test_a_folder_that_cannot_be_listed_is_no_empty_one(
    log: SampleLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir
    (log.path / "tile/0/more").mkdir()
    (log.path / "tile/0/more/file").write_text("what nobody sees")

    def refusing(path: str) -> object:
        if str(path).rstrip("/").endswith("more"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = failure(log)
    assert (found.file, found.got) == ("tile/0/more", "Permission denied")


def test_every_bundle_is_shown_as_it_was_hashed(original: SampleLog) -> None:
    seen: list[bytes] = []
    verify_log(
        original.path,
        policy=original.policy,
        see=lambda bundle, content: seen.extend(entries_of(content, bundle)),
    )
    assert seen == entries(0, 600)


def test_an_old_state_with_the_later_checkpoint_aside_is_told(log: SampleLog) -> None:
    """It looks like an append that was cut short, so it verifies; it must not go unsaid."""
    before = log.path.with_name("before")
    shutil.copytree(log.path, before)
    assert verify_log(before, policy=log.policy).signed_size == 600
    log.append(entries(600, 5))
    (before / ".next").mkdir()
    shutil.copy(log.path / "checkpoint", before / ".next/checkpoint")
    report = verify_log(before, policy=log.policy)
    assert (report.checkpoint.checkpoint.size, report.signed_size) == (600, 605)
    said = CliRunner().invoke(app, ["verify", str(before), "--log-key", log.public_key]).output
    assert "BEHIND    a checkpoint of 605 entries is signed and not published" in said


def test_long_entries_are_checked_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger's log may hold entries that are all as long as an entry can be."""
    monkeypatch.setattr(check_tree, "_BYTES_AT_ONCE", 5_000)
    batches: list[int] = []
    read = check_tree.stream_of_bundles

    def counted(contents: list[bytes], *, width: int) -> object:
        batches.append(len(contents))
        return read(contents, width=width)

    monkeypatch.setattr(check_tree, "stream_of_bundles", counted)
    log = sample_log(tmp_path, 256 * 3 + 7)
    report = verify_log(log.path, policy=log.policy)
    assert report.checkpoint.checkpoint.size == 775
    assert batches == [1, 1, 1, 1]


def test_a_wrong_key_is_told(log: SampleLog) -> None:
    stranger = SigningKey.generate(ORIGIN).verifier
    found = failure(log, policy=trusting(str(stranger)))
    assert found.file == "checkpoint"
    assert stranger.key_id.hex() in found.expected
    assert "names none" in failure(log, policy=TrustPolicy(())).expected


def test_one_log_is_not_passed_off_as_another_of_the_same_key(log: SampleLog) -> None:
    key = log.keys.signing_key()
    text = read_checkpoint(log.path).note.text.replace(ORIGIN, "police.example/other-log")
    (log.path / "checkpoint").write_bytes(bytes(signed(text, keys=[key])))
    found = failure(log)
    assert (found.file, found.place) == ("checkpoint", "line 1")
    assert (found.expected, found.got) == (f"the log {ORIGIN}", "police.example/other-log")


def test_an_append_of_another_log_excuses_no_file(log: SampleLog) -> None:
    """A key may sign several logs: what one of them is about to publish is not another's."""
    other = f"police.example/other-log\n100000\n{'A' * 43}=\n"
    (log.path / ".next").mkdir()
    content = bytes(signed(other, keys=[log.keys.signing_key()]))
    (log.path / ".next/checkpoint").write_bytes(content)
    (log.path / "tile/0/077").write_bytes(b"anything")
    found = failure(log)
    assert (found.file, found.place) == (".next/checkpoint", "line 1")


def test_a_size_that_nobody_signed_costs_nothing(log: SampleLog) -> None:
    """The files are read before the keys are known that they may lead to."""
    text = f"{ORIGIN}\n{1 << 40}\n{'A' * 43}=\n"
    stranger = SigningKey.generate(ORIGIN)
    (log.path / "checkpoint").write_bytes(bytes(signed(text, keys=[stranger])))
    tracemalloc.start()
    try:
        found = failure(log)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.got.startswith("cannot be opened")
    assert most < 50_000_000


def test_a_log_continues_what_a_reader_kept(log: SampleLog) -> None:
    earlier = read_checkpoint(log.path)
    for _ in range(2):
        report = verify_log(log.path, policy=log.policy, earlier=earlier)
        assert report.continues == 600
        log.append(entries(600, 5))


def test_an_old_checkpoint_put_back_is_found(log: SampleLog) -> None:
    old = (log.path / "checkpoint").read_bytes()
    log.append(entries(600, 5))
    later = read_checkpoint(log.path)
    (log.path / "checkpoint").write_bytes(old)
    # Even a reader who kept nothing: the files of the larger log are still there.
    found = failure(log)
    assert found.file == "tile/0/002.p/93"
    for path in log.path.rglob("*.p/93"):
        path.unlink()
    assert verify_log(log.path, policy=log.policy).checkpoint.checkpoint.size == 600
    found = failure(log, earlier=later)
    assert (found.file, found.place) == ("checkpoint", "line 2")
    assert "the log was put back" in str(found)


def test_a_forked_log_is_found(log: SampleLog, tmp_path: Path) -> None:
    fork = log.copy(tmp_path / "fork")
    log.append(entries(600, 5))
    append(fork.path, entries(900, 700), keys=fork.keys)
    assert verify_log(fork.path, policy=log.policy)
    found = failure(fork, earlier=read_checkpoint(log.path))
    assert (found.file, found.place) == ("checkpoint", "line 3")
    assert "forked" in str(found)


def test_an_earlier_checkpoint_of_another_log_or_key_is_refused(
    log: SampleLog, tmp_path: Path
) -> None:
    earlier = read_checkpoint(log.path)
    text = earlier.note.text.replace(ORIGIN, "other")
    other = SignedCheckpoint(
        parse_checkpoint(bytes(Note(text, earlier.note.signatures))).checkpoint, earlier.note
    )
    assert failure(log, earlier=other).place == "line 1"
    stranger = Note(earlier.note.text, earlier.note.signatures[:0])
    unsigned = SignedCheckpoint(earlier.checkpoint, stranger, file="kept")
    assert failure(log, earlier=unsigned).file == "kept"


def test_a_quorum_of_witnesses_is_counted(log: SampleLog) -> None:
    witnesses = [SigningKey.generate(f"w{n}.example", algorithm=COSIGNATURE) for n in range(3)]
    policy = TrustPolicy(
        log.policy.logs,
        {f"w{n}": key.verifier for n, key in enumerate(witnesses)},
        {"two": Group(2, ("w0", "w1", "w2"))},
        "two",
    )
    found = failure(log, policy=policy)
    assert found.expected == "cosignatures of 2 of w0, w1, w2"
    current = read_checkpoint(log.path)
    lines = [cosign(current, key=key, time=n) for n, key in enumerate(witnesses)]

    def publish(*added: int) -> None:
        signatures = (*current.note.signatures, *(lines[n] for n in added))
        (log.path / "checkpoint").write_bytes(bytes(Note(current.note.text, signatures)))

    publish(1)
    assert failure(log, policy=policy).got == "cosignatures of w1"
    publish(1, 1)
    assert failure(log, policy=policy).got == "cosignatures of w1"
    publish(0, 2)
    report = verify_log(log.path, policy=policy)
    assert [one.time for one in report.cosigned_by] == [0, 2]


@pytest.mark.parametrize(
    "sizes", [(17, 3), pytest.param((255, 3), marks=pytest.mark.verify)], ids=str
)
def test_every_flipped_byte_of_a_small_log_is_found(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    """Every position of every file; for each, one flipped bit, another one each time."""
    log = sample_log(tmp_path, *sizes)
    verify_log(log.path, policy=log.policy)
    missed, positions = [], 0
    for path in log.files():
        content = path.read_bytes()
        name = path.relative_to(log.path).as_posix()
        for at in range(len(content)):
            positions += 1
            changed = bytearray(content)
            changed[at] ^= 1 << (at % 8)
            path.write_bytes(changed)
            try:
                verify_log(log.path, policy=log.policy)
            except VerificationError as error:
                if error.file != name:
                    missed.append((name, at, str(error)))
            else:
                missed.append((name, at, "not found"))
        path.write_bytes(content)
    assert missed == []
    assert positions == sum(path.stat().st_size for path in log.files())


@pytest.mark.control
def test_a_verifier_that_samples_misses_what_ours_finds(log: SampleLog) -> None:
    """The negative control: signature good, every 97th entry proven, and still a changed file."""
    from probity.publish.translog.log_files import StoredTree, read_entry
    from probity.publish.translog.merkle import inclusion_proof, leaf_hash, root_of_inclusion
    from probity.publish.translog.note import parse_log_key

    edit(log, "tile/0/000", 32 * 50)
    edit(log, ONE, 3_000)
    checkpoint = read_checkpoint(log.path)
    assert is_signed_by(checkpoint.note, parse_log_key(log.public_key), file="checkpoint")
    node = StoredTree([log.path], 600).node
    for index in range(256 + 40, 600, 97):
        proof = inclusion_proof(index, 600, node=node)
        leaf = leaf_hash(read_entry(log.path, index, size=600))
        root = root_of_inclusion(leaf, index=index, size=600, proof=proof)
        assert root == checkpoint.checkpoint.root
    assert re.fullmatch("tile/0/000", str(failure(log).file))
