"""Error rates of a laboratory's test from Python: ``probity.measure``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from probity.core import InputError
from probity.core.table import NUMBER, TEXT, WHOLE, Table
from probity.performance import verification_json
from probity.performance.identification import as_json as identification_json
from probity.performance.identification.measure import Identification
from probity.performance.identification.measure import identification as measure_identification
from probity.performance.identification.modes import mode_of
from probity.performance.identification.score_trial import ScoreTrial
from probity.performance.identification.template_trial import trial_of_templates
from probity.performance.identification.trial import Trial
from probity.performance.scores.batch import ScoreSet
from probity.performance.scores.chain import ChainedScores
from probity.performance.scores.opening import open_scores
from probity.performance.templates import read_templates
from probity.performance.verification import FMRS, Verification
from probity.performance.verification import verification as measure_verification

__all__ = ["IdentificationRates", "VerificationRates", "identification", "verification"]

Files = str | PathLike[str] | Sequence[str | PathLike[str]]

_RATE: dict[str, pa.DataType] = {
    "k": WHOLE, "n": WHOLE, "value": NUMBER, "low": NUMBER, "high": NUMBER, "undefined": TEXT,
}  # fmt: skip
_KEYS: dict[str, pa.DataType] = {"threshold": NUMBER, "gallery_size": WHOLE, "group": TEXT}
FNMR_COLUMNS: dict[str, pa.DataType] = {
    "fmr_per_comparison": NUMBER, "threshold": NUMBER,
} | {f"fnmr_{name}": kind for name, kind in _RATE.items()}  # fmt: skip
DET_COLUMNS: dict[str, pa.DataType] = {
    "threshold": NUMBER, "false_matches": WHOLE, "false_nonmatches": WHOLE,
}  # fmt: skip
IDENTIFICATION_COLUMNS: dict[str, pa.DataType] = (
    _KEYS
    | {f"fpir_{name}": kind for name, kind in _RATE.items()}
    | {f"tpir_{name}": kind for name, kind in _RATE.items()}
)


@dataclass(frozen=True, slots=True)
class VerificationRates:
    """Rates of 1:1 comparisons.

    Attributes
    ----------
    found : Verification
        As ``probity.performance.verification`` gives it, groups and equal error rate included.
    """

    found: Verification

    def table(self) -> Table:
        """FNMR at each false match rate that was asked for, with the naive interval."""
        rows = (
            {name: row[name] for name in ("fmr_per_comparison", "threshold")}
            | _rate("fnmr", row["fnmr_per_comparison"])
            for row in self.as_json()["fnmr_at_fmr"]
        )
        return Table.of(rows, columns=FNMR_COLUMNS)

    def det(self) -> Table:
        """Counts along the DET curve."""
        return Table.of(self.as_json()["det"], columns=DET_COLUMNS)

    def as_json(self) -> dict[str, Any]:
        """The document that ``probity measure verification --format json`` prints."""
        return verification_json.as_json(self.found)


@dataclass(frozen=True, slots=True)
class IdentificationRates:
    """Rates of searches.

    Attributes
    ----------
    found : Identification
        As ``probity.performance.identification`` gives it.
    """

    found: Identification

    def table(self) -> Table:
        """FPIR and TPIR with intervals over people, by threshold, gallery size and group.

        The row of all probes has no group.
        """
        rows = (
            {"threshold": at["threshold"], "gallery_size": at["gallery_size"], "group": group}
            | _rate("fpir", rates["fpir_per_nonmated_probe"])
            | _rate("tpir", rates["tpir_per_mated_probe"])
            for at in self.as_json()["thresholds"]
            for group, rates in [(None, at), *at["groups"].items()]
        )
        return Table.of(rows, columns=IDENTIFICATION_COLUMNS)

    def as_json(self) -> dict[str, Any]:
        """The document that ``probity measure identification --format json`` prints."""
        return identification_json.as_json(self.found)


def verification(
    scores: Files, *, fmrs: Sequence[float] = FMRS, level: float = 0.95
) -> VerificationRates:
    """FMR, FNMR, equal error rate and DET of 1:1 comparisons.

    Parameters
    ----------
    scores : str, path, or a sequence of them
        Files of comparisons with ground truth.
    fmrs : sequence of float
        The false match rates to report at.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    InputError
        A file cannot be used.
    ValueError
        The level does not lie between 0 and 1.
    """
    found = measure_verification(_score_set(scores), fmrs=tuple(fmrs), level=level)
    return VerificationRates(found)


def identification(
    scores: Files | None = None,
    *,
    templates: str | PathLike[str] | None = None,
    manifest: str | PathLike[str] | None = None,
    thresholds: Sequence[float] = (),
    gallery_sizes: Sequence[int] = (),
    mode: Literal["live", "operator-initiated", "retrospective"] = "live",
    rank: int | None = None,
    list_length: int | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> IdentificationRates:
    """FPIR and TPIR of searches in galleries of several sizes.

    Parameters
    ----------
    scores : str, path, or a sequence of them, optional
        Scores of every probe with the whole gallery.
    templates, manifest : str or path, optional
        Instead of scores: a laboratory's vectors, and whose they are.
    thresholds : sequence of float
        An alert needs a score at or above.
    gallery_sizes : sequence of int
        People in random sub-galleries.
    mode : str
        How the search is used.
    rank, list_length : int, optional
        The right person counts at this rank or better; candidates returned at most.
    seed : int
        Of sub-galleries and simulations.
    level : float
        Confidence level of the intervals.

    Raises
    ------
    InputError
        Neither scores nor templates with their manifest, or a file that cannot be used.
    """
    found = measure_identification(
        _trial(scores, templates, manifest),
        thresholds=thresholds,
        gallery_sizes=gallery_sizes,
        mode=mode_of(mode, list_length=list_length, rank=rank),
        separator=None,
        seed=seed,
        level=level,
    )
    return IdentificationRates(found)


def _trial(
    scores: Files | None,
    templates: str | PathLike[str] | None,
    manifest: str | PathLike[str] | None,
) -> Trial:
    if scores is not None and templates is None and manifest is None:
        return ScoreTrial(_score_set(scores))
    if scores is not None or templates is None or manifest is None:
        raise InputError("give templates with their manifest, or scores")
    return trial_of_templates(read_templates(Path(templates), Path(manifest)))


def _score_set(files: Files) -> ScoreSet:
    chosen = [files] if isinstance(files, str | PathLike) else list(files)
    parts = [open_scores(Path(one)) for one in chosen]
    return parts[0] if len(parts) == 1 else ChainedScores(parts)


def _rate(prefix: str, rate: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": rate.get(name) for name in _RATE}
