"""A witness: cosigns what continues what it cosigned before, and keeps evidence of the rest.

Its directory holds its key, ``logs.policy`` with the keys of the logs it watches (the format of
C2SP tlog-policy), and for each log the last checkpoint that it cosigned. That is written before
the cosignature is given out, so that a crash never makes it cosign two histories.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from probity.core import VerificationError
from probity.core.files import read_regular_file, write_atomically
from probity.publish.translog.checkpoint import SignedCheckpoint, parse_checkpoint
from probity.publish.translog.cosignature import cosign
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.merkle import is_consistent
from probity.publish.translog.note import (
    COSIGNATURE,
    MAX_NOTE_BYTES,
    Signature,
    SigningKey,
    VerifierKey,
    parse_log_key,
)
from probity.publish.translog.publishing import locked
from probity.publish.translog.secret_file import Passphrase, make_private_directory, sync_directory
from probity.publish.translog.split_view import SplitView, evidence_in_log, evidence_of
from probity.publish.translog.trust_policy import TrustPolicy, read_policy
from probity.publish.translog.verify import signers, unknown_signers, verify_log
from probity.publish.translog.witness_request import parse_request

_LOGS = "logs.policy"
_COSIGNED = "cosigned"
_EVIDENCE = "evidence"
_MAX_REQUEST_BYTES = MAX_NOTE_BYTES + (1 << 16)


class SplitViewError(VerificationError):
    """The log has shown two histories; the evidence is in the file named."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that a witness cosigned, its signature line, and the size cosigned before."""

    checkpoint: SignedCheckpoint
    line: Signature
    before: int | None


class WitnessDirectory:
    """The directory of a witness, which only its owner can enter."""

    def __init__(self, path: Path, *, passphrase: Passphrase | None = None) -> None:
        self.path = path
        self._keys = KeyDirectory(path, passphrase=passphrase)

    def create(self, name: str, *, logs: list[str], encrypt: bool) -> VerifierKey:
        """Make the directory with a new key, to watch the logs with the given public keys.

        Raises
        ------
        InputError
            There is a key already, or one of the logs' keys is none.
        """
        lines = [f"log {parse_log_key(one)}\n" for one in logs]
        key = SigningKey.generate(name, algorithm=COSIGNATURE)
        text = "# The logs this witness watches: a line 'log KEY' for each.\n"
        make_private_directory(self.path)
        with locked(self.path):
            self._keys.create(key, encrypt=encrypt)
            write_atomically(self.path / _LOGS, f"{text}{''.join(lines)}quorum none\n".encode())
        return key.verifier

    @property
    def policy(self) -> TrustPolicy:
        """The logs that this witness watches."""
        return read_policy(self.path / _LOGS)

    def last_cosigned(self, origin: str) -> SignedCheckpoint | None:
        """The last checkpoint of a log that this witness cosigned."""
        path = self._place(origin) / _COSIGNED
        if not path.exists():
            return None
        return parse_checkpoint(read_regular_file(path, limit=MAX_NOTE_BYTES), file=str(path))

    def cosign(self, source: Path, *, time: int) -> Cosigned:
        """Check a log and cosign its checkpoint.

        Parameters
        ----------
        source : Path
            A directory with the files of the log, all of which are checked; or a request with a
            consistency proof, of which only the proof can be.
        time : int
            Seconds since 1970-01-01 UTC.

        Raises
        ------
        SplitViewError
            The log contradicts what this witness cosigned before; the evidence is kept.
        VerificationError
            The log does not verify, is older than what was cosigned, or the proof is not good.
        """
        with locked(self.path):
            if source.is_dir():
                checkpoint, before = self._check_log(source)
            else:
                checkpoint, before = self._check_request(source)
            line = cosign(checkpoint, key=self._keys.signing_key(), time=time)
            place = self._place(checkpoint.checkpoint.origin)
            write_atomically(place / _COSIGNED, bytes(checkpoint))
            sync_directory(place)
        return Cosigned(checkpoint, line, None if before is None else before.checkpoint.size)

    def _check_log(self, log: Path) -> tuple[SignedCheckpoint, SignedCheckpoint | None]:
        checkpoint = verify_log(log, policy=self.policy).checkpoint
        before = self._require_not_older(checkpoint)
        if before is not None and before.checkpoint.size < checkpoint.checkpoint.size:
            evidence = evidence_in_log(before, checkpoint, log)
            if evidence is not None:
                raise self._split_view(checkpoint, evidence)
        return checkpoint, before

    def _check_request(self, path: Path) -> tuple[SignedCheckpoint, SignedCheckpoint | None]:
        content = read_regular_file(path, limit=_MAX_REQUEST_BYTES)
        request = parse_request(content, file=str(path))
        checkpoint, policy = request.checkpoint, self.policy
        if not signers(checkpoint, policy.logs):
            raise unknown_signers(checkpoint, policy)
        before = self._require_not_older(checkpoint)
        known = before.checkpoint.size if before is not None else 0
        if request.old != known:
            raise VerificationError(
                file=path,
                place="line 1",
                expected=f"old {known}, which this witness cosigned last",
                got=f"old {request.old}",
            )
        if before is not None and not is_consistent(
            known,
            before.checkpoint.root,
            new=checkpoint.checkpoint.size,
            new_root=checkpoint.checkpoint.root,
            proof=request.proof,
        ):
            raise VerificationError(
                file=path,
                expected=f"a proof that the log continues its first {known} entries",
                got="none; ask for the files of the log, which can show why",
            )
        return checkpoint, before

    def _require_not_older(self, checkpoint: SignedCheckpoint) -> SignedCheckpoint | None:
        """The checkpoint cosigned last, which is of no larger size, nor another of the same."""
        before = self.last_cosigned(checkpoint.checkpoint.origin)
        if before is None:
            return None
        old, new = before.checkpoint, checkpoint.checkpoint
        if old.size == new.size and old.root != new.root:
            raise self._split_view(checkpoint, evidence_of(before, checkpoint))
        if old.size > new.size:
            raise VerificationError(
                file=checkpoint.file,
                place="line 2",
                expected=f"at least the {old.size} entries that this witness cosigned",
                got=f"{new.size}: the log was put back",
            )
        return before

    def _split_view(self, checkpoint: SignedCheckpoint, evidence: SplitView) -> SplitViewError:
        content = evidence.to_bytes()
        name = f"{sha256(content).hexdigest()[:16]}.json"
        path = self._place(checkpoint.checkpoint.origin) / _EVIDENCE / name
        write_atomically(path, content)
        return SplitViewError(
            file=checkpoint.file,
            expected="a log that continues what this witness cosigned",
            got=f"another history; the evidence is {path}",
        )

    def _place(self, origin: str) -> Path:
        return self.path / "logs" / sha256(origin.encode()).hexdigest()[:16]
