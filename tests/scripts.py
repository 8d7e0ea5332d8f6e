"""Scripts outside the package, as modules: what writes pages, measures, or shows how it is done."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]


@contextmanager
def script(path: str) -> Iterator[ModuleType]:
    """The module of a script, by its path in the repository; while it is open it can be pickled."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[spec.name]


def loaded(path: str) -> ModuleType:
    """The module of a script, for what it says; nothing of it can be pickled."""
    with script(path) as module:
        return module
