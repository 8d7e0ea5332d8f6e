"""Files to take away: complete, the same in every format, and never run as a formula."""

import csv
import io
import json
import zipfile

import pyarrow.parquet as pq

from hostile_report import FORMULA, MARKUP
from probity.records.bundled import load
from sites import hostile_site, sample_site

STARTS = ("=", "+", "-", "@", "\t", "\r")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_csv_holds_every_row_with_its_source() -> None:
    found = rows(sample_site()["data/deployments.csv"])
    assert len(found) == len(load().rows)
    assert all(row["source"] and row["area"] for row in found)
    assert {row["counted"] for row in found} == {"yes", "no"}
    assert all(bool(row["not_counted_because"]) == (row["counted"] == "no") for row in found)


def test_the_parquet_says_the_same() -> None:
    table = pq.read_table(io.BytesIO(sample_site()["data/deployments.parquet"])).to_pylist()
    for row, other in zip(rows(sample_site()["data/deployments.csv"]), table, strict=True):
        assert row["record_id"] == other["record_id"]
        assert row["faces_seen"] == (
            "" if other["faces_seen"] is None else str(other["faces_seen"])
        )
        assert row["place"] in {other["place"], f"'{other['place']}"}


def test_the_data_package_is_the_bundled_one() -> None:
    with zipfile.ZipFile(io.BytesIO(sample_site()["data/probity-records.zip"])) as archive:
        described = json.loads(archive.read("probity-records/datapackage.json"))
        names = set(archive.namelist())
    assert {f"probity-records/{r['path']}" for r in described["resources"]} < names


def test_no_cell_of_any_csv_is_taken_for_a_formula() -> None:
    seen = 0
    for path, content in hostile_site().items():
        if path.endswith(".csv"):
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
                for cell in row:
                    seen += FORMULA in cell
                    assert not cell.lstrip(" ").startswith(STARTS) or _is_number(cell), cell
    assert seen, "the formula has to be in a download for this to say anything"


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_a_claim_review_of_a_stranger_is_data() -> None:
    review = json.loads(hostile_site()["claims/hostile.jsonld"])
    (entry,) = review["@graph"]
    assert entry["@type"] == "ClaimReview"
    assert entry["url"] == "hostile.html#hostile"
    assert MARKUP in entry["itemReviewed"]["text"]
