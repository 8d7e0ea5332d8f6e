"""BEE similarity and mask matrices, byte by byte.

A matrix file is four lines of header and then the cells, row after row. Rows are probes (the
query set), columns are references (the target set).
"""

import struct
from pathlib import Path

import numpy as np
import pytest

from probity.core import InputError
from probity.performance.scores.bee import BeeScores
from probity.performance.scores.opening import open_scores

SIMILARITY = (
    b"S2\n"  # S2: similarity, the higher the more alike
    b"gallery.xml\n"  # the target set: names the references
    b"probes.xml\n"  # the query set: names the probes
    b"MF 2 3 \x78\x56\x34\x12\n"  # float32, 2 rows, 3 columns, little-endian
    + struct.pack("<6f", 0.9, 0.1, 0.2, 0.3, 0.8, 0.5)
)
MASK = (
    b"M2\ngallery.xml\nprobes.xml\n"
    b"MB 2 3 \x78\x56\x34\x12\n"  # one byte a cell
    b"\xff\x7f\x7f"  # probe 1: mated, non-mated, non-mated
    b"\x7f\xff\x00"  # probe 2: non-mated, mated, left out
)


def files(folder: Path, similarity: bytes = SIMILARITY, mask: bytes = MASK) -> tuple[Path, Path]:
    (folder / "s.mtx").write_bytes(similarity)
    (folder / "m.mask").write_bytes(mask)
    return folder / "s.mtx", folder / "m.mask"


def comparisons(similarity: Path, mask: Path, **options) -> tuple[list[float], list[bool]]:
    batches = list(BeeScores(similarity, mask, **options).batches())
    return (
        np.concatenate([b.score for b in batches]).tolist(),
        np.concatenate([b.mated for b in batches]).tolist(),
    )


def test_a_matrix_is_read_row_by_row_without_the_cells_left_out(tmp_path):
    scores, mated = comparisons(*files(tmp_path))
    assert scores == pytest.approx([0.9, 0.1, 0.2, 0.3, 0.8])
    assert mated == [True, False, False, False, True]


@pytest.mark.parametrize("batch_rows", [1, 2, 4, 6, 100])
def test_batches_do_not_change_what_is_read(batch_rows, tmp_path):
    paths = files(tmp_path)
    assert comparisons(*paths, batch_rows=batch_rows) == comparisons(*paths)


def test_the_last_word_of_the_header_tells_the_byte_order(tmp_path):
    head = SIMILARITY[: SIMILARITY.index(b"MF")] + b"MF 2 3 \x12\x34\x56\x78\n"
    paths = files(tmp_path, head + struct.pack(">6f", 0.9, 0.1, 0.2, 0.3, 0.8, 0.5))
    assert comparisons(*paths)[0] == pytest.approx([0.9, 0.1, 0.2, 0.3, 0.8])


def test_distances_are_read_with_their_sign_turned(tmp_path):
    """D2 says that lower is closer; a score is always the higher the more alike."""
    paths = files(tmp_path, b"D2" + SIMILARITY[2:])
    assert comparisons(*paths)[0] == pytest.approx([-0.9, -0.1, -0.2, -0.3, -0.8])


def test_a_mask_may_call_itself_a_similarity_matrix(tmp_path):
    """OpenBR writes S2 on masks too: MB, one byte a cell, is what tells a mask."""
    assert comparisons(*files(tmp_path, mask=b"S2" + MASK[2:])) == comparisons(*files(tmp_path))


def test_a_score_that_is_left_out_may_be_anything(tmp_path):
    cells = struct.pack("<6f", 0.9, 0.1, 0.2, 0.3, 0.8, float("nan"))
    assert len(comparisons(*files(tmp_path, SIMILARITY[:-24] + cells))[0]) == 5


@pytest.mark.parametrize(
    ("similarity", "mask", "message"),
    [
        (b"S3" + SIMILARITY[2:], MASK, "a mask, but not a matrix"),
        (SIMILARITY[:-1], MASK, "the file's size is not what its header says; got '23 bytes"),
        (SIMILARITY + b"\x00", MASK, "the file's size is not what its header says; got '25 bytes"),
        (SIMILARITY.replace(b"MF 2 3", b"MF 9 9"), MASK, "allowed: 9 x 9 x 4 bytes"),
        (SIMILARITY.replace(b"MF 2 3", b"MF 0 3"), MASK, "at least one cell"),
        (SIMILARITY.replace(b"MF 2 3", b"MF -2 3"), MASK, "the size line cannot be read"),
        (SIMILARITY.replace(b"MF 2 3", b"MF " + b"9" * 4000 + b" 3"), MASK, "row 4|size"),
        (SIMILARITY.replace(b"MF 2", b"MD 2"), MASK, "the size line cannot be read"),
        (SIMILARITY.replace(b"\x78\x56", b"\x00\x00"), MASK, "the size line cannot be read"),
        (SIMILARITY[:20], MASK, "not a similarity or mask matrix"),
        (SIMILARITY, SIMILARITY, "scores were given for the mask"),
        (MASK, MASK, "a mask was given for the scores"),
        (SIMILARITY, MASK.replace(b"MB 2 3", b"MB 3 2"), "differ in shape; got '3 x 2'"),
        (SIMILARITY, MASK[:-1] + b"\x01", "row 2, column 3: a mask cell has no meaning; got '0x01"),
        (
            SIMILARITY[:-12] + struct.pack("<3f", 0.3, float("inf"), 0.5),
            MASK,
            "row 2, column 2: a score is not a finite number; got 'inf'",
        ),
    ],
)
def test_malformed(similarity, mask, message, tmp_path):
    path, mask_path = files(tmp_path, similarity, mask)
    with pytest.raises(InputError, match=message):
        list(open_scores(path, mask=mask_path).batches())
