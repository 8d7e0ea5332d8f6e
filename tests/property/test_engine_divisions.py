"""Whatever the templates and however the work is cut, the engines agree."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from people import people
from probity.performance.engine import Engine, Threads, compare_all_pairs, top_k

sets = st.builds(
    people,
    probes=st.integers(1, 40),
    references=st.integers(1, 40),
    dimension=st.integers(1, 40),
    subjects=st.integers(1, 12),
    groups=st.integers(1, 3),
    seed=st.integers(0, 1000),
    spread=st.sampled_from([0.0, 0.5, 3.0]),
)
blocks = st.tuples(st.integers(1, 50), st.integers(1, 50))
engines = st.sampled_from(["int16", "float32"])


@settings(max_examples=40)
@given(
    who=sets,
    engine=engines,
    block=blocks,
    threads=st.integers(1, 3),
    tail=st.integers(0, 60),
    thresholds=st.lists(st.floats(-1, 1)),
)
def test_all_pairs(
    *,
    who: Any,
    engine: Engine,
    block: tuple[int, int],
    threads: int,
    tail: int,
    thresholds: list[float],
) -> None:
    asked = {
        "thresholds": np.array(thresholds, float),
        "nonmated_tail": tail,
        "mated_tail": tail,
        **who.labels,
    }
    fast = compare_all_pairs(
        who.probes, who.references, engine=engine, block=block, runner=Threads(threads), **asked
    )
    truth = compare_all_pairs(who.probes, who.references, engine=f"reference-{engine}", **asked)
    assert fast.digest() == truth.digest()
    same = set(who.labels["probe_samples"]) & set(who.labels["reference_samples"])
    assert fast.comparisons == len(who.probes) * len(who.references) - len(same)
    assert fast.check.largest_difference <= fast.score_error_bound


@settings(max_examples=40)
@given(sets, engines, blocks, st.data())
def test_search(who: Any, engine: Engine, block: tuple[int, int], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(who.references)))
    fast = top_k(who.probes, who.references, k=k, engine=engine, block=block)
    truth = top_k(who.probes, who.references, k=k, engine=f"reference-{engine}")
    np.testing.assert_array_equal(fast.references, truth.references)
    np.testing.assert_array_equal(fast.scores, truth.scores)
