"""Malformed score files: each is refused with a message that says where and why."""

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from probity.core import InputError
from probity.performance.scores import batch as batch_module
from probity.performance.scores import columnar, delimited
from probity.performance.scores.opening import open_scores

LITTLE = struct.pack("<I", 0x12345678)
Make = Callable[[Path], Path]


def text(name: str, content: str | bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def parquet(**columns) -> Make:
    def make(folder: Path) -> Path:
        pq.write_table(pa.table(columns), folder / "s.parquet")
        return folder / "s.parquet"

    return make


def arrow(**columns) -> Make:
    def make(folder: Path) -> Path:
        feather.write_feather(pa.table(columns), folder / "s.feather")
        return folder / "s.feather"

    return make


def damaged(make: Make, change: Callable[[bytes], bytes]) -> Make:
    def damage(folder: Path) -> Path:
        path = make(folder)
        path.write_bytes(change(path.read_bytes()))
        return path

    return damage


GOOD = parquet(score=np.arange(1000.0), mated=np.arange(1000) % 2 == 0)
GOOD_ARROW = arrow(score=np.arange(1000.0), mated=np.arange(1000) % 2 == 0)
HEAD = "score,mated\n"

CASES: dict[str, tuple[Make, str]] = {
    "no bytes": (text("s.csv", b""), "the file is empty"),
    "blank lines": (text("s.csv", "\n\n"), "the file is empty"),
    "binary": (text("s.csv", b"\xff\xfe\x00\x01\x80" * 9), "the file is not text"),
    "line ends of old": (
        text("s.csv", "score,mated\r1,1\r0,0\r"),
        "the heading line cannot be read: new-line character seen in unquoted field",
    ),
    "no score": (text("s.csv", "points,mated\n1,1\n"), "there is no score column; got"),
    "no flag": (text("s.csv", "score,points\n1,1\n"), "there is no mated column"),
    "score twice": (text("s.csv", "score,score,mated\n1,2,1\n"), "two columns could be the score"),
    "two synonyms": (
        text("s.csv", "score,similarity,mated\n1,2,1\n"),
        "two columns could be the score; got 'score and similarity'",
    ),
    "distance": (text("s.csv", "distance,mated\n1,1\n"), "there is no score column"),
    "word for score": (
        text("s.csv", HEAD + "1,1\n0.5,0\nhigh,0\n"),
        "row 3, column score: a score is not a number; got 'high'",
    ),
    "empty score": (text("s.csv", HEAD + "1,1\n,0\n"), "row 2, column score: a score is not a"),
    "NaN": (text("s.csv", HEAD + "1,1\nnan,0\n"), "row 2, column score: a score is not a finite"),
    "infinity": (text("s.csv", HEAD + "1,1\n1,1\n-inf,0\n"), "row 3, column score: a score is not"),
    "overflow": (text("s.csv", HEAD + "1e999,1\n"), "row 1, column score"),
    "comma decimals": (text("s.csv", "score;mated\n0,5;1\n"), "a score is not a number"),
    "flag maybe": (
        text("s.csv", HEAD + "1,1\n1,maybe\n"),
        "row 2, column mated: a mated flag is neither; got 'maybe'",
    ),
    "flag empty": (text("s.csv", HEAD + "1,\n"), "row 1, column mated: a mated flag is neither"),
    "flag 2": (text("s.csv", HEAD + "1,2\n"), "a mated flag is neither; got '2'"),
    "ragged": (
        text("s.csv", HEAD + "1,1\n1,1,1\n"),
        "row 2: a row has another number of fields than the heading line; got '3 fields'",
    ),
    "short row": (text("s.csv", HEAD + "1\n"), "row 1: a row has another number of fields"),
    "huge row": (
        text("s.csv", HEAD + "1," + "1" * (2 * delimited.BLOCK_BYTES) + "\n"),
        "allowed: rows of at most 4194304 bytes",
    ),
    "huge heading": (text("s.csv", "score," + "x" * 70_000), "the heading line is too long"),
    "NUL flag": (text("s.csv", b"score,mated\n1,\x00\n"), "a mated flag is neither; got '.+x00'"),
    "bad UTF-8 flag": (text("s.csv", b"score,mated\n1,\xff\xfe\n"), "the file cannot be read"),
    "not Parquet": (text("s.parquet", b"PAR1" + b"\x00" * 60), "the file cannot be read"),
    "Parquet cut short": (damaged(GOOD, lambda b: b[: len(b) // 2]), "the file cannot be read"),
    "Parquet footer length lies": (
        damaged(GOOD, lambda b: b[:-8] + struct.pack("<I", 0x7FFFFFFF) + b[-4:]),
        "the file cannot be read",
    ),
    "Parquet pages overwritten": (
        damaged(GOOD, lambda b: b[:4] + b"\xff" * 1500 + b[1504:]),
        "the file cannot be read",
    ),
    "Parquet NaN": (
        parquet(score=[1.0, float("nan")], mated=[True, False]),
        "row 2, column score: a score is not a finite number",
    ),
    "Parquet null score": (
        parquet(score=[1.0, None, 2.0], mated=[True, False, True]),
        "row 2, column score: a value is missing",
    ),
    "Parquet null flag": (
        parquet(score=[1.0, 2.0], mated=[None, True]),
        "row 1, column mated: a value is missing",
    ),
    "Parquet scores of 64-bit integers": (
        parquet(score=[2**60, 1], mated=[True, False]),
        "column score: scores have the wrong type; got 'int64'",
    ),
    "Parquet scores of dates": (
        parquet(score=pa.array([1, 2], pa.date32()), mated=[True, False]),
        "scores have the wrong type",
    ),
    "Parquet lists": (
        parquet(score=[[1.0], [2.0]], mated=[True, False]),
        "scores have the wrong type",
    ),
    "Parquet float flags": (
        parquet(score=[1.0], mated=[1.0]),
        "column mated: a column has the wrong type; got 'double'",
    ),
    "Parquet flag 7": (
        parquet(score=[1.0, 2.0], mated=[1, 7]),
        "row 2, column mated: a mated flag is neither; got '7'",
    ),
    "Arrow cut short": (damaged(GOOD_ARROW, lambda b: b[:-200]), "the file cannot be read"),
    "Arrow all zero after the magic": (
        damaged(GOOD_ARROW, lambda b: b[:8] + b"\x00" * (len(b) - 8)),
        "the file cannot be read",
    ),
    "Arrow infinity": (
        arrow(score=[1.0, float("inf")], mated=[True, False]),
        "row 2, column score: a score is not a finite number",
    ),
    "Arrow stream of noise": (text("s.arrows", b"\xff\xff\xff\xff" * 40), "cannot be read"),
    "Bob with three columns": (text("s.txt", "a b 0.5\n"), "not a four- or five-column score file"),
    "Bob with comments only": (text("s.txt", "# nothing\n"), "got 'no comparison'"),
    "Bob mixed": (text("s.txt", "a a p .5\na m a p .5\n"), "row 2: a line has another number"),
    "Bob word": (text("s.txt", "a a p .5\na b p x\n"), "row 2: a score is not a number; got 'x'"),
    "Bob underscore": (text("s.txt", "a a p 0_5\n"), "row 1: a score is not a number; got '0_5'"),
    "Bob NaN": (text("s.txt", "a a p .5\n\na b p nan\n"), "row 3, column score: a score is not"),
    "Bob binary": (text("s.txt", b"a a p .5\n\xff\xfe b p 1\n"), "row 2: a line is not text"),
    "matrix without mask": (text("s.mtx", b"S2\nt\nq\nMF 1 1 " + LITTLE + b"\n0000"), "no mask"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name, tmp_path):
    make, message = CASES[name]
    with pytest.raises(InputError, match=message) as caught:
        for _ in open_scores(make(tmp_path)).batches():
            pass
    assert str(tmp_path) in str(caught.value)
    assert caught.value.exit_code == 3


def test_no_file_at_all(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        open_scores(tmp_path / "none.csv")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    # So that opening it comes back at once, should it be opened after all.
    handle = os.open(tmp_path / "pipe.csv", os.O_RDWR)
    os.write(handle, b"score,mated\n1,1\n")
    with pytest.raises(InputError, match="not a regular file"):
        open_scores(tmp_path / "pipe.csv")
    os.close(handle)


def test_a_byte_order_mark_is_no_part_of_an_identity(tmp_path):
    path = tmp_path / "s.txt"
    path.write_text("a a p 0.5\n", encoding="utf-8-sig")
    assert [batch.mated.tolist() for batch in open_scores(path).batches()] == [[True]]


def test_a_directory_is_no_file(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        open_scores(tmp_path)


def test_a_row_group_that_unpacks_to_too_much(tmp_path, monkeypatch):
    pq.write_table(
        pa.table({"score": np.zeros(100_000), "mated": np.zeros(100_000, bool)}),
        tmp_path / "bomb.parquet",
        use_dictionary=False,
        compression="zstd",
    )
    assert (tmp_path / "bomb.parquet").stat().st_size < 10_000
    monkeypatch.setattr(columnar, "LARGEST_GROUP_BYTES", 100_000)
    with pytest.raises(InputError, match="row group 1 unpacks to too much; got '8"):
        open_scores(tmp_path / "bomb.parquet")


def test_too_many_groups(tmp_path, monkeypatch):
    monkeypatch.setitem(batch_module.MOST_NAMES, "probe_group", 3)
    path = tmp_path / "s.csv"
    path.write_text("score,mated,probe_group\n" + "".join(f"1,1,g{i}\n" for i in range(5)))
    with pytest.raises(InputError, match="row 4, column probe_group: too many different labels"):
        list(open_scores(path).batches(["probe_group"]))


def test_an_unnamed_group(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("score,mated,probe_group\n1,1,a\n1,1,a\n1,1,\n")
    with pytest.raises(InputError, match="row 3, column probe_group: a label is missing, empty"):
        list(open_scores(path).batches(["probe_group"]))
