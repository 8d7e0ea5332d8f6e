"""kill -9 in the middle of appending: the log verifies, and nothing acknowledged is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from probity.publish.translog.log_files import read_checkpoint, read_entry
from probity.publish.translog.publishing import publish_last_signed
from probity.publish.translog.verify import verify_log
from translog_samples import SampleLog, entries, sample_log

# Appends without end, and says after each which entries are in.
APPENDER = """
import sys
from pathlib import Path
from probity.publish.translog.append import append
from probity.publish.translog.key_directory import KeyDirectory
log, keys = Path(sys.argv[1]), KeyDirectory(Path(sys.argv[2]))
sys.path.insert(0, sys.argv[3])
from translog_samples import entries
first, sizes = int(sys.argv[4]), [1, 3, 250, 1, 40, 600]
print("ready", flush=True)
for turn in range(10_000):
    count = sizes[turn % len(sizes)]
    append(log, entries(first, count), keys=keys)
    first += count
    print(first, flush=True)
"""


def killed(log: SampleLog, first: int, *, after_s: float, turns: int) -> int:
    """Append until killed; the number of entries that were acknowledged."""
    words = [str(log.path), str(log.keys.path), str(Path(__file__).parents[2]), str(first)]
    process = subprocess.Popen(
        [sys.executable, "-c", APPENDER, *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    told = [int(process.stdout.readline()) for _ in range(turns)]
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().split("\n")
    process.wait()
    # A line that was cut off acknowledged nothing.
    told += [int(one) for one in rest[:-1]]
    return told[-1] if told else first


@pytest.mark.parametrize("kills", [20, pytest.param(500, marks=pytest.mark.verify)])
def test_a_killed_append_leaves_a_log_that_verifies(tmp_path: Path, kills: int) -> None:
    rng = random.Random(kills)  # noqa: S311
    log = sample_log(tmp_path / "0", 1)
    cut_short = ahead = 0
    for number in range(kills):
        first = read_checkpoint(log.path).checkpoint.size
        acknowledged = killed(log, first, after_s=rng.expovariate(1 / 0.03), turns=rng.randrange(3))
        report = verify_log(log.path, policy=log.policy)
        size = report.checkpoint.checkpoint.size
        cut_short += report.cut_short
        # All that was acknowledged is in, and of what was not, an append is in or out as a whole.
        after = publish_last_signed(log.path, keys=log.keys).checkpoint.size
        report = verify_log(log.path, policy=log.policy)
        assert not report.cut_short
        assert acknowledged <= size <= after <= acknowledged + 600
        ahead += after > acknowledged
        assert read_entry(log.path, after - 1, size=after) == entries(after - 1, 1)[0]
        if after > 20_000:
            log = sample_log(tmp_path / str(number + 1), 1)
    # The kills did hit appends, not only the time between them.
    assert cut_short > kills // 20
