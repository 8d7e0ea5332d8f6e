"""Opening PDF and spreadsheet files in a process of its own, under limits.

Such files can be built to unpack without end. The parsers therefore run in a child process
with a cap on memory, CPU time and wall time (``limits``): a bomb stops the child, and the user
sees one clear message. The child gets the file on standard input and answers in JSON.

The caps on memory and CPU time need POSIX; the cap on wall time holds everywhere.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from probity.core import InputError
from probity.core.process_limits import CPU_SPENT
from probity.records import limits

Task = Literal["pdf", "spreadsheet"]


def run(task: Task, content: bytes, *, wordings: Mapping[str, str], file: Path) -> Any:
    """What the child found in ``content``: the JSON value of the task (see ``child``).

    ``wordings`` are the headings of this file that are to be recognised besides the known ones.

    Raises
    ------
    InputError
        The content cannot be read as that format, or reading it met a limit.
    """
    command = [sys.executable, "-P", "-m", "probity.records.child", task]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=json.dumps(dict(wordings)).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.CHILD_WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError(
            "took too long to open", file=file, allowed=f"{limits.CHILD_WALL_SECONDS} seconds"
        ) from None
    if CPU_SPENT is not None and done.returncode == -CPU_SPENT:
        raise InputError(
            "takes too much computing to open",
            file=file,
            allowed=f"{limits.CHILD_CPU_SECONDS} seconds of CPU time",
        )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise InputError(
            "the reader broke off: the file is damaged or needs too much memory",
            file=file,
            allowed=f"{limits.CHILD_MEMORY_BYTES // limits.MEBIBYTE} MiB of memory",
        ) from None
    if "refused" in answer:
        refused = answer["refused"]
        raise InputError(
            refused["problem"], file=file, got=refused["got"], allowed=refused["allowed"]
        )
    return answer["content"]
