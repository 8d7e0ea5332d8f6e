"""Doubts about the figures of a record, found from the figures alone.

``kinds.KINDS`` lists every kind. Each row stays as printed; checks of rows against the rows
around them are in ``check_order``.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from itertools import groupby

from probity.records.check_order import order_problems
from probity.records.kinds import KINDS, doubt
from probity.records.schema import Deployment, Problem

__all__ = ["KINDS", "problems_in"]

FEWEST_IDENTICAL = 5
"""Rows that two columns must share before their being identical says anything."""


def problems_in(deployments: Sequence[Deployment]) -> tuple[Problem, ...]:
    """Every doubt about these deployments' figures, in the order of the rows.

    Parameters
    ----------
    deployments : sequence of Deployment
        The rows of one record in the order printed; sources and forces are kept apart.
    """
    found: list[Problem] = []
    for d in deployments:
        for check in (_parts, _printed_rate, _more_alerts_than_faces):
            found.extend(check(d))
    for document in _grouped(deployments, "source_id"):
        found.extend(_outcomes(document))
        found.extend(_identical_columns(document))
    for series in _grouped(deployments, "force"):
        found.extend(order_problems(series))
    found.extend(_duplicates(deployments))
    return tuple(sorted(found, key=lambda p: (p.row is None, p.row or 0)))


def _grouped(deployments: Sequence[Deployment], name: str) -> Iterable[list[Deployment]]:
    groups: dict[object, list[Deployment]] = {}
    for d in deployments:
        groups.setdefault(getattr(d, name), []).append(d)
    return groups.values()


def _parts(d: Deployment) -> Iterator[Problem]:
    sums = (
        ("alerts", ("true_alerts", "false_alerts")),
        ("true_alerts", ("true_confirmed", "true_unconfirmed")),
        ("false_alerts", ("false_confirmed", "false_unconfirmed")),
        ("engagements", ("true_engagements", "false_engagements")),
    )
    for whole, names in sums:
        total, parts = getattr(d, whole), [getattr(d, name) for name in names]
        known = [part for part in parts if part is not None]
        if total is None or sum(known) == total or (len(known) < len(parts) and sum(known) < total):
            continue
        stated = " + ".join("?" if part is None else str(part) for part in parts)
        words = " + ".join(name.replace("_", " ") for name in names)
        yield doubt(
            d,
            whole,
            "parts-do-not-add-up",
            got=total,
            message=f"{whole.replace('_', ' ')} {total}, but {words} is {stated}",
        )


def _outcomes(document: Sequence[Deployment]) -> Iterator[Problem]:
    """Outcomes against confirmed true alerts; of two identical columns one is counted."""
    same = _are_identical(document, "other_disposals", "no_action")
    for d in document:
        outcomes = [d.arrests, d.other_disposals, *([] if same else [d.no_action])]
        stated = [n for n in outcomes if n is not None]
        if d.true_confirmed is None or len(stated) < len(outcomes):
            continue
        if sum(stated) != d.true_confirmed:
            names = "arrests + other disposals" + ("" if same else " + no action")
            yield doubt(
                d,
                "arrests",
                "outcomes-do-not-add-up",
                got=" + ".join(map(str, stated)),
                message=f"{names} is {sum(stated)}, but {d.true_confirmed} confirmed true alerts",
            )


def _printed_rate(d: Deployment) -> Iterator[Problem]:
    printed = d.printed_false_alert_rate
    if printed is None or d.false_alerts is None or not d.faces_seen:
        return
    exact = Decimal(100 * d.false_alerts) / Decimal(d.faces_seen)
    step = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    allowed = {exact.quantize(step, mode) for mode in (ROUND_DOWN, ROUND_HALF_UP, ROUND_HALF_EVEN)}
    if printed not in allowed:
        yield doubt(
            d,
            "printed_false_alert_rate",
            "printed-rate-differs",
            got=f"{printed}%",
            message=f"{d.false_alerts} false alerts / {d.faces_seen} faces seen is "
            f"{exact.normalize():.4g}%",
        )


def _more_alerts_than_faces(d: Deployment) -> Iterator[Problem]:
    if d.alerts is not None and d.faces_seen is not None and d.alerts > d.faces_seen:
        yield doubt(
            d,
            "alerts",
            "more-alerts-than-faces",
            got=d.alerts,
            message=f"{d.alerts} alerts, but {d.faces_seen} faces seen",
        )


_OUTCOMES = ("arrests", "other_disposals", "no_action")


def _are_identical(deployments: Sequence[Deployment], a: str, b: str) -> bool:
    pairs = [(getattr(d, a), getattr(d, b)) for d in deployments]
    stated = [pair for pair in pairs if pair != (None, None)]
    return (
        len(stated) >= FEWEST_IDENTICAL
        and all(x == y for x, y in stated)
        and any(x for x, _ in stated)
    )


def _identical_columns(series: Sequence[Deployment]) -> Iterator[Problem]:
    for i, a in enumerate(_OUTCOMES):
        for b in _OUTCOMES[i + 1 :]:
            if _are_identical(series, a, b):
                yield doubt(
                    None,
                    f"{a}, {b}",
                    "identical-columns",
                    got=f"{len(series)} rows",
                    message=f"{a} and {b} are the same in every row: neither can be relied on",
                )


def _figures(d: Deployment) -> tuple[object, ...]:
    return (d.faces_seen, d.alerts, d.arrests, d.watchlist_size, d.duration_minutes)


def _duplicates(deployments: Iterable[Deployment]) -> Iterator[Problem]:
    def key(d: Deployment) -> tuple[str, ...]:
        return tuple(map(repr, (d.force, d.date_start, d.date_end, d.place, *_figures(d))))

    stated = [d for d in deployments if any(n is not None for n in _figures(d))]
    for _, same in groupby(sorted(stated, key=lambda d: (key(d), d.row)), key=key):
        first, *others = same
        for d in others:
            yield doubt(
                d, None, "duplicate-row", got=d.record_id, message=f"the same as row {first.row}"
            )
