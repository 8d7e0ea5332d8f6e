"""One deployment at a setting: what is to be expected of it, and how much it varies.

Everything but one stage is the twin's own: calendar, arrivals, listed people, decisions and the
officers' queue. Only strangers' alerts are not found by comparing people: they come at the rate
of ``chances``, and their scores by its law.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from probity.twin.adjudicate import NOT, acceptance, decide
from probity.twin.arrivals import Arrivals, make_arrivals, type_shares
from probity.twin.calendar import make_calendar
from probity.twin.changes import changed
from probity.twin.crossing import SEEN_ONCE
from probity.twin.expected.chances import LEVELS, Chances, make_chances
from probity.twin.expected.setting import Setting
from probity.twin.genuine import ListedPasses, draw_listed_passes
from probity.twin.genuine import seeded as is_subject
from probity.twin.scenario import LiveScenario, by_group
from probity.twin.scenario_file import load_scenario, scenario_digest
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Floats, Ints
from probity.twin.watchlists import make_watchlists
from probity.twin.world import World, make_world

SCENARIO = "met-year-2025"
SEED = 0
_MOST, _LEAST, _ALERTS = 1_000, 100, 30_000
"""Deployments drawn for the officers' queue: fewer where each has many alerts."""
_SCORES = 24
_SECOND_US = 1_000_000
_LEAST_MEAN = 1e-150


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Expected number at one deployment, and by how much deployments differ beyond chance.

    The variance between deployments is ``mean`` + ``dispersion`` ``mean``^2.
    """

    mean: float
    dispersion: float

    def part(self, share: float) -> "Spread":
        """A share of them, taken at random."""
        return Spread(mean=self.mean * share, dispersion=self.dispersion)

    def plus(self, other: "Spread") -> "Spread":
        """Together with others that vary independently of them."""
        mean = self.mean + other.mean
        beyond = self.mean**2 * self.dispersion + other.mean**2 * other.dispersion
        return Spread(mean=mean, dispersion=beyond / max(mean, _LEAST_MEAN) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What one deployment of a setting brings, on average over deployments.

    Parameters
    ----------
    faces : float
        Faces seen.
    false_of_strangers, false_of_listed : Spread
        Alerts adjudicated false: of people who are not listed, and of listed ones, rejected.
    true : Spread
        Alerts adjudicated true, confirmed or not.
    lost_share : float
        Of alerts that the operator accepted, those on people who had gone before an officer was
        free to look.
    officer_s : float
        Mean seconds from an alert to the officer's decision, where an officer looked.
    black_share_of_strangers : float
        Share of Black people among strangers that an alert was raised on.
    """

    faces: float
    false_of_strangers: Spread
    false_of_listed: Spread
    true: Spread
    lost_share: float
    officer_s: float
    black_share_of_strangers: float

    @property
    def false(self) -> Spread:
        """Alerts adjudicated false."""
        return self.false_of_strangers.plus(self.false_of_listed)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """What no setting changes."""

    scenario: LiveScenario
    world: World
    chances: Chances
    digest: str


@cache
def _ground() -> _Ground:
    scenario = base_scenario()
    digest = scenario_digest(scenario)
    return _Ground(
        scenario=scenario,
        world=make_world(scenario, seeds=Seeds(scenario=digest, seed=SEED, replicate=0)),
        chances=make_chances(scenario),
        digest=digest,
    )


def base_scenario() -> LiveScenario:
    """The bundled scenario that settings change."""
    scenario = load_scenario(SCENARIO)
    if not isinstance(scenario, LiveScenario):
        raise TypeError(f"{SCENARIO} is not live")
    return scenario


def scenario_at(setting: Setting) -> LiveScenario:
    """The scenario of a setting, for the whole twin to run: what a deployment here stands for."""
    base = base_scenario()
    each = base.expected_faces_per_replicate / base.calendar.deployments
    factor = setting.passers / each
    grows = setting.watchlist / base.watchlist.size.mean if setting.presence_grows else 1.0
    made = changed(
        base,
        [
            f"recogniser.threshold = {setting.threshold}",
            f"watchlist.size = {setting.watchlist}",
            f"watchlist.pool_size = {max(setting.watchlist, base.watchlist.pool_size)}",
            f"groups.Black.crowd_share = {setting.black_share}",
            f"adjudication.officers = {setting.officers}",
            f"calendar.deployments = {setting.deployments}",
            *(
                f"places.{number}.faces_per_hour = {place.faces_per_hour * factor}"
                for number, place in enumerate(base.places)
            ),
            *(
                f'presence.listed_people_per_deployment."{category}" = {mean * grows}'
                for category, mean in base.presence.listed_people_per_deployment.items()
            ),
        ],
    )
    if not isinstance(made, LiveScenario):
        raise TypeError("a change made another mode of a scenario")
    return made


