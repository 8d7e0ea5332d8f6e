"""Rates by group, how far groups differ, and what a test of that could have found."""
