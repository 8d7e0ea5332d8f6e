"""Listing the comparisons at or above a threshold: a second sweep where the first kept too few."""

import numpy as np
import pytest

from probity.core import Undefined
from probity.performance.identification import template_trial
from probity.performance.identification.measure import identification
from probity.performance.identification.template_trial import TemplateTrial
from probity.performance.identification.trial import Population


@pytest.fixture
def trial():
    rng = np.random.default_rng(9)
    who = Population(
        probe_subjects=np.arange(40),
        gallery_subjects=np.arange(20),
        probe_groups=np.arange(40) % 2,
        gallery_groups=np.arange(20) % 2,
        own_sample=np.full(40, -1),
        people=40,
        groups=("A", "B"),
    )
    templates = [rng.normal(size=(size, 6)).astype(np.float32) for size in (40, 20)]
    return TemplateTrial(*templates, who)


def listed(counts):
    return sorted(zip(counts.pairs.probes, counts.pairs.samples, counts.pairs.scores, strict=True))


def test_the_second_sweep_lists_what_the_first_would_have(trial, monkeypatch):
    at_once = trial.count_pairs([0.2, 0.6])
    monkeypatch.setattr(template_trial, "_FIRST_LIST", 3)
    swept_again = trial.count_pairs([0.2, 0.6])
    assert listed(swept_again) == listed(at_once)
    reached = sum(int(above[0]) for above in at_once.nonmated_at_or_above.values())
    assert len(listed(at_once)) == reached > 4 * 3


def test_too_many_to_list_leave_exact_counts_and_say_why_there_is_no_interval(trial, monkeypatch):
    expected = identification(trial, thresholds=[0.2])
    monkeypatch.setattr(template_trial, "_FIRST_LIST", 3)
    monkeypatch.setattr(template_trial, "LISTED_PAIRS", 10)
    found = identification(trial, thresholds=[0.2])
    assert found.at[0].fpir == expected.at[0].fpir
    assert isinstance(found.at[0].over_galleries, Undefined)
    for one, other in zip(found.false_matches, expected.false_matches, strict=True):
        assert one.rate.naive == other.rate.naive
        assert isinstance(one.rate.over_people, Undefined)
        assert "too many comparisons" in one.rate.over_people.reason
