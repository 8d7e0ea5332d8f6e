"""Caps on the memory and CPU time of the process that calls, where the system can."""

import signal
from typing import Literal

CPU_SPENT = getattr(signal, "SIGXCPU", None)
"""The signal that ends a process whose CPU time is spent; None where there is none."""


def limit_process(
    *, memory_bytes: int, cpu_seconds: int, counting: Literal["addresses", "data"]
) -> None:
    """Cap this process; a cap that the system refuses is passed over.

    Parameters
    ----------
    counting : {"addresses", "data"}
        Whether memory is all address space, or what was mapped to be written. Libraries that
        reserve address space by the gigabyte and hardly use it run under the second only.
    """
    try:
        import resource
    except ImportError:
        return
    memory = resource.RLIMIT_AS if counting == "addresses" else resource.RLIMIT_DATA
    for kind, most in ((memory, memory_bytes), (resource.RLIMIT_CPU, cpu_seconds)):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (allowed, hard))
        except (OSError, ValueError):
            continue  # macOS refuses a cap on address space; caps on wall time still hold
