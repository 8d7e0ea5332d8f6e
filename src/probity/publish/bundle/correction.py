"""Chains of corrections: a bundle is never edited; a new one names the one it corrects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from probity.core import VerificationError
from probity.core.canonical_json import read_json
from probity.publish.bundle.layout import MANIFEST, VERDICTS
from probity.publish.bundle.verify import VerifiedBundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One correction: which bundle corrects which, why, and what became of the verdicts.

    ``changed`` holds (claim id, earlier verdict, later verdict); "none" where a bundle does not
    have the claim.
    """

    later: str
    earlier: str
    reason: str
    changed: tuple[tuple[str, str, str], ...]


def chain(newest: VerifiedBundle, earlier: Sequence[VerifiedBundle]) -> tuple[Step, ...]:
    """Follow what each bundle says that it corrects, from the newest one back.

    Raises
    ------
    VerificationError
        A bundle among ``earlier`` is not corrected by any in the chain.
    """
    by_digest = {one.digest: one for one in earlier if one.digest}
    steps: list[Step] = []
    later = newest
    while by_digest:
        named = later.manifest.corrects if later.manifest else None
        if named is None or named.bundle not in by_digest:
            raise VerificationError(
                file=MANIFEST,
                place=f"pointer /corrects of {later.digest}",
                expected=f"a correction of {min(map(str, by_digest))}",
                got="no correction" if named is None else named.bundle,
            )
        corrected = by_digest.pop(named.bundle)
        steps.append(
            Step(
                later=str(later.digest),
                earlier=named.bundle,
                reason=named.reason,
                changed=_changed(_verdicts(corrected), _verdicts(later)),
            )
        )
        later = corrected
    return tuple(steps)


def _verdicts(bundle: VerifiedBundle) -> Mapping[str, str]:
    """The verdict of each claim; empty where a stranger's file does not hold them."""
    document = read_json(bundle.contents.get(VERDICTS, b"{}"))
    claims = document.get("claims", []) if isinstance(document, dict) else []
    return {
        str(claim.get("id")): str(claim.get("verdict"))
        for claim in (claims if isinstance(claims, list) else [])
        if isinstance(claim, dict)
    }


def _changed(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (claim, before.get(claim, "none"), after.get(claim, "none"))
        for claim in sorted({*before, *after})
        if before.get(claim) != after.get(claim)
    )
