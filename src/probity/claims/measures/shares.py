"""Shares summed from published deployment rows.

A share counts only the rows that state both its parts; the note says how many were left out. It
is taken in three ways: as a rate with its exact interval, which says what the system does; the same
with an interval that lets deployments differ; and as a total, which says what the record reports
for its period. The first carries the second with it: a verdict on a rate needs both.
"""

from collections.abc import Callable
from dataclasses import dataclass

from probity.claims.evidence import Evidence
from probity.claims.finding import Basis, Measurement
from probity.claims.measures.measure import Measure
from probity.claims.measures.rows import Rows, no_rows, note_on, select, year_of
from probity.core import Count, Events, Measured, Total, Undefined
from probity.records.schema import Deployment

Take = Callable[[Count, tuple[Deployment, ...]], Measured]


def false_alerts(deployment: Deployment) -> int | None:
    """Alerts the operator adjudicated false."""
    return deployment.false_alerts


def false_or_unconfirmed(deployment: Deployment) -> int | None:
    """False alerts, and the true ones that were never checked with the person."""
    if deployment.false_alerts is None or deployment.true_unconfirmed is None:
        return None
    return deployment.false_alerts + deployment.true_unconfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of the record: what is counted, and out of what."""

    name: str
    title: str
    cases: Callable[[Deployment], int | None]
    column: str
    of: str

    def as_rate(self, evidence: Evidence, rows: Rows, level: float) -> Measurement:
        """The share with its exact interval."""
        from probity.stats.interval import clopper_pearson

        def measure(count: Count, _stated: tuple[Deployment, ...]) -> Measured:
            return clopper_pearson(count, level=level)

        return self._take(
            evidence, rows, measure, name=self.name, over_deployments=self._differing(level)
        )

    def as_rate_by_deployment(self, evidence: Evidence, rows: Rows, level: float) -> Measurement:
        """The share with an interval widened for the spread between deployments."""
        title = f"{self.title}, deployments allowed to differ"
        name = f"{self.name}_by_deployment"
        return self._take(evidence, rows, self._differing(level), name=name, title=title)

    def as_total(self, evidence: Evidence, rows: Rows, _level: float) -> Measurement:
        """The share as the record gives it for its period."""

        def measure(count: Count, _stated: tuple[Deployment, ...]) -> Measured:
            if count.n == 0:
                return Undefined(f"no {count.population}: a share of none is undefined")
            return Total(count.k / count.n, count.population)

        return self._take(evidence, rows, measure, name=f"{self.name}_in_record")

    def _differing(self, level: float) -> Take:
        from probity.stats.resampling import korn_graubard

        def measure(count: Count, stated: tuple[Deployment, ...]) -> Measured:
            ks = [self.cases(d) or 0 for d in stated]
            ns = [getattr(d, self.column) for d in stated]
            return korn_graubard(ks, ns, population=count.population, level=level)

        return measure

    def _take(
        self,
        evidence: Evidence,
        rows: Rows,
        measure: Take,
        *,
        name: str,
        title: str = "",
        over_deployments: Take | None = None,
    ) -> Measurement:
        selected = select(evidence, rows)
        stated = tuple(d for d in selected.deployments if self._states_both(d))
        k = sum(self.cases(d) or 0 for d in stated)
        n = sum(getattr(d, self.column) for d in stated)
        population = f"{self.of}, {rows.words()}"
        count = None
        measured: Measured
        if not stated:
            measured = no_rows(rows)
        elif any((self.cases(d) or 0) > getattr(d, self.column) for d in stated):
            measured = Undefined(f"a row gives more cases than {self.of}")
        else:
            count = Count(k, n, population)
            measured = measure(count, stated)
        return Measurement(
            name=name,
            title=title or self.title,
            unit="share",
            population=population,
            measured=measured,
            count=count if isinstance(measured, Total) else None,
            sources=evidence.sources_of(stated),
            note=note_on(rows, selected, stated, faces=self.column == "faces_seen"),
            series=self._by_year(stated),
            basis=Basis.ROWS,
            over_deployments=over_deployments(count, stated)
            if over_deployments and count and not isinstance(measured, Undefined)
            else None,
        )

    def _states_both(self, deployment: Deployment) -> bool:
        return self.cases(deployment) is not None and getattr(deployment, self.column) is not None

    def _by_year(
        self, deployments: tuple[Deployment, ...]
    ) -> tuple[dict[str, str | int | float | None], ...]:
        years: dict[str, list[int]] = {}
        for deployment in deployments:
            sums = years.setdefault(year_of(deployment), [0, 0, 0])
            sums[0] += 1
            sums[1] += self.cases(deployment) or 0
            sums[2] += getattr(deployment, self.column)
        return tuple(
            {"year": year, "deployments": sums[0], "k": sums[1], "n": sums[2]}
            for year, sums in sorted(years.items())
        )


def arrests_per_alert(evidence: Evidence, rows: Rows, level: float) -> Measurement:
    """Arrests over alerts. Arrests are no part of the alerts: some follow without one."""
    from probity.stats.event_clusters import clustered_garwood
    from probity.stats.poisson import garwood

    selected = select(evidence, rows)
    stated = tuple(
        d for d in selected.deployments if d.arrests is not None and d.alerts is not None
    )
    arrests, alerts = [d.arrests or 0 for d in stated], [d.alerts or 0 for d in stated]
    events = Events(sum(arrests), sum(alerts), "alert")
    return Measurement(
        name="arrests_per_alert",
        title="Arrests per alert",
        unit="arrests per alert",
        population=f"alerts, {rows.words()}",
        measured=garwood(events, level=level) if stated else no_rows(rows),
        sources=evidence.sources_of(stated),
        note=note_on(rows, selected, stated),
        over_deployments=clustered_garwood(arrests, alerts, unit="alert", level=level)
        if events.exposure
        else None,
    )


_SHARES = (
    Share(
        name="false_alerts_per_face_seen",
        title="False alerts per face seen",
        cases=false_alerts,
        column="faces_seen",
        of="faces seen",
    ),
    Share(
        name="false_share_of_alerts",
        title="False share of alerts",
        cases=false_alerts,
        column="alerts",
        of="alerts",
    ),
    Share(
        name="false_or_unconfirmed_alerts_per_face_seen",
        title="Alerts false or never confirmed, per face seen",
        cases=false_or_unconfirmed,
        column="faces_seen",
        of="faces seen",
    ),
)
MEASURES = (
    *(
        Measure(
            name=share.name,
            title=share.title,
            unit="share",
            gives="interval",
            params=Rows,
            take=share.as_rate,
        )
        for share in _SHARES
    ),
    *(
        Measure(
            name=f"{share.name}_by_deployment",
            title=f"{share.title}, deployments allowed to differ",
            unit="share",
            gives="interval",
            params=Rows,
            take=share.as_rate_by_deployment,
        )
        for share in _SHARES
    ),
    *(
        Measure(
            name=f"{share.name}_in_record",
            title=f"{share.title}, as the record has it",
            unit="share",
            gives="total",
            params=Rows,
            take=share.as_total,
        )
        for share in _SHARES
    ),
    Measure(
        name="arrests_per_alert",
        title="Arrests per alert",
        unit="arrests per alert",
        gives="interval",
        params=Rows,
        take=arrests_per_alert,
    ),
)
