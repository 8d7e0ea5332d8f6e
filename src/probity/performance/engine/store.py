"""Completed blocks on disk, so that a run that was stopped goes on where it was."""

import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from probity.core.files import write_atomically
from probity.performance.engine.comparison import Block, Comparison
from probity.performance.engine.part import Check, Counts, Part, Tail


@dataclass(frozen=True, slots=True)
class PartStore:
    """A directory that holds the part of each completed block of one comparison.

    The directory's name is the digest of all that the counts depend on, so a part is never
    taken for one of other templates, thresholds or block sizes. A file that is absent, torn
    or altered counts as not done.
    """

    directory: Path

    @staticmethod
    def of(root: Path, comparison: Comparison, *, block_size: tuple[int, int]) -> "PartStore":
        """The store for this comparison and division under ``root``."""
        return PartStore(root / f"{comparison.digest()[:32]}-{block_size[0]}x{block_size[1]}")

    def path(self, block: Block) -> Path:
        """The file of one block."""
        return self.directory / f"block-{block.number:08d}.npz"

    def save(self, block: Block, part: Part) -> None:
        """Keep the part of a completed block: all of it or nothing."""
        content = io.BytesIO()
        np.savez_compressed(
            content,
            nonmated=part.nonmated.histogram,
            nonmated_above=part.nonmated.at_or_above,
            nonmated_scores=part.nonmated.tail.scores,
            nonmated_rows=np.stack([part.nonmated.tail.probes, part.nonmated.tail.references]),
            mated=part.mated.histogram,
            mated_above=part.mated.at_or_above,
            mated_scores=part.mated.tail.scores,
            mated_rows=np.stack([part.mated.tail.probes, part.mated.tail.references]),
            bounds=np.array(
                [part.probe_residual, part.reference_residual, part.check.largest_difference]
            ),
            checked=np.array(part.check.pairs),
        )
        write_atomically(self.path(block), content.getvalue())

    def load(self, block: Block) -> Part | None:
        """The part of a block, or None when it is not done."""
        try:
            content = io.BytesIO(self.path(block).read_bytes())
            with np.load(content, allow_pickle=False) as kept:
                counts = [
                    Counts(
                        kept[kind],
                        kept[f"{kind}_above"],
                        Tail(kept[f"{kind}_scores"], *kept[f"{kind}_rows"]),
                    )
                    for kind in ("nonmated", "mated")
                ]
                probe, reference, largest = (float(value) for value in kept["bounds"])
                check = Check(int(kept["checked"]), largest)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        return Part(counts[0], counts[1], probe, reference, check)
