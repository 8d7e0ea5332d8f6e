"""Fitting the recogniser to a published test, and what the fit is worth."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.special import ndtri

from probity.core import InputError
from probity.core.files import read_regular_file
from probity.twin.calibrate.anchors import Anchors, npl_2023
from probity.twin.calibrate.likelihood import Likelihood
from probity.twin.calibrate.parameters import KNOTS, LEVEL_KNOT, PARAMETERS, Parameter, natural
from probity.twin.calibrate.posterior import RUNS, Posterior, sample
from probity.twin.calibrate.rates import above_level, fpir_in_test, latent_thresholds, tpir_moments

Values = NDArray[np.float64]

CALIBRATION_SCHEMA: Literal["probity/calibration/2"] = "probity/calibration/2"
NOT_INFORMED_ABOVE = 0.9
"""Posterior over prior standard deviation above which the anchors say nothing to speak of."""
MAX_DRAWS = 10_000
MAX_FILE_BYTES = 16 << 20
_LEVEL = 0.95
_RATE_DRAWS = 4_096
_THRESHOLD_DRAWS = 512
"""Fewer: a latent threshold takes longer than all else of a draw."""

Finite = Annotated[float, Field(allow_inf_nan=False)]
Coordinate = Annotated[float, Field(ge=-10.0, le=10.0)]
"""In standard deviations of the prior."""


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


class FittedSetting(_Record):
    """A threshold that the lowest count may have been taken at: how probable, before and after."""

    threshold: Finite
    prior: Finite
    posterior: Finite


class Convergence(_Record):
    """How well the posterior was sampled.

    ``most_disagreement``: greatest standard error of a parameter's mean between independent runs,
    in posterior standard deviations. ``remembered``: greatest correlation of a particle's
    parameter with where it stood before it was moved.
    """

    runs: int
    particles: int
    powers: int
    most_disagreement: Finite
    remembered: Finite
    log_evidence: Finite
    log_evidence_error: Finite


class Calibration(_Record):
    """The recogniser's parameters as fitted to a test.

    ``draws`` are of the posterior, in coordinates with a standard normal prior, in the order of
    ``parameters``.
    """

    schema_id: Annotated[Literal["probity/calibration/2"], Field(alias="schema")] = (
        CALIBRATION_SCHEMA
    )
    test: str
    system: str
    fitted_to: tuple[str, ...]
    gallery_size: Annotated[int, Field(ge=1, le=1_000_000_000)]
    seed: int
    parameters: tuple[FittedParameter, ...]
    settings: tuple[FittedSetting, ...]
    rates: tuple[FittedRates, ...]
    convergence: Convergence
    draws: Annotated[
        tuple[tuple[Coordinate, ...], ...], Field(min_length=1, max_length=MAX_DRAWS, repr=False)
    ]

    @property
    def not_informed(self) -> tuple[FittedParameter, ...]:
        """Parameters about which the anchors say nothing to speak of."""
        return tuple(one for one in self.parameters if not one.informed)

    def theta(self) -> dict[str, Values]:
        """Parameters by name, (draws,) each."""
        return natural(np.asarray(self.draws))


def calibrate(
    anchors: Anchors | None = None, *, seed: int = 0, draws: int = 1_000, particles: int = 4_096
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
    particles : int
        Of each of the runs that the posterior is summed over.

    Raises
    ------
    NotConvergedError
        The posterior could not be sampled well enough.
    """
    anchors = anchors or npl_2023()
    posterior = fit(anchors, seed=seed, particles=particles)
    kept = posterior.draws(draws, seed=seed)
    return Calibration(
        test=anchors.name,
        system=anchors.system,
        fitted_to=anchors.fitted_ids,
        gallery_size=anchors.design.gallery_size,
        seed=seed,
        parameters=tuple(_fitted(one, i, posterior) for i, one in enumerate(PARAMETERS)),
        settings=tuple(
            FittedSetting(threshold=one.threshold, prior=one.weight, posterior=share)
            for one, share in zip(
                anchors.false_positives[-1].settings, posterior.readings.tolist(), strict=True
            )
        ),
        rates=_rates(posterior, gallery_size=anchors.design.gallery_size, seed=seed),
        convergence=Convergence(
            runs=RUNS,
            particles=particles,
            powers=posterior.powers,
            most_disagreement=posterior.most_disagreement,
            remembered=posterior.remembered,
            log_evidence=posterior.log_evidence,
            log_evidence_error=posterior.log_evidence_error,
        ),
        draws=tuple(tuple(row) for row in posterior.points[kept].tolist()),
    )


def fit(anchors: Anchors, *, seed: int, particles: int) -> Posterior:
    """Posterior of ``PARAMETERS``, each setting of the lowest count fitted by itself.

    Raises
    ------
    NotConvergedError
        The posterior could not be sampled well enough.
    """
    readings = [(weight, Likelihood(closed)) for weight, closed in anchors.closed()]
    return sample(readings, dimension=len(PARAMETERS), seed=seed, particles=particles)


def as_json(calibration: Calibration) -> str:
    """The calibration as one JSON document."""
    return calibration.model_dump_json(by_alias=True) + "\n"


def calibration_schema() -> dict[str, Any]:
    """JSON Schema of ``as_json``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Calibration.model_json_schema(by_alias=True, mode="serialization"),
    }


def calibration_digest(calibration: Calibration) -> str:
    """SHA-256 of a calibration as written."""
    return hashlib.sha256(as_json(calibration).encode()).hexdigest()


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
    expected = tuple(one.name for one in PARAMETERS)
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
        posterior=_summary(partial(posterior.quantile, one.of(coordinate))),
        spread_ratio=ratio,
        informed=ratio <= NOT_INFORMED_ABOVE,
    )


def _summary(quantile: Callable[[float], float]) -> Summary:
    tail = (1.0 - _LEVEL) / 2.0
    return Summary(median=quantile(0.5), low=quantile(tail), high=quantile(1.0 - tail))


def _quantile(draws: Values, probability: float) -> float:
    return float(np.quantile(draws, probability))


def _rates(posterior: Posterior, *, gallery_size: int, seed: int) -> tuple[FittedRates, ...]:
    theta = natural(posterior.points[posterior.draws(_RATE_DRAWS, seed=seed)])
    few = {name: values[:_THRESHOLD_DRAWS] for name, values in theta.items()}
    thresholds = latent_thresholds(few, gallery_size=gallery_size)
    fpir = fpir_in_test(theta, gallery_size=gallery_size)
    tpir = [
        tpir_moments(few, above_level(thresholds[:, k], thresholds[:, LEVEL_KNOT]))[0]
        for k in range(len(KNOTS))
    ]
    return tuple(
        FittedRates(
            threshold=threshold,
            fpir_per_nonmated_probe=_summary(partial(_quantile, fpir[:, knot])),
            tpir_per_mated_probe=_summary(partial(_quantile, tpir[knot])),
        )
        for knot, threshold in enumerate(KNOTS)
    )
