"""A scenario with some values changed, checked as a file is."""

import pytest

from probity.core import InputError
from probity.twin.changes import MOST_VALUES, changed, values_to_try
from probity.twin.scenario import Assumed
from probity.twin.scenario_file import known_scenarios, load_scenario, scenario_digest
from small_twin import small_scenario


@pytest.mark.parametrize("name", known_scenarios())
def test_nothing_else_changes(name: str) -> None:
    scenario = load_scenario(name)
    other = changed(scenario, ["title = 'Another title'"])
    assert scenario_digest(other) == scenario_digest(scenario)
    assert other.provenance == scenario.provenance
    assert changed(scenario, []) is scenario


def test_a_value_is_what_was_asked_for_and_counts_as_assumed() -> None:
    other = small_scenario("recogniser.threshold=0.60")
    assert other.recogniser.threshold == 0.60
    stated = other.provenance_of("recogniser.threshold")
    assert isinstance(stated, Assumed)
    assert "recogniser.threshold=0.60" in stated.assumed


def test_a_plain_number_makes_what_varies_always_that() -> None:
    other = small_scenario("watchlist.size=300", "adjudication.patience_s=30")
    size, patience = other.watchlist.size, other.adjudication.patience_s
    assert (size.least, size.mean, size.most, size.sd) == (300, 300, 300, 0)
    assert (patience.mean, patience.cv, patience.most) == (30, 0, 30)
    wider = small_scenario("watchlist.size.most=600")
    assert (wider.watchlist.size.mean, wider.watchlist.size.most) == (500, 600)


def test_other_groups_share_the_rest_in_their_proportions() -> None:
    before = small_scenario().groups
    after = small_scenario(f'groups."{before[1].name}".crowd_share=0.4').groups
    assert after[1].crowd_share == 0.4
    assert sum(one.crowd_share for one in after) == pytest.approx(1)
    assert after[2].crowd_share / after[0].crowd_share == pytest.approx(
        before[2].crowd_share / before[0].crowd_share
    )
    assert [one.listed_share for one in after] == [one.listed_share for one in before]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("recogniser.treshold=0.6", "recogniser.treshold"),
        ("recogniser.threshold=6", "less than 1"),
        ("recogniser.threshold='a'", "recogniser.threshold"),
        ("groups.Nobody.crowd_share=0.2", "no such member"),
        ("groups.0=0.2", "no such member"),
        ("groups.0.crowd_share=1.5", "crowd_share"),
        ("watchlist.size=1e12", "larger than the pool"),
        ("mode='retrospective'", "changed"),
        ("nothing", "not TOML"),
        ("", "nothing is changed"),
        ("a.b.c.d.e.f.g.h.i.j.k.l.m=1", "nested too deeply"),
    ],
)
def test_changes_that_cannot_be_are_refused_in_one_line(change: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        small_scenario(change)
    assert "\n" not in str(refused.value)


def test_values_to_try() -> None:
    assert values_to_try("k", "0.56:0.66:0.02") == (0.56, 0.58, 0.60, 0.62, 0.64, 0.66)
    assert values_to_try("k", "1:8:3") == (1, 4, 7)
    assert values_to_try("k", "1000,3000.5") == (1000, 3000.5)
    assert all(isinstance(one, int) for one in values_to_try("k", "1,2,3"))


@pytest.mark.parametrize(
    "text",
    ["", "a", "1:2", "1:2:3:4", "2,1", "1,1", "3:1:1", "1:2:0", "1:2:-1", "nan", "1:inf:1", "1,",
     f"0:{MOST_VALUES}:1", "0:1e30:1"],
)  # fmt: skip
def test_values_that_cannot_be_tried_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="values to try"):
        values_to_try("k", text)
