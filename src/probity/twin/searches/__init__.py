"""Operator-initiated and retrospective search: probes, a gallery, candidate lists, review."""
