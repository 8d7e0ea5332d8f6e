"""The engine on templates whose scores can be worked out by hand."""

import numpy as np
import pytest

from probity.performance.engine import (
    BINS,
    Engine,
    EngineError,
    Threads,
    bin_edges,
    compare_all_pairs,
    top_k,
)

ENGINES: list[Engine] = ["int16", "float32", "reference-int16", "reference-float32"]
PROBES = np.array([[1, 0], [3, 4], [-10, 0]], np.float32)
REFERENCES = np.array([[5, 0], [0, 0.25], [6, 8]], np.float32)
# Cosines:     1      0      0.6
#              0.6    0.8    1
#             -1      0     -0.6
WHO = {"probe_subjects": ["ann", "bob", "cy"], "reference_subjects": ["ann", "ann", "bob"]}
MATED, NONMATED = ("all", "all", True), ("all", "all", False)


@pytest.mark.parametrize("engine", ENGINES)
def test_counts_at_thresholds(engine: Engine) -> None:
    counts = compare_all_pairs(
        PROBES, REFERENCES, thresholds=[1.0, 0.8, 0.6, 0.0, -1.0], engine=engine, **WHO
    )
    # Mated: ann with ann (1 and 0), bob with bob (1). 0.6 is 3/5, rounded as NumPy rounds it.
    assert counts.counts_at_thresholds[MATED].tolist() == [2, 2, 2, 3, 3]
    assert counts.counts_at_thresholds[NONMATED].tolist() == [0, 1, 3, 4, 6]
    assert counts.comparisons == 9


@pytest.mark.parametrize("engine", ENGINES)
def test_tails_name_their_rows(engine: Engine) -> None:
    counts = compare_all_pairs(PROBES, REFERENCES, engine=engine, nonmated_tail=3, **WHO)
    highest, lowest = counts.tail[NONMATED], counts.tail[MATED]
    assert highest.scores.tolist() == [0.8, 0.6, 0.6]
    assert list(zip(highest.probes, highest.references, strict=True)) == [(1, 1), (0, 2), (1, 0)]
    assert lowest.scores.tolist() == [0.0, 1.0, 1.0]
    assert list(zip(lowest.probes, lowest.references, strict=True)) == [(0, 1), (0, 0), (1, 2)]


@pytest.mark.parametrize("engine", ENGINES)
def test_histogram_holds_every_comparison_in_its_bin(engine: Engine) -> None:
    counts = compare_all_pairs(PROBES, REFERENCES, engine=engine, **WHO)
    edges = bin_edges()
    assert len(edges) == BINS + 1
    for key, scores in ((MATED, [1, 0, 1]), (NONMATED, [0.6, 0.6, 0.8, -1, 0, -0.6])):
        histogram = counts.histograms[key]
        assert histogram.sum() == len(scores)
        for bin_ in np.flatnonzero(histogram):
            nearest = min(abs(score - (edges[bin_] + edges[bin_ + 1]) / 2) for score in scores)
            assert nearest <= counts.score_error_bound + 1 / BINS


def test_a_sample_is_not_compared_with_itself() -> None:
    counts = compare_all_pairs(
        PROBES,
        PROBES,
        probe_subjects=[1, 1, 2],
        reference_subjects=[1, 1, 2],
        probe_samples=["a", "b", "c"],
        reference_samples=["a", "b", "c"],
        thresholds=[-1.0],
    )
    assert counts.counts_at_thresholds[MATED].tolist() == [2]
    assert counts.counts_at_thresholds[NONMATED].tolist() == [4]


def test_groups_are_counted_apart_in_one_sweep() -> None:
    counts = compare_all_pairs(
        PROBES,
        REFERENCES,
        probe_groups=["x", "y", "x"],
        reference_groups=["x", "y", "y"],
        thresholds=[0.5],
        **WHO,
    )
    at = {key: int(count[0]) for key, count in counts.counts_at_thresholds.items()}
    assert at == {
        ("x", "x", False): 0,
        ("x", "x", True): 1,
        ("x", "y", False): 1,
        ("x", "y", True): 0,
        ("y", "x", False): 1,
        ("y", "x", True): 0,
        ("y", "y", False): 1,
        ("y", "y", True): 1,
    }


def test_a_template_scores_exactly_1_against_itself_at_any_scale() -> None:
    rng = np.random.default_rng(3)
    templates = rng.standard_normal((50, 512)).astype(np.float32)
    templates[10:20] *= np.float32(2.0**60)
    templates[20:30] *= np.float32(2.0**-100)
    found = top_k(templates, templates, k=1)
    assert (found.scores == 1.0).all()
    assert (found.references[:, 0] == np.arange(50)).all()


def test_equal_scores_are_ranked_by_row() -> None:
    templates = np.ones((40, 8), np.float32)
    found = top_k(templates[:3], templates, k=5)
    assert found.references.tolist() == [[0, 1, 2, 3, 4]] * 3


def test_every_run_checks_its_bound() -> None:
    rng = np.random.default_rng(4)
    templates = rng.standard_normal((600, 64)).astype(np.float32)
    counts = compare_all_pairs(
        templates,
        templates,
        probe_subjects=np.arange(600),
        reference_subjects=np.arange(600) + 600,
        nonmated_tail=0,
    )
    # Nothing had to be recomputed for its own sake: these are the samples.
    assert counts.check.pairs >= 10
    assert 0 < counts.check.largest_difference <= counts.score_error_bound


@pytest.mark.parametrize("search", [True, False])
def test_a_broken_bound_stops_the_run(search: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "search" if search else "block"
    monkeypatch.setattr(f"probity.performance.engine.{module}.score_error_bound", no_room)
    templates = np.random.default_rng(4).standard_normal((60, 64)).astype(np.float32)
    who = {"probe_subjects": np.arange(60), "reference_subjects": np.arange(60)}
    with pytest.raises(EngineError, match="counts cannot be trusted"):  # noqa: PT012
        if search:
            top_k(templates, templates[::-1].copy(), k=2)
        else:
            compare_all_pairs(templates, templates, runner=Threads(1), **who)


def no_room(*_: object, **__: object) -> float:
    """A bound that no rounding can keep."""
    return 1e-12


def test_templates_are_read_from_a_mapped_file(tmp_path: object) -> None:
    path = f"{tmp_path}/templates.npy"
    np.save(path, REFERENCES)
    mapped = np.load(path, mmap_mode="r")
    one = compare_all_pairs(PROBES, mapped, thresholds=[0.6], **WHO)
    assert one.digest() == compare_all_pairs(PROBES, REFERENCES, thresholds=[0.6], **WHO).digest()
