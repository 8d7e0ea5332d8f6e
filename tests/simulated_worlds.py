"""Worlds whose truth is known, and the records that an operator would publish of them.

A world has a rate of false alerts per face, a share of alerts that are false and a number of
arrests per alert: what the system does in the long run. A record is one draw from it, as the CSV
file that the product reads. In some worlds cases come together, as they do in published records.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from probity.stats.stream import stream
from probity.twin.changes import changed
from probity.twin.published_record import RecordRows, Tally, record_csv
from probity.twin.replicates import Run, history_of
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario

FORCE = "Synthetic force"
FACES = 15_000
MOST_CLUSTERED = 2.5
"""Variance over mean of false alerts by deployment: the largest of five published periods
(docs/background/calibration.md)."""

_DAY_US = 86_400_000_000
_START_US = 1_735_725_600_000_000
_TRUE_ALERTS, _ARRESTS = 4.0, 0.4
_GROUP_TRIALS, _GROUP_RATE = 20_000, 2e-3


@dataclass(frozen=True)
class Drawn:
    """One record, and what was published beside it.

    Parameters
    ----------
    record : bytes
        The operator's rows.
    totals : mapping of str to int
        Sums of the rows, which are the truth of statements about the record.
    groups : tuple of (k, n)
        False alerts of two groups in a laboratory's test.
    misprint : int
        The number of false alerts that another document gives, wrongly.
    """

    record: bytes
    totals: Mapping[str, int]
    groups: tuple[tuple[int, int], tuple[int, int]]
    misprint: int


@dataclass(frozen=True)
class World:
    """How records come about.

    Parameters
    ----------
    false_alerts : float
        Expected in one record.
    clustering : float
        Variance over mean of the false alerts of a deployment.
    ratio : float
        Rate of the first group of the laboratory's test over that of the second.
    """

    name: str
    deployments: int
    false_alerts: float
    clustering: float = 1.0
    ratio: float = 1.0

    @property
    def truths(self) -> dict[str, float]:
        """What is true in the long run, by measure."""
        false = self.false_alerts / self.deployments
        alerts = false + _TRUE_ALERTS
        return {
            "false_alerts_per_face_seen": false / FACES,
            "false_share_of_alerts": false / alerts,
            "arrests_per_alert": _ARRESTS * _TRUE_ALERTS / alerts,
            "published_share": false / FACES,
            "ratio_of_published_shares": self.ratio,
        }

    def draws(self, number: int, *, seed: int) -> Iterator[Drawn]:
        """So many records; the seed and the number in the series decide each."""
        for one in range(number):
            yield self._drawn(stream(seed, f"{self.name} {one}"))

    def _drawn(self, rng: np.random.Generator) -> Drawn:
        d = self.deployments
        # Mean 1, so that the expected number of faces is FACES in each deployment.
        busy = rng.lognormal(-0.08, 0.4, size=d)
        faces = np.rint(FACES * busy).astype(np.int64)
        false = _together(rng, busy * self.false_alerts / d, self.clustering)
        true = _together(rng, busy * _TRUE_ALERTS, self.clustering)
        propensity = _ARRESTS if self.clustering == 1 else rng.beta(4.0, 6.0, size=d)
        arrests = rng.binomial(true, propensity)
        counts = Tally(
            faces_seen=faces,
            alerts=true + false,
            true_confirmed=true,
            true_unconfirmed=np.zeros_like(true),
            false_confirmed=false,
            false_unconfirmed=np.zeros_like(true),
            arrests=arrests,
            other_disposals=np.zeros_like(true),
            no_action=true - arrests,
        )
        return drawn(record_csv(_rows(d), counts), counts, rng, ratio=self.ratio)


@dataclass(frozen=True)
class TwinWorld:
    """Records of the twin's replicates: nothing is known of their law but long-run means."""

    name: str
    scenario: str
    changes: tuple[str, ...]
    ratio: float = 1.0
    further: int = 200

    @property
    def truths(self) -> dict[str, float]:
        """Means over many replicates; their own error is far below that of one record."""
        false, faces, alerts, arrests = _long_run(self.scenario, self.changes, self.further)
        return {
            "false_alerts_per_face_seen": false / faces,
            "false_share_of_alerts": false / alerts,
            "arrests_per_alert": arrests / alerts,
            "published_share": false / faces,
            "ratio_of_published_shares": self.ratio,
        }

    def draws(self, number: int, *, seed: int) -> Iterator[Drawn]:
        """So many replicates."""
        run = Run(scenario=_live(self.scenario, self.changes), seed=seed)
        for one in range(number):
            history = history_of(run, one)
            rng = stream(seed, f"{self.name} {one}")
            yield drawn(history.record(), history.counts, rng, ratio=self.ratio)


