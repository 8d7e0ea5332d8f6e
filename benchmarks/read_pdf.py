"""Where the time goes in reading a PDF record.

Run: make bench, or .venv/bin/python benchmarks/read_pdf.py [file.pdf] [rounds]

Without a file: a look-alike of the ten-page record of 2023-2024, with its 203 rows, drawn by the
tests' own code. CPU seconds of this process, garbage collection off as in the child process
that reads a user's file. Each round runs every stage once, so stages alternate; medians are
shown. Below the stages, for comparison: the same pages by way of pdfplumber's own objects and
table finder, and the whole command as a user runs it.
"""

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import resolve1
from pdfminer.psexceptions import PSEOF

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from lookalike import ten_pages
from probity.records import pdf, pdf_marks, ruled
from probity.records.assemble import assemble
from probity.records.cells import UK
from probity.records.check import problems_in
from probity.records.headings import Vocabulary

PROBITY = str(Path(sys.executable).with_name("probity"))


class Clock:
    """CPU seconds by stage, one value a round."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def timed(self, stage: str, work: Callable[[], Any]) -> Any:
        """Do the work and note its CPU seconds."""
        before = time.process_time()
        result = work()
        self.seconds.setdefault(stage, []).append(time.process_time() - before)
        return result

    def median(self, stage: str) -> float:
        """Median over the rounds."""
        return statistics.median(self.seconds[stage])


def unpack(content: bytes) -> list[list[Any]]:
    """Open the file and unpack the content streams of its pages."""
    document = pdfplumber.open(BytesIO(content))
    streams = [[resolve1(s) for s in page.page_obj.contents] for page in document.pages]
    for page in streams:
        for stream in page:
            stream.get_data()
    return streams


def tokens(streams: list[list[Any]]) -> int:
    """Cut the content into numbers, names and operators, and do nothing with them."""
    number = 0
    for page in streams:
        parser = PDFContentParser(page)
        try:
            while parser.nextobject():
                number += 1
        except PSEOF:
            continue
    return number


def by_pdfplumber(content: bytes) -> int:
    """The same tables by pdfplumber's objects, table finder and extraction."""
    with pdfplumber.open(BytesIO(content)) as document:
        return sum(len(t.extract()) for page in document.pages for t in page.find_tables())


def one_round(content: bytes, clock: Clock) -> int:
    """Every stage once; returns the rows read."""
    streams = clock.timed("unpack", lambda: unpack(content))
    clock.timed("tokens", lambda: tokens(streams))
    marks = clock.timed("marks", lambda: pdf_marks.marks(content))
    clock.timed("lines", lambda: [ruled.blocks_and_rest(page) for page in marks])
    table = clock.timed("table", lambda: pdf.table(marks, Vocabulary()))
    options = {"file": Path("x"), "source_id": "x", "force": "x", "conventions": UK, "fixed": {}}
    deployments, _ = clock.timed("cells", lambda: assemble(table, **options))
    clock.timed("checks", lambda: problems_in(deployments))
    clock.timed("pdfplumber", lambda: by_pdfplumber(content))
    return len(deployments)


def whole_command(path: Path) -> float:
    """CPU seconds of the command and its child."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [PROBITY, "records", "read", str(path), "--format", "json"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    arguments = sys.argv[1:]
    rounds = int(arguments.pop()) if arguments and arguments[-1].isdecimal() else 5
    content = Path(arguments[0]).read_bytes() if arguments else ten_pages()
    clock, commands, rows = Clock(), [], 0
    gc.disable()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "record.pdf"
        path.write_bytes(content)
        for _ in range(rounds):
            rows = one_round(content, clock)
            commands.append(whole_command(path))
            gc.collect()
    m = clock.median
    stages = {
        "open, unpack page content": m("unpack"),
        "cut content into tokens (pdfminer)": m("tokens"),
        "tokens to characters and lines": max(0.0, m("marks") - m("unpack") - m("tokens")),
        "join lines to tables, characters to cells": m("lines"),
        "headings and rows": max(0.0, m("table") - m("lines")),
        "cells to values": m("cells"),
        "checks": m("checks"),
    }
    whole = sum(stages.values())
    print(f"{rows} rows; {len(content):,} bytes; medians of {rounds} alternating rounds")
    print(f"{'stage':<44}{'CPU s':>8}{'share':>8}")
    for name, seconds in stages.items():
        print(f"{name:<44}{seconds:>8.3f}{seconds / whole:>8.1%}")
    print(f"{'all stages':<44}{whole:>8.3f}{1:>8.1%}")
    print(f"{'by pdfplumber objects and find_tables':<44}{m('pdfplumber'):>8.3f}")
    print(f"{'probity records read, as a command':<44}{statistics.median(commands):>8.3f}")


if __name__ == "__main__":
    main()