def expected(setting: Setting) -> Deployment:
    """One deployment of a setting, on average. The same setting gives the same numbers."""
    return _expected(setting.of_one_deployment)


@lru_cache(maxsize=4096)
def _expected(setting: Setting) -> Deployment:
    ground = _ground()
    cut = _Cut.of(ground, setting)
    scenario = scenario_at(setting)
    number = int(np.clip(_ALERTS / _alerts_of_one(cut, setting, scenario), _LEAST, _MOST))
    scenario = _of_many(scenario, number)
    seeds = Seeds(scenario=ground.digest, seed=SEED, replicate=0)
    calendar = make_calendar(scenario, seeds)
    arrivals = make_arrivals(scenario, calendar=calendar)
    rng = seeds.stream("expected")
    varying = scenario.crowd.dispersion
    crowd = arrivals.expected_passers * (
        rng.gamma(1 / varying, varying, number) if varying else np.ones(number)
    )
    # The mean is known; what the draw is for is how deployments differ.
    crowd *= setting.passers / crowd.mean()
    strangers = _strangers(scenario, arrivals, crowd=crowd, chance=cut.alerts)
    law = _score_law(ground, scenario, arrivals, cut=cut)
    listed = draw_listed_passes(
        scenario,
        world=ground.world,
        lists=make_watchlists(ground.scenario, calendar=calendar, seeds=seeds),
        arrivals=arrivals,
        rng=seeds.stream("listed"),
    )
    alerts = _alerts(
        ground, arrivals, number=rng.poisson(strangers), law=law, listed=listed, cut=cut, rng=rng
    )
    decisions = decide(scenario, calendar=calendar, alerts=alerts, seeds=seeds)
    asked = decisions.operator_accepts & ~alerts.seeded
    looked = asked & (decisions.officer != NOT)
    lost = float((asked & ~looked).sum() / max(asked.sum(), 1))
    own = np.flatnonzero(alerts.mated & ~alerts.seeded)
    rejected = float(
        _false_share(
            scenario,
            above=alerts.score[own] - cut.threshold,
            group=alerts.group[own],
            mated=True,
            lost=lost,
        ).mean()
    )
    by_group = strangers.sum(axis=(0, 1))
    law_false = _false_share(
        scenario,
        above=law.above[None, :],
        group=np.arange(len(by_group))[:, None],
        mated=False,
        lost=lost,
    )
    false = float(by_group @ (law.weight * law_false).sum(axis=1) / by_group.sum())
    seen = crowd[:, None] * arrivals.share * (1 - arrivals.frames[:, :, 0])
    of_strangers = _spread(strangers.sum(axis=(1, 2)), poisson=False)
    of_own = _spread(np.bincount(alerts.deployment[own], minlength=number), poisson=True)
    return Deployment(
        faces=float(seen.sum() + (~is_subject(ground.world, listed.entry)).sum()) / number,
        false_of_strangers=of_strangers.part(false),
        false_of_listed=of_own.part(rejected),
        true=of_own.part(1 - rejected).plus(of_strangers.part(1 - false)),
        lost_share=lost,
        officer_s=float((decisions.officer_us - alerts.time_us)[looked].mean()) / _SECOND_US
        if looked.any()
        else 0.0,
        black_share_of_strangers=float(by_group[scenario.group_names.index("Black")])
        / float(by_group.sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cut:
    """The threshold on both scales, and chances there.

    Parameters
    ----------
    alerts : float64, (n_groups, n_bands, most_frames)
        Chance that a pass of a stranger alerts.
    """

    threshold: float
    level: float
    listed: float
    alerts: Floats

    @classmethod
    def of(cls, ground: _Ground, setting: Setting) -> "_Cut":
        """Of a setting."""
        level = float(ground.world.latent(np.array([setting.threshold]))[0])
        listed = setting.watchlist * (1 - ground.scenario.watchlist.enrolment_failure_share)
        return cls(
            threshold=setting.threshold,
            level=level,
            listed=listed,
            alerts=ground.chances.alerts(level, listed=listed),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ScoreLaw:
    """Scores of strangers' alerts.

    Parameters
    ----------
    above : float64, (n_scores,)
        How far above the threshold, on the vendor's scale.
    weight : float64, (n_groups, n_scores)
        Probability of each; rows sum to 1.
    """

    above: Floats
    weight: Floats


def _alerts_of_one(cut: _Cut, setting: Setting, scenario: LiveScenario) -> float:
    """Alerts at one deployment, roughly."""
    listed = sum(scenario.presence.listed_people_per_deployment.values())
    shares = type_shares(scenario)
    return listed + setting.passers * float((shares * cut.alerts[:, :, -1]).sum())


def _of_many(scenario: LiveScenario, deployments: int) -> LiveScenario:
    calendar = scenario.calendar.model_copy(update={"deployments": deployments})
    return scenario.model_copy(update={"calendar": calendar})


def _strangers(
    scenario: LiveScenario, arrivals: Arrivals, *, crowd: Floats, chance: Floats
) -> Floats:
    """Expected alerts of strangers, (n_deployments, 24, n_groups)."""
    by_frames = np.einsum("gb,gbf->gf", type_shares(scenario), chance)
    each = np.einsum("dhf,gf->dhg", arrivals.frames[:, :, 1:], by_frames)
    return np.asarray(crowd[:, None, None] * arrivals.share[:, :, None] * each, np.float64)


def _score_law(
    ground: _Ground, scenario: LiveScenario, arrivals: Arrivals, *, cut: _Cut
) -> _ScoreLaw:
    """From the chances to reach ever higher scores."""
    frames = np.einsum("dh,dhf->f", arrivals.share, arrivals.frames)[1:]
    levels = np.linspace(cut.level, LEVELS[-1], _SCORES + 1)
    mix = type_shares(scenario)
    reached = np.stack(
        [
            np.einsum("gb,gbf,f->g", mix, ground.chances.alerts(one, listed=cut.listed), frames)
            for one in levels
        ],
        axis=1,
    )
    weight = np.maximum(reached[:, :-1] - reached[:, 1:], 0)
    above = ground.world.vendor((levels[:-1] + levels[1:]) / 2) - cut.threshold
    return _ScoreLaw(above=above, weight=weight / weight.sum(axis=1, keepdims=True))


def _alerts(
    ground: _Ground,
    arrivals: Arrivals,
    *,
    number: Ints,
    law: _ScoreLaw,
    listed: ListedPasses,
    cut: _Cut,
    rng: np.random.Generator,
) -> Alerts:
    """Alerts of strangers, (n_deployments, 24, n_groups) many, and of listed people."""
    world = ground.world
    which = np.repeat(np.arange(number.size), number.ravel())
    deployment, hour, group = np.unravel_index(which, number.shape)
    reached = np.cumsum(law.weight, axis=1)[group]
    drawn = (rng.random(len(group))[:, None] * reached[:, -1:] >= reached).sum(axis=1)
    own = np.flatnonzero(listed.own_score >= cut.level)
    n, n_own = len(group), len(own)

    def both(of_strangers: Ints, of_listed: Ints) -> Ints:
        return np.concatenate([of_strangers, of_listed])

    all_deployments = both(deployment, listed.deployment[own])
    time_us = both(arrivals.draw_times(rng, deployment=deployment, hour=hour), listed.time_us[own])
    order = np.lexsort((time_us, all_deployments))
    score = np.concatenate([cut.threshold + law.above[drawn], world.vendor(listed.own_score[own])])
    entry = both(np.zeros(n, np.int64), listed.entry[own])[order]
    return Alerts(
        deployment=all_deployments[order],
        time_us=time_us[order],
        group=both(group, listed.kind[own] // world.n_bands)[order],
        entry_group=world.entry_group[entry],
        quality=np.zeros(n + n_own),
        entry=entry,
        score=score[order],
        candidates=np.ones(n + n_own, np.int64),
        mated=order >= n,
        seeded=is_subject(world, entry) & (order >= n),
        person=np.where(order >= n, entry, SEEN_ONCE),
    )


def _false_share(
    scenario: LiveScenario, *, above: Floats, group: Ints, mated: bool, lost: float
) -> Floats:
    """Chance that an alert is adjudicated false, given its score; broadcast.

    Somebody rejects it, or after an engagement the check of identity says so.
    """
    work, engagement, names = scenario.adjudication, scenario.engagement, scenario.group_names
    accepts = []
    for right, wrong in (
        (work.sensitivity, work.specificity),
        (work.officer_sensitivity, work.officer_specificity),
    ):
        share = by_group(right, names) if mated else 1 - by_group(wrong, names)
        accepts.append(acceptance(share[group], above=above, bias=work.automation_bias))
    operator, officer = accepts
    found_false = engagement.identity_check_right_share
    found_false = 1 - found_false if mated else found_false
    looked = (1 - officer) + officer * engagement.stop_share * found_false
    return np.asarray((1 - operator) + operator * (1 - lost) * looked, np.float64)


def _spread(each: Floats | Ints, *, poisson: bool) -> Spread:
    """Of expected numbers, or of counts, whose own chance is taken off."""
    mean = float(each.mean())
    beyond = float(each.var()) - (mean if poisson else 0.0)
    return Spread(mean=mean, dispersion=max(beyond, 0.0) / max(mean, _LEAST_MEAN) ** 2)
