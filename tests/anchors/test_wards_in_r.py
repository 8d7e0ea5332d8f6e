"""The ward model recomputed in base R 4.2.2 from the same files, by tests/anchors/r/wards.R.

R has its own logistic regression; the truncated likelihood is written out there on R's own
negative binomial and maximised by optim, and the boroughs are left out by R's loop.
"""

import numpy as np
import pytest

from probity.claims.measures.ward_effects import fitted
from probity.claims.measures.ward_specifications import GIVEN_VIOLENCE, REFERENCE, Part
from probity.records.bundled import load
from probity.stats.twopart import profile_ratio, ratio

TEN_POINTS = {"name": "black_share", "per": 0.1}


@pytest.mark.parametrize(
    ("specification", "coefficients", "log_likelihood", "jackknife", "profile"),
    [
        (
            REFERENCE,
            (-12.933852, 2.3409807, 1.7605868, -0.71244139),
            -170.1801,
            (1.2637684, 0.88649056, 1.8016104),
            (0.94303569, 1.6796068),
        ),
        (
            GIVEN_VIOLENCE,
            (-3.0158909, -0.020288351, 2.3041185, -1.5533877),
            -171.9751,
            (0.99797322, 0.69845031, 1.4259433),
            (0.73665672, 1.3342069),
        ),
    ],
)
def test_any_deployment(specification, coefficients, log_likelihood, jackknife, profile):
    fit = fitted(load(), specification, Part.ANY)
    assert fit.coefficients == pytest.approx(coefficients, rel=1e-5)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    found = ratio(fit, **TEN_POINTS)
    assert (found.value, found.low, found.high) == pytest.approx(jackknife, rel=1e-6)
    found = profile_ratio(fit, **TEN_POINTS)
    assert (found.low, found.high) == pytest.approx(profile, rel=1e-5)


@pytest.mark.parametrize(
    ("specification", "slopes", "dispersion", "log_likelihood", "jackknife"),
    [
        (
            REFERENCE,
            (0.18346297, 0.67105868, -0.1204121),
            2.0974093,
            -133.52417,
            (1.0185156, 0.72480062, 1.4312544),
        ),
        (
            GIVEN_VIOLENCE,
            (-1.1169321, 1.0520981, -0.43907249),
            1.1901817,
            -130.07641,
            (0.89431859, 0.66737281, 1.1984392),
        ),
    ],
)
def test_number_given_any(specification, slopes, dispersion, log_likelihood, jackknife):
    fit = fitted(load(), specification, Part.NUMBER)
    assert fit.coefficients[1:] == pytest.approx(slopes, rel=1e-5)
    assert fit.dispersion == pytest.approx(dispersion, rel=1e-5)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    found = ratio(fit, **TEN_POINTS)
    assert (found.value, found.low, found.high) == pytest.approx(jackknife, rel=1e-5)


def test_a_published_analysis_of_the_same_sheet_is_reproduced():
    """Its finding: 31% higher odds of any deployment per standard deviation of the Black share.

    github.com/langtonhugh/facial-recognition-doc at 9c148357, facial-recognition-script.R: a
    hurdle model in R (pscl) with all recorded offences, not logged, and nothing else. It counts
    72 wards with a deployment; two rows of the sheet match no deployment record and are not here.
    """
    from probity.claims.measures.ward_specifications import SPECIFICATIONS

    like_theirs = next(s for s in SPECIFICATIONS if s.given == ("thousand_offences",))
    fit = fitted(load(), like_theirs, Part.ANY)
    deviation = np.std(fit.units.covariates["black_share"], ddof=1)
    assert ratio(fit, "black_share", per=deviation).value == pytest.approx(1.31, abs=0.01)
