"""The tile map is London: 33 boroughs, where they are, each once."""

from xml.etree import ElementTree as ET

import pytest

from probity.publish.figures.render import draw
from probity.publish.figures.tile_map import tile_map, tiles
from probity.records.bundled import load

BORDERS = """
CTY: WES CAM ISL HAC TOW SWK
BAR: NEW RED HAV GRE BEX
BNT: HRW BRE CAM HRY ENF
BEX: GRE BRO HAV
BRE: HRW EAL H&F K&C WES CAM
BRO: GRE LEW CRO SWK LAM
CAM: WES ISL HRY
CRO: SUT MER LAM
EAL: HIL HRW HOU H&F
ENF: HRY WAL
GRE: LEW NEW TOW
HAC: ISL HRY WAL NEW TOW
H&F: K&C HOU RIC WAN
HRY: ISL WAL
HRW: HIL
HAV: RED
HIL: HOU
HOU: RIC
K&C: WES WAN
KIN: RIC MER SUT WAN
LAM: WAN MER SWK WES
LEW: SWK TOW
MER: WAN SUT
NEW: RED TOW WAL
RED: WAL
RIC: WAN
SWK: TOW
WAN: WES
"""
PAIRS = [
    (one, other)
    for line in BORDERS.strip().splitlines()
    for one, others in [line.split(": ")]
    for other in others.split()
]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own drawing)


def test_every_borough_has_one_tile_of_its_own() -> None:
    assert {(t.code, t.borough) for t in tiles()} == {(b.code, b.name) for b in load().boroughs}
    assert len({(t.column, t.row) for t in tiles()}) == len(tiles()) == 33
    assert len({t.short for t in tiles()}) == 33


def test_neighbours_stay_neighbours() -> None:
    place = {t.short: (t.column, t.row) for t in tiles()}
    gaps = [(abs(place[a][0] - place[b][0]), abs(place[a][1] - place[b][1])) for a, b in PAIRS]
    assert len(PAIRS) == 81
    assert sum(max(gap) == 1 for gap in gaps) == 77
    assert sum(sum(gap) == 1 for gap in gaps) == 50


def test_north_is_up_and_west_is_left() -> None:
    place = {t.short: t for t in tiles()}
    assert place["ENF"].row < place["CTY"].row < place["SUT"].row
    assert place["HIL"].column < place["WES"].column < place["HAV"].column


def test_each_tile_is_drawn_with_its_code_and_number() -> None:
    figure = tile_map({"Croydon": 77, "Westminster": 32}, period="2024")
    svg = draw(figure.specs["any"], drawing_id="x", description="d")
    drawn = [e.text for e in parsed(svg).iter() if e.tag.endswith("text")]
    assert {t.short for t in tiles()} <= set(drawn)
    assert (drawn.count("77"), drawn.count("32"), drawn.count("0")) == (1, 1, 31)


def test_the_table_lists_all_boroughs_the_most_deployments_first() -> None:
    table = tile_map({"Croydon": 77, "Sutton": 2}, period="2024").table
    assert table.rows[0] == ("Croydon", "CRO", 77)
    assert table.rows[1] == ("Sutton", "SUT", 2)
    assert len(table.rows) == 33


def test_a_name_that_is_no_borough_is_refused() -> None:
    with pytest.raises(ValueError, match="Narnia"):
        tile_map({"Narnia": 1}, period="2024")
