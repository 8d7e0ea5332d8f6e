"""Which column of a score table means what, and how its values are read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from probity.core import InputError
from probity.performance.scores.batch import (
    LABEL_COLUMNS,
    NameTable,
    ScoreBatch,
    Scores,
    require_finite,
)

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "score": ("score", "similarity", "similarity_score", "comparison_score"),
    "mated": ("mated", "is_mated", "genuine", "is_genuine", "match", "same_subject", "label"),
    "probe_id": ("probe_id", "probe", "probe_sample", "query_id"),
    "reference_id": ("reference_id", "reference", "reference_sample", "target_id", "template_id"),
    "probe_subject": ("probe_subject", "probe_subject_id", "probe_person"),
    "reference_subject": ("reference_subject", "reference_subject_id", "reference_person"),
    "probe_group": ("probe_group", "probe_demographic"),
    "reference_group": ("reference_group", "reference_demographic"),
}
"""Headings understood for each meaning, own name first; case and spaces do not matter."""

TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y", "mated", "genuine", "match"})
FALSE_WORDS = frozenset(
    {"0", "false", "f", "no", "n", "nonmated", "non-mated", "impostor", "imposter", "nonmatch"}
)
_FLAGS = "true/false, 1/0, yes/no, mated/nonmated, genuine/impostor"


@dataclass(frozen=True, slots=True)
class Layout:
    """The file's own heading for each meaning it has."""

    heading: Mapping[str, str]

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(self.heading) & frozenset(LABEL_COLUMNS)

    def columns(self, labels: Sequence[str]) -> list[str]:
        """The headings to read for a score, its flag and these labels."""
        return [self.heading[meaning] for meaning in ("score", "mated", *labels)]


def layout_of(headings: Sequence[str], *, file: Path) -> Layout:
    """Find the score, the mated flag and the label columns among a table's headings.

    Raises
    ------
    InputError
        No score or mated column, a heading twice, or two headings of one meaning.
    """
    heading: dict[str, str] = {}
    meaning_of = {word: meaning for meaning, words in HEADINGS.items() for word in words}
    for written in headings:
        meaning = meaning_of.get("_".join(written.strip().lower().replace("-", "_").split()))
        if meaning is None:
            continue
        if meaning in heading:
            raise InputError(
                f"two columns could be the {meaning}",
                file=file,
                column=written,
                got=f"{heading[meaning]} and {written}",
                allowed="one column of each meaning",
            )
        heading[meaning] = written
    for meaning in ("score", "mated"):
        if meaning not in heading:
            raise InputError(
                f"there is no {meaning} column",
                file=file,
                got=", ".join(headings),
                allowed=f"a column named {' or '.join(HEADINGS[meaning])}",
            )
    return Layout(heading)


