"""Are deployments where the offences are, or where Black residents are? By ward, two parts.

The model is fitted to London's wards in all the ways of ``ward_specifications``; a claim is
tested on the reference, and ``series`` holds every other way beside it. What it cannot say:

- Residents are not passers-by. Most deployments are in town centres, where people from elsewhere
  walk past.
- The wards are those a third party gives, approximate by its own account.
- Recorded offences are not crime near the van, and they include what policing itself finds and
  records. Holding them equal may hide a difference that came about before, or show one that the
  record made.
- Wards are compared, not people (ecological inference).
"""

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import Field

from probity.claims.evidence import Evidence
from probity.claims.finding import Measurement
from probity.claims.measures.measure import Measure, Params
from probity.claims.measures.ward_effects import (
    Row,
    as_row,
    effect,
    fitted,
    offences_effect,
    without_each_borough,
)
from probity.claims.measures.ward_matching import matched_test, matched_wards
from probity.claims.measures.ward_specifications import (
    GIVEN_VIOLENCE,
    REFERENCE,
    SPECIFICATIONS,
    How,
    Part,
    Specification,
    applies,
)
from probity.claims.measures.ward_units import (
    Period,
    Placing,
    Selected,
    offences,
    share,
    violence,
    ward_counts,
)
from probity.core import Count, Estimate, Source, Total, Undefined
from probity.records.context import Ward

Offences = Literal["all", "violence"]


class GivenOffences(Params):
    """Which recorded offences, July 2023 to June 2025, wards are made equal in."""

    offences: Offences = Field(default="all", description="all recorded offences, or violence")


def black_share_effect(part: Part) -> Callable[[Evidence, GivenOffences, float], Measurement]:
    """The effect of 10 points more Black residents on one part, offences and residents equal."""

    def take(evidence: Evidence, params: GivenOffences, level: float) -> Measurement:
        chosen = _specification(params)
        found = effect(evidence.bundle, chosen, part, level=level)
        return Measurement(
            name=_BLACK_SHARE[part],
            title=f"{_TITLES[part]}: 10 points more Black residents, {_EQUAL[params.offences]}",
            unit="ratio",
            population=_population(chosen.selected(evidence.bundle)),
            measured=found,
            sources=_sources(evidence),
            note=_note(evidence, chosen, part, found),
            series=tuple(_table(evidence, part, level)),
        )

    return take


def offences_effect_measure(part: Part) -> Callable[[Evidence, GivenOffences, float], Measurement]:
    """The effect of twice the recorded offences on one part, Black share and residents equal."""

    def take(evidence: Evidence, params: GivenOffences, level: float) -> Measurement:
        chosen = _specification(params)
        return Measurement(
            name=_OFFENCES[part],
            title=f"{_TITLES[part]}: twice the {_OFFENCES_IN_WORDS[params.offences]}, "
            "residents and their Black share equal",
            unit="ratio",
            population=_population(chosen.selected(evidence.bundle)),
            measured=offences_effect(evidence.bundle, chosen, part, level=level),
            sources=_sources(evidence),
            note=_LIMITS,
            series=tuple(_offences_table(evidence, part, level)),
        )

    return take


def matched_black_share_effect(
    evidence: Evidence, params: GivenOffences, level: float
) -> Measurement:
    """The same effect among pairs of wards with like offences and residents, one without a van."""
    chosen = next(
        s
        for s in SPECIFICATIONS
        if s.how is How.MATCHED and s.given == _specification(params).given
    )
    found = matched_wards(evidence.bundle, chosen)
    test = matched_test(evidence.bundle, chosen)
    return Measurement(
        name="black_share_effect_on_any_deployment_in_matched_wards",
        title="Any deployment: 10 points more Black residents, among wards matched on "
        f"{_OFFENCES_IN_WORDS[params.offences]} and residents",
        unit="ratio",
        population=f"{len(found.pairs)} wards with a deployment, each with its match without",
        measured=effect(evidence.bundle, chosen, Part.ANY, level=level),
        sources=_sources(evidence),
        note=f"Wards with a deployment have {test.statistic:+.1f} points Black residents on "
        f"average against their matches; {test.method}: p = {test.p_value:.2f}. "
        f"{len(found.unmatched)} wards have no match, for too few wards without a deployment have "
        f"as many offences: {', '.join(ward.ward_name for ward in found.unmatched)}.",
        series=tuple(
            {
                "ward": case.ward_name,
                "borough": case.borough,
                "black_share": share(case, "black"),
                "offences": case.crimes_2023_07_to_2025_06,
                "matched_ward": control.ward_name,
                "matched_borough": control.borough,
                "matched_black_share": share(control, "black"),
                "matched_offences": control.crimes_2023_07_to_2025_06,
            }
            for case, control in found.pairs
        ),
    )


