"""Choosing deployment rows for a measure, and what a reader must know about them."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from probity.claims import words
from probity.claims.evidence import Evidence
from probity.claims.measures.measure import Params
from probity.core import InputError, Undefined
from probity.records.breaks import breaks_crossed
from probity.records.dates import Span, counted_span, span_of
from probity.records.places import borough_of
from probity.records.schema import Deployment
from probity.records.selection import Selection
from probity.records.selection import select as select_period

Date = Annotated[str, StringConstraints(pattern=r"^(19|20)\d\d(-\d\d(-\d\d)?)?$")]


class Rows(Params):
    """Which deployment rows: of one force, in a period, and where asked only some of them."""

    force: str = Field(min_length=1)
    start: Date | None = Field(default=None, alias="from", description="first date counted")
    end: Date | None = Field(default=None, alias="to", description="last date counted")
    threshold: str | None = Field(
        default=None, pattern=r"^\d(\.\d{1,4})?$", description="only rows that print this threshold"
    )
    borough: str | None = Field(default=None, description="only rows known to be in it")
    place: str | None = Field(default=None, description="only rows with exactly this place")

    def words(self) -> str:
        """Whose rows, and when."""
        only = [f"at threshold {self.threshold}"] if self.threshold else []
        only += [f"in {self.borough or self.place}"] if self.borough or self.place else []
        return ", ".join([self.force, *only, words.period(self.start, self.end)])


def select(evidence: Evidence, rows: Rows) -> Selection:
    """The rows of one force in a period, and those whose dates are too vague to place.

    Raises
    ------
    InputError
        The period ends before it starts, or a date is no day of the calendar.
    """
    start = _span(rows.start).first if rows.start else None
    end = _span(rows.end).last if rows.end else None
    if start and end and end < start:
        raise InputError("the period ends before it starts", got=f"{rows.start} to {rows.end}")
    wanted = [d for d in evidence.rows(rows.force) if _fits(evidence, d, rows)]
    return select_period(wanted, start=start, end=end)


def no_rows(rows: Rows) -> Undefined:
    """Say that no row was found, and what would change that."""
    return Undefined(
        f"no deployment rows with these figures are at hand for {rows.words()}; the force's own "
        "deployment record is needed"
    )


def year_of(deployment: Deployment) -> str:
    """The year a row is counted in; "not dated" where it has no usable date."""
    span = counted_span(deployment)
    return str(span.first.year) if span else "not dated"


def note_on(
    rows: Rows, selected: Selection, stated: tuple[Deployment, ...], *, faces: bool = False
) -> str:
    """What to know about the rows behind a figure: how many, which were left out, and breaks."""
    parts = [f"{_rows(len(stated))}."]
    if left_out := len(selected.deployments) - len(stated):
        parts.append(f"Left out, not stating what is counted: {_rows(left_out)}.")
    if selected.unplaced:
        parts.append(f"Left out, of dates too vague to place: {_rows(len(selected.unplaced))}.")
    if second_hand := sum(d.confidence != "primary" for d in stated):
        parts.append(f"Read in a transcription, not in the original: {_rows(second_hand)}.")
    days = [span for d in stated if (span := counted_span(d))]
    if faces and days:
        first, last = min(s.first for s in days), max(s.last for s in days)
        crossed = breaks_crossed(first, last, force=rows.force)
        if crossed:
            dates = ", ".join(words.day(b.day.isoformat()) for b in crossed)
            parts.append(f"The count of faces seen breaks on {dates}: the sum mixes two ways.")
    return " ".join(parts)


def _fits(evidence: Evidence, deployment: Deployment, rows: Rows) -> bool:
    return (
        (rows.threshold is None or deployment.threshold == Decimal(rows.threshold))
        and (rows.place is None or deployment.place == rows.place)
        and (
            rows.borough is None
            or borough_of(deployment, bundle=evidence.bundle)[0] == rows.borough
        )
    )


def _span(date: str) -> Span:
    span = span_of(date, date)
    if span is None:
        raise InputError("no day of the calendar", got=date, allowed="YYYY-MM-DD, YYYY-MM or YYYY")
    return span


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
