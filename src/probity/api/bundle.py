"""Bundles of evidence from Python: ``probity.publish_bundle`` and ``probity.verify``."""

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from probity.core import InputError, VerificationError
from probity.publish.bundle.checked import CheckedBundle, as_json, check_bundle
from probity.publish.bundle.compose import compose
from probity.publish.bundle.inputs import gather
from probity.publish.bundle.manifest import digest_in
from probity.publish.bundle.write import require_free, write_bundle
from probity.publish.translog.trust_policy import trusting


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle that was checked. It is true where the bundle is intact.

    Attributes
    ----------
    checked : CheckedBundle
        Everything that was found.
    """

    checked: CheckedBundle

    @property
    def digest(self) -> str | None:
        """SHA-256 of the manifest, the digest of the bundle; None where there is no manifest."""
        return self.checked.bundle.digest

    @property
    def failures(self) -> tuple[VerificationError, ...]:
        """Everything that is not as it was published, with file and place."""
        return self.checked.failures

    def raise_for_failure(self) -> None:
        """Raise the first failure, if there is one.

        Raises
        ------
        VerificationError
            The bundle is not as it was published.
        """
        if self.failures:
            raise self.failures[0]

    def as_json(self) -> dict[str, Any]:
        """The document that ``probity verify --format json`` prints."""
        return as_json(self.checked)

    def __bool__(self) -> bool:
        """Whether there is no failure."""
        return not self.failures


def verify(
    bundle: str | PathLike[str],
    *,
    digest: str | None = None,
    recompute: bool = False,
    earlier: Sequence[str | PathLike[str]] = (),
    log: str | PathLike[str] | None = None,
    log_key: str | None = None,
) -> Verified:
    """Check that a bundle of evidence was not changed.

    Parameters
    ----------
    bundle : str or path
        Its directory.
    digest : str, optional
        The bundle's digest as it was published elsewhere, with or without ``sha256:``. Without
        it, a bundle that was written anew as a whole cannot be told from the published one.
    recompute : bool
        Whether to compute every verdict again, and compare.
    earlier : sequence of str or path
        Earlier bundles in its chain of corrections.
    log : str or path, optional
        The files of a transparency log that the digest has to be in.
    log_key : str, optional
        The public key of that log.

    Raises
    ------
    InputError
        No such directory, not a digest or a key, or a log without its key.
    """
    directories = [Path(one) for one in (bundle, *earlier, *([] if log is None else [log]))]
    for directory in directories:
        if not directory.is_dir():
            raise InputError("no such directory", file=directory)
    if (log is None) != (log_key is None):
        raise InputError("a log is checked with its key: give both log and log_key")
    expected = None if digest is None else digest_in(digest)
    if digest is not None and expected is None:
        raise InputError("not a SHA-256 digest", got=digest, allowed="64 hexadecimal digits")
    return Verified(
        check_bundle(
            Path(bundle),
            expected_digest=expected,
            again=recompute,
            earlier=[Path(one) for one in earlier],
            log=None if log is None or log_key is None else (Path(log), trusting(log_key)),
        )
    )


def publish_bundle(
    out: str | PathLike[str],
    *,
    claims: Sequence[str | PathLike[str]] | None = None,
    records: Sequence[str | PathLike[str]] = (),
    audits: Sequence[str | PathLike[str]] = (),
    policies: Sequence[str] = (),
    published: str | None = None,
    replace: bool = False,
) -> str:
    """Write figures, claims, verdicts and report as one directory that anybody can check.

    Parameters
    ----------
    out : str or path
        The directory; new or empty.
    claims : sequence of str or path, optional
        As ``check`` takes them; every bundled claim by default.
    records, audits : sequence of str or path
        Deployment records, and results of ``probity audit --format json``.
    policies : sequence of str
        Policies to take in beside those that the audits name.
    published : str, optional
        The day of publication, "2026-11-26"; no clock is read.
    replace : bool
        Whether an intact bundle in ``out`` may be replaced.

    Returns
    -------
    str
        The digest of the bundle, in hexadecimal: publish it elsewhere too.

    Raises
    ------
    InputError
        A file cannot be used, or ``out`` holds something.
    OSError
        ``out`` cannot be written.
    """
    require_free(Path(out), replace=replace)
    composed = compose(
        gather(
            claims=None if claims is None else [str(one) for one in claims],
            records=[Path(one) for one in records],
            audits=[Path(one) for one in audits],
            policies=policies,
            published=published,
        )
    )
    write_bundle(composed.files, out=Path(out), replace=replace)
    return composed.digest
