"""Searches in a gallery: candidate lists by their exact law, review, events and sums."""

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats

from probity.audit.log import open_log
from probity.audit.policy_file import load_policy
from probity.audit.reference import judge
from probity.core import InputError
from probity.twin.calendar import day_us
from probity.twin.scenario import Duration, SearchScenario
from probity.twin.scenario_file import load_scenario
from probity.twin.searches import candidates, gallery
from probity.twin.searches import probes as probes_module
from probity.twin.searches.candidates import search_gallery
from probity.twin.searches.events import search_header, write_search_log
from probity.twin.searches.gallery import Gallery
from probity.twin.searches.history import search_history, search_totals
from probity.twin.searches.probes import NOBODY, draw_probes
from probity.twin.searches.record import COLUMNS
from probity.twin.searches.review import NOT
from probity.twin.searches.truth import search_truth_table
from probity.twin.seeds import Seeds


def scenario(name="oifr-pilot", **changes) -> SearchScenario:
    """A bundled scenario with a gallery of 3,000; ``changes`` are of its ``search``."""
    loaded = load_scenario(name)
    assert isinstance(loaded, SearchScenario)
    changes = {"gallery_size": 3_000, **changes}
    return loaded.model_copy(update={"search": loaded.search.model_copy(update=changes)})


def streams(seed: int, replicate: int = 0) -> Seeds:
    return Seeds(scenario="searches", seed=seed, replicate=replicate)


@pytest.fixture
def blocks_of_700(monkeypatch):
    for module in (gallery, probes_module):
        monkeypatch.setattr(module, "PEOPLE_IN_BLOCK", 700)


def test_the_gallery_is_the_same_whenever_a_block_is_made_again():
    people = Gallery(scenario(), streams(1))
    start, block = next(iter(people.blocks()))
    again = Gallery(scenario(), streams(1, replicate=5)).block(start)
    assert np.array_equal(block.entries, again.entries)
    assert np.array_equal(block.entry_group, people.people(start)[0])
    assert np.allclose(np.linalg.norm(block.entries, axis=1), 1)


def test_comparing_in_full_gives_the_best_of_all_scores(blocks_of_700):
    """Against one matrix of all scores, sorted."""
    asked = scenario(threshold=None, list_length=7, searches_per_day=1.0)
    people, seeds = Gallery(asked, streams(2)), streams(2)
    probes = draw_probes(people, seeds=seeds)
    found = search_gallery(people, probes, seeds=seeds)
    blocks = [block for _, block in people.blocks()]
    assert len(blocks) == 5
    entries = np.concatenate([block.entries for block in blocks]).astype(np.float64)
    rng = seeds.stream("probe images", 0)
    images = blocks[0].draw_frames(rng, group=probes.group, band=probes.band, frames=1)[:, 0]
    scores = images @ entries.T
    mated = np.flatnonzero(probes.mate != NOBODY)
    scores[mated, probes.mate[mated]] = probes.mate_score[mated]
    best = np.argsort(-scores, axis=1)[:, :7]
    assert np.array_equal(found.person.reshape(-1, 7), best)
    sorted_scores = blocks[0].vendor(np.take_along_axis(scores, best, axis=1))
    assert np.allclose(found.score.reshape(-1, 7), sorted_scores, rtol=0, atol=1e-12)
    assert np.array_equal(found.mated.reshape(-1, 7), best == probes.mate[:, None])


def two_ways(seed: int, monkeypatch) -> dict[str, float]:
    """p-values of rare lists against lists compared in full, over fresh probes of one gallery."""
    asked = scenario(threshold=0.5, list_length=50, searches_per_day=150.0, mated_share=0.2)
    people = Gallery(asked, streams(seed))
    told = []
    for replicate, limit in ((1, None), (2, -1.0)):
        seeds = streams(seed, replicate)
        probes = draw_probes(people, seeds=seeds)
        if limit is not None:  # nothing counts as rare
            monkeypatch.setattr(candidates, "_MOST_EXPECTED", limit)
        found = search_gallery(people, probes, seeds=seeds)
        monkeypatch.undo()
        others = np.bincount(found.search[~found.mated], minlength=len(probes))
        told.append((probes, found, others))
    (probes_a, a, others_a), (probes_b, b, others_b) = told
    has_a, has_b = others_a > 0, others_b > 0
    assert min(has_a.sum(), has_b.sum()) > 200
    groups = range(len(asked.groups))

    def counted(first, second, values):
        table = np.array([[np.sum(first == v), np.sum(second == v)] for v in values])
        return float(stats.chi2_contingency(table[table.sum(axis=1) > 0]).pvalue)

    return {
        "share with candidates": float(
            stats.fisher_exact(
                [[has_a.sum(), (~has_a).sum()], [has_b.sum(), (~has_b).sum()]]
            ).pvalue
        ),
        "length": counted(np.minimum(others_a, 4), np.minimum(others_b, 4), range(1, 5)),
        "score": float(stats.ks_2samp(a.score[~a.mated], b.score[~b.mated]).pvalue),
        "group": counted(probes_a.group[has_a], probes_b.group[has_b], groups),
        "band": counted(probes_a.band[has_a], probes_b.band[has_b], range(3)),
    }


