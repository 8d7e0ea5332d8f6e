"""Who lives where the deployments were, by census ward. Residents are not passers-by."""

from probity.claims.evidence import Evidence
from probity.claims.finding import Measurement
from probity.claims.measures.measure import Measure
from probity.claims.measures.rows import Rows, no_rows, select
from probity.core import Count, Total, Undefined


def share_in_wards_above_average_black(
    evidence: Evidence, rows: Rows, _level: float
) -> Measurement:
    """Share of deployments in wards whose Black share of residents is above all London's.

    Wards are those a third party gives, by its own account approximate. Deployments without one
    are left out. The average is Black residents over all residents of London, Census 2021.
    """
    wards = {ward.ward_code: ward for ward in evidence.bundle.wards}
    ward_of = {row.record_id: row.ward_code_approx for row in evidence.bundle.deployment_wards}
    residents = sum(ward.residents_2021 for ward in wards.values())
    average = sum(ward.black for ward in wards.values()) / residents
    selected = select(evidence, rows).deployments
    placed = [wards[ward_of[d.record_id]] for d in selected if d.record_id in ward_of]
    above = sum(ward.black / ward.residents_2021 > average for ward in placed)
    population = f"deployments with a known ward, {rows.words()}"
    count = Count(above, len(placed), population)
    measured: Total | Undefined
    if not selected:
        measured = no_rows(rows)
    elif not placed:
        measured = Undefined("no deployment of the period has a known ward")
    else:
        measured = Total(above / len(placed), population)
    return Measurement(
        name="share_of_deployments_in_wards_above_average_black",
        title="Share of deployments in wards with an above-average Black share of residents",
        unit="share",
        population=population,
        measured=measured,
        count=count if isinstance(measured, Total) else None,
        sources=(
            evidence.source("garbett-2024-sheet"),
            evidence.source("gla-census-2021-wards"),
            *evidence.sources_of(selected),
        ),
        note=f"{len(placed)} of {len(selected)} deployments have an approximate ward. London's "
        f"average is {100 * average:.1f}% of residents.",
    )


MEASURES = (
    Measure(
        name="share_of_deployments_in_wards_above_average_black",
        title="Share of deployments in wards with an above-average Black share of residents",
        unit="share",
        gives="total",
        params=Rows,
        take=share_in_wards_above_average_black,
    ),
)
