"""Witnesses, trust policies, and logs that show two histories."""

import itertools
from pathlib import Path

import pytest

from probity.core import InputError, VerificationError
from probity.publish.translog.append import append
from probity.publish.translog.cosignature import cosignature_of
from probity.publish.translog.log_files import read_checkpoint
from probity.publish.translog.note import Note, SigningKey, VerifierKey
from probity.publish.translog.publishing import add_signatures
from probity.publish.translog.split_view import compare, read_evidence
from probity.publish.translog.trust_policy import TrustPolicy, read_policy, trusting
from probity.publish.translog.verify import verify_log
from probity.publish.translog.witness import SplitViewError, WitnessDirectory
from probity.publish.translog.witness_request import parse_request, write_request
from translog_samples import ORIGIN, SampleLog, empty_log, entries, sample_log


@pytest.fixture
def log(tmp_path: Path) -> SampleLog:
    return sample_log(tmp_path / "log", 300)


@pytest.fixture
def witness(tmp_path: Path, log: SampleLog) -> WitnessDirectory:
    made = WitnessDirectory(tmp_path / "witness")
    made.create("news.example/w1", logs=[log.public_key], encrypt=False)
    return made


def key_of(witness: WitnessDirectory) -> VerifierKey:
    from probity.publish.translog.note import parse_witness_key

    return parse_witness_key((witness.path / "public.vkey").read_text())


def test_a_cosigned_log_meets_a_policy_that_asks_for_it(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory
) -> None:
    policy = tmp_path / "policy"
    policy.write_text(f"log {log.public_key}\nwitness news {key_of(witness)}\nquorum news\n")
    with pytest.raises(VerificationError, match="expected a cosignature of news, got none"):
        verify_log(log.path, policy=read_policy(policy))
    done = witness.cosign(log.path, time=1_700_000_000)
    (tmp_path / "line").write_text(str(done.line))
    add_signatures(log.path, [tmp_path / "line"], keys=log.keys)
    report = verify_log(log.path, policy=read_policy(policy))
    assert [one.time for one in report.cosigned_by] == [1_700_000_000]
    assert cosignature_of(read_checkpoint(log.path), key_of(witness)) is not None


@pytest.mark.parametrize("grown", [0, 1, 212, 300])
@pytest.mark.parametrize("by_request", [True, False])
def test_a_log_that_grew_is_cosigned_again(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory, grown: int, *, by_request: bool
) -> None:
    assert witness.cosign(log.path, time=1).before is None
    if grown:
        log.append(entries(300, grown))
    source = log.path
    if by_request:
        source = tmp_path / "request"
        source.write_bytes(bytes(write_request(log.path, old=300)))
    done = witness.cosign(source, time=2)
    assert (done.before, done.checkpoint.checkpoint.size) == (300, 300 + grown)
    last = witness.last_cosigned(done.checkpoint.checkpoint.origin)
    assert last is not None
    assert last.note.text == done.checkpoint.note.text


def test_the_first_request_starts_from_nothing(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory
) -> None:
    request = tmp_path / "request"
    request.write_bytes(bytes(write_request(log.path, old=0)))
    assert request.read_bytes().startswith(b"old 0\n\npolice.example")
    assert witness.cosign(request, time=1).checkpoint.checkpoint.size == 300


def test_a_log_that_was_put_back_is_refused(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory
) -> None:
    before = log.copy(tmp_path / "before")
    log.append(entries(300, 5))
    witness.cosign(log.path, time=1)
    with pytest.raises(VerificationError, match=r"^checkpoint, line 2: .* the log was put back"):
        witness.cosign(before.path, time=2)
    last = witness.last_cosigned(read_checkpoint(log.path).checkpoint.origin)
    assert last is not None
    assert last.checkpoint.size == 305


@pytest.mark.parametrize("more", [0, 3, 260])
def test_a_fork_is_refused_and_its_evidence_stands_by_itself(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory, more: int
) -> None:
    fork = log.copy(tmp_path / "fork")
    log.append(entries(300, 5))
    witness.cosign(log.path, time=1)
    append(fork.path, entries(900, 5 + more), keys=fork.keys)
    with pytest.raises(SplitViewError, match="another history; the evidence is") as refused:
        witness.cosign(fork.path, time=2)
    path = Path(refused.value.got.rpartition(" ")[2])
    found = read_evidence(path, policy=log.policy)
    assert (found.smaller.checkpoint.size, found.larger.checkpoint.size) == (305, 305 + more)
    # It convinces nobody who does not trust the log's key, and cannot be made up.
    with pytest.raises(VerificationError, match="expected a signature of"):
        read_evidence(path, policy=trusting(str(SigningKey.generate(ORIGIN).verifier)))
    content = path.read_bytes()
    missed = 0
    for at in range(0, len(content), 7):
        changed = bytearray(content)
        changed[at] ^= 2
        (tmp_path / "changed").write_bytes(changed)
        try:
            again = read_evidence(tmp_path / "changed", policy=log.policy)
        except (VerificationError, InputError):
            continue
        missed += again.evidence == found.evidence
    assert missed == 0


