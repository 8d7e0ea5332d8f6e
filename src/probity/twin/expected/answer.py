"""What a year at a setting would bring, what it would vary between, and who could tell."""

from dataclasses import dataclass

from scipy import stats

from probity.stats.rate_test import rate_test_power, units_for_power
from probity.twin.compare import POWER
from probity.twin.expected.deployment import Deployment, Spread, expected
from probity.twin.expected.recogniser import Factor, factor_at
from probity.twin.expected.setting import Setting

LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An expected number, and between what single years lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldApart:
    """Could published counts tell the setting from the one as now?

    Parameters
    ----------
    deployments : int or None
        That each side needs for a power of ``compare.POWER``; None where a million do not do.
    power : float or None
        Chance that the exact test of the counts of a year of each finds a difference; None where
        only ``deployments`` is known.
    """

    deployments: int | None
    power: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfAnswer:
    """A year at a setting.

    Parameters
    ----------
    faces : float
        Faces seen in the year, on average.
    false_alerts, true_alerts : Expected
        Alerts of the year, as adjudicated.
    false_alerts_as_tested : Expected or None
        The same over every recogniser that the published test allows; None at thresholds that
        no published test speaks of.
    false_share_of_alerts : Expected
        False alerts among all.
    black_share_of_strangers : float
        Share of Black people among those wrongly alerted on.
    lost_share, officer_s : float
        As in ``Deployment``.
    by_false_alerts, by_true_alerts : ToldApart
        By false alerts per face seen, and by true alerts per face seen.
    """

    setting: Setting
    faces: float
    false_alerts: Expected
    false_alerts_as_tested: Expected | None
    true_alerts: Expected
    false_share_of_alerts: Expected
    black_share_of_strangers: float
    lost_share: float
    officer_s: float
    by_false_alerts: ToldApart
    by_true_alerts: ToldApart

    @property
    def false_alerts_per_face_seen(self) -> Expected:
        """Of the year; its faces seen are taken as given."""
        return Expected(
            mean=self.false_alerts.mean / self.faces,
            low=self.false_alerts.low / self.faces,
            high=self.false_alerts.high / self.faces,
        )


def answer(setting: Setting) -> WhatIfAnswer:
    """Answer a what-if. The same setting gives the same answer; nothing else is read.

    Outcomes are exact means of the scenario but for two that come from a simulated queue
    (``lost_share``, ``officer_s``). A year's count is taken as negative binomial with the
    variance that deployments of the scenario have.
    """
    here, now, n = expected(setting), expected(Setting()), setting.deployments
    return year_of(
        setting,
        here,
        by_false_alerts=_told_apart(now, here, now.false, here.false, n),
        by_true_alerts=_told_apart(now, here, now.true, here.true, n),
    )


def year_of(
    setting: Setting, here: Deployment, *, by_false_alerts: ToldApart, by_true_alerts: ToldApart
) -> WhatIfAnswer:
    """A year of deployments that are known already, and so is what can be told from them."""
    n = setting.deployments
    false, true = _year(here.false, n), _year(here.true, n)
    return WhatIfAnswer(
        setting=setting,
        faces=n * here.faces,
        false_alerts=false,
        false_alerts_as_tested=_as_tested(here, n, factor_at(setting.threshold)),
        true_alerts=true,
        false_share_of_alerts=Expected(
            mean=_share(false.mean, true.mean),
            low=_share(false.low, true.mean),
            high=_share(false.high, true.mean),
        ),
        black_share_of_strangers=here.black_share_of_strangers,
        lost_share=here.lost_share,
        officer_s=here.officer_s,
        by_false_alerts=by_false_alerts,
        by_true_alerts=by_true_alerts,
    )


def _year(each: Spread, deployments: int) -> Expected:
    mean = each.mean * deployments
    low, high = (_quantile(each, deployments, p) for p in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Expected(mean=mean, low=low, high=high)


def _quantile(each: Spread, deployments: int, probability: float) -> float:
    """Of a negative binomial count with the mean and variance of independent deployments."""
    mean = each.mean * deployments
    size = deployments / max(each.dispersion, _LEAST)
    return float(stats.nbinom.ppf(probability, size, size / (size + mean)))


def _as_tested(here: Deployment, deployments: int, factor: Factor | None) -> Expected | None:
    """From a low quantile of the least recogniser allowed to a high one of the greatest."""
    if factor is None:
        return None
    strangers, listed = here.false_of_strangers, here.false_of_listed
    ends = [
        Spread(mean=strangers.mean * one, dispersion=strangers.dispersion).plus(listed)
        for one in (factor.low, factor.median, factor.high)
    ]
    return Expected(
        low=_year(ends[0], deployments).low,
        mean=ends[1].mean * deployments,
        high=_year(ends[2], deployments).high,
    )


def _told_apart(
    now: Deployment, here: Deployment, a: Spread, b: Spread, deployments: int
) -> ToldApart:
    """As ``twin.compare`` does: counts are divided by how much more they vary than by chance."""
    events = a.mean + b.mean
    beyond = sum(one.mean**2 * one.dispersion for one in (a, b))
    spread = 1 + beyond / max(events, _LEAST)
    share = now.faces / (now.faces + here.faces)
    each_a, each_b = a.mean / spread, b.mean / spread
    return ToldApart(
        power=rate_test_power(each_a * deployments, each_b * deployments, share=share, level=LEVEL),
        deployments=units_for_power(each_a, each_b, share=share, power=POWER, level=LEVEL),
    )


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else 0.0


_LEAST = 1e-12
