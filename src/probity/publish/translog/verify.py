"""The verifier of a log: every file read, every entry hashed again.

What is checked, in this order:

1. there is nothing but plain files and folders;
2. the checkpoint is signed by a log that the reader trusts;
3. every entry and every tile leads to the signed root;
4. where the checkpoint is signed by a later key, entries lead there from a trusted one;
5. the log continues an earlier checkpoint that the reader kept;
6. enough witnesses have cosigned;
7. there is no file beside those of the log.

A failure is told with the file and the place. Where entries and tiles do not agree, the signed
root says which of them was changed.
"""

from dataclasses import dataclass
from pathlib import Path

from probity.core import VerificationError
from probity.publish.translog.check_tree import See, Step, check_tree, no_step, see_nothing
from probity.publish.translog.checkpoint import SignedCheckpoint
from probity.publish.translog.cosignature import Cosignature, cosignature_of
from probity.publish.translog.file_listing import check_files, plain_files
from probity.publish.translog.key_chain import KeyChain
from probity.publish.translog.log_files import earlier_root, read_checkpoint
from probity.publish.translog.note import VerifierKey, is_signed_by
from probity.publish.translog.tiles import Tile
from probity.publish.translog.trust_policy import TrustPolicy


@dataclass(frozen=True, slots=True)
class LogReport:
    """A log that was read to the end and found to be what its checkpoint says.

    Parameters
    ----------
    checkpoint : SignedCheckpoint
        Origin, size and root.
    signed_by : tuple of VerifierKey
        The trusted keys that signed it.
    key_changes : tuple of int
        The entries that lead from a key the reader trusts to the one that signed.
    cosigned_by : tuple of Cosignature
        The known witnesses that cosigned it.
    continues : int or None
        Size of the earlier checkpoint that it was found to continue.
    cut_short : bool
        An append was interrupted; its entries are not in the log (yet).
    signed_size : int
        The largest size that the log was found to have signed. Where that is more than the
        checkpoint's, the copy is behind: an append was cut short after signing, or somebody put
        an older state back and kept the later checkpoint where an append would have left it.
    """

    checkpoint: SignedCheckpoint
    signed_by: tuple[VerifierKey, ...]
    key_changes: tuple[int, ...]
    cosigned_by: tuple[Cosignature, ...]
    continues: int | None
    cut_short: bool
    signed_size: int


def verify_log(
    log: Path,
    *,
    policy: TrustPolicy,
    earlier: SignedCheckpoint | None = None,
    step: Step = no_step,
    see: See = see_nothing,
) -> LogReport:
    """Read all of a log and check it.

    Parameters
    ----------
    log : Path
        A directory with a copy of the log's files.
    policy : TrustPolicy
        Whose signatures the reader asks for.
    earlier : SignedCheckpoint, optional
        A checkpoint of this log that the reader kept, or got from somebody else.
    step : callable
        Told how many entries were checked, as they are.
    see : callable
        Shown every bundle of entries, as ``check_tree`` shows them.

    Raises
    ------
    VerificationError
        The first failure, with the file and the place.
    """
    for _ in plain_files(log):
        pass
    checkpoint = read_checkpoint(log)
    trusted, chain = policy.logs, KeyChain(checkpoint.checkpoint.origin, policy.logs)
    signed_by = signers(checkpoint, trusted)

    def see_both(bundle: Tile, content: bytes) -> None:
        if not signed_by:
            chain.see(bundle, content)
        see(bundle, content)

    check_tree(log, checkpoint.checkpoint, step=step, see=see_both)
    if not signed_by:
        trusted = chain.keys
        signed_by = signers(checkpoint, trusted)
    if not signed_by:
        raise unknown_signers(checkpoint, policy)
    if earlier is not None:
        _check_continues(log, checkpoint, earlier, trusted)
    cosigned_by = check_witnesses(checkpoint, policy)
    following = check_files(log, checkpoint, trusted)
    return LogReport(
        checkpoint,
        signed_by,
        tuple(chain.changes),
        cosigned_by,
        earlier.checkpoint.size if earlier is not None else None,
        following is not None,
        max(checkpoint.checkpoint.size, following or 0),
    )


def signers(checkpoint: SignedCheckpoint, keys: tuple[VerifierKey, ...]) -> tuple[VerifierKey, ...]:
    """Those of the keys that signed a checkpoint of the log that they are named after.

    A key may sign several logs; one log must not be passed off as another.

    Raises
    ------
    VerificationError
        A signature that says it is of one of them, and is not.
    """
    own = (key for key in keys if key.name == checkpoint.checkpoint.origin)
    return tuple(key for key in own if is_signed_by(checkpoint.note, key, file=checkpoint.file))


def unknown_signers(checkpoint: SignedCheckpoint, policy: TrustPolicy) -> VerificationError:
    """The failure that none of the trusted keys has signed."""
    origin, names = checkpoint.checkpoint.origin, {key.name for key in policy.logs}
    if names and origin not in names:
        return VerificationError(
            file=checkpoint.file,
            place="line 1",
            expected=f"the log {' or '.join(sorted(names))}",
            got=origin,
        )
    found = ", ".join(f"{one.name}+{one.key_id.hex()}" for one in checkpoint.note.signatures)
    wanted = " or ".join(f"{key.name}+{key.key_id.hex()}" for key in policy.logs)
    return VerificationError(
        file=checkpoint.file,
        expected=f"a signature of {wanted or 'a trusted log (the policy names none)'}",
        got=f"signatures of {found}",
    )


def check_witnesses(checkpoint: SignedCheckpoint, policy: TrustPolicy) -> tuple[Cosignature, ...]:
    """The cosignatures of the known witnesses, which are enough.

    Raises
    ------
    VerificationError
        One is not good, or there are too few.
    """
    found = {name: cosignature_of(checkpoint, key) for name, key in policy.witnesses.items()}
    cosigned = {name: one for name, one in found.items() if one is not None}
    if not policy.is_met(cosigned):
        raise VerificationError(
            file=checkpoint.file,
            expected=policy.demand,
            got=f"cosignatures of {', '.join(cosigned)}" if cosigned else "none of theirs",
        )
    return tuple(cosigned.values())


def _check_continues(
    log: Path,
    checkpoint: SignedCheckpoint,
    earlier: SignedCheckpoint,
    keys: tuple[VerifierKey, ...],
) -> None:
    """Check that a tree whose every tile was checked begins with an earlier one."""
    now, before = checkpoint.checkpoint, earlier.checkpoint
    if before.origin != now.origin:
        raise VerificationError(
            file=checkpoint.file, place="line 1", expected=before.origin, got=now.origin
        )
    if not signers(earlier, keys):
        raise unknown_signers(earlier, TrustPolicy(keys))
    if before.size > now.size:
        raise VerificationError(
            file=checkpoint.file,
            place="line 2",
            expected=f"at least the {before.size} entries of the earlier checkpoint",
            got=f"{now.size}: the log was put back",
        )
    root, _ = earlier_root(log, before.size, now=now)
    if root != before.root:
        raise VerificationError(
            file=checkpoint.file,
            place="line 3",
            expected=f"a log whose first {before.size} entries have the root "
            f"{before.root.hex()} of the earlier checkpoint",
            got=f"{root.hex()}: the log was forked",
        )
