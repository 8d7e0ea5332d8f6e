"""Deployments by calendar month, and their counts in the parts that charts stack."""

from collections.abc import Mapping, Sequence

from probity.records.dates import counted_span
from probity.records.schema import Deployment, total


def by_month(deployments: Sequence[Deployment]) -> dict[str, tuple[Deployment, ...]]:
    """Deployments by ``YYYY-MM``, in order of time; those not known to a month are left out."""
    months: dict[str, list[Deployment]] = {}
    for deployment in in_order_of_time(deployments):
        span = counted_span(deployment)
        if span and f"{span.first:%Y-%m}" == f"{span.last:%Y-%m}":
            months.setdefault(f"{span.first:%Y-%m}", []).append(deployment)
    return {month: tuple(rows) for month, rows in months.items()}


def in_order_of_time(deployments: Sequence[Deployment]) -> tuple[Deployment, ...]:
    """Deployments with a known date, by it."""
    dated = [(span, d) for d in deployments if (span := counted_span(d))]
    return tuple(d for _, d in sorted(dated, key=lambda pair: (pair[0].first, pair[1].row)))


def judged_alerts(rows: tuple[Deployment, ...]) -> Mapping[str, int]:
    """Alerts of some rows as the operator judged them; the parts never overlap.

    ``not_split`` is what remains of a row's alerts where its true ones are not printed as
    confirmed and unconfirmed.
    """
    counts = {
        column: total(rows, column) or 0
        for column in ("true_confirmed", "true_unconfirmed", "false_alerts")
    }
    unsplit = tuple(d for d in rows if d.true_confirmed is None)
    rest = (total(unsplit, "alerts") or 0) - (total(unsplit, "false_alerts") or 0)
    rest -= total(unsplit, "true_unconfirmed") or 0
    return {**counts, "not_split": max(0, rest)}


def usable_outcomes(rows: tuple[Deployment, ...], *, unusable: frozenset[str]) -> Mapping[str, int]:
    """Arrests, other disposals and no action of some rows.

    ``unusable`` are sources whose columns of disposals and no action cannot be used; of their
    rows the arrests alone are counted.
    """
    usable = tuple(d for d in rows if d.source_id not in unusable)
    return {
        "arrests": total(rows, "arrests") or 0,
        "other_disposals": total(usable, "other_disposals") or 0,
        "no_action": total(usable, "no_action") or 0,
    }
