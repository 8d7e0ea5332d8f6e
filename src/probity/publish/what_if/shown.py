"""An answer in words: the same words that ``assets/what-if.js`` writes when a slider moves."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

from probity.records.bundled import load
from probity.twin.expected.answer import Expected, WhatIfAnswer

NOT_PUBLISHED = "not published"
NO_TEST = "no published test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An outcome: at the setting, what single years lie between, as now, and as published."""

    key: str
    words: str
    here: str
    between: str
    now: str
    published: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Figures of the Metropolitan Police's report for September 2024 to September 2025."""

    deployments: int
    faces: int
    alerts: int
    false: int
    false_black: int


def published() -> Published:
    """The figures, out of the bundled record."""
    told = {one.metric: int(one.value) for one in load().report_2024_25}
    return Published(
        deployments=told["deployments"],
        faces=told["faces_seen"],
        alerts=told["alerts"],
        false=told["false_alerts"],
        false_black=told["false_alerts_black"],
    )


def rows(found: WhatIfAnswer, *, now: WhatIfAnswer) -> tuple[Row, ...]:
    """Every outcome, in a fixed order."""
    told = published()
    return (
        _of(("false", "False alerts in the year"), number, found.false_alerts, now.false_alerts,
            f"{told.false:,}"),
        _of(("tested", "The same, over every recogniser that the published test allows"), number,
            found.false_alerts_as_tested, now.false_alerts_as_tested, NOT_PUBLISHED),
        _of(("per_face", "False alerts per face seen"), one_in, found.false_alerts_per_face_seen,
            now.false_alerts_per_face_seen, one_in(told.false / told.faces)),
        _of(("share", "Alerts that are false"), percent, found.false_share_of_alerts,
            now.false_share_of_alerts, percent(told.false / told.alerts)),
        _of(("true", "True alerts in the year"), number, found.true_alerts, now.true_alerts,
            number(told.alerts - told.false)),
        Row(key="black", words="Black people among strangers alerted on",
            here=percent(found.black_share_of_strangers), between="",
            now=percent(now.black_share_of_strangers),
            published=f"{told.false_black} of {told.false} false alerts"),
        Row(key="lost", words="Accepted alerts lost because no officer was free",
            here=percent(found.lost_share), between="", now=percent(now.lost_share),
            published=NOT_PUBLISHED),
        Row(key="wait", words="From an alert to an officer’s decision, on average",
            here=seconds(found.officer_s), between="", now=seconds(now.officer_s),
            published=NOT_PUBLISHED),
    )  # fmt: skip


def sentence(found: WhatIfAnswer) -> str:
    """The answer in a sentence or two, as it is read out."""
    false, true = found.false_alerts, found.true_alerts
    return (
        f"In a year of {found.setting.deployments:,} deployments: about {number(false.mean)} false "
        f"alerts (most years {number(false.low)} to {number(false.high)}) and "
        f"{number(true.mean)} true ones. {percent(found.false_share_of_alerts.mean)} of alerts "
        f"are false."
    )


def told_apart(found: WhatIfAnswer) -> tuple[str, str]:
    """Whether published counts could tell the setting from now: by false alerts, by true ones."""
    n = found.setting.deployments
    return (
        _told("false alerts", found.by_false_alerts.deployments, n),
        _told("true alerts", found.by_true_alerts.deployments, n),
    )


def number(value: float) -> str:
    """Three figures at most, thousands apart; whole from 10."""
    if value == 0:
        return "0"
    if value >= 100:  # noqa: PLR2004
        return f"{_figures(value, 3):,.0f}"
    return f"{value:.0f}" if value >= 10 else f"{_figures(value, 2):g}"  # noqa: PLR2004


def percent(share: float) -> str:
    """Two figures."""
    return f"{_figures(100 * share, 2):g}%"


def one_in(rate: float) -> str:
    """ "1 in 275,000": three figures."""
    return "none" if rate <= 0 or not isfinite(1 / rate) else f"1 in {number(1 / rate)}"


def seconds(value: float) -> str:
    """Whole seconds."""
    return f"{value:.0f} seconds"


def _figures(value: float, digits: int) -> float:
    """So many figures; a half goes up, as a browser's ``toPrecision`` has it."""
    exact = Decimal(value)
    if exact == 0:
        return 0.0
    last = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return float(exact.quantize(last, ROUND_HALF_UP))


def _of(
    named: tuple[str, str],
    as_text: Callable[[float], str],
    here: Expected | None,
    now: Expected | None,
    published_figure: str,
) -> Row:
    return Row(
        key=named[0],
        words=named[1],
        here=NO_TEST if here is None else as_text(here.mean),
        between="" if here is None else f"{as_text(here.low)} to {as_text(here.high)}",
        now=NO_TEST if now is None else as_text(now.mean),
        published=published_figure,
    )


def _told(what: str, needed: int | None, deployments: int) -> str:
    if needed is None:
        return f"By {what}: no. Not even a million deployments of each would show a difference."
    if deployments >= needed:
        return f"By {what}: yes. {needed:,} deployments of each would do."
    return f"By {what}: no. It would take {needed:,} deployments of each."
