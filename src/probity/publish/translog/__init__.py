"""Transparency log: append-only, signed, and checkable by anyone from static files."""
