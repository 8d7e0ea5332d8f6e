"""Comparison of templates at scale: all pairs counted, and the best candidates ranked.

Everything here is exact in the float64 score of a pair (see ``kernels.score``), however the
work is screened, divided, spread and resumed.
"""

from probity.performance.engine.all_pairs import PairCounts, compare_all_pairs
from probity.performance.engine.cluster import RayCluster
from probity.performance.engine.engines import Engine, EngineError
from probity.performance.engine.fixed_point import BINS, bin_edges
from probity.performance.engine.local import Threads
from probity.performance.engine.part import Check, Counts, Tail
from probity.performance.engine.runner import Runner
from probity.performance.engine.search import TopK, top_k

__all__ = [
    "BINS",
    "Check",
    "Counts",
    "Engine",
    "EngineError",
    "PairCounts",
    "RayCluster",
    "Runner",
    "Tail",
    "Threads",
    "TopK",
    "bin_edges",
    "compare_all_pairs",
    "top_k",
]