def offences_above_average_black(
    evidence: Evidence, params: GivenOffences, _level: float
) -> Measurement:
    """Share of recorded offences in wards whose Black share is above all London's.

    What the share of deployments there would be if they followed recorded offences alone.
    """
    wards = ward_counts(evidence.bundle).wards
    average = _averages(evidence)["London's residents"]
    number = _NUMBER_OF[params.offences]
    k = sum(number(ward) for ward in wards if share(ward, "black") > average)
    population = f"{_OFFENCES_IN_WORDS[params.offences]}, July 2023 to June 2025, in 679 wards"
    count = Count(k, sum(map(number, wards)), population)
    return Measurement(
        name="share_of_offences_in_wards_above_average_black",
        title=f"Share of {_OFFENCES_IN_WORDS[params.offences]} in wards with an above-average "
        "Black share of residents",
        unit="share",
        population=population,
        measured=Total(count.k / count.n, population),
        count=count,
        sources=_sources(evidence),
        note="Beside the share of deployments there: what it would be if deployments followed "
        "recorded offences alone. Other definitions of average, and other years, in the table.",
        series=tuple(_definitions(evidence)),
    )


def _specification(params: GivenOffences) -> Specification:
    return REFERENCE if params.offences == "all" else GIVEN_VIOLENCE


def _population(selected: Selected) -> str:
    some = sum(n > 0 for n in selected.deployments)
    return (
        f"{len(selected.wards)} London wards, {some} of them with one or more of "
        f"{sum(selected.deployments)} deployments, 2020 to March 2025"
    )


def _sources(evidence: Evidence) -> tuple[Source, ...]:
    ids = ("garbett-2024-sheet", "gla-census-2021-wards", "mps-ward-crime-2025-06")
    return tuple(map(evidence.source, ids))


_LIMITS = (
    "Residents are not passers-by; the wards are approximate, given by a third party; recorded "
    "offences are not crime near the van and depend on policing; wards are compared, not people. "
    "The City of London has no recorded offences here and is left out."
)


def _note(
    evidence: Evidence, chosen: Specification, part: Part, found: Estimate | Undefined
) -> str:
    fit = fitted(evidence.bundle, chosen, part)
    if isinstance(found, Undefined) or isinstance(fit, Undefined):
        return _LIMITS
    boroughs = without_each_borough(fit, chosen)
    (low, without_low), (high, without_high) = boroughs[0], boroughs[-1]
    return (
        f"Leaving out one borough moves it between {low:.2f} (without {without_low}) and "
        f"{high:.2f} (without {without_high}). {_LIMITS}"
    )


def _table(evidence: Evidence, part: Part, level: float) -> list[Row]:
    """Every specification of one part, the reference first."""
    return [
        as_row(
            evidence.bundle,
            one,
            part,
            effect(evidence.bundle, one, part, level=level),
            effect_of=_GROUPS[one.effect_of],
        )
        for one in SPECIFICATIONS
        if applies(one, part)
    ]


def _offences_table(evidence: Evidence, part: Part, level: float) -> list[Row]:
    """Every specification in which offences or violence stand on a scale of their own."""
    words = {"log2_offences": "all", "log2_violence": "violence"}
    return [
        as_row(
            evidence.bundle,
            one,
            part,
            offences_effect(evidence.bundle, one, part, level=level),
            effect_of=f"twice the {_OFFENCES_IN_WORDS[words[one.given[0]]]}",
        )
        for one in SPECIFICATIONS
        if applies(one, part)
        and one.how in (How.BOROUGHS_IN_TURN, How.POISSON)
        and one.kind != "groups"
        and one.given in (REFERENCE.given, GIVEN_VIOLENCE.given)
    ]


