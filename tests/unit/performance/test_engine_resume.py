"""A run that was stopped goes on from the blocks that were completed, and from no others."""

from pathlib import Path
from typing import Any

import pytest

from people import people
from probity.performance.engine import PairCounts, Threads, compare_all_pairs

GIVEN = people(probes=90, references=80, dimension=24, subjects=30, groups=2)


def run(resume: Path | None, **changes: Any) -> PairCounts:
    asked: dict[str, Any] = {"thresholds": [0.2, 0.4], "nonmated_tail": 25, "block": (20, 30)}
    return compare_all_pairs(
        GIVEN.probes, GIVEN.references, resume=resume, **GIVEN.labels, **{**asked, **changes}
    )


def kept(root: Path) -> list[Path]:
    return sorted(root.glob("*/block-*.npz"))


def comparing_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("a block was compared again")

    monkeypatch.setattr("probity.performance.engine.runner.compare_block", fail)


def test_completed_blocks_are_not_compared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(None)
    assert run(tmp_path).digest() == whole.digest()
    assert len(kept(tmp_path)) > 8
    comparing_is_forbidden(monkeypatch)
    again = run(tmp_path, runner=Threads(3))
    assert again.digest() == whole.digest()


@pytest.mark.parametrize("harm", ["absent", "empty", "torn", "altered"])
def test_a_block_that_is_not_whole_is_compared_again(
    harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = run(tmp_path).digest()
    victim = kept(tmp_path)[3]
    content = victim.read_bytes()
    if harm == "absent":
        victim.unlink()
    else:
        altered = bytearray(content)
        altered[len(altered) // 3] ^= 0xFF
        broken = {"empty": b"", "torn": content[: len(content) // 2], "altered": bytes(altered)}
        victim.write_bytes(broken[harm])
    assert run(tmp_path).digest() == digest
    comparing_is_forbidden(monkeypatch)  # it was kept again, whole
    assert run(tmp_path).digest() == digest


@pytest.mark.parametrize(
    "changes",
    [{"thresholds": [0.2, 0.5]}, {"nonmated_tail": 26}, {"engine": "float32"}, {"block": (30, 20)}],
)
def test_blocks_of_another_run_are_not_taken(
    changes: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    assert run(tmp_path, **changes).digest() == run(None, **changes).digest()
    comparing_is_forbidden(monkeypatch)
    with pytest.raises(AssertionError, match="compared again"):
        run(tmp_path, **{**changes, "thresholds": [0.1]})