def test_rare_lists_have_the_law_of_lists_compared_in_full(monkeypatch):
    """Familywise alpha 0.001 over five statistics; the seed is fixed."""
    assert min(two_ways(3, monkeypatch).values()) > 0.001 / 5


def test_without_thinning_by_one_in_k_the_law_is_another(monkeypatch):
    """The negative control: proposals kept whatever the number of people on their list."""
    pairs = candidates._pairs

    def as_if_each_were_alone(*arguments):
        found = pairs(*arguments)
        first = np.unique(found.search, return_index=True)[1]
        return candidates._Scored(found.search[first], found.person[first], found.score[first])

    monkeypatch.setattr(candidates, "_pairs", as_if_each_were_alone)
    kept = monkeypatch

    class Patched:
        def setattr(self, *arguments):
            kept.setattr(*arguments)

        def undo(self):
            kept.setattr(candidates, "_MOST_EXPECTED", 1.0)

    assert min(two_ways(3, Patched()).values()) < 0.001 / 5


@pytest.fixture(scope="module")
def history():
    retention = scenario("rfr-national").search.retention
    kept = retention.model_copy(update={"exception_code": "evidence", "exception_share": 0.05})
    asked = scenario("rfr-national", searches_per_day=180.0, threshold=0.44, retention=kept)
    return search_history(asked, seeds=streams(4))


def test_a_list_is_ranked_and_names_nobody_twice(history):
    lists = history.candidates
    assert len(lists.search) > 500
    within = lists.search[1:] == lists.search[:-1]
    assert (lists.score[1:] <= lists.score[:-1])[within].all()
    assert len(np.unique(np.stack([lists.search, lists.person]), axis=1).T) == len(lists.search)
    assert lists.per_search(len(history.probes)).max() <= history.scenario.search.list_length
    assert (lists.score >= history.scenario.search.threshold - 1e-12).all()
    assert (~lists.mated).any()


def test_steps_follow_each_other(history):
    probes, reviews = history.probes, history.reviews
    listed = history.candidates.per_search(len(probes)) > 0
    assert (probes.time_us < reviews.returned_us).all()
    assert ((reviews.first_us != NOT) == listed).all()
    assert ((reviews.second_us != NOT) == reviews.first_accepts).all()
    second = reviews.second_us != NOT
    assert (reviews.second_us > reviews.first_us)[second].all()
    corroborated = reviews.corroborated_us != NOT
    assert (reviews.accepted & history.mate_listed)[corroborated].all()
    assert corroborated[reviews.acted_us != NOT].all()
    assert (reviews.acted_us > reviews.corroborated_us)[reviews.acted_us != NOT].all()
    kept = reviews.deleted_us == NOT
    assert 0 < kept.sum() < len(probes)
    assert (reviews.deleted_us >= reviews.returned_us)[~kept].all()


def test_sums_agree_with_the_record_and_the_truth(history):
    totals = search_totals(history, replicate=0)
    lines = [line.split(",") for line in history.record().decode().splitlines()]
    assert tuple(lines[0]) == COLUMNS
    sums = np.array([[int(cell) for cell in line[1:]] for line in lines[1:]]).sum(axis=0)
    assert sums[:5].tolist() == [
        totals.searches,
        totals.searches_with_candidates,
        totals.accepted,
        totals.corroborated,
        totals.acted_on,
    ]
    truth = search_truth_table(history)
    assert truth.num_rows == totals.searches
    assert truth["mated"].to_numpy().sum() == totals.mated_searches
    ranks = truth["mate_rank"].drop_null().to_numpy()
    assert len(ranks) == totals.mated_with_mate
    assert ranks.min() == 1
    assert totals.mated_searches + totals.nonmated_searches == totals.searches


