"""The process that a job runs in: one request on standard input, what it tells on output.

Each line of the answer is JSON: ``{"note": …}`` while it works, and at last ``{"summary": …}`` or
``{"problem": …}``. Result files are written to the directory that the request names.
"""

import json
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from probity.core.errors import ProbityError
from probity.core.process_limits import limit_process
from probity.web import limits

Note = Callable[[str], None]
Request = Mapping[str, Any]


def main() -> None:
    """Do what the request asks for; hostile input may make a library raise anything."""
    limit_process(
        memory_bytes=limits.WORK_MEMORY_BYTES,
        cpu_seconds=limits.WORK_CPU_SECONDS,
        counting="data",
    )
    if hasattr(signal, "alarm"):  # should whoever started this be gone by then
        signal.alarm(limits.WORK_WALL_SECONDS)
    request = json.loads(sys.stdin.readline())
    try:
        _tell(summary=_task(request["kind"])(request, lambda note: _tell(note=note)))
    except ProbityError as error:
        _tell(problem=str(error))
    except MemoryError:
        _tell(problem=f"It needs more than {limits.WORK_MEMORY_BYTES // limits.MEBIBYTE} MiB.")
    except Exception as error:  # noqa: BLE001 - see above
        _tell(problem=f"The file cannot be worked on ({type(error).__name__}).")


def _task(kind: str) -> Callable[[Request, Note], Mapping[str, Any]]:
    if kind == "audit":
        from probity.web.audit_work import audit_work

        return audit_work
    from probity.web.measure_work import measure_work

    return measure_work


def _tell(**said: Any) -> None:
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
