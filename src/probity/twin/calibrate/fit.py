"""Fitting the recogniser to a published test, and what the fit is worth."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.special import ndtri

from probity.core import InputError
from probity.core.files import read_regular_file
from probity.twin.calibrate.anchors import Anchors, npl_2023
from probity.twin.calibrate.likelihood import Likelihood
from probity.twin.calibrate.parameters import KNOTS, Natural, Parameter, natural, parameters
from probity.twin.calibrate.rates import (
    TEST,
    fpir_per_nonmated_probe,
    latent_thresholds,
    tpir_moments,
)
from probity.twin.calibrate.sampler import Posterior, sample

Values = NDArray[np.float64]

CALIBRATION_SCHEMA: Literal["probity/calibration/1"] = "probity/calibration/1"
NOT_INFORMED_ABOVE = 0.9
"""Posterior over prior standard deviation above which the anchors say nothing to speak of."""
MAX_DRAWS = 10_000
MAX_FILE_BYTES = 16 << 20
_LEVEL = 0.95

Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Summary(_Record):
    """Median and central 95% interval."""

    median: Finite
    low: Finite
    high: Finite


class FittedParameter(_Record):
    """A parameter before and after the fit.

    ``spread_ratio`` is posterior over prior standard deviation, in the coordinate in which the
    prior is normal.
    """

    name: str
    meaning: str
    unit: str
    reason: str
    prior: Summary
    posterior: Summary
    spread_ratio: Finite
    informed: bool


class FittedRates(_Record):
    """What the fit says of the system at one threshold, in the test's gallery."""

    threshold: Finite
    fpir_per_nonmated_probe: Summary
    tpir_per_mated_probe: Summary


class Convergence(_Record):
    """How well the posterior was sampled.

    ``most_disagreement``: greatest standard error of a parameter's mean between independent nets
    of points, in posterior standard deviations.
    """

    points: int
    effective_points: Finite
    pareto_shape: Finite
    most_disagreement: Finite
    log_evidence: Finite
    steps: int


class Calibration(_Record):
    """The recogniser's parameters as fitted to a test.

    ``draws`` are of the posterior, in coordinates with a standard normal prior, in the order of
    ``parameters``.
    """

    schema_id: Annotated[Literal["probity/calibration/1"], Field(alias="schema")] = (
        CALIBRATION_SCHEMA
    )
    test: str
    system: str
    fitted_to: tuple[str, ...]
    searches: tuple[int, int]
    seed: int
    parameters: tuple[FittedParameter, ...]
    rates: tuple[FittedRates, ...]
    convergence: Convergence
    draws: Annotated[
        tuple[tuple[Finite, ...], ...], Field(min_length=1, max_length=MAX_DRAWS, repr=False)
    ]

    @property
    def not_informed(self) -> tuple[FittedParameter, ...]:
        """Parameters about which the anchors say nothing to speak of."""
        return tuple(one for one in self.parameters if not one.informed)

    def theta(self) -> dict[str, Values]:
        """Parameters by name, (draws,) each."""
        return natural(np.asarray(self.draws), parameters(self.searches))


def calibrate(
    anchors: Anchors | None = None, *, seed: int = 0, draws: int = 1_000, points: int = 16_384
) -> Calibration:
    """Fit the recogniser to a published test.

    Parameters
    ----------
    anchors : Anchors, optional
        The NPL test of 2023 by default.
    seed : int
        The same seed gives the same calibration.
    draws : int
        Kept of the posterior, 1 to 10,000.
    points : int
        Weighted points that the posterior is summed over.

    Raises
    ------
    NotConvergedError
        The posterior could not be sampled well enough.
    """
    anchors = anchors or npl_2023()
    likelihood = Likelihood(anchors)
    table = likelihood.parameters
    posterior = sample(likelihood, dimension=len(table), seed=seed, points=points)
    theta = natural(posterior.points, table)
    kept = posterior.draws(draws, seed=seed)
    return Calibration(
        test=anchors.name,
        system=anchors.system,
        fitted_to=anchors.fitted_ids,
        searches=anchors.design.searches,
        seed=seed,
        parameters=tuple(_fitted(one, i, posterior) for i, one in enumerate(table)),
        rates=_rates(theta, posterior, gallery_size=anchors.design.gallery_size),
        convergence=Convergence(
            points=len(posterior.weights),
            effective_points=posterior.effective_points,
            pareto_shape=posterior.pareto_shape,
            most_disagreement=max(posterior.disagreement(x) for x in posterior.points.T),
            log_evidence=posterior.log_evidence,
            steps=posterior.steps,
        ),
        draws=tuple(tuple(row) for row in posterior.points[kept].tolist()),
    )


def as_json(calibration: Calibration) -> str:
    """The calibration as one JSON document."""
    return calibration.model_dump_json(by_alias=True) + "\n"


def read_calibration(path: Path) -> Calibration:
    """Read a calibration that ``as_json`` wrote.

    Raises
    ------
    InputError
        Not such a file, larger than 16 MiB, or of other parameters than this version's.
    """
    content = read_regular_file(path, limit=MAX_FILE_BYTES)
    try:
        found = Calibration.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or None
        raise InputError(
            f"not a calibration: {first['msg']}",
            file=path,
            column=where,
            allowed=CALIBRATION_SCHEMA,
        ) from None
    expected = tuple(one.name for one in parameters(found.searches))
    if tuple(one.name for one in found.parameters) != expected:
        raise InputError(
            "a calibration of other parameters", file=path, allowed=", ".join(expected)
        )
    wrong = {len(row) for row in found.draws} - {len(expected)}
    if wrong:
        raise InputError(
            "a draw of the wrong length", file=path, got=min(wrong), allowed=str(len(expected))
        )
    return found


def _fitted(one: Parameter, column: int, posterior: Posterior) -> FittedParameter:
    coordinate = posterior.points[:, column]
    tail = (1.0 - _LEVEL) / 2.0
    normal = np.array([tail, 0.5, 1.0 - tail])
    low, median, high = one.of(ndtri(normal)).tolist()
    ratio = posterior.standard_deviation(coordinate)
    return FittedParameter(
        name=one.name,
        meaning=one.meaning,
        unit=one.unit,
        reason=one.reason,
        prior=Summary(median=median, low=low, high=high),
        posterior=_summary(one.of(coordinate), posterior),
        spread_ratio=ratio,
        informed=ratio <= NOT_INFORMED_ABOVE,
    )


def _summary(quantity: Values, posterior: Posterior) -> Summary:
    tail = (1.0 - _LEVEL) / 2.0
    return Summary(
        median=posterior.quantile(quantity, 0.5),
        low=posterior.quantile(quantity, tail),
        high=posterior.quantile(quantity, 1.0 - tail),
    )


def _rates(theta: Natural, posterior: Posterior, *, gallery_size: int) -> tuple[FittedRates, ...]:
    thresholds = latent_thresholds(theta)
    fpir = fpir_per_nonmated_probe(theta, thresholds, mix=TEST, gallery_size=gallery_size)
    return tuple(
        FittedRates(
            threshold=threshold,
            fpir_per_nonmated_probe=_summary(fpir[:, knot], posterior),
            tpir_per_mated_probe=_summary(tpir_moments(theta, thresholds, knot=knot)[0], posterior),
        )
        for knot, threshold in enumerate(KNOTS)
    )
