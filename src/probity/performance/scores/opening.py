"""Opening a score set of any known form."""

from pathlib import Path

from probity.core import InputError
from probity.performance.scores.batch import ScoreSet
from probity.performance.scores.bee import BeeScores
from probity.performance.scores.bob import BobScores
from probity.performance.scores.columnar import ArrowScores, ParquetScores
from probity.performance.scores.columns import arrow_errors
from probity.performance.scores.delimited import CsvScores

_STREAM_MARK = b"\xff\xff\xff\xff"


def open_scores(path: Path, *, mask: Path | None = None) -> ScoreSet:
    """Find out the form of a score file from its first bytes and its name.

    Parquet, Arrow (file or stream), a BEE similarity matrix (which needs its ``mask``), Bob's
    columns (named .txt, .scores or with no ending) or else CSV. Nothing but the head is read.

    Raises
    ------
    InputError
        No such file, an empty one, a mask missing or not called for, or an unusable head.
    """
    with arrow_errors(path):
        if path.exists() and not (path.is_file() or path.is_dir()):
            # It would be opened more than once, and a pipe waits for somebody to write.
            raise InputError("not a regular file", file=path, allowed="a file on disk")
        with path.open("rb") as file:
            head = file.read(8)
    if not head:
        raise InputError("the file is empty", file=path, allowed="at least one comparison")
    is_matrix = head[:3] in (b"S2\n", b"D2\n", b"M2\n", b"S2\r", b"D2\r", b"M2\r")
    if is_matrix != (mask is not None):
        raise InputError(
            "a similarity matrix and a mask go together",
            file=path,
            got="no mask" if is_matrix else "a mask, but not a matrix",
            allowed="a mask with a matrix, and only then",
        )
    if mask is not None:
        return BeeScores(path, mask)
    if head[:4] == b"PAR1":
        return ParquetScores(path)
    if head[:6] == b"ARROW1" or head[:4] == _STREAM_MARK:
        return ArrowScores(path)
    if path.suffix.lower() in (".txt", ".scores", ""):
        return BobScores(path)
    return CsvScores(path)
