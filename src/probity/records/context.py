"""What stands around the deployment rows: places, people who live there, tests, the report.

Field names are those of the bundled CSV files; docs/reference/data.md describes each column.
None means that the source does not say.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Borough:
    """One of London's 33 boroughs: residents (Census 2021), deprivation, recorded violence.

    Shares are percent of residents. City of London has no recorded offences here: it is not
    policed by the Metropolitan Police. Residents are not passers-by.
    """

    code: str
    name: str
    population_2021: int
    asian_pct: float
    black_pct: float
    mixed_pct: float
    white_pct: float
    other_pct: float
    imd2019_avg_score: float
    imd2019_rank_of_avg_score_of_317: int
    imd2025_avg_score: float
    imd2025_rank_of_avg_score_of_296: int
    violence_offences_2024: int | None
    violence_per_1000_2024: float | None
    violence_offences_2025: int | None
    violence_per_1000_2025: float | None
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """One of London's 679 wards, or the City of London as a whole.

    Counts of residents (Census 2021) and of offences recorded from July 2023 to June 2025.
    ``white`` includes ``white_british``. The City of London has no recorded offences here.
    """

    ward_code: str
    ward_name: str
    borough_code: str
    borough: str
    residents_2021: int
    white_british: int
    white: int
    mixed: int
    asian: int
    black: int
    other: int
    crimes_2023_07_to_2025_06: int | None
    violence_offences_2023_07_to_2025_06: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentWard:
    """The ward that a third party gives for a deployment, by its own account approximate."""

    record_id: str
    date: str
    place: str
    borough: str
    ward_name_approx: str
    ward_code_approx: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town-centre point in degrees (WGS 84), from general knowledge, good to about 200 m."""

    place: str
    borough: str
    lat: float
    lon: float
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTest:
    """One figure of a published test or evaluation of a facial recognition system.

    ``value`` is in the unit that ``measure`` names: a proportion, a ratio or a count.
    ``threshold`` is text, since some tests name a setting in words. ``status`` is FOUND (read
    in the source), FOUND-2 (in a secondary source), UNVERIFIED or DERIVED (our arithmetic).
    """

    test_id: str
    system: str
    tester: str
    date: str
    mode: str
    measure: str
    group: str
    threshold: str
    gallery_size: int | None
    value: float
    numerator: int | None
    denominator: int | None
    ci_low: float | None
    ci_high: float | None
    status: str
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """One figure of the Metropolitan Police annual report on live facial recognition.

    ``unit`` is count, percent or proportion. The period is stated by month only.
    """

    period_start: str
    period_end: str
    metric: str
    value: float
    unit: str
    status: str
    source_id: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCorrection:
    """A printed date that cannot be right, and the one the row is counted under."""

    record_id: str
    printed_date: str
    counted_date: str
    reason: str
    source_id: str
