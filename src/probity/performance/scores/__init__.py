"""Score sets: comparisons with ground truth, streamed in batches from any known form."""

from probity.performance.scores.arrays import ArrayScores
from probity.performance.scores.batch import LABEL_COLUMNS, ScoreBatch, ScoreSet

__all__ = ["LABEL_COLUMNS", "ArrayScores", "ScoreBatch", "ScoreSet"]
