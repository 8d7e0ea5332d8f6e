"""People followed through the twin: what the pages say is what the log holds, in an order."""

import itertools
import re

import pytest

from probity.publish.how_it_works.lengths import about, after
from probity.publish.how_it_works.life import Life, Thing
from probity.publish.how_it_works.live import SCENARIO, SEED, live_lives
from probity.publish.how_it_works.pages import STYLE, how_it_works
from probity.publish.how_it_works.picture import TimeScale, cursors, time_scale
from probity.publish.how_it_works.searches import operator_life, retrospective_life
from probity.publish.site.page import SitePart, render
from probity.twin.one_deployment import deployment_log
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario

_DAY = 86_400_000_000


@pytest.fixture(scope="module")
def lives() -> tuple[Life, ...]:
    return (*live_lives(), operator_life(), retrospective_life())


@pytest.fixture(scope="module")
def part() -> SitePart:
    return how_it_works()


def _thing(life: Life, key: str) -> Thing:
    return next(thing for thing in life.things if thing.key == key)


def test_a_life_is_in_order_and_ends_when_the_last_thing_that_ends_is_gone(
    lives: tuple[Life, ...],
) -> None:
    assert len({life.key for life in lives}) == len(lives)
    for life in lives:
        times = [moment.at_us for moment in life.moments]
        assert times == sorted(set(times))
        assert times[0] == 0
        ends = [thing.to_us for thing in life.things if thing.to_us is not None]
        assert max(ends) <= times[-1]
        for thing in life.things:
            if thing.from_us is not None and thing.to_us is not None:
                assert thing.from_us < thing.to_us
        # Whatever begins or ends within a life does so at a moment that is told.
        told = set(times)
        assert {thing.to_us for thing in life.things} <= told | {None}


def test_the_times_are_those_of_the_event_log(lives: tuple[Life, ...]) -> None:
    scenario = load_scenario(SCENARIO)
    assert isinstance(scenario, LiveScenario)
    rows = deployment_log(scenario, seed=SEED).table.select(["time", "kind", "template", "alert"])
    events = rows.set_column(0, "time", rows["time"].cast("int64")).to_pylist()
    raised = {e["template"] for e in events if e["kind"] == "alert.raised"}
    seen = {e["template"]: e["time"] for e in events if e["kind"] == "face.seen"}
    deleted = {e["template"]: e["time"] for e in events if e["kind"] == "template.deleted"}
    lengths = {deleted[t] - seen[t] for t in seen if t not in raised}
    assert _thing(lives[0], "template").to_us in lengths
    alerts = {e["alert"]: e["time"] for e in events if e["kind"] == "alert.raised"}
    gone = {e["alert"]: e["time"] for e in events if e["kind"] == "alert.deleted"}
    kept = {gone[a] - alerts[a] for a in alerts}
    for life in lives[1:3]:
        alert = _thing(life, "alert")
        assert alert.from_us is not None
        assert alert.to_us is not None
        assert alert.to_us - alert.from_us in kept


def test_the_twin_keeps_the_rules_that_are_drawn_beside_it(lives: tuple[Life, ...]) -> None:
    drawn = 0
    for thing in (thing for life in lives for thing in life.things):
        if thing.limit is not None and thing.limit.by_us is not None:
            assert thing.to_us is not None
            assert thing.to_us <= thing.limit.by_us
            drawn += 1
    assert drawn >= 8


def test_the_template_goes_at_once_and_the_video_does_not(lives: tuple[Life, ...]) -> None:
    template, video = (_thing(lives[0], key) for key in ("template", "video"))
    assert template.to_us is not None
    assert video.to_us is not None
    assert template.to_us < 2_000_000
    assert 20 * _DAY < video.to_us < 32 * _DAY


def test_a_false_alert_is_of_somebody_spoken_to_and_let_go(lives: tuple[Life, ...]) -> None:
    words = " ".join(moment.words for moment in lives[1].moments)
    assert "not the listed person" in words
    assert _thing(lives[1], "contact").sort == "contact"
    assert "They are the listed person" in " ".join(
        moment.words.replace("they", "They") for moment in lives[2].moments
    )


def test_what_exists_at_a_moment() -> None:
    thing = Thing(
        key="a", name="a", what="a", from_us=5, to_us=9, seen_by="nobody", basis="assumed"
    )
    assert [thing.at(t) for t in (4, 5, 8, 9)] == ["not yet", "exists", "exists", "gone"]
    assert Thing(
        key="a", name="a", what="a", from_us=None, to_us=None, seen_by="", basis="assumed"
    ).at(-(10**15)) == "exists"  # fmt: skip


@pytest.mark.parametrize(
    ("length_us", "words"),
    [
        (0, "no time"), (9_700, "0.0097 seconds"), (164_321, "0.16 seconds"),
        (1_000_000, "1 second"), (9_300_000, "9.3 seconds"), (89_000_000, "89 seconds"),
        (120_000_000, "2 minutes"), (1_021_000_000, "17 minutes"), (7_200_000_000, "2 hours"),
        (_DAY, "24 hours"), (2_561_000_000_000, "30 days"), (-60_000_000, "60 seconds"),
    ],
)  # fmt: skip
def test_lengths_in_round_words(length_us: int, words: str) -> None:
    assert about(length_us) == words


def test_moments_before_and_after() -> None:
    assert after(-2_000_000, "it rings") == "2 seconds before it rings"
    assert after(0, "it rings") == "When it rings"


def test_a_logarithmic_axis_puts_equal_factors_side_by_side() -> None:
    scale = TimeScale(kind="log", low=1e4, high=1e12)
    steps = [scale.place(10.0**n) for n in range(4, 13)]
    assert all(b - a == pytest.approx(1 / 8) for a, b in itertools.pairwise(steps))
    assert scale.place(0) == 0
    assert scale.place(1e20) == 1


def test_every_moment_lies_on_the_picture(lives: tuple[Life, ...]) -> None:
    for life in lives:
        scale = time_scale([life])
        assert all(0 <= scale.place(moment.at_us) <= 1 for moment in life.moments)
        for space in ("wide", "narrow"):
            assert len(re.findall(r'class="now now-', cursors(life, space=space))) == len(
                life.moments
            )


def test_pages_are_the_same_bytes_each_time_and_small(part: SitePart) -> None:
    first = {page.path: render(page, app=False) for page in part.pages}
    again = {page.path: render(page, app=False) for page in how_it_works().pages}
    assert first == again
    assert set(first) == {
        "how-it-works.html",
        "how-it-works-live.html",
        "how-it-works-operator.html",
        "how-it-works-retrospective.html",
    }
    assert max(len(page) for page in first.values()) < 200_000
    assert STYLE in part.files


def test_every_rule_is_quoted_with_its_source_and_how_well_it_was_checked(part: SitePart) -> None:
    text = next(
        render(page, app=False).decode() for page in part.pages if page.path.endswith("live.html")
    )
    for words in ("Rule R01", "Rule R11", "Rule R07", "Rule R08", "Rule R09", "published",
                  "assumed", "not checked against the document", "the number is ours"):  # fmt: skip
        assert words in text, words
    steps = re.findall(r'class="step-(\d+)"', text)
    assert max(map(int, steps)) <= 14, "the style sheet shows panels up to this number"


def test_nothing_on_the_pages_is_a_style_or_script_of_its_own(part: SitePart) -> None:
    for page in part.pages:
        text = render(page, app=False).decode()
        assert " style=" not in text
        assert not re.search(r"<script(?! src=)", text)
