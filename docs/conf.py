"""Sphinx settings: the manual is Markdown, read by MyST."""

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "Probity"
author = "The Probity authors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
html_theme = "furo"
html_title = "Probity"
exclude_patterns = ["_build"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
suppress_warnings = ["myst.xref_missing"]


def setup(app: Sphinx) -> None:
    """Show examples of the rule language and of tables as they are, without colours."""
    for name in ("rule", "csv"):
        app.add_lexer(name, TextLexer)
