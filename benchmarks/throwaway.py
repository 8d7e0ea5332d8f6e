"""Environments for other people's packages, kept apart from the project's own."""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def python_with(*packages: str, python: str = sys.executable) -> Path:
    """The interpreter of a virtual environment with these packages, built once per machine.

    It lives in the temporary directory and is never a dependency of the project.
    """
    mark = hashlib.sha256(" ".join([python, *packages]).encode()).hexdigest()[:12]
    home = Path(tempfile.gettempdir()) / f"probity-bench-{mark}"
    interpreter = home / "bin" / "python"
    if not (home / "complete").exists():
        subprocess.run([python, "-m", "venv", "--clear", home], check=True)
        subprocess.run([interpreter, "-m", "pip", "install", "-qq", *packages], check=True)
        (home / "complete").touch()
    return interpreter


def plain_environment() -> dict[str, str]:
    """The environment without settings that pin what OpenBLAS does."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
