"""Identification against counting one search at a time, and against other ways of running it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probity.core import Undefined
from probity.performance.engine.reference import exact_scores
from probity.performance.identification.as_json import as_json
from probity.performance.identification.gallery import nested_galleries
from probity.performance.identification.measure import identification
from probity.performance.identification.modes import mode_of
from probity.performance.identification.score_trial import ScoreTrial
from probity.performance.identification.template_trial import TemplateTrial
from probity.performance.identification.trial import Population
from probity.performance.scores import ArrayScores

GROUPS = ("A", "B")


@st.composite
def small_trials(draw):
    """Templates with few distinct directions, so that ties occur, and anybody in any role."""
    people = draw(st.integers(2, 6))
    probes = draw(st.integers(1, 8))
    samples = draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    dimension = draw(st.sampled_from([3, 8]))
    directions = rng.normal(size=(7, dimension)).astype(np.float32)
    population = Population(
        probe_subjects=rng.integers(people, size=probes),
        gallery_subjects=rng.integers(people, size=samples),
        probe_groups=rng.integers(2, size=probes),
        gallery_groups=rng.integers(2, size=samples),
        own_sample=np.full(probes, -1, np.int64),
        people=people,
        groups=GROUPS,
    )
    templates = [directions[rng.integers(7, size=n)] for n in (probes, samples)]
    if draw(st.booleans()):
        # The first probe is the first gallery sample.
        own = population.own_sample.copy()
        own[0] = 0
        subjects = population.probe_subjects.copy()
        subjects[0] = population.gallery_subjects[0]
        population = replace(population, own_sample=own, probe_subjects=subjects)
        templates[0][0] = templates[1][0]
    return templates[0], templates[1], population


def one_at_a_time(scores, who, galleries, *, threshold, size, rank):
    """(k, n) of FPIR and TPIR, each search by itself, straight from the definitions."""
    fpir, tpir = [0, 0], [0, 0]
    for p, person in enumerate(who.probe_subjects):
        best = {}
        for sample, other in enumerate(who.gallery_subjects):
            if sample != who.own_sample[p] and 0 <= galleries.place[other] < size:
                best[other] = max(best.get(other, -9.0), scores[p, sample])
        if person in best:
            place = sum(score >= best[person] for score in best.values())
            tpir[0] += place <= rank and best[person] >= threshold
            tpir[1] += 1
        else:
            fpir[0] += any(score >= threshold for score in best.values())
            fpir[1] += 1
    return tuple(fpir), tuple(tpir)


def counted(rate):
    if isinstance(rate.naive, Undefined):
        return (0, 0)
    return rate.naive.count.k, rate.naive.count.n


@settings(max_examples=40)
@given(small_trials(), st.integers(1, 4), st.integers(0, 3))
def test_counts_are_those_of_one_search_at_a_time(test, rank, seed):
    probes, gallery, who = test
    # One group: what groups add is tested elsewhere, and the power of their test takes long.
    who = replace(who, probe_groups=0 * who.probe_groups, gallery_groups=0 * who.gallery_groups)
    scores = exact_scores(probes, gallery)
    people = len(np.unique(who.gallery_subjects))
    sizes = sorted({1, people // 2 + 1, people} & set(range(1, people + 1)))
    # Scores that occur, so that a threshold is met exactly.
    thresholds = sorted({float(scores.max()), float(np.median(scores)), 0.3})
    galleries = nested_galleries(who.gallery_subjects, people=who.people, sizes=sizes, seed=seed)
    mode = mode_of("operator-initiated", list_length=4, rank=rank)
    found = identification(
        TemplateTrial(probes, gallery, who),
        thresholds=thresholds,
        gallery_sizes=sizes,
        mode=mode,
        seed=seed,
    )
    for at in found.at:
        expected = one_at_a_time(
            scores, who, galleries, threshold=at.threshold, size=at.gallery_size, rank=rank
        )
        assert (counted(at.fpir), counted(at.tpir)) == expected


@settings(max_examples=30)
@given(small_trials())
def test_scores_of_the_same_templates_give_the_same_document(test):
    probes, gallery, who = test
    scores = exact_scores(probes, gallery)
    p, g = (index.ravel() for index in np.indices(scores.shape))
    names = (
        ["same" if who.own_sample[i] == 0 else f"probe {i}" for i in range(len(probes))],
        ["same" if j == 0 else f"sample {j}" for j in range(len(gallery))],
    )
    if (who.own_sample >= 0).sum() == 0:
        names[1][0] = "sample 0"
    labels = {
        "probe_id": [names[0][i] for i in p],
        "reference_id": [names[1][j] for j in g],
        "probe_subject": [str(who.probe_subjects[i]) for i in p],
        "reference_subject": [str(who.gallery_subjects[j]) for j in g],
        "probe_group": [GROUPS[who.probe_groups[i]] for i in p],
        "reference_group": [GROUPS[who.gallery_groups[j]] for j in g],
    }
    mated = who.probe_subjects[p] == who.gallery_subjects[g]
    by_scores = identification(
        ScoreTrial(ArrayScores(scores.ravel(), mated, labels=labels, batch_rows=5)),
        thresholds=[0.1, 0.5],
    )
    by_templates = identification(TemplateTrial(probes, gallery, who), thresholds=[0.1, 0.5])
    assert by_scores.comparisons == by_templates.comparisons
    for one, other in zip(by_scores.at, by_templates.at, strict=True):
        assert (one.fpir, one.tpir, one.selectivity) == (other.fpir, other.tpir, other.selectivity)
        if not isinstance(one.over_galleries, Undefined):
            assert one.over_galleries.mean == pytest.approx(other.over_galleries.mean)
            assert one.over_galleries.binomial == other.over_galleries.binomial

    def rates(found):
        return {
            (one.probe_group, one.gallery_group, one.threshold): one.rate
            for one in found.false_matches
            if not isinstance(one.rate.naive, Undefined)
        }

    assert rates(by_scores) == rates(by_templates)


def test_the_document_is_the_same_for_every_engine_and_order_of_probes():
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(60, 16))
    gallery_subjects = np.arange(40)
    probe_subjects = np.repeat(np.arange(60), 2)
    gallery = (centres[gallery_subjects] + 0.5 * rng.normal(size=(40, 16))).astype(np.float32)
    probes = (centres[probe_subjects] + 0.5 * rng.normal(size=(120, 16))).astype(np.float32)
    who = Population(
        probe_subjects=probe_subjects,
        gallery_subjects=gallery_subjects,
        probe_groups=probe_subjects % 2,
        gallery_groups=gallery_subjects % 2,
        own_sample=np.full(120, -1, np.int64),
        people=60,
        groups=GROUPS,
    )

    def document(order, engine):
        moved = replace(
            who, probe_subjects=probe_subjects[order], probe_groups=who.probe_groups[order]
        )
        trial = TemplateTrial(probes[order], gallery, moved, engine=engine)
        found = as_json(identification(trial, thresholds=[0.5, 0.6], gallery_sizes=[10, 40]))
        found.pop("score_error_bound")
        return found

    straight = document(np.arange(120), "int16")
    assert straight["thresholds"][0]["fpir_per_nonmated_probe"]["k"] > 0
    assert document(np.arange(120), "float32") == straight
    assert document(np.arange(120), "reference-int16") == straight
    mixed = document(rng.permutation(120), "int16")
    for one, other in zip(mixed["thresholds"], straight["thresholds"], strict=True):
        for name in ("fpir_per_nonmated_probe", "tpir_per_mated_probe"):
            assert (one[name]["k"], one[name]["n"]) == (other[name]["k"], other[name]["n"])
            assert one[name]["high"] == pytest.approx(other[name]["high"])
