"""Templates and labels that cannot be used give one clear message each."""

from typing import Any

import numpy as np
import pytest

from probity.core.errors import InputError
from probity.performance.engine import compare_all_pairs, top_k

GOOD = np.eye(3, 4, dtype=np.float32)


def changed(value: float, row: int = 1) -> np.ndarray:
    wrong = GOOD.copy()
    wrong[row] = value
    return wrong


def compare(probes: Any = GOOD, references: Any = GOOD, **labels: Any) -> None:
    compare_all_pairs(
        probes,
        references,
        **{"probe_subjects": [1, 2, 3], "reference_subjects": [1, 2, 3], **labels},
    )


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        (changed(np.nan), r"template 1 \(counting from 0\) holds a value that is not finite"),
        (changed(np.inf, row=2), r"template 2 .* not finite"),
        (changed(0.0), r"template 1 .* has length 0"),
        (GOOD.astype(np.float64), "not a matrix of float32; got 'float64"),
        (GOOD.astype(np.int8), "not a matrix of float32"),
        (GOOD[0], "not a matrix of float32"),
        (GOOD[:, :0], "dimension out of range"),
        (GOOD.T, "not stored row by row"),
        (GOOD[:, ::2], "not stored row by row"),
        ([[1.0, 2.0]], "not a matrix of float32; got 'list"),
        (np.array([[object()]]), "not a matrix of float32"),
    ],
)
def test_templates_that_cannot_be_scored(templates: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"reference templates? ?.*{message}|reference {message}"):
        compare(references=templates)
    with pytest.raises(InputError, match="probe template"):
        top_k(templates, GOOD, k=1)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"probe_subjects": [1, 2]}, "subject ids do not match the templates"),
        ({"probe_subjects": [1.0, 2.0, np.nan]}, "subject ids are of the wrong type"),
        ({"probe_subjects": ["a", "b", "c"]}, "text on one side and numbers on the other"),
        (
            {"probe_subjects": np.array(["a", None, "c"], object)},
            r"subject id of template 1 \(counting from 0\) is not text",
        ),
        ({"probe_samples": [1, 2, 3]}, "on both sides, or on neither"),
        (
            {"probe_samples": [1, 2, 2], "reference_samples": [1, 2, 3]},
            "appears twice among the probe templates",
        ),
        (
            {"probe_samples": [1, 2, 3], "reference_samples": [2, 1, 3]},
            "one sample id is given to two different subjects",
        ),
        ({"probe_groups": ["a", "b"]}, "group ids do not match the templates"),
        ({"thresholds": [0.5, np.nan]}, "thresholds are not a list of finite numbers"),
        ({"thresholds": 0.5}, "thresholds are not a list"),
        ({"nonmated_tail": -1}, "cannot hold fewer than 0"),
        ({"block": (0, 5)}, "a block of that size"),
        ({"block": (1 << 20, 1 << 20)}, "a block of that size"),
        ({"engine": "int8"}, "no engine of that name; got 'int8'"),
    ],
)
def test_labels_that_cannot_be_used(labels: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(**labels)


def test_dimensions_must_agree() -> None:
    with pytest.raises(InputError, match="differ in dimension; got '4 and 5'"):
        compare(references=np.eye(3, 5, dtype=np.float32))


def test_too_many_groups_are_refused_before_memory_is_taken() -> None:
    many = np.ones((40, 2), np.float32)
    with pytest.raises(InputError, match="too many pairs of groups"):
        compare_all_pairs(
            many,
            many,
            probe_subjects=range(40),
            reference_subjects=range(40),
            probe_groups=range(40),
            reference_groups=range(40),
        )


@pytest.mark.parametrize("k", [0, -1, 4])
def test_candidates_out_of_range(k: int) -> None:
    with pytest.raises(InputError, match="number of candidates is out of range"):
        top_k(GOOD, GOOD, k=k)


def test_no_templates_at_all_is_no_comparison() -> None:
    counts = compare_all_pairs(
        GOOD[:0], GOOD, probe_subjects=np.empty(0, int), reference_subjects=[1, 2, 3]
    )
    assert counts.comparisons == 0
