"""The example of the guide on other operators' records does what the guide says."""

import re
from pathlib import Path

from probity.records.reader import read

GUIDE = Path(__file__).parents[2] / "docs/guides/other-records.md"


def test_the_mapping_of_the_guide_reads_a_table_in_its_words(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(example[1].replace('sheet = "2025"', ""), encoding="utf-8")
    table = tmp_path / "table.csv"
    table.write_text(
        "Where;When;People's faces counted;Flags;Cameras used\n"
        "Market Square;02/13/2025;21.940;7;2\n"
        "Station;02/14/2025;980;0;3\n",
        encoding="utf-8",
    )

    record = read(table, columns=mapping)

    first, second = record.deployments
    assert (first.force, first.place, first.date_start) == (
        "Anytown Police",
        "Market Square",
        "2025-02-13",
    )
    assert (first.faces_seen, first.alerts, str(first.threshold)) == (21_940, 7, "0.64")
    assert (second.faces_seen, second.alerts) == (980, 0)