def test_no_evidence_is_made_of_a_log_that_did_nothing_wrong(
    tmp_path: Path, log: SampleLog
) -> None:
    one = read_checkpoint(log.path)
    log.append(entries(300, 7))
    other = read_checkpoint(log.path)
    found = compare(other, one, policy=log.policy, log=log.path)
    assert found.evidence is None
    assert found.smaller.checkpoint.size == 300
    assert compare(one, one, policy=log.policy, log=None).evidence is None
    # An honest pair of checkpoints passed off as a split view.
    from probity.publish.translog.split_view import evidence_of

    (tmp_path / "evidence").write_bytes(evidence_of(one, other).to_bytes())
    with pytest.raises(VerificationError, match="two checkpoints that contradict each other"):
        read_evidence(tmp_path / "evidence", policy=log.policy)


def test_two_checkpoints_are_compared(tmp_path: Path, log: SampleLog) -> None:
    fork = log.copy(tmp_path / "fork")
    log.append(entries(300, 5))
    append(fork.path, entries(900, 300), keys=fork.keys)
    one, other = read_checkpoint(log.path), read_checkpoint(fork.path)
    with pytest.raises(InputError, match="of different sizes"):
        compare(one, other, policy=log.policy, log=None)
    found = compare(one, other, policy=log.policy, log=fork.path)
    assert found.evidence is not None
    (tmp_path / "evidence").write_bytes(found.evidence.to_bytes())
    assert read_evidence(tmp_path / "evidence", policy=log.policy).larger.checkpoint.size == 600
    with pytest.raises(VerificationError, match=r"tile/1/000\.p/2: expected a file"):
        compare(one, other, policy=log.policy, log=log.path)
    stranger = sample_log(tmp_path / "stranger", 1)
    with pytest.raises(VerificationError, match="expected a signature of"):
        compare(one, read_checkpoint(stranger.path), policy=log.policy, log=None)


def test_forged_tiles_do_not_hide_a_fork(tmp_path: Path) -> None:
    """The tiles of a larger tree's root are others than those of the smaller one's."""
    log = empty_log(tmp_path / "log")
    fork = log.copy(tmp_path / "fork")
    log.append(entries(0, 128))
    append(fork.path, entries(900, 512), keys=fork.keys)
    one, other = read_checkpoint(log.path), read_checkpoint(fork.path)
    assert compare(one, other, policy=log.policy, log=fork.path).evidence is not None
    forged = bytearray((fork.path / "tile/0/000").read_bytes())
    forged[: 128 * 32] = (log.path / "tile/0/000.p/128").read_bytes()
    (fork.path / "tile/0/000").write_bytes(forged)
    with pytest.raises(VerificationError, match="tile: expected the hashes of a log whose 512"):
        compare(one, other, policy=log.policy, log=fork.path)


def test_a_log_that_the_witness_does_not_know_is_refused(
    tmp_path: Path, witness: WitnessDirectory
) -> None:
    stranger = sample_log(tmp_path / "stranger", 3)
    with pytest.raises(VerificationError, match="expected a signature of"):
        witness.cosign(stranger.path, time=1)
    request = tmp_path / "request"
    request.write_bytes(bytes(write_request(stranger.path, old=0)))
    with pytest.raises(VerificationError, match="expected a signature of"):
        witness.cosign(request, time=1)


def test_a_request_that_proves_nothing_is_refused(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory
) -> None:
    witness.cosign(log.path, time=1)
    log.append(entries(300, 5))
    good = bytes(write_request(log.path, old=300))
    request = tmp_path / "request"
    for content, message in (
        (bytes(write_request(log.path, old=200)), "line 1: expected old 300"),
        (good.replace(b"old 300", b"old 0300"), "line 1: expected old NUMBER"),
        (b"old 300\n" + b"\n".join(good.split(b"\n")[2:]), "a proof that the log continues"),
        (good.replace(b"\n", b"\nAA\n", 1), "line 2: expected a hash as base64"),
        (b"old 300", "expected text, an empty line"),
    ):
        request.write_bytes(content)
        with pytest.raises(VerificationError, match=message):
            witness.cosign(request, time=2)
    assert bytes(parse_request(good, file="r")) == good
    with pytest.raises(InputError, match="no such size"):
        write_request(log.path, old=306)


