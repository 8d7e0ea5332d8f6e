"""Readers of score sets: every form gives the same comparisons, in batches of any size."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from probity.core import InputError
from probity.performance.scores import ArrayScores
from probity.performance.scores.bob import BobScores
from probity.performance.scores.chain import ChainedScores
from probity.performance.scores.columnar import ArrowScores, ParquetScores
from probity.performance.scores.delimited import CsvScores
from probity.performance.scores.opening import open_scores

N = 5_000


def table(kind: type[np.floating] = np.float64) -> pa.Table:
    rng = np.random.default_rng(1)
    people = np.array(["ada", "bob", "cy", "di"])
    probe, reference = people[rng.integers(0, 4, N)], people[rng.integers(0, 4, N)]
    return pa.table(
        {
            "score": rng.normal(0, 1, N).astype(kind),
            "mated": probe == reference,
            "probe_subject": probe,
            "reference_subject": reference,
            "probe_group": np.where(probe < "c", "first", "second"),
            "comment": ["x"] * N,
        }
    )


def read_all(scores, labels=()):
    batches = list(scores.batches(labels))
    starts = np.cumsum([1] + [len(b.score) for b in batches])[:-1]
    assert [b.first_row for b in batches] == list(starts)
    found = {
        "score": np.concatenate([b.score for b in batches]),
        "mated": np.concatenate([b.mated for b in batches]),
    }
    for label in labels:
        codes = np.concatenate([b.labels[label] for b in batches])
        found[label] = np.array(scores.names(label))[codes]
    return found


def written(form: str, folder: Path, data: pa.Table):
    path = folder / f"scores.{form}"
    if form == "csv":
        pa_csv.write_csv(data, path)
        return CsvScores(path, block_bytes=4_096)
    if form == "parquet":
        pq.write_table(data, path, row_group_size=700)
        return ParquetScores(path, batch_rows=333)
    if form == "feather":
        feather.write_feather(data, path, chunksize=1_000)
        return ArrowScores(path, batch_rows=333)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, data.schema) as writer:
        writer.write_table(data, max_chunksize=999)
    return ArrowScores(path, batch_rows=250)


@pytest.mark.parametrize("form", ["csv", "parquet", "feather", "stream"])
@pytest.mark.parametrize("labels", [(), ("probe_group",), ("probe_subject", "reference_subject")])
def test_every_form_gives_the_rows_of_the_table(form, labels, tmp_path):
    data = table()
    scores = written(form, tmp_path, data)
    assert scores.columns == {"probe_subject", "reference_subject", "probe_group"}
    for _ in range(2):
        found = read_all(scores, labels)
        for name, values in found.items():
            assert np.array_equal(values, data[name].to_numpy())


def test_float32_scores_stay_float32(tmp_path):
    scores = written("parquet", tmp_path, table(np.float32))
    assert {b.score.dtype for b in scores.batches()} == {np.dtype(np.float32)}


def test_only_the_columns_asked_for_are_read(tmp_path):
    data = table().set_column(2, "probe_subject", pa.array([None] * N, pa.string()))
    scores = written("parquet", tmp_path, data)
    assert len(read_all(scores)["score"]) == N
    with pytest.raises(InputError, match="row 1, column probe_subject: a value is missing"):
        read_all(scores, ("probe_subject",))


@pytest.mark.parametrize(
    ("mated", "expected"),
    [
        (["1", "0", "1"], [True, False, True]),
        (["True", "FALSE", " yes "], [True, False, True]),
        (["genuine", "impostor", "mated"], [True, False, True]),
        ([1, 0, 0], [True, False, False]),
        (pa.array(["y", "n", "n"]).dictionary_encode(), [True, False, False]),
    ],
)
def test_ways_to_write_the_mated_flag(mated, expected, tmp_path):
    pq.write_table(pa.table({"score": [0.1, 0.2, 0.3], "mated": mated}), tmp_path / "s.parquet")
    assert read_all(ParquetScores(tmp_path / "s.parquet"))["mated"].tolist() == expected


def test_headings_have_synonyms_and_delimiters_vary(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("Similarity Score;Genuine;Probe Group\n0.5;yes;a\n-1e-3;no;b\n")
    scores = open_scores(path)
    found = read_all(scores, ("probe_group",))
    assert found["score"].tolist() == [0.5, -1e-3]
    assert found["mated"].tolist() == [True, False]
    assert found["probe_group"].tolist() == ["a", "b"]


BOB_4 = "# claimed real label score\nann ann p/1.png 0.9\n\nann ben p/2.png 0.1\nben ben p/3 .8\n"
BOB_5 = "ann m1 ann p1 0.9\nann m1 ben p2 0.1\nben m2 ben p3 .8\n"


@pytest.mark.parametrize(("text", "ids"), [(BOB_4, {"probe_id"}), (BOB_5, {"reference_id"})])
def test_bob_columns(text, ids, tmp_path):
    path = tmp_path / "scores-dev"
    path.write_text(text)
    for block in (7, 16, 1 << 20):
        scores = BobScores(path, block_bytes=max(block, 40))
        found = read_all(scores, ("probe_subject", "reference_subject"))
        assert found["score"].tolist() == [0.9, 0.1, 0.8]
        assert found["mated"].tolist() == [True, False, True]
        assert found["reference_subject"].tolist() == ["ann", "ann", "ben"]
        assert ids <= scores.columns
    assert isinstance(open_scores(path), BobScores)


def test_arrays_are_sliced_and_checked():
    score, mated = np.arange(10.0), np.arange(10) % 2 == 0
    found = read_all(ArrayScores(score, mated, batch_rows=3))
    assert np.array_equal(found["score"], score)
    for bad in (score.astype(int), score.reshape(2, 5)):
        with pytest.raises(InputError, match="one row of numbers"):
            ArrayScores(bad, mated)
    with pytest.raises(InputError, match="needs its mated flag"):
        ArrayScores(score, mated[:5])
    with pytest.raises(InputError, match="a label column does not fit"):
        ArrayScores(score, mated, labels={"colour": ["red"] * 10})
    score[7] = np.nan
    with pytest.raises(InputError, match="row 8, column score: a score is not a finite number"):
        read_all(ArrayScores(score, mated, batch_rows=3))


def test_a_flag_that_contradicts_the_subjects_is_found_when_both_are_read(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("score,mated,probe_subject,reference_subject\n1,1,a,a\n2,1,a,b\n")
    assert len(read_all(CsvScores(path))["score"]) == 2
    with pytest.raises(InputError, match="row 2, column mated: the mated flag contradicts"):
        read_all(CsvScores(path), ("probe_subject", "reference_subject"))


def test_finite_scores_whose_sum_is_not_are_accepted():
    huge = np.full(10, 1e308)
    assert read_all(ArrayScores(huge, huge > 0))["score"].tolist() == huge.tolist()


def test_memory_does_not_grow_with_the_file(tmp_path):
    """Eight row groups of 2 MB: what Arrow holds at any time is a part of one of them."""
    rows = 8 * 250_000
    data = pa.table({"score": np.random.default_rng(2).random(rows), "mated": np.ones(rows, bool)})
    pq.write_table(data, tmp_path / "s.parquet", row_group_size=250_000)
    del data
    before = pa.total_allocated_bytes()
    scores = ParquetScores(tmp_path / "s.parquet", batch_rows=10_000)
    most = max(pa.total_allocated_bytes() - before for _ in scores.batches())
    assert (tmp_path / "s.parquet").stat().st_size > 15_000_000
    assert most < 4_000_000


def test_sets_in_a_chain_share_the_codes_of_their_names(tmp_path):
    whole = table()
    parts = []
    for index, rows in enumerate((slice(0, 1_000), slice(1_000, N))):
        (tmp_path / str(index)).mkdir()
        part = whole.slice(rows.start, rows.stop - rows.start)
        parts.append(written("parquet", tmp_path / str(index), part))
    chain = ChainedScores(parts)
    assert chain.comparisons == N
    batches = list(chain.batches(("probe_subject",)))
    codes = np.concatenate([b.labels["probe_subject"] for b in batches])
    assert np.array_equal(
        np.array(chain.names("probe_subject"))[codes], whole["probe_subject"].to_numpy()
    )
    assert len(chain.names("probe_subject")) == 4
