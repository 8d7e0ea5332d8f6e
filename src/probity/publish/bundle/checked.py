"""Everything that a reader of a bundle wants to know, found in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.core import VerificationError
from probity.publish.bundle.compose import Done
from probity.publish.bundle.correction import Step, chain
from probity.publish.bundle.in_log import LoggedBundle, NotInLogError, find_in_log
from probity.publish.bundle.layout import VERDICTS
from probity.publish.bundle.recompute import Recomputed, recompute
from probity.publish.bundle.verify import VerifiedBundle, verify_bundle
from probity.publish.translog.trust_policy import TrustPolicy

SCHEMA = "probity/verify/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBundle:
    """A bundle that was verified and, where that was asked for, computed again.

    Attributes
    ----------
    bundle : VerifiedBundle
        The bundle itself.
    recomputed : Recomputed or None
        None where nothing was to be computed again.
    corrections : tuple of Step
        From the newest bundle back, as far as earlier ones were given.
    logged : LoggedBundle or None
        Where its digest stands in the log that was given.
    failures : tuple of VerificationError
        Of everything together.
    """

    bundle: VerifiedBundle
    recomputed: Recomputed | None
    corrections: tuple[Step, ...]
    logged: LoggedBundle | None
    failures: tuple[VerificationError, ...]

    @property
    def is_as_published(self) -> bool:
        """Whether nothing fails but, where that was asked for, computing it again."""
        recomputing = len(self.recomputed.failures) if self.recomputed else 0
        return len(self.failures) == recomputing


def check_bundle(
    directory: Path,
    *,
    expected_digest: str | None = None,
    again: bool = False,
    earlier: Sequence[Path] = (),
    log: tuple[Path, TrustPolicy] | None = None,
    done: Done = lambda: None,
) -> CheckedBundle:
    """Verify a bundle, and the earlier ones that it corrects.

    Parameters
    ----------
    directory : Path
        The bundle.
    expected_digest : str, optional
        Its digest as published elsewhere, in hexadecimal.
    again : bool
        Whether to compute the verdicts and the report again.
    earlier : sequence of Path
        Bundles in the chain of corrections, in any order.
    log : (Path, TrustPolicy), optional
        A log that the bundle's digest has to be in, and whose signatures the reader asks for.
    done : callable
        Called as ``compose`` calls it while computing.
    """
    bundle = verify_bundle(directory, expected_digest=expected_digest)
    recomputed = recompute(directory, bundle, done=done) if again else None
    failures = [*bundle.failures, *(recomputed.failures if recomputed else ())]
    before = [verify_bundle(path) for path in earlier]
    for path, one in zip(earlier, before, strict=True):
        failures += [_below(path, error) for error in one.failures]
    corrections: tuple[Step, ...] = ()
    try:
        corrections = chain(bundle, before)
    except VerificationError as error:
        failures.append(error)
    logged = None
    if log is not None and bundle.digest is not None:
        try:
            logged = find_in_log(bundle.digest, log[0], policy=log[1])
        except NotInLogError as error:
            failures.append(error)
        except VerificationError as error:
            failures.append(_below(log[0], error))
    return CheckedBundle(
        bundle=bundle,
        recomputed=recomputed,
        corrections=corrections,
        logged=logged,
        failures=tuple(failures),
    )


def _below(directory: Path, error: VerificationError) -> VerificationError:
    """The failure of another directory than the one that is checked."""
    return VerificationError(
        file=f"{directory}/{error.file}",
        place=error.place,
        expected=error.expected,
        got=error.got,
    )


def as_json(checked: CheckedBundle) -> dict[str, Any]:
    """The result as a document; its schema is docs/reference/schemas/verify.json."""
    manifest, recomputed = checked.bundle.manifest, checked.recomputed
    corrects = manifest.corrects if manifest else None
    return {
        "schema": SCHEMA,
        "kind": "bundle",
        "intact": not checked.failures,
        "digest": checked.bundle.digest,
        "files": len(manifest.files) if manifest else None,
        "published": manifest.published if manifest else None,
        "software": manifest.software.model_dump(mode="json") if manifest else None,
        "corrects": corrects.model_dump(mode="json") if corrects else None,
        "corrections": [
            {
                "later": step.later,
                "earlier": step.earlier,
                "reason": step.reason,
                "changed": [
                    {"claim": claim, "earlier": before, "later": after}
                    for claim, before, after in step.changed
                ],
            }
            for step in checked.corrections
        ],
        "recomputed": None
        if recomputed is None
        else {
            "verdicts": _of_verdicts(recomputed),
            "same": list(recomputed.same),
            "not_compared": list(recomputed.not_compared),
        },
        "log": None if checked.logged is None else _logged(checked.logged),
        "failures": [failure_as_json(error) for error in checked.failures],
    }


def _of_verdicts(recomputed: Recomputed) -> str:
    if not recomputed.compared:
        return "not compared"
    return "same" if VERDICTS in recomputed.same else "different"


def _logged(found: LoggedBundle) -> dict[str, Any]:
    state = found.log.checkpoint.checkpoint
    return {
        "origin": state.origin,
        "size": state.size,
        "root": state.root.hex(),
        "index": found.index,
        "recorded_at": found.recorded_at,
        "corrected_by": [
            {"index": index, "reason": reason} for index, reason in found.corrected_by
        ],
    }


def failure_as_json(error: VerificationError) -> dict[str, Any]:
    """A failure, for documents."""
    return {
        "file": str(error.file),
        "place": error.place,
        "expected": error.expected,
        "got": error.got,
    }
