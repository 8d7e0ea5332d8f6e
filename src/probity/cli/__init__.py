"""The `probity` command."""

from probity.cli.app import main

__all__ = ["main"]
