"""Measures taken from published figures: reports, tests, counts given in a claims file."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from probity.claims.evidence import Evidence
from probity.claims.finding import Basis, Measurement
from probity.claims.measures.measure import Measure, Params
from probity.core import Count, InputError, Measured, Source, Total, Undefined
from probity.records.context import PublishedTest, ReportFigure


class ReportShare(Params):
    """Two counts of the Metropolitan Police annual report 2024-25."""

    part: str
    whole: str


class ReportSum(Params):
    """Counts of the Metropolitan Police annual report 2024-25, added up."""

    metrics: tuple[str, ...] = Field(min_length=1, max_length=10)


class Tests(Params):
    """Published figures with counts, added up; ``of`` says in words what they are out of."""

    tests: tuple[str, ...] = Field(min_length=1, max_length=10)
    of: str = Field(min_length=1)


class TwoTests(Params):
    """Two published figures with counts, the first over the second."""

    first: str
    second: str
    of: str = Field(min_length=1)


class Counts(Params):
    """Counts as a document gives them."""

    k: int = Field(ge=0, le=10**12)
    n: int = Field(ge=0, le=10**12)
    of: str = Field(min_length=1)
    source: str


class NotPublished(Params):
    """What would have to be measured, and the datum that is missing."""

    quantity: str = Field(min_length=1)
    datum: str = Field(min_length=1)
    unit: str = ""


def report_share(evidence: Evidence, params: ReportShare, level: float) -> Measurement:
    """A share of two counts of the annual report, with its exact interval."""
    from probity.stats.interval import clopper_pearson

    count, figures = _report_count(evidence, params)
    return _from_report(
        evidence, figures, count, clopper_pearson(count, level=level), name="report_share"
    )


def report_share_as_stated(evidence: Evidence, params: ReportShare, _level: float) -> Measurement:
    """A share of two counts of the annual report, as a statement about its year."""
    count, figures = _report_count(evidence, params)
    return _from_report(evidence, figures, count, _total(count), name="report_share_as_stated")


def report_sum(evidence: Evidence, params: ReportSum, _level: float) -> Measurement:
    """Counts of the annual report, added up."""
    figures = [_report_figure(evidence, metric) for metric in params.metrics]
    population = f"{' + '.join(_readable(m) for m in params.metrics)}, {_REPORT_YEAR}"
    return Measurement(
        name="report_sum",
        title="Sum of counts of the annual report",
        unit="count",
        population=population,
        measured=Total(sum(f.value for f in figures), population),
        sources=_sources(evidence, (f.source_id for f in figures)),
        note=_statuses(f.status for f in figures),
        basis=Basis.FIGURES,
        series=tuple({"metric": f.metric, "value": f.value} for f in figures),
    )


def published_share(evidence: Evidence, params: Tests, level: float) -> Measurement:
    """A published share with its counts, and its exact interval."""
    from probity.stats.interval import clopper_pearson

    count, tests = _test_count(evidence, params.tests, params.of)
    measured = clopper_pearson(count, level=level)
    return _from_tests(evidence, tests, measured, name="published_share", population=params.of)


def published_share_as_stated(evidence: Evidence, params: Tests, _level: float) -> Measurement:
    """A published share with its counts, as a statement about its own period."""
    count, tests = _test_count(evidence, params.tests, params.of)
    return _from_tests(
        evidence,
        tests,
        _total(count),
        name="published_share_as_stated",
        population=params.of,
        count=count,
    )


def ratio_of_published_shares(evidence: Evidence, params: TwoTests, level: float) -> Measurement:
    """One published share over another, with the Koopman score interval."""
    from probity.stats.compare import ratio

    first, first_tests = _test_count(evidence, (params.first,), f"{params.of} ({params.first})")
    second, second_tests = _test_count(evidence, (params.second,), f"{params.of} ({params.second})")
    return _from_tests(
        evidence,
        (*first_tests, *second_tests),
        ratio(first, second, level=level),
        name="ratio_of_published_shares",
        population=f"{params.of}: {params.first} over {params.second}",
        unit="ratio",
        title="Ratio of two published shares",
    )


def counts_as_published(evidence: Evidence, params: Counts, level: float) -> Measurement:
    """Counts given in the claims file with their source, and the exact interval."""
    from probity.stats.interval import clopper_pearson

    return Measurement(
        name="counts_as_published",
        title="Share as published",
        unit="share",
        population=params.of,
        measured=clopper_pearson(_counted(params), level=level),
        sources=(evidence.source(params.source),),
        basis=Basis.FIGURES,
    )


def counts_as_stated(evidence: Evidence, params: Counts, _level: float) -> Measurement:
    """Counts given in the claims file with their source, as a statement about their period."""
    count = _counted(params)
    return Measurement(
        name="counts_as_stated",
        title="Share as stated",
        unit="share",
        population=params.of,
        measured=_total(count),
        count=count,
        sources=(evidence.source(params.source),),
        basis=Basis.FIGURES,
    )


def not_published(_evidence: Evidence, params: NotPublished, _level: float) -> Measurement:
    """Report that the datum is not published, and name it."""
    return Measurement(
        name="not_published",
        title=params.quantity,
        unit=params.unit,
        population=params.quantity,
        measured=Undefined(f"not published in the sources read: {params.datum}"),
        sources=(),
        basis=Basis.FIGURES,
    )


_REPORT_YEAR = "Metropolitan Police annual report, September 2024 to September 2025"


def _report_figure(evidence: Evidence, metric: str) -> ReportFigure:
    figures = {f.metric: f for f in evidence.bundle.report_2024_25 if f.unit == "count"}
    if metric not in figures:
        raise InputError(
            "no such count in the annual report", got=metric, allowed=", ".join(sorted(figures))
        )
    return figures[metric]


def _report_count(
    evidence: Evidence, params: ReportShare
) -> tuple[Count, tuple[ReportFigure, ReportFigure]]:
    part, whole = _report_figure(evidence, params.part), _report_figure(evidence, params.whole)
    population = f"{_readable(params.whole)}, {_REPORT_YEAR}"
    if part.value > whole.value:
        raise InputError(
            "the part is larger than the whole", got=f"{params.part} of {params.whole}"
        )
    return Count(int(part.value), int(whole.value), population), (part, whole)


def _from_report(
    evidence: Evidence,
    figures: Sequence[ReportFigure],
    count: Count,
    measured: Measured,
    *,
    name: str,
) -> Measurement:
    part, whole = (f.metric for f in figures)
    return Measurement(
        name=name,
        title=_TITLES.get((part, whole), f"{_readable(part)} of {_readable(whole)}".capitalize()),
        unit="share",
        population=count.population,
        measured=measured,
        count=count if isinstance(measured, Total) else None,
        sources=_sources(evidence, (f.source_id for f in figures)),
        note=_statuses(f.status for f in figures),
        basis=Basis.FIGURES,
    )


def published_test(evidence: Evidence, test_id: str) -> PublishedTest:
    """One figure of a published test.

    Raises
    ------
    InputError
        No figure has this id.
    """
    tests = {t.test_id: t for t in evidence.bundle.published_tests}
    if test_id not in tests:
        raise InputError("no such published test", got=test_id, allowed=", ".join(sorted(tests)))
    return tests[test_id]


def _test_count(
    evidence: Evidence, test_ids: Sequence[str], of: str
) -> tuple[Count, tuple[PublishedTest, ...]]:
    tests = tuple(published_test(evidence, test_id) for test_id in test_ids)
    k = n = 0
    for test in tests:
        if test.numerator is None or test.denominator is None:
            raise InputError(
                "this published test gives no counts",
                got=test.test_id,
                allowed=", ".join(
                    t.test_id
                    for t in evidence.bundle.published_tests
                    if t.numerator is not None and t.denominator is not None
                ),
            )
        k, n = k + test.numerator, n + test.denominator
    return Count(k, n, of), tests


def _from_tests(
    evidence: Evidence,
    tests: Sequence[PublishedTest],
    measured: Measured,
    *,
    name: str,
    population: str,
    unit: str = "share",
    title: str = "",
    count: Count | None = None,
) -> Measurement:
    return Measurement(
        name=name,
        title=title or _test_title(tests),
        unit=unit,
        population=population,
        measured=measured,
        count=count,
        sources=_sources(evidence, (t.source_id for t in tests)),
        note=" ".join(
            (_statuses(t.status for t in tests), *(f"{t.note}." for t in tests if t.note))
        ),
        basis=Basis.FIGURES,
    )


def _test_title(tests: Sequence[PublishedTest]) -> str:
    return ", ".join(dict.fromkeys(_readable(t.measure) for t in tests)).capitalize()


def _counted(params: Counts) -> Count:
    if params.k > params.n:
        raise InputError("k of n needs k at most n", got=f"{params.k} of {params.n}")
    return Count(params.k, params.n, params.of)


def _total(count: Count) -> Total | Undefined:
    if count.n == 0:
        return Undefined(f"no {count.population}: a share of none is undefined")
    return Total(count.k / count.n, count.population)


def _sources(evidence: Evidence, source_ids: Iterable[str]) -> tuple[Source, ...]:
    return tuple(evidence.source(i) for i in dict.fromkeys(source_ids))


def _statuses(statuses: Iterable[str]) -> str:
    return f"Status of the figures: {', '.join(dict.fromkeys(statuses))}."


def _readable(metric: str) -> str:
    return metric.replace("_", " ")


_TITLES = {
    ("false_alerts", "faces_seen"): "False alerts per face seen",
    ("false_alerts", "alerts"): "False share of alerts",
    ("false_alerts_black", "false_alerts"): "Share of false alerts that are of Black people",
    ("arrests_from_false_alerts", "false_alerts"): "Arrests per false alert",
    ("false_alerts_stopped_under_5_minutes", "false_alerts"): "Share of false alerts that led to "
    "a stop (each under five minutes)",
}
MEASURES = (
    Measure(
        name="report_share",
        title="Share of two counts of the annual report",
        unit="share",
        gives="interval",
        params=ReportShare,
        take=report_share,
    ),
    Measure(
        name="report_share_as_stated",
        title="Share of two counts of the annual report, for its year",
        unit="share",
        gives="total",
        params=ReportShare,
        take=report_share_as_stated,
    ),
    Measure(
        name="report_sum",
        title="Sum of counts of the annual report",
        unit="count",
        gives="total",
        params=ReportSum,
        take=report_sum,
    ),
    Measure(
        name="published_share",
        title="Share with published counts",
        unit="share",
        gives="interval",
        params=Tests,
        take=published_share,
    ),
    Measure(
        name="published_share_as_stated",
        title="Share with published counts, for its own period",
        unit="share",
        gives="total",
        params=Tests,
        take=published_share_as_stated,
    ),
    Measure(
        name="ratio_of_published_shares",
        title="Ratio of two shares with published counts",
        unit="ratio",
        gives="interval",
        params=TwoTests,
        take=ratio_of_published_shares,
    ),
    Measure(
        name="counts_as_published",
        title="Share from counts given in the claims file",
        unit="share",
        gives="interval",
        params=Counts,
        take=counts_as_published,
    ),
    Measure(
        name="counts_as_stated",
        title="Share from counts given in the claims file, for their period",
        unit="share",
        gives="total",
        params=Counts,
        take=counts_as_stated,
    ),
    Measure(
        name="not_published",
        title="A quantity that no published datum gives",
        unit="",
        gives="nothing",
        params=NotPublished,
        take=not_published,
    ),
)
