"""Days on which the operator's count of faces changed meaning, as the rows themselves show.

Across each break faces per hour change by a factor of about two to nine while alerts per hour do
not fall, at the same sort of places and as long. No published explanation is known. Sums of faces
seen, and rates per face seen, across a break mix two ways of counting.
"""

from dataclasses import dataclass
from datetime import date

FORCE = "Metropolitan Police"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A break in faces seen: from ``day`` on the count is not comparable with before.

    ``before_per_hour`` and ``after_per_hour`` are faces seen per hour of deployment, in the
    stretch of time up to the neighbouring break on each side (DERIVED from the rows).
    """

    force: str
    day: date
    before_per_hour: int
    after_per_hour: int
    statement: str
    source_ids: tuple[str, ...]


BREAKS: tuple[Break, ...] = (
    Break(
        force=FORCE,
        day=date(2024, 1, 19),
        before_per_hour=2767,
        after_per_hour=313,
        statement="From 19 January 2024 faces seen per hour fall from about 2,800 to about 300, "
        "while alerts per hour rise. The two deployments of the day itself lie on both sides.",
        source_ids=("mps-grid-2023-2024",),
    ),
    Break(
        force=FORCE,
        day=date(2024, 7, 23),
        before_per_hour=313,
        after_per_hour=934,
        statement="From 23 July 2024 to 19 August 2024 deployments at the old and at a higher "
        "level alternate, often on one day: about 900 faces seen per hour on average.",
        source_ids=("mps-grid-2023-2024",),
    ),
    Break(
        force=FORCE,
        day=date(2024, 8, 20),
        before_per_hour=934,
        after_per_hour=1800,
        statement="From 20 August 2024 faces seen per hour stay above the level of early 2024: "
        "about 1,800 to the end of the year.",
        source_ids=("mps-grid-2023-2024",),
    ),
)


def breaks_crossed(start: date, end: date, *, force: str = FORCE) -> tuple[Break, ...]:
    """Return the breaks with days of the period on both sides of them.

    A period that ends on the day before a break, or starts on its day, does not cross it.

    Parameters
    ----------
    start, end : date
        First and last day of the period.
    """
    return tuple(b for b in BREAKS if b.force == force and start < b.day <= end)
