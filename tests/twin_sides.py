"""Two engines of the twin side by side: a small world with many alerts, and six statistics."""

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from scipy import stats

from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts
from twin_people import small_calendar, small_scenario

THRESHOLD = 0.82
DEPLOYMENTS = 60


def small_world(**changes):
    """Three groups that differ among passers-by and listed, and many alerts: 1 in some 80."""
    return small_scenario(
        groups=[
            {"name": "A", "crowd_share": 0.5, "listed_share": 0.2},
            {"name": "B", "crowd_share": 0.3, "listed_share": 0.3, "lookalike": 1.2},
            {"name": "C", "crowd_share": 0.2, "listed_share": 0.5, "lookalike": 0.7},
        ],
        recogniser__group_separation=0.35,
        recogniser__quality_effect=0.4,
        recogniser__person_spread=0.15,
        recogniser__frame_share=0.3,
        recogniser__vendor_map=[[-1.5, 0.0], [0.7, 0.8], [1.6, 1.0]],
        adjudication__sensitivity={"all": 0.9},
        adjudication__specificity={"all": 0.5},
        capture__most_frames=4,
        # Everybody is on every list: else alerts of one deployment would not be independent.
        watchlist__pool_size=350,
        **changes,
    )


@dataclass(frozen=True)
class Side:
    """Alerts of one engine over some deployments."""

    per_deployment: np.ndarray
    alerts: Alerts

    @property
    def false(self):
        return ~self.alerts.mated


def run(cross, *, replicates, seed, threshold=THRESHOLD, deployments=DEPLOYMENTS, scenario=None):
    """Alerts of some replicates of the small world, as if of one calendar."""
    scenario = scenario or small_world()
    calendar = small_calendar(deployments, size=350, threshold=threshold)
    parts = []
    for replicate in replicates:
        seeds = Seeds(scenario="sides", seed=seed, replicate=replicate)
        parts.append(cross(scenario, calendar=calendar, seeds=seeds)[2])
    alerts = Alerts(
        **{
            one.name: np.concatenate([getattr(a, one.name) for a in parts])
            for one in fields(Alerts)
        }
    )
    each = [np.bincount(a.deployment[~a.mated], minlength=deployments) for a in parts]
    return Side(per_deployment=np.concatenate(each), alerts=alerts)


def p_values(a, b, *, risk, seed=0):
    """P-values of the statistics; ``risk`` (n_entries,) orders entries by expected alerts."""
    ours, theirs = a.alerts, b.alerts
    last = np.quantile(risk, np.linspace(0, 1, 11)[1:-1])

    def of(field, side):
        return getattr(side.alerts, field)[side.false]

    return {
        "alerts per deployment": _ks_of_counts(a.per_deployment, b.per_deployment, seed),
        "score": stats.ks_2samp(of("score", a), of("score", b)).pvalue,
        "group": _chi2(of("group", a), of("group", b)),
        "candidates": _chi2(np.minimum(of("candidates", a), 4), np.minimum(of("candidates", b), 4)),
        "entry concentration": _chi2(
            np.searchsorted(last, risk[of("entry", a)]),
            np.searchsorted(last, risk[of("entry", b)]),
        ),
        "mated score": stats.ks_2samp(ours.score[ours.mated], theirs.score[theirs.mated]).pvalue,
    }


def noted(found, *, seeds):
    """Append p-values to the file that PROBITY_TWIN_P_VALUES names, if any."""
    if path := os.environ.get("PROBITY_TWIN_P_VALUES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"seeds": seeds, "p": found}) + "\n")
    print(found)
    return found


def _chi2(a, b):
    n = int(max(a.max(), b.max())) + 1
    table = np.stack([np.bincount(a, minlength=n), np.bincount(b, minlength=n)])
    return stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue


def _ks_of_counts(a, b, seed, *, permutations=19_999):
    """Counts are tied, and deployments differ: swap the two engines within each deployment."""
    rng = np.random.default_rng(seed)
    most = int(max(a.max(), b.max()))
    reach = np.arange(most + 1)
    difference = (a[:, None] <= reach).astype(float) - (b[:, None] <= reach)
    signs = rng.choice([-1.0, 1.0], (permutations, len(a)))
    drawn = np.abs(signs @ difference).max(axis=1)
    observed = np.abs(difference.sum(axis=0)).max()
    return (1 + np.sum(drawn >= observed)) / (1 + permutations)
