"""Columns are recognised by the wording of their headings."""

import pytest

from probity.records.headings import (
    FIELDS,
    WORDINGS,
    Column,
    Vocabulary,
    are_headings,
    duplicated,
    find,
    plain,
    with_plain_false_alerts,
)
from probity.records.schema import COLUMNS

ENGLISH = Vocabulary()


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Deployment\nLocation", "place"),
        ("Date (DD/MM/\nYY)", "date"),
        ("Duration of Deployment", "duration_minutes"),
        ("LFR Purpose Reference /\nLFR Purpose", "use_case"),
        ("LFR Use Case", "use_case"),
        ("Watchlist\nSize", "watchlist_size"),
        ("Min Threshold Setting", "threshold"),
        ("True Alerts1", "true_alerts"),
        ("False Alert / Confirmed False Alerts", "false_alerts"),
        ("False Alert / Confirmed False Alert Engagements", "false_engagements"),
        ("True Alert Engagements", "true_engagements"),
        ("Arrests / Disposals", "arrests"),
        ("Faces seen (Estimate )", "faces_seen"),
        ("Outcome - Arrest", "arrests"),
        ("Outcome - Other", "other_disposals"),
        ("No action", "no_action"),
        ("False Alert Rate", "printed_false_alert_rate"),
        ("Watchlist number", "watchlist_size"),
        ("Positive alerts", "true_alerts"),
        ("Positive interventions", "true_engagements"),
        ("Incorrect alerts", "false_alerts"),
        ("Incorrect interventions", "false_engagements"),
        ("Arrests or disposals", "arrests"),
        ("Incorrect alert rate", "printed_false_alert_rate"),
        ("Number of cameras", "ignored"),
        ("Confirmed false alerts", "false_confirmed"),
        ("True Recognition Rate", "ignored"),
        ("Number of faces scanned", "faces_seen"),
        ("FACES SEEN", "faces_seen"),
        ("Vehicle", None),
        ("Confirmed", None),
        ("Alert", None),
        ("", None),
    ],
)
def test_wording(heading: str, field: str | None) -> None:
    assert ENGLISH.field(heading) == field


@pytest.mark.parametrize("name", COLUMNS)
def test_our_own_column_names_are_headings(name: str) -> None:
    assert ENGLISH.field(name) == name


def test_every_field_that_can_be_printed_has_a_wording() -> None:
    assert FIELDS - WORDINGS.keys() == set()


def test_words_of_a_heading() -> None:
    assert plain("True\nAlerts¹ (see note)") == "true alerts"
    assert plain(" FALSE-Alert/Rate ") == "false alert rate"


def test_a_column_takes_the_group_above_it_where_its_own_words_need_it() -> None:
    assert ENGLISH.column(["True Alerts"], "Confirmed").field == "true_confirmed"
    assert ENGLISH.column(["Engagement Outcomes"], "No Action").field == "no_action"
    assert ENGLISH.column(["MPS deployments"], "Faces seen") == Column("Faces seen", "faces_seen")
    assert ENGLISH.column(["Vehicles"], "Confirmed") == Column("Confirmed", None)


def test_a_mapping_goes_before_the_known_wordings() -> None:
    chosen = Vocabulary({"alerts": "faces_seen", "where": "place"})
    assert chosen.field("Alerts") == "faces_seen"
    assert chosen.field("Where?") == "place"
    assert chosen.field("Date") == "date"


def test_deployments_need_a_date_and_a_count() -> None:
    def columns(*fields: str | None) -> list[Column]:
        return [Column("", f) for f in fields]

    assert are_headings(columns("date", "place", "alerts"))
    assert not are_headings(columns("place", "alerts", "arrests"))
    assert not are_headings(columns("date", "place", "use_case"))
    assert not are_headings(columns("date", "alerts", None, "ignored"))


def test_two_columns_of_one_field_are_named() -> None:
    columns = [Column("Alerts", "alerts"), Column("x", None), Column("Total alerts", "alerts")]
    assert duplicated(columns) == ("alerts", ["Alerts", "Total alerts"])
    assert duplicated([Column("x", None), Column("y", None), Column("z", "ignored")]) is None


def test_south_wales_false_alerts_beside_confirmed_ones_are_the_others() -> None:
    columns = (Column("False alerts", "false_alerts"), Column("Confirmed", "false_confirmed"))
    assert [c.field for c in with_plain_false_alerts(columns)] == [
        "false_unconfirmed",
        "false_confirmed",
    ]
    assert with_plain_false_alerts(columns[:1]) == columns[:1]


def test_the_fewest_rows_with_the_most_fields_are_the_headings() -> None:
    rows = [
        ["MPS deployments", "", ""],
        ["Date", "Place", "Alerts"],
        ["Rd, Waterloo", "", ""],
    ]

    def columns(first: int, last: int) -> list[Column]:
        return [
            ENGLISH.column([], " ".join(row[i] for row in rows[first : last + 1])) for i in range(3)
        ]

    found = find(3, columns)
    assert found is not None
    assert found[:2] == (1, 1)
    assert find(1, columns) is None
