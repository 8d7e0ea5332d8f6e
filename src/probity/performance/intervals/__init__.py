"""Intervals that count people, beside those that count comparisons or searches."""
