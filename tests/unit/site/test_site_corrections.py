"""Corrections are dated, newest first, and concern claims that there are."""

import re
from datetime import date

from probity.claims.load import load_claims
from probity.publish.site.corrections import corrections
from sites import sample_site


def test_they_are_dated_and_the_newest_is_first() -> None:
    days = [date.fromisoformat(one.date) for one in corrections()]
    assert days == sorted(days, reverse=True)
    assert all(one.before != one.after and one.why for one in corrections())


def test_they_concern_claims_that_there_are() -> None:
    known = {claim.claim_id for one in load_claims(None) for claim in one.claims}
    assert all(set(one.claims) <= known for one in corrections())


def test_the_page_has_every_one_and_the_dates_counted_otherwise() -> None:
    page = sample_site()["corrections.html"].decode()
    assert len(re.findall("<time", page)) == len(corrections())
    assert "printed 11 Jul 2023, counted under 11 Jul 2024" in page