@contextmanager
def arrow_errors(file: Path, *, allowed: str | None = None) -> Iterator[None]:
    """Turn what Arrow and the file system raise on bad files into ``InputError``."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            "the file cannot be read", file=file, got=reason, allowed=allowed
        ) from error


class TableBatches:
    """Makes score batches of a table's record batches, counting rows as they pass."""

    def __init__(self, file: Path, layout: Layout, tables: Mapping[str, NameTable]) -> None:
        self._file, self._layout, self._tables = file, layout, tables
        self._row = 1

    @property
    def rows(self) -> int:
        """Comparisons made so far."""
        return self._row - 1

    def make(self, batch: pa.RecordBatch, labels: Sequence[str]) -> ScoreBatch:
        """The next batch.

        Raises
        ------
        InputError
            A value that is missing, not finite, or of the wrong type; or a mated flag that
            contradicts the subjects, where both were asked for.
        """
        column = {m: self._column(batch, m) for m in ("score", "mated", *labels)}
        first_row = self._row
        self._row += batch.num_rows
        made = ScoreBatch(
            first_row=first_row,
            score=self._scores(column["score"], first_row),
            mated=self._flags(column["mated"], first_row),
            labels={m: self._codes(column[m], m, first_row) for m in labels},
        )
        self._require_agreement(made)
        return made

    def _column(self, batch: pa.RecordBatch, meaning: str) -> Any:
        values = batch.column(self._layout.heading[meaning])
        if values.null_count:
            row = self._row + int(np.flatnonzero(pc.is_null(values).to_numpy(False))[0])
            raise self._error("a value is missing", meaning, row, "", "a value in every row")
        return values

    def _scores(self, values: Any, first_row: int) -> Scores:
        kind = values.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            values = self._parsed(pc.utf8_trim_whitespace(values), first_row)
        elif pa.types.is_integer(kind) and kind.bit_width <= 32:  # noqa: PLR2004 - a double holds these exactly
            values = values.cast(pa.float64())
        elif pa.types.is_float16(kind):
            values = values.cast(pa.float32())
        elif not pa.types.is_floating(kind):
            allowed = "float32, float64 or integers of at most 32 bits"
            raise self._error("scores have the wrong type", "score", None, kind, allowed)
        score: Scores = values.to_numpy(zero_copy_only=False)
        heading = self._layout.heading["score"]
        require_finite(score, file=self._file, first_row=first_row, column=heading)
        return score

    def _parsed(self, texts: Any, first_row: int) -> Any:
        try:
            return texts.cast(pa.float64())
        except pa.ArrowInvalid:
            for i, text in enumerate(texts.to_pylist()):
                try:
                    pa.scalar(text).cast(pa.float64())
                except pa.ArrowInvalid as error:
                    row = first_row + i
                    problem = "a score is not a number"
                    raise self._error(problem, "score", row, text, "a number") from error
            raise

    def _flags(self, values: Any, first_row: int) -> NDArray[np.bool_]:
        kind = values.type
        if pa.types.is_boolean(kind):
            bits = np.frombuffer(values.buffers()[1], dtype=np.uint8)
            start = values.offset
            used = bits[start // 8 : (start + len(values) + 7) // 8]
            whole = np.unpackbits(used, bitorder="little")
            return whole[start % 8 : start % 8 + len(values)].view(np.bool_)
        if pa.types.is_integer(kind):
            numbers = values.to_numpy(zero_copy_only=False)
            bad = np.flatnonzero((numbers != 0) & (numbers != 1))
            if bad.size:
                row, got = first_row + int(bad[0]), int(numbers[bad[0]])
                raise self._error("a mated flag is neither", "mated", row, got, _FLAGS)
            return np.asarray(numbers == 1)
        return self._flags_from_words(values, first_row)

    def _flags_from_words(self, values: Any, first_row: int) -> NDArray[np.bool_]:
        coded = self._dictionary(values, "mated")
        words = [str(w).strip().lower() for w in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy(zero_copy_only=False)
        for code, word in enumerate(words):
            if word not in TRUE_WORDS | FALSE_WORDS and (codes == code).any():
                row = first_row + int(np.argmax(codes == code))
                raise self._error("a mated flag is neither", "mated", row, word, _FLAGS)
        if not words:
            return np.zeros(len(codes), dtype=np.bool_)
        flags: NDArray[np.bool_] = np.array([w in TRUE_WORDS for w in words])[codes]
        return flags

    def _codes(self, values: Any, meaning: str, first_row: int) -> NDArray[np.int32]:
        if pa.types.is_integer(values.type):
            values = values.cast(pa.string())
        coded = self._dictionary(values, meaning)
        places = coded.indices.to_numpy(zero_copy_only=False)
        own = self._tables[meaning].codes(
            coded.dictionary.to_pylist(),
            file=self._file,
            row_of=lambda word: first_row + int(np.argmax(places == word)),
        )
        if not len(own):
            return np.zeros(len(coded), dtype=np.int32)
        codes: NDArray[np.int32] = own[places]
        return codes

    def _dictionary(self, values: Any, meaning: str) -> Any:
        kind = values.type
        inner = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not (pa.types.is_string(inner) or pa.types.is_large_string(inner)):
            allowed = "text" + (" or true/false or 0/1" if meaning == "mated" else "")
            raise self._error("a column has the wrong type", meaning, None, kind, allowed)
        return values if pa.types.is_dictionary(kind) else values.dictionary_encode()

    def _require_agreement(self, batch: ScoreBatch) -> None:
        if not {"probe_subject", "reference_subject"} <= set(batch.labels):
            return
        probe, reference = self._tables["probe_subject"], self._tables["reference_subject"]
        place = {name: code for code, name in enumerate(reference.names)}
        same_code = np.array([place.get(name, -1) for name in probe.names], dtype=np.int32)
        same = same_code[batch.labels["probe_subject"]] == batch.labels["reference_subject"]
        bad = np.flatnonzero(same != batch.mated)
        if bad.size:
            row = batch.first_row + int(bad[0])
            got = probe.names[batch.labels["probe_subject"][bad[0]]]
            raise self._error(
                "the mated flag contradicts the subjects",
                "mated",
                row,
                f"{bool(batch.mated[bad[0]])} with probe subject {got}",
                "true where probe and reference subject are the same, else false",
            )

    def _error(
        self, problem: str, meaning: str, row: int | None, got: object, allowed: str
    ) -> InputError:
        column = self._layout.heading[meaning]
        return InputError(
            problem, file=self._file, row=row, column=column, got=got, allowed=allowed
        )
