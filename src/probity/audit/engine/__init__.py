"""Rules compiled to set-based SQL, and the runs that share scans of a log between them."""

from probity.audit.engine.duckdb_run import run

__all__ = ["run"]
