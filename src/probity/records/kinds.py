"""The closed list of the problems a record can have.

Those of the text of cells and headings are raised where the file is read (``assemble``), those
of the figures in ``check``. A problem is a doubt, not a verdict.
"""

from probity.records.schema import Deployment, Problem

KINDS: dict[str, str] = {
    # of the text of a cell
    "unreadable-cell": "The text cannot be the value its column holds.",
    "not-stated": "The source prints N/A, or leaves a cell blank that others fill.",
    "thousands-separator": "Digits are grouped: 21,940.",
    "decimal-count": "A count is printed with decimals, all zero.",
    "duration-without-unit": "A duration leaves out the unit of its minutes: 5h40, 05:40.",
    "wrapped-cell": "A value other than words is broken over two lines.",
    "split-row": "A row goes on in a further band of the table, perhaps on the next page.",
    "merged-cell": "A cell is merged over several rows or columns.",
    "date-cell-overflow": "Words of the place run into the cell of the date.",
    "formula-cell": "A spreadsheet formula calculated the value.",
    "control-characters": "The text holds characters that are not printed.",
    # of the table as a whole
    "unknown-heading": "No known wording fits the heading.",
    "unread-table": "Words or figures that no heading explains.",
    "total-row": "The row is a total or a trial, not a deployment.",
    "encoding-assumed": "The text's encoding is not marked and was guessed.",
    "date-order-doubtful": "Some dates fit only month/day/year, others were read day first.",
    "force-not-stated": "Nothing in the file names the force.",
    # of the figures of one row
    "parts-do-not-add-up": "Alerts are not true + false alerts, or a sum is not its parts.",
    "outcomes-do-not-add-up": "Arrests, other disposals and no action are not the true alerts "
    "that were confirmed.",
    "printed-rate-differs": "The printed false alert rate is not false alerts / faces seen, "
    "neither rounded nor cut off.",
    "more-alerts-than-faces": "There are more alerts than faces seen.",
    # of a row among the others
    "duplicate-row": "Another row has the same date, place and figures.",
    "date-out-of-order": "The date does not fit its place in the order of the rows.",
    "date-far-from-others": "The date is more than a year from every other.",
    "threshold-date-conflict": "The threshold differs from that of the rows dated before and "
    "after it, which agree.",
    "outlier-watchlist": "The watchlist is of another size than those around it.",
    # of a column
    "identical-columns": "Two columns of outcomes are the same in every row.",
    "faces-per-hour-break": "Faces seen per hour change level: what is counted has changed.",
}
"""Every kind of problem, and what it says."""

KEPT = "kept as printed"


def doubt(
    d: Deployment | None, column: str | None, kind: str, *, got: object, message: str
) -> Problem:
    """A problem of a row, or of the whole record, whose figures stay as printed."""
    row = d.row if d else None
    return Problem(row=row, column=column, kind=kind, got=str(got), message=message, done=KEPT)