@pytest.mark.parametrize(
    ("name", "policies"),
    [("oifr-pilot", ["welsh-oifr", "met-oifr-2026"]), ("rfr-national", ["pnd-rfr"])],
)
def test_the_log_keeps_the_rules(tmp_path, name, policies):
    asked = scenario(name, searches_per_day=3.0)
    log = tmp_path / "events.parquet"
    written = write_search_log(log, search_history(asked, seeds=streams(5)))
    with open_log(log) as read:
        assert (read.events, read.problems) == (written, ())
        rows = list(read.rows())
        for policy in policies:
            rules = [rule for rule in load_policy(policy).rules if rule.check]
            outcomes = judge(rules, rows, to_us=read.to_us)
            assert sum(outcome.checked for outcome in outcomes) > 0
            assert [o.rule_id for o in outcomes if len(o.breached)] == []


def test_the_log_knows_nothing_of_the_truth(tmp_path, history):
    log = tmp_path / "events.parquet"
    write_search_log(log, history)
    columns = set(pq.read_schema(log).names)
    assert columns.isdisjoint({"mated", "mate", "mate_rank", "item"})
    returned = pq.read_table(log, columns=["candidates"])["candidates"].drop_null().to_numpy()
    assert returned.sum() == len(history.candidates.search)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    def log(seed):
        path = tmp_path / f"{seed}.parquet"
        write_search_log(path, search_history(scenario(searches_per_day=2.0), seeds=streams(seed)))
        return path.read_bytes()

    assert log(6) == log(6)
    assert log(6) != log(7)


def test_lists_without_a_threshold_of_too_many_people_are_refused():
    huge = scenario("rfr-national", threshold=None, gallery_size=20_000_000)
    with pytest.raises(InputError, match="without a threshold, for so many searches"):
        search_history(huge, seeds=streams(8))


def test_proposals_and_long_lists_have_limits_too(monkeypatch):
    asked = scenario("rfr-national", searches_per_day=2.0)
    people, seeds = Gallery(asked, streams(8)), streams(8)
    probes = draw_probes(people, seeds=seeds)
    n = len(probes)
    rare = candidates._Rare(
        people, probes, kind=np.zeros(n, np.int64), cut=0.0, expected=np.array([[0.3], [0.2]])
    )
    none_dense = np.zeros(n, np.bool_)
    monkeypatch.setattr(candidates, "MOST_COMPARISONS", n * 3_000)
    candidates._require_feasible(asked, none_dense, rare)
    monkeypatch.setattr(candidates, "MOST_COMPARISONS", n * 3_000 // 3)
    with pytest.raises(InputError, match=r"candidates are too frequent.* 3,000 people"):
        candidates._require_feasible(asked, none_dense, rare)
    monkeypatch.undo()
    monkeypatch.setattr(candidates, "MOST_CANDIDATES", 1_000)
    with pytest.raises(InputError, match=r"search.list_length.*candidate lists are too long"):
        search_history(scenario("rfr-national", threshold=None, searches_per_day=2.0), seeds=seeds)


def test_a_log_is_complete_until_the_last_review(tmp_path):
    two_days = Duration(mean=172_800.0, most=172_800.0)
    slow = scenario(
        searches_per_day=2.0, review_s=two_days, mated_share=1.0, corroboration_share=0.0
    )
    found = search_history(slow, seeds=streams(6))
    path = tmp_path / "log.parquet"
    write_search_log(path, found)
    kinds = pq.read_table(path, columns=["kind"])["kind"].to_pylist()
    reviewed = (found.reviews.first_us != NOT).sum() + (found.reviews.second_us != NOT).sum()
    assert kinds.count("search.reviewed") == reviewed > 0
    assert search_header(found).to_us > found.reviews.first_us.max()


def test_nobody_searched_for():
    none = scenario(searches_per_day=1e-9)
    found = search_history(none, seeds=streams(9))
    header = search_header(found)
    assert header.from_us < day_us(none.search.first_day) < header.to_us
    assert len(found.probes) == 0
    assert found.record().decode().splitlines() == [",".join(COLUMNS)]
    assert search_totals(found, replicate=0).counts["searches_with_candidates_per_search"].n == 0
