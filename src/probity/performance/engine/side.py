"""One side of a comparison: templates with their people and groups, checked and put in order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from probity.core.errors import InputError
from probity.performance.engine import kernels
from probity.performance.engine.fixed_point import LARGEST_DIMENSION

ROWS_AT_A_TIME = 65_536
MATRIX_DIMENSIONS = 2


@dataclass(frozen=True, slots=True)
class Side:
    """Templates as given, who they are of, and the order in which they are compared.

    Parameters
    ----------
    values : float32, (n, dimension)
        Templates as given, not normalised; may be mapped from a file.
    squared_norms : float64, (n,)
        Squared length of each template.
    subjects, samples : int64, (n,)
        Codes shared by both sides: equal codes mean the same person, the same sample. A
        negative sample code equals none.
    group_names : tuple of str
        Sorted.
    group_starts : int64, (groups + 1,)
        Where each group begins in ``rows``.
    rows : int64, (n,)
        Row numbers sorted by group, then subject, so that a block holds one group.
    """

    values: NDArray[np.float32]
    squared_norms: NDArray[np.float64]
    subjects: NDArray[np.int64]
    samples: NDArray[np.int64]
    group_names: tuple[str, ...]
    group_starts: NDArray[np.int64]
    rows: NDArray[np.int64]

    @property
    def templates(self) -> kernels.Templates:
        """What exact scores are taken of."""
        return kernels.Templates(self.values, self.squared_norms)


def squared_norms(values: NDArray[np.float32], *, role: str) -> NDArray[np.float64]:
    """Squared length of every template, refusing those that no score can be taken of.

    Raises
    ------
    InputError
        Not a float32 matrix stored row by row, no dimension or too many, a value that is not
        finite, or a template of length 0.
    """
    if (
        not isinstance(values, np.ndarray)
        or values.dtype != np.float32
        or values.ndim != MATRIX_DIMENSIONS
    ):
        got = f"{getattr(values, 'dtype', type(values).__name__)}, {getattr(values, 'shape', '')}"
        raise InputError(
            f"{role} templates are not a matrix of float32",
            got=got,
            allowed="float32, (samples, dimension)",
        )
    if not values.flags.c_contiguous:
        raise InputError(f"{role} templates are not stored row by row, without gaps")
    if not 1 <= values.shape[1] <= LARGEST_DIMENSION:
        raise InputError(
            f"{role} templates have a dimension out of range",
            got=values.shape[1],
            allowed=f"1 to {LARGEST_DIMENSION}",
        )
    squared = np.empty(len(values))
    for start in range(0, len(values), ROWS_AT_A_TIME):
        stop = start + ROWS_AT_A_TIME
        kernels.squared_lengths(values[start:stop], squared[start:stop])
    for wrong, problem in (
        (~np.isfinite(squared), "holds a value that is not finite"),
        (squared == 0, "has length 0, so it has no direction to compare"),
    ):
        if wrong.any():
            raise InputError(f"{role} template {int(wrong.argmax())} (counting from 0) {problem}")
    return squared


def prepare(
    probes: NDArray[np.float32],
    references: NDArray[np.float32],
    *,
    probe_subjects: ArrayLike,
    reference_subjects: ArrayLike,
    probe_groups: ArrayLike | None,
    reference_groups: ArrayLike | None,
    probe_samples: ArrayLike | None,
    reference_samples: ArrayLike | None,
) -> tuple[Side, Side]:
    """Both sides, checked, with shared codes for people and samples.

    Raises
    ------
    InputError
        Templates that cannot be scored, dimensions or lengths that differ, an id that is
        missing, a sample listed twice on one side, or one sample given to two people.
    """
    squared = _both_squared_norms(probes, references)
    sizes = (len(probes), len(references))
    if (probe_samples is None) != (reference_samples is None):
        raise InputError("sample ids are needed on both sides, or on neither")
    people = _codes((probe_subjects, reference_subjects), sizes, what="subject")
    if probe_samples is None or reference_samples is None:
        samples = [np.full(size, -1 - role, np.int64) for role, size in enumerate(sizes)]
    else:
        samples = _codes((probe_samples, reference_samples), sizes, what="sample")
        _one_person_each(samples, people)
    sides = []
    for role, (values, groups) in enumerate(
        ((probes, probe_groups), (references, reference_groups))
    ):
        labels = (
            np.full(len(values), "all")
            if groups is None
            else _ids(groups, len(values), what="group").astype(str)
        )
        names, group = np.unique(labels, return_inverse=True)
        rows = np.lexsort((np.arange(len(values)), people[role], group))
        starts = np.searchsorted(group[rows], np.arange(len(names) + 1))
        sides.append(
            Side(
                values,
                squared[role],
                people[role],
                samples[role],
                tuple(str(name) for name in names),
                starts.astype(np.int64),
                rows.astype(np.int64),
            )
        )
    return sides[0], sides[1]


def unlabelled(probes: NDArray[np.float32], references: NDArray[np.float32]) -> tuple[Side, Side]:
    """Both sides in the order given, everyone a person of their own and one group, "all".

    Raises
    ------
    InputError
        Templates that cannot be scored, or dimensions that differ.
    """
    squared = _both_squared_norms(probes, references)
    sides = []
    for role, values in enumerate((probes, references)):
        rows = np.arange(len(values), dtype=np.int64)
        nobody = -1 - 2 * rows - role
        ends = np.array([0, len(values)])
        sides.append(Side(values, squared[role], nobody, nobody, ("all",), ends, rows))
    return sides[0], sides[1]


def _both_squared_norms(
    probes: NDArray[np.float32], references: NDArray[np.float32]
) -> list[NDArray[np.float64]]:
    squared = [squared_norms(probes, role="probe"), squared_norms(references, role="reference")]
    if probes.shape[1] != references.shape[1]:
        raise InputError(
            "probe and reference templates differ in dimension",
            got=f"{probes.shape[1]} and {references.shape[1]}",
        )
    return squared


def _ids(given: ArrayLike, size: int, *, what: str) -> NDArray[np.generic]:
    ids = np.asarray(given)
    if ids.shape != (size,):
        raise InputError(
            f"{what} ids do not match the templates", got=ids.shape, allowed=f"({size},)"
        )
    if ids.dtype == object:
        for place, value in enumerate(ids):
            if not isinstance(value, str):
                raise InputError(
                    f"{what} id of template {place} (counting from 0) is not text", got=repr(value)
                )
        ids = ids.astype(str)
    if ids.dtype.kind not in "iuU":
        raise InputError(
            f"{what} ids are of the wrong type", got=ids.dtype, allowed="whole numbers or text"
        )
    return ids


def _codes(
    given: tuple[ArrayLike, ArrayLike], sizes: tuple[int, int], *, what: str
) -> list[NDArray[np.int64]]:
    first, second = (_ids(ids, size, what=what) for ids, size in zip(given, sizes, strict=True))
    if (first.dtype.kind == "U") != (second.dtype.kind == "U"):
        raise InputError(f"{what} ids are text on one side and numbers on the other")
    codes = np.unique(np.concatenate([first, second]), return_inverse=True)[1].astype(np.int64)
    return [codes[: sizes[0]], codes[sizes[0] :]]


def _one_person_each(samples: list[NDArray[np.int64]], people: list[NDArray[np.int64]]) -> None:
    for role, codes in zip(("probe", "reference"), samples, strict=True):
        if len(np.unique(codes)) != len(codes):
            raise InputError(f"a sample id appears twice among the {role} templates")
    _, first, second = np.intersect1d(samples[0], samples[1], return_indices=True)
    if (people[0][first] != people[1][second]).any():
        raise InputError("one sample id is given to two different subjects")
