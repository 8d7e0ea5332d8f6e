"""Random edits of a log of 70,000 entries: every one is found, and its file named."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from probity.core import VerificationError
from probity.publish.translog import hashing
from probity.publish.translog.verify import verify_log
from translog_samples import SampleLog, sample_log


def flip_bit(content: bytes, at: int, rng: random.Random) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def insert(content: bytes, at: int, rng: random.Random) -> bytes:
    return content[:at] + rng.randbytes(rng.randint(1, 40)) + content[at:]


def delete(content: bytes, at: int, rng: random.Random) -> bytes:
    return content[:at] + content[at + rng.randint(1, 40) :]


def overwrite(content: bytes, at: int, rng: random.Random) -> bytes:
    count = rng.randint(1, 40)
    return (content[:at] + rng.randbytes(count) + content[at + count :])[: len(content)]


def cut_off(content: bytes, at: int, rng: random.Random) -> bytes:
    del rng
    return content[:at]


EDITS: tuple[Callable[[bytes, int, random.Random], bytes], ...] = (
    flip_bit, insert, delete, overwrite, cut_off,
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "edits"),
    [(600, 100), pytest.param(70_000, 10_000, marks=pytest.mark.verify)],
)
def test_every_random_edit_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, edits: int
) -> None:
    # The faster of the two ways to hash, which a log of this size does not yet ask for.
    monkeypatch.setattr(hashing, "_MANY", 1_000)
    log: SampleLog = sample_log(tmp_path, size - 9, 9)
    assert verify_log(log.path, policy=log.policy).checkpoint.checkpoint.size == size
    files = [(path, path.stat().st_size) for path in log.files()]
    rng = random.Random(size)  # noqa: S311
    missed = []
    for number in range(edits):
        # As likely as its size, or each as likely as the other, in turn.
        weights = [length for _, length in files] if number % 2 else None
        ((path, length),) = rng.choices(files, weights)
        content = path.read_bytes()
        changed = content
        while changed == content:
            edit = EDITS[rng.randrange(len(EDITS))]
            changed = edit(content, rng.randrange(length), rng)
        path.write_bytes(changed)
        try:
            verify_log(log.path, policy=log.policy)
            missed.append((path, edit.__name__, "not found"))
        except VerificationError as error:
            if log.path / str(error.file) != path:
                missed.append((path, edit.__name__, str(error)))
        path.write_bytes(content)
    assert missed == []
    assert verify_log(log.path, policy=log.policy)
