"""A mapping file makes any table readable; what it does not name is recognised as usual."""

import re
from pathlib import Path

import pytest

from probity.records import mapping
from probity.records.reader import read
from tabular import as_csv, as_xlsx

TABLE = [
    ["Where", "When", "People's faces counted", "Flags", "Cameras used", "Duration"],
    ["Market Sq", "02/28/2025", "21.940", "3", "2", "90"],
    ["Station", "03/01/2025", "1.225", "0", "2", "45"],
]


@pytest.fixture
def guide(repository: Path, tmp_path: Path) -> Path:
    """The mapping file printed in the guide."""
    text = (repository / "docs/guides/other-records.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    path = tmp_path / "mapping.toml"
    path.write_text(block[1], encoding="utf-8")
    return path


def test_the_guides_example(guide: Path, tmp_path: Path) -> None:
    guide.write_text(guide.read_text().replace('sheet = "2025"', 'sheet = "Sheet"'))
    path = tmp_path / "table.xlsx"
    path.write_bytes(as_xlsx(TABLE))
    record = read(path, columns=guide)
    first, second = record.deployments
    assert record.layout == "mapped"
    assert (first.force, first.place, first.date_start) == (
        "Anytown Police",
        "Market Sq",
        "2025-02-28",
    )
    assert (first.faces_seen, first.alerts, first.duration_minutes) == (21_940, 3, 90)
    assert (second.date_start, str(second.threshold)) == ("2025-03-01", "0.64")
    assert first.record_id == "AP-20250228-1"
    assert {p.kind for p in record.problems} == {"thousands-separator"}


def test_without_the_mapping_the_same_table_is_refused(tmp_path: Path) -> None:
    from probity.core import InputError

    path = tmp_path / "table.csv"
    path.write_bytes(as_csv(TABLE))
    with pytest.raises(InputError, match=r"no deployment table|without headings"):
        read(path)


def test_force_of_the_command_goes_before_that_of_the_mapping(guide: Path, tmp_path: Path) -> None:
    guide.write_text(re.sub(r"sheet = .*", "", guide.read_text()))
    path = tmp_path / "table.csv"
    path.write_bytes(as_csv(TABLE))
    record = read(path, columns=guide, force="Otherton Police")
    assert {d.force for d in record.deployments} == {"Otherton Police"}


def test_one_heading_of_two_can_be_ignored(tmp_path: Path) -> None:
    rows = [["Date", "Place", "Alerts", "Total alerts"], ["01/02/25", "A", "3", "5"]]
    path, columns = tmp_path / "table.csv", tmp_path / "mapping.toml"
    path.write_bytes(as_csv(rows))
    columns.write_text('[columns]\nAlerts = "ignored"')
    (d,) = read(path, columns=columns).deployments
    assert d.alerts == 5
    assert d.printed["Alerts"] == "3"


def test_circumstances_can_be_fixed_counts_cannot() -> None:
    from probity.records.schema import COUNT_COLUMNS

    assert set(mapping.FIXABLE) & set(COUNT_COLUMNS) == {"watchlist_size"}


def test_every_field_can_be_mapped() -> None:
    assert {"date", "ignored", "faces_seen", "place"} <= set(mapping.MAPPABLE)


def test_unrecognised_columns_never_hide_one_another(tmp_path: Path) -> None:
    rows = [["Date", "Alerts", "Faces seen", "row", "Note x", "Note x", "", "alerts raised"],
            ["01/02/25", "3", "50", "9", "first", "second", "lone", "4"]]  # fmt: skip
    path = tmp_path / "table.csv"
    path.write_bytes(as_csv(rows))
    (d,) = read(path).deployments
    assert d.row == 1
    assert d.printed == {
        "date": "01/02/25",
        "alerts": "3",
        "faces_seen": "50",
        "row": "9",
        "Note x": "first",
        "Note x (column 6)": "second",
        "alerts raised": "4",
        "(column 7)": "lone",
    }
