"""Event logs: read in any form, checked, and handed to the engines as Parquet."""

from probity.audit.log.event_log import EventLog, LogProblem, ProblemKind
from probity.audit.log.opening import open_log

__all__ = ["EventLog", "LogProblem", "ProblemKind", "open_log"]
