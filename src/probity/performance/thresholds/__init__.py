"""Exact operating points: the thresholds that meet a target, and the counts at them."""
