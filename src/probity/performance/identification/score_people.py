"""Who a score file compares, and whether it holds whole searches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.identification.trial import Population
from probity.performance.scores.batch import ScoreSet

Codes = NDArray[np.int64]

_UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who a score file compares, and the two columns that name its samples.

    Codes of probes and gallery samples are those of the file's own labels.
    """

    population: Population
    id_columns: tuple[str, str]


def read_people(scores: ScoreSet) -> People:
    """Read all labels once.

    Where a file names people but not samples, everyone has one sample on each side.

    Raises
    ------
    InputError
        No subject column, one id for two people or two groups, or a search that is not whole.
    """
    for column in ("probe_subject", "reference_subject"):
        if column not in scores.columns:
            raise InputError(
                "a search needs to know who is who",
                file=scores.source,
                column=column,
                got=", ".join(sorted(scores.columns)) or "no label column",
                allowed="probe_subject and reference_subject; also probe_id and reference_id "
                "where a person has several samples",
            )
    sides = [_Side(scores, role) for role in ("probe", "reference")]
    searched = _Searched()
    columns = [column for side in sides for column in side.columns]
    for batch in scores.batches(tuple(dict.fromkeys(columns))):
        for side in sides:
            side.take(batch.labels, batch.first_row)
        searched.take(
            batch.labels[sides[0].id_column].astype(np.int64),
            batch.labels[sides[1].id_column].astype(np.int64),
        )
    return _joined(scores, sides[0], sides[1], searched)


class _Side:
    """What is known of the samples of one side, by code, as the file is read."""

    def __init__(self, scores: ScoreSet, role: str) -> None:
        self._scores, self.role = scores, role
        self.subject_column = f"{role}_subject"
        named = f"{role}_id" in scores.columns
        self.id_column = f"{role}_id" if named else self.subject_column
        self.group_column = f"{role}_group" if f"{role}_group" in scores.columns else None
        self.columns = [self.id_column, self.subject_column]
        self.columns += [self.group_column] if self.group_column else []
        self.subject, self.group = np.empty(0, np.int64), np.empty(0, np.int64)

    def take(self, labels: Mapping[str, NDArray[np.int32]], first_row: int) -> None:
        code = labels[self.id_column].astype(np.int64)
        most = int(code.max(initial=-1)) + 1
        if most > len(self.subject):
            more = np.full(most - len(self.subject), _UNKNOWN, np.int64)
            self.subject = np.concatenate([self.subject, more])
            self.group = np.concatenate([self.group, more])
        given = labels[self.subject_column].astype(np.int64)
        self._keep(self.subject, code, given, self.subject_column, first_row)
        if self.group_column:
            given = labels[self.group_column].astype(np.int64)
            self._keep(self.group, code, given, self.group_column, first_row)

    def _keep(self, known: Codes, code: Codes, given: Codes, column: str, first_row: int) -> None:
        """Note what each sample is given, and refuse a second value."""
        new = known[code] == _UNKNOWN
        known[code[new]] = given[new]
        wrong = np.flatnonzero(known[code] != given)
        if wrong.size:
            at = int(wrong[0])
            names = self._scores.names(column)
            raise InputError(
                f"one {self.id_column} is given two values of {column}",
                file=self._scores.source,
                row=first_row + at,
                column=self.id_column,
                got=f"{self._scores.names(self.id_column)[code[at]]}: "
                f"{names[known[code[at]]]} and {names[given[at]]}",
                allowed="the same in every row",
            )


class _Searched:
    """Which gallery samples each probe was compared with: their number and the sum of marks."""

    def __init__(self) -> None:
        self.number = np.empty(0, np.int64)
        self.marks = np.empty(0, np.uint64)

    def take(self, probe: Codes, sample: Codes) -> None:
        most = int(probe.max(initial=-1)) + 1
        if most > len(self.number):
            more = most - len(self.number)
            self.number = np.concatenate([self.number, np.zeros(more, np.int64)])
            self.marks = np.concatenate([self.marks, np.zeros(more, np.uint64)])
        self.number += np.bincount(probe, minlength=len(self.number))
        np.add.at(self.marks, probe, _mark(sample))


def _mark(sample: Codes) -> NDArray[np.uint64]:
    """A number for each sample, so mixed that sums of different sets differ (splitmix64)."""
    z = (sample.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _joined(scores: ScoreSet, probe: _Side, reference: _Side, searched: _Searched) -> People:
    code: dict[str, int] = {}
    people = [_codes(scores.names(side.subject_column), code) for side in (reference, probe)]
    gallery_subjects, probe_subjects = people[0][reference.subject], people[1][probe.subject]
    named: dict[str, int] = {}
    groups = []
    for side in (probe, reference):
        if side.group_column:
            groups.append(_codes(scores.names(side.group_column), named)[side.group])
        else:
            groups.append(np.full(len(side.subject), named.setdefault("all", len(named)), np.int64))
    at = {name: i for i, name in enumerate(scores.names(reference.id_column))}
    own = np.array([at.get(n, -1) for n in scores.names(probe.id_column)], np.int64)
    if probe.id_column == probe.subject_column or reference.id_column == reference.subject_column:
        own = np.full(len(own), -1, np.int64)
    same = np.flatnonzero(own >= 0)
    wrong = same[gallery_subjects[own[same]] != probe_subjects[same]]
    if wrong.size:
        raise InputError(
            "one sample id is given to two people",
            file=scores.source,
            column=probe.id_column,
            got=scores.names(probe.id_column)[int(wrong[0])],
            allowed="each sample of one person, on either side",
        )
    _require_whole(scores, probe, own, searched, len(gallery_subjects))
    population = Population(
        probe_subjects=probe_subjects,
        gallery_subjects=gallery_subjects,
        probe_groups=groups[0],
        gallery_groups=groups[1],
        own_sample=own,
        people=len(code),
        groups=tuple(named),
    )
    return People(population, (probe.id_column, reference.id_column))


def _codes(names: Sequence[str], code: dict[str, int]) -> Codes:
    return np.array([code.setdefault(name, len(code)) for name in names], np.int64)


def _require_whole(
    scores: ScoreSet, probe: _Side, own: Codes, searched: _Searched, samples: int
) -> None:
    """Every probe against every gallery sample once; its own sample may be left out."""
    marks = _mark(np.arange(samples))
    whole = marks.sum(dtype=np.uint64)
    without = whole - np.where(own >= 0, marks[np.maximum(own, 0)], np.uint64(0))
    left_out = (own >= 0).astype(np.int64)
    is_whole = (searched.number == samples) & (searched.marks == whole)
    is_whole |= (searched.number == samples - left_out) & (searched.marks == without)
    if not is_whole.all():
        at = int(np.argmin(is_whole))
        raise InputError(
            "a probe was not compared with the whole gallery, each sample once",
            file=scores.source,
            column=probe.id_column,
            got=f"{scores.names(probe.id_column)[at]}: {searched.number[at]} comparisons",
            allowed=f"one with each of the {samples} gallery samples",
        )
