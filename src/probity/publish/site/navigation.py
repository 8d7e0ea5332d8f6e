"""The site's navigation: the same entries in the same order on every page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation; ``key`` is what a page of it names as its ``nav``."""

    key: str
    path: str
    words: str


_MAIN = (
    Entry("findings", "index.html", "Findings"),
    Entry("deployments", "deployments/index.html", "Deployments"),
    Entry("how", "how-it-works.html", "How it works"),
    Entry("what-if", "what-if.html", "What if"),
    Entry("methods", "methods.html", "Methods"),
)
_LIVE = (
    Entry("live", "live.html", "Live twin"),
    Entry("audit", "audit.html", "Audit"),
    Entry("test", "test.html", "Test"),
)
_ABOUT = (
    Entry("glossary", "glossary.html", "Glossary"),
    Entry("limits", "limits.html", "Limits"),
    Entry("licences", "licences.html", "Data and licences"),
    Entry("cite", "cite.html", "How to cite"),
    Entry("corrections", "corrections.html", "Corrections"),
)


@dataclass(frozen=True, slots=True)
class Navigation:
    """Entries at the top of a page, and those at its foot."""

    top: tuple[Entry, ...]
    foot: tuple[Entry, ...]


def entries(*, app: bool) -> Navigation:
    """The entries of the app's pages, or of the static site's.

    The views that compute are at the top where they work, and at the foot where their pages only
    say how to start them.
    """
    return Navigation(
        top=(*_MAIN, *_LIVE) if app else _MAIN,
        foot=_ABOUT if app else (*_ABOUT, *_LIVE),
    )