def drawn(record: bytes, counts: Tally, rng: np.random.Generator, *, ratio: float) -> Drawn:
    """A record with what is published beside it."""
    first = int(rng.binomial(_GROUP_TRIALS, _GROUP_RATE * ratio))
    second = int(rng.binomial(_GROUP_TRIALS, _GROUP_RATE))
    false = int(counts.false_alerts.sum())
    return Drawn(
        record,
        {
            "faces_seen": int(counts.faces_seen.sum()),
            "alerts": int(counts.alerts.sum()),
            "false_alerts": false,
            "arrests": int(counts.arrests.sum()),
            "deployments": len(counts.alerts),
        },
        ((first, _GROUP_TRIALS), (second, _GROUP_TRIALS)),
        misprint=3 * false if rng.random() < 0.5 else false // 3,
    )


def _together(rng: np.random.Generator, expected: np.ndarray, clustering: float) -> np.ndarray:
    """Counts of this mean: half of the excess variance from bursts, half from unlike days."""
    burst = 1 + (clustering - 1) / 2
    share = 2 / (burst + 1)
    shape = np.inf if clustering == 1 else expected.mean() / (clustering - burst)
    level = (
        np.ones_like(expected) if np.isinf(shape) else rng.gamma(shape, 1 / shape, len(expected))
    )
    bursts = rng.poisson(expected * level * share)
    sizes = [rng.geometric(share, size=number).sum() for number in bursts]
    return np.asarray(sizes, dtype=np.int64)


def _rows(deployments: int) -> RecordRows:
    start = _START_US + _DAY_US * np.arange(deployments)
    return RecordRows(
        force=FORCE,
        place=("High Street",) * deployments,
        use_case=("Crime Hotspot",) * deployments,
        start_us=start,
        end_us=start + 5 * 3_600_000_000,
        watchlist_size=np.full(deployments, 15_000),
        threshold=np.full(deployments, 0.64),
    )


def _live(name: str, changes: tuple[str, ...]) -> LiveScenario:
    scenario = changed(load_scenario(name), changes)
    assert isinstance(scenario, LiveScenario)
    return scenario


@cache
def _long_run(name: str, changes: tuple[str, ...], replicates: int) -> tuple[int, int, int, int]:
    run = Run(scenario=_live(name, changes), seed=0)
    sums = np.zeros(4, np.int64)
    for one in range(replicates):
        counts = history_of(run, one).counts
        columns = (counts.false_alerts, counts.faces_seen, counts.alerts, counts.arrests)
        sums += [int(column.sum()) for column in columns]
    false, faces, alerts, arrests = sums.tolist()
    return false, faces, alerts, arrests


WORLDS = (
    World("alike", 40, 20.0, ratio=1.0),
    World("clustered", 40, 20.0, MOST_CLUSTERED, ratio=2.0),
    World("few cases", 40, 3.0, ratio=1.0),
    World("few deployments", 6, 20.0, MOST_CLUSTERED, ratio=0.5),
    TwinWorld("twin", "town-centre-2024", ("calendar.deployments=40", "recogniser.threshold=0.6")),
)
BEYOND = (
    World("few cases, clustered", 40, 5.0, MOST_CLUSTERED),
    World("more clustered than any published", 40, 20.0, 5.0),
)
"""Worlds in which the level is not promised; what happens there is measured all the same."""
