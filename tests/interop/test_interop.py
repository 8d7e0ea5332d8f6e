"""Other people's code reads our logs, and ours reads theirs."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from probity.core import VerificationError
from probity.publish.translog.checkpoint import parse_checkpoint
from probity.publish.translog.cosignature import cosignature_of
from probity.publish.translog.log_files import read_checkpoint, read_entry
from probity.publish.translog.note import Note, Signature, parse_note, parse_witness_key, to_base64
from probity.publish.translog.proof import verify_proof, write_proof
from probity.publish.translog.publishing import add_signatures
from probity.publish.translog.trust_policy import trusting
from probity.publish.translog.verify import verify_log
from probity.publish.translog.witness import WitnessDirectory
from translog_samples import ORIGIN, sample_log

HERE = Path(__file__).parent
GOPATH = Path("/usr/share/gocode")
needs_go = pytest.mark.skipif(
    shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir(),
    reason="needs Debian's golang-go and golang-golang-x-mod-dev",
)
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

Go = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """Our small program on the Go team's packages, built from Debian's files only."""
    place = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOCACHE": str(place / "cache"),
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    build = ["go", "build", "-p", "1", "-o", str(place / "sumdb"), str(HERE / "sumdb.go")]
    subprocess.run(build, check=True, env=environment, cwd=place)

    def run(*words: object) -> "subprocess.CompletedProcess[str]":
        command = [str(place / "sumdb"), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


@needs_go
@pytest.mark.parametrize("sizes", [(1,), (255, 1), (3, 300, 253), (700,)], ids=str)
def test_the_go_packages_verify_our_log(go: Go, tmp_path: Path, sizes: tuple[int, ...]) -> None:
    """Signature, every tile, the inclusion of every entry, and every earlier size."""
    log = sample_log(tmp_path, sizes[0])
    for count in sizes[1:]:
        before = read_checkpoint(log.path).checkpoint
        log.append([b"more %d" % n for n in range(count)])
        result = go("verify", log.path, log.public_key, before.size, to_base64(before.root))
        assert result.stdout == f"{ORIGIN} {before.size + count} 1 signature\n", result.stderr
    result = go("verify", log.path, log.public_key, 0)
    assert result.stdout == f"{ORIGIN} {sum(sizes)} 1 signature\n", result.stderr


@needs_go
def test_the_go_packages_refuse_what_we_refuse(go: Go, tmp_path: Path) -> None:
    log = sample_log(tmp_path, 300)
    before = read_checkpoint(log.path).checkpoint
    other = to_base64(bytes(32))
    assert go("verify", log.path, log.public_key, before.size, other).returncode != 0
    for name in ("tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1", "checkpoint"):
        content = (log.path / name).read_bytes()
        (log.path / name).write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        assert go("verify", log.path, log.public_key, 0).returncode != 0
        with pytest.raises(VerificationError):
            verify_log(log.path, policy=log.policy)
        (log.path / name).write_bytes(content)
    assert go("verify", log.path, log.public_key, 0).returncode == 0


@needs_go
@pytest.mark.parametrize(
    "size", [1, 255, 256, 257, 700, pytest.param(70_000, marks=pytest.mark.verify)]
)
def test_a_log_written_by_the_go_packages_is_accepted(go: Go, tmp_path: Path, size: int) -> None:
    result = go("write", tmp_path / "log", "go.example/log", size)
    key = result.stdout.strip()
    report = verify_log(tmp_path / "log", policy=trusting(key))
    assert report.checkpoint.checkpoint.size == size
    entry = read_entry(tmp_path / "log", size - 1, size=size)
    assert entry == f"entry {size - 1} of the Go team's packages".encode()
    proof = write_proof(tmp_path / "log", size // 2)
    assert verify_proof(proof, policy=trusting(key)).index == size // 2


@needs_go
def test_cosignatures_are_read_and_written_both_ways(go: Go, tmp_path: Path) -> None:
    log = sample_log(tmp_path / "log", 3)
    result = go("cosign", log.path / "checkpoint", "go.example/w1", 1_679_315_147)
    key, line = result.stdout.splitlines()
    current = read_checkpoint(log.path)
    lines = parse_note(f"{current.note.text}\n{line}\n".encode(), file="line").signatures
    cosigned = parse_checkpoint(bytes(Note(current.note.text, lines)))
    found = cosignature_of(cosigned, parse_witness_key(key))
    assert found is not None
    assert found.time == 1_679_315_147

    witness = WitnessDirectory(tmp_path / "witness")
    ours = witness.create("news.example/w1", logs=[log.public_key], encrypt=False)
    (tmp_path / "line").write_text(str(witness.cosign(log.path, time=1_700_000_000).line))
    add_signatures(log.path, [tmp_path / "line"], keys=log.keys)
    result = go("cosigned", log.path / "checkpoint", ours)
    assert result.stdout == "1700000000\n", result.stderr
    # And the Go team's note package still opens a checkpoint with a witness's line in it.
    assert go("verify", log.path, log.public_key, 0).returncode == 0


def test_the_log_that_tessera_wrote_is_accepted(tmp_path: Path) -> None:
    policy = trusting(TESSERA_KEY)
    report = verify_log(HERE / "tessera-log", policy=policy)
    assert report.checkpoint.checkpoint.size == 15
    for size in range(16):
        kept = (HERE / f"tessera-checkpoints/checkpoint.{size}").read_bytes()
        earlier = parse_checkpoint(kept, file="kept")
        assert verify_log(HERE / "tessera-log", policy=policy, earlier=earlier).continues == size
        # The same files with an older checkpoint are that older log, with files too many.
        shutil.rmtree(tmp_path / "log", ignore_errors=True)
        shutil.copytree(HERE / "tessera-log", tmp_path / "log")
        (tmp_path / "log/checkpoint").write_bytes(kept)
        if size < 15:
            with pytest.raises(VerificationError, match=f"no such file in a log of {size} "):
                verify_log(tmp_path / "log", policy=policy)


@pytest.mark.parametrize(
    "key",
    [
        # Witnesses in the tests of transparency-dev/formats and transparency-dev/tessera.
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
        "Wit2+112f0455+BCy8NYvyk7N1dkxNxgrI3YAJzQDc0FIfs0q7q8U/cwOF",
    ],
)
def test_keys_of_known_witnesses_are_read(key: str) -> None:
    assert str(parse_witness_key(key)) == key


def test_the_time_of_a_cosignature_is_where_others_read_it() -> None:
    """The vector of transparency-dev/formats, note/note_cosigv1_test.go."""
    line = (
        "— w ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDc"
        "FiEBYJXORmnFBOBA=="
    )
    (signature,) = parse_note(f"text\n\n{line}\n".encode(), file="vector").signatures
    assert isinstance(signature, Signature)
    assert int.from_bytes(signature.value[:8], "big") == 1727964367
    assert len(signature.value) == 72
    assert re.fullmatch("[0-9a-f]{8}", signature.key_id.hex())
