"""The parts of the Python API that join several parts of Probity; see ``import probity``."""
