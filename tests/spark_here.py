"""Spark on this machine, set up for queries of a few rows: one session for a module's tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HAS_JAVA = shutil.which("java") is not None
needs_java = pytest.mark.skipif(not HAS_JAVA, reason="Spark needs Java")

# One task at a time, and no compiling of what runs once: a tenth of a second matters here.
DEFAULTS = """
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.sql.shuffle.partitions 1
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
"""


def configured(folder: Path) -> dict[str, str]:
    """The environment of a process whose Spark is small."""
    (folder / "spark-defaults.conf").write_text(DEFAULTS)
    return os.environ | {"SPARK_CONF_DIR": str(folder), "SPARK_MASTER": "local[1]"}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session that every test of a module shares; its Java process ends with it."""
    from probity.audit.engine.spark_session import open_spark

    with pytest.MonkeyPatch.context() as patch:
        for name, value in configured(tmp_path_factory.mktemp("spark")).items():
            patch.setenv(name, value)
        with open_spark() as session:
            java = session.sparkContext._gateway.proc
            yield session
    assert java.returncode is not None
