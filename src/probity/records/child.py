"""The process that opens PDF and spreadsheet files (started by ``isolated``).

Reads from standard input one line of JSON (the extra wordings of headings) and then the file's
bytes; writes ``{"content": ...}`` or
``{"refused": {"problem", "got", "allowed"}}`` to standard output as JSON.
"""

import gc
import json
import sys
from typing import Any

from probity.core import InputError
from probity.core.process_limits import limit_process
from probity.records import limits


def content_of(task: str, wordings: dict[str, str], content: bytes) -> Any:
    """What a file holds; only the library of its format is imported."""
    if task == "pdf":
        from probity.records import pdf, pdf_marks
        from probity.records.headings import Vocabulary
        from probity.records.table import to_json

        return to_json(pdf.table(pdf_marks.marks(content), Vocabulary(wordings)))
    from probity.records import spreadsheet

    return spreadsheet.sheets(content)


def answer(task: str, wordings: dict[str, str], content: bytes) -> dict[str, Any]:
    """The content, or why it is refused. Hostile input may make a parser raise anything."""
    try:
        return {"content": content_of(task, wordings, content)}
    except Exception as error:  # noqa: BLE001 - see above
        # pdfplumber wraps what pdfminer raised.
        cause = next((a for a in error.args if isinstance(a, Exception)), error)
    most = f"{limits.CHILD_MEMORY_BYTES // limits.MEBIBYTE} MiB of memory"
    match cause:
        case InputError():
            refused = (cause.problem, cause.got, cause.allowed)
        case MemoryError():
            refused = ("needs too much memory to open", None, most)
        case ImportError():
            refused = (f"cannot be opened: {cause}", None, "a complete installation")
        case RecursionError():
            refused = ("nested too deeply", None, None)
        case _:
            refused = (f"damaged: not readable as a {task} file", type(cause).__name__, None)
    return {"refused": dict(zip(("problem", "got", "allowed"), refused, strict=True))}


def main() -> None:
    """Read, parse, answer. The process is short-lived, so collecting garbage only costs time."""
    limit_process(
        memory_bytes=limits.CHILD_MEMORY_BYTES,
        cpu_seconds=limits.CHILD_CPU_SECONDS,
        counting="addresses",
    )
    gc.disable()
    wordings = json.loads(sys.stdin.buffer.readline())
    json.dump(answer(sys.argv[1], wordings, sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
