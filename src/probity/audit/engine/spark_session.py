"""Opening Spark: on this machine by default, reachable from nowhere else, and ended whole."""

import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from probity.core.errors import MissingPartError, printable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "SPARK_MASTER"
"""Environment variable that names a cluster, such as ``spark://head:7077``, or ``local[2]``."""

_ON_THIS_MACHINE = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}


def require_spark() -> None:
    """Refuse at once, before a log is read, where Spark cannot run.

    Raises
    ------
    MissingPartError
        PySpark or Java is not installed.
    """
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise MissingPartError(
            "--engine spark needs PySpark, which is not installed: pip install 'probity[spark]'"
        ) from None
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java") if not home else shutil.which(str(Path(home, "bin", "java")))
    if java is None:
        raise MissingPartError(
            "--engine spark needs Java 17 or later, which was not found: install a Java runtime, "
            "or set JAVA_HOME"
        )


@contextmanager
def open_spark() -> Iterator["SparkSession"]:
    """A Spark session, which is stopped with its Java process at the end.

    Where this process has a session already, as in a notebook, that one is used and left open.
    Otherwise the environment variable ``SPARK_MASTER`` or, without it, ``spark-defaults.conf``
    says where Spark runs: on all processors of this machine where neither does. There it listens
    on the loopback address only. Memory and all else come from ``spark-defaults.conf``.

    Raises
    ------
    MissingPartError
        PySpark or Java is not installed, or Java cannot run it.
    """
    require_spark()
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        yield running
        return
    with tempfile.TemporaryDirectory(prefix="probity-spark-") as folder:
        gateway = _java(Path(folder, "java.log"))
        try:
            conf = SparkConf(_jvm=gateway.jvm)
            for name, value in _settings(conf.get("spark.master"), Path(folder)).items():
                conf.set(name, value)
            session = SparkSession(SparkContext(gateway=gateway, conf=conf))
            try:
                yield session
            finally:
                session.stop()
        finally:
            _end(gateway)


def _java(said: Path) -> Any:
    """Start the Java process; what it says goes to a file and not among a command's output."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    with warnings.catch_warnings():
        # PySpark would import this later, and speak of a pandas that we do not use.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        importlib.import_module("pyspark.testing")
    with said.open("wb") as log:
        try:
            return launch_gateway(popen_kwargs={"stdout": log, "stderr": log})  # type: ignore[no-untyped-call]
        except PySparkRuntimeError:
            reason = printable(_first_line(said), limit=200)
    raise MissingPartError(f"Java, of which Spark needs 17 or later, cannot start it: {reason}")


def _settings(master: str | None, folder: Path) -> dict[str, str]:
    named = os.environ.get(MASTER) or master or "local[*]"
    found = {
        "spark.master": named,
        "spark.app.name": "probity audit",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    return found | _ON_THIS_MACHINE if named.startswith("local") else found


def _end(gateway: Any) -> None:
    """End the Java process and close what leads to it, so that another can be started."""
    from pyspark import SparkContext

    gateway.shutdown()
    process = gateway.proc
    if process is not None:
        process.stdin.close()
        process.wait()
    SparkContext._gateway = None
    SparkContext._jvm = None


def _first_line(file: Path) -> str:
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in lines if line.strip()), "it gave no reason")
