"""Figures of searches by month, as an operator could publish them: counted without any truth."""

import csv
import io
from datetime import UTC, datetime

import numpy as np

from probity.twin.searches.candidates import Candidates
from probity.twin.searches.probes import Probes
from probity.twin.searches.review import NOT, Reviews

COLUMNS = (
    "month",
    "searches",
    "searches_with_candidates",
    "accepted_on_review",
    "corroborated",
    "acted_on",
    "probes_deleted",
)


def monthly_record(probes: Probes, candidates: Candidates, reviews: Reviews) -> bytes:
    """CSV with a row for each month in which somebody was searched for, UTC."""
    of_month: dict[str, list[int]] = {}
    listed = candidates.per_search(len(probes)) > 0
    counted = np.stack(
        [
            np.ones(len(probes), np.bool_),
            listed,
            reviews.accepted,
            reviews.corroborated_us != NOT,
            reviews.acted_us != NOT,
            reviews.deleted_us != NOT,
        ],
        axis=1,
    )
    for time_us, row in zip(probes.time_us.tolist(), counted.astype(int).tolist(), strict=True):
        month = datetime.fromtimestamp(time_us // 1_000_000, tz=UTC).strftime("%Y-%m")
        totals = of_month.setdefault(month, [0] * len(row))
        of_month[month] = [total + one for total, one in zip(totals, row, strict=True)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([month, *totals] for month, totals in sorted(of_month.items()))
    return text.getvalue().encode()
