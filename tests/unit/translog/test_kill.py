"""kill -9 in the middle of appending: the log verifies, and nothing acknowledged is lost."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from probity.publish.translog.log_files import read_checkpoint, read_entry
from probity.publish.translog.publishing import publish_last_signed
from probity.publish.translog.verify import verify_log
from translog_samples import SampleLog, entries, sample_log

# Forks one process after the other that appends without end, and says after each append which
# entries are in. Forked, so that the program does not have to start 500 times.
APPENDER = """
import os, sys
from pathlib import Path
from probity.publish.translog.append import append
from probity.publish.translog.key_directory import KeyDirectory
sys.path.insert(0, sys.argv[1])
from translog_samples import entries
sizes = [1, 3, 250, 1, 40, 600]
for line in sys.stdin:
    log, keys, first = line.rstrip().split(chr(9))
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        print("dead", flush=True)
        continue
    print(os.getpid(), flush=True)
    first = int(first)
    for turn in range(10_000):
        count = sizes[turn % len(sizes)]
        append(Path(log), entries(first, count), keys=KeyDirectory(Path(keys)))
        first += count
        os.write(1, b"%d\\n" % first)
"""

Appender = subprocess.Popen[str]


@pytest.fixture
def appender() -> Iterator[Appender]:
    words = [sys.executable, "-c", APPENDER, str(Path(__file__).parents[2])]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def acknowledged_when_killed(
    appender: Appender, log: SampleLog, first: int, *, turns: int, after_s: float
) -> int:
    """Append, kill in the middle, and count the entries that were acknowledged."""
    assert appender.stdin is not None
    assert appender.stdout is not None
    appender.stdin.write(f"{log.path}\t{log.keys.path}\t{first}\n")
    appender.stdin.flush()
    child = int(appender.stdout.readline())
    told = [int(appender.stdout.readline()) for _ in range(turns)]
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    while (line := appender.stdout.readline()) != "dead\n":
        told.append(int(line))
    return told[-1] if told else first


@pytest.mark.parametrize("kills", [20, pytest.param(500, marks=pytest.mark.verify)])
def test_a_killed_append_leaves_a_log_that_verifies(
    tmp_path: Path, appender: Appender, kills: int
) -> None:
    rng = random.Random(kills)  # noqa: S311
    log = sample_log(tmp_path / "0", 1)
    cut_short = 0
    for number in range(20 * kills):
        # Until enough of them hit an append: how many do is a matter of the machine's speed.
        if number >= kills and cut_short > kills // 20:
            break
        first = read_checkpoint(log.path).checkpoint.size
        acknowledged = acknowledged_when_killed(
            appender, log, first, turns=rng.randrange(3), after_s=rng.expovariate(1 / 0.02)
        )
        report = verify_log(log.path, policy=log.policy)
        size = report.checkpoint.checkpoint.size
        cut_short += report.cut_short
        # All that was acknowledged is in, and of what was not, an append is in or out as a whole.
        after = publish_last_signed(log.path, keys=log.keys).checkpoint.size
        report = verify_log(log.path, policy=log.policy)
        assert not report.cut_short
        assert acknowledged <= size <= after <= acknowledged + 600
        assert read_entry(log.path, after - 1, size=after) == entries(after - 1, 1)[0]
        if after > 5_000:
            log = sample_log(tmp_path / str(number + 1), 1)
    # The kills did hit appends, not only the time between them.
    assert cut_short > kills // 20
    print(f"{kills} kills, {cut_short} of them in the middle of an append's files")