def _averages(evidence: Evidence) -> dict[str, float]:
    """Three readings of "average": the Black share of all residents, and of the wards."""
    from statistics import fmean, median

    wards = evidence.bundle.wards
    shares = [share(ward, "black") for ward in wards]
    return {
        "London's residents": sum(w.black for w in wards) / sum(w.residents_2021 for w in wards),
        "the mean ward": fmean(shares),
        "the median ward": median(shares),
    }


def _definitions(evidence: Evidence) -> list[Row]:
    """Deployments above each average by year, beside wards, residents and offences there."""
    wards = ward_counts(evidence.bundle).wards
    rows: list[Row] = []
    for label, average in _averages(evidence).items():
        above = [share(ward, "black") > average for ward in wards]
        beside = {
            f"share_of_{name}": _part([number(ward) for ward in wards], above)
            for name, number in _BESIDE.items()
        }
        for period, placing in _COUNTED:
            counts = ward_counts(evidence.bundle, period=period, placing=placing).deployments
            rows.append(
                {
                    "average_of": label,
                    "average_black_share": average,
                    "deployments_of": period.value or "all years",
                    "wards": placing.value,
                    "k": sum(n for n, a in zip(counts, above, strict=True) if a),
                    "n": sum(counts),
                    "share_of_deployments": _part(counts, above),
                    **beside,
                }
            )
    return rows


def _part(numbers: Sequence[int], above: Sequence[bool]) -> float:
    return sum(n for n, a in zip(numbers, above, strict=True) if a) / sum(numbers)


_COUNTED = (
    *((period, Placing.AS_GIVEN) for period in Period),
    (Period.IN_2024, Placing.DOUBTS_REMOVED),
    (Period.IN_2024, Placing.ROMFORD_NORTH),
)
_NUMBER_OF: dict[Offences, Callable[[Ward], int]] = {"all": offences, "violence": violence}
_BESIDE: dict[str, Callable[[Ward], int]] = {
    "wards": lambda _ward: 1,
    "residents": lambda ward: ward.residents_2021,
    "offences": offences,
    "violence": violence,
}
_OFFENCES_IN_WORDS: dict[str, str] = {
    "all": "recorded offences",
    "violence": "recorded violent offences",
}
_EQUAL: dict[Offences, str] = {
    "all": "recorded offences and residents equal",
    "violence": "recorded violence and residents equal",
}
_TITLES = {
    Part.ANY: "Odds that a ward ever had a deployment",
    Part.NUMBER: "Deployments in a ward that had any",
}
_BLACK_SHARE = {
    Part.ANY: "black_share_effect_on_any_deployment_given_offences",
    Part.NUMBER: "black_share_effect_on_number_given_any_given_offences",
}
_OFFENCES = {
    Part.ANY: "offences_effect_on_any_deployment",
    Part.NUMBER: "offences_effect_on_number_given_any",
}
_GROUPS = {
    "black_share": "10 points more Black residents",
    "asian_share": "10 points more Asian residents",
    "not_white_share": "10 points more residents who are not White",
    "not_white_british_share": "10 points more residents who are not White British",
}
MEASURES = (
    *(
        Measure(
            name=_BLACK_SHARE[part],
            title=f"{_TITLES[part]}: 10 points more Black residents, offences and residents equal",
            unit="ratio",
            gives="interval",
            params=GivenOffences,
            take=black_share_effect(part),
        )
        for part in Part
    ),
    *(
        Measure(
            name=_OFFENCES[part],
            title=f"{_TITLES[part]}: twice the recorded offences",
            unit="ratio",
            gives="interval",
            params=GivenOffences,
            take=offences_effect_measure(part),
        )
        for part in Part
    ),
    Measure(
        name="black_share_effect_on_any_deployment_in_matched_wards",
        title="Any deployment: 10 points more Black residents, among matched wards",
        unit="ratio",
        gives="interval",
        params=GivenOffences,
        take=matched_black_share_effect,
    ),
    Measure(
        name="share_of_offences_in_wards_above_average_black",
        title="Share of recorded offences in wards with an above-average Black share of residents",
        unit="share",
        gives="total",
        params=GivenOffences,
        take=offences_above_average_black,
    ),
)
