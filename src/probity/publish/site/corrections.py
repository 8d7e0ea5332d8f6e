"""The page of corrections: what was changed after it was written, and which dates are read anew."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from probity.claims.evidence import Evidence
from probity.publish.site.logged_corrections import LoggedCorrections
from probity.publish.site.page import SitePage
from probity.publish.site.shown_rows import ShownRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One change: what stood there, what stands there now, and why.

    ``date`` is an ISO day, ``release`` the first release with the change, ``claims`` the ids of
    the claims it concerns.
    """

    date: str
    release: str
    claims: tuple[str, ...]
    before: str
    after: str
    why: str


def corrections() -> tuple[Correction, ...]:
    """Every correction of the bundled claims and figures, the newest first."""
    text = files("probity.publish.site").joinpath("corrections.toml").read_text("utf-8")
    entries = tomllib.loads(text)["correction"]
    found = (Correction(**{**entry, "claims": tuple(entry["claims"])}) for entry in entries)
    return tuple(sorted(found, key=lambda one: one.date, reverse=True))


def corrections_page(
    evidence: Evidence,
    rows: Mapping[str, ShownRow],
    claim_titles: Mapping[str, str],
    *,
    logged: LoggedCorrections | None = None,
) -> SitePage:
    """Lay out the page.

    Parameters
    ----------
    evidence : Evidence
        Whose bundled dates and rows are listed.
    rows : Mapping of str to ShownRow
        The shown rows by ``record_id``.
    claim_titles : Mapping of str to str
        The titles of the claims that have a page, by their ids.
    logged : LoggedCorrections, optional
        What a transparency log corrects.
    """
    bundle = evidence.bundle
    return SitePage(
        path="corrections.html",
        title="Corrections",
        template="corrections.html",
        values={
            "corrections": corrections(),
            "logged": logged,
            "claim_titles": claim_titles,
            "dates": [
                (correction, rows[record_id], evidence.source(correction.source_id))
                for record_id, correction in bundle.date_corrections.items()
                if record_id in rows
            ],
            "left_out": [
                (rows[record_id], reason)
                for record_id, reason in bundle.not_in_series.items()
                if record_id in rows
            ],
        },
        nav="corrections",
    )