def test_a_changed_log_is_not_cosigned(log: SampleLog, witness: WitnessDirectory) -> None:
    content = bytearray((log.path / "tile/entries/000").read_bytes())
    content[100] ^= 1
    (log.path / "tile/entries/000").write_bytes(content)
    with pytest.raises(VerificationError, match="tile/entries/000, entry 5 "):
        witness.cosign(log.path, time=1)


def policy_of(tmp_path: Path, text: str) -> TrustPolicy:
    path = tmp_path / "policy"
    path.write_text(text)
    return read_policy(path)


LOG = str(SigningKey.generate("log.example").verifier)
W = [str(SigningKey.generate(f"w{n}.example", algorithm=4).verifier) for n in range(6)]
EXAMPLE = f"""
# The example of C2SP tlog-policy, with keys.
log {LOG}  https://log.example/
 \twitness X1 {W[0]}
witness X2 {W[1]} https://x2.example/
witness X3 {W[2]}
group X-witnesses 2 X1 X2 X3
witness Y1 {W[3]}
witness Y2 {W[4]}
witness Y3 {W[5]}
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


@pytest.mark.parametrize(
    ("cosigned", "met"),
    [
        ({"X1", "X2", "Y3"}, True),
        ({"X1", "X2", "X3", "Y1", "Y2", "Y3"}, True),
        ({"X1", "Y1", "Y2", "Y3"}, False),
        ({"X1", "X2", "X3"}, False),
        (set(), False),
    ],
)
def test_the_example_policy_of_the_specification(
    tmp_path: Path, cosigned: set[str], *, met: bool
) -> None:
    policy = policy_of(tmp_path, EXAMPLE)
    assert [str(one) for one in policy.logs] == [LOG]
    assert len(policy.witnesses) == 6
    assert policy.is_met(cosigned) == met


def test_a_policy_may_ask_for_no_witness_or_for_one(tmp_path: Path) -> None:
    assert policy_of(tmp_path, f"log {LOG}\nquorum none\n").is_met(())
    one = policy_of(tmp_path, f"witness a {W[0]}\nquorum a\n")
    assert one.is_met({"a"})
    assert not one.is_met(())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# nothing\n", "no quorum"),
        ("quorum a\n", "row 1: no such witness or group above this line"),
        ("quorum none\nquorum none\n", "row 2: a second quorum"),
        (f"log {LOG}\nlog {LOG}\n", "row 2: the same log twice"),
        (f"log {W[0]}\n", "row 1: not a log's key"),
        (f"witness a {LOG}\n", "row 1: not a witness's key"),
        (f"witness a {W[0]}\nwitness b {W[0]}\n", "row 2: the same witness twice"),
        (f"witness a {W[0]}\nwitness a {W[1]}\n", "row 2: the name is taken"),
        (f"witness none {W[0]}\n", "the name is taken"),
        (f"witness a {W[0]}\ngroup g 2 a\n", "row 2: how many"),
        (f"witness a {W[0]}\ngroup g 0 a\n", "how many"),
        (f"witness a {W[0]}\ngroup g 01 a\n", "how many"),
        (f"witness a {W[0]}\ngroup g 1234x a\n", "how many"),
        (f"witness a {W[0]}\ngroup g {'1' * 5_000} a\n", "how many"),
        (f"witness a {W[0]}\ngroup g any a a\n", "twice of one"),
        (f"witness a {W[0]}\ngroup g any a\ngroup h any a\n", "row 3: a member of two groups"),
        ("group g any\n", "not a line of a policy"),
        ("group g any g\n", "no such witness or group"),
        ("rubbish\n", "row 1: not a line of a policy"),
        ("log x\n", "row 1: not a public key"),
    ],
    # The keys are made anew by each process, so the texts cannot name the cases.
    ids=itertools.count(),
)
def test_what_is_no_policy_is_refused_with_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        policy_of(tmp_path, text)


def test_a_checkpoint_stripped_of_cosignatures_meets_no_quorum(
    tmp_path: Path, log: SampleLog, witness: WitnessDirectory
) -> None:
    policy = policy_of(
        tmp_path, f"log {log.public_key}\nwitness news {key_of(witness)}\nquorum news\n"
    )
    line = witness.cosign(log.path, time=1).line
    current = read_checkpoint(log.path)
    cosigned = bytes(Note(current.note.text, (*current.note.signatures, line)))
    (log.path / "checkpoint").write_bytes(cosigned)
    assert verify_log(log.path, policy=policy).cosigned_by
    for at in range(len(cosigned)):
        changed = bytearray(cosigned)
        changed[at] ^= 1 << (at % 8)
        (log.path / "checkpoint").write_bytes(changed)
        with pytest.raises(VerificationError):
            verify_log(log.path, policy=policy)
