"""Characters on a page put together to words, lines and text."""

from collections.abc import Iterable
from typing import NamedTuple

SPACE = 0.25
"""A gap of this share of a character's height is a space."""
SAME_LINE = 0.5
"""Words whose middles differ by less than this share of their height stand on one line."""


class Glyph(NamedTuple):
    """A printed character and its box, in points from the top left corner."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float


class Word(NamedTuple):
    """Characters printed without a gap, and their box."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        """The x and the y of its middle."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


def words(glyphs: Iterable[Glyph]) -> list[Word]:
    """Words in the order drawn.

    That order keeps the words of two cells apart even where one runs over the other.
    """
    found: list[Word] = []
    open_word = False
    for g in glyphs:
        if not g.text.strip():
            open_word = False
            continue
        size = g.bottom - g.top
        if open_word:
            last = found[-1]
            follows = -SPACE * size < g.x0 - last.x1 < SPACE * size
            if follows and abs(g.bottom - last.bottom) < SAME_LINE * size:
                found[-1] = Word(
                    last.text + g.text,
                    last.x0,
                    g.x1,
                    min(last.top, g.top),
                    max(last.bottom, g.bottom),
                )
                continue
        found.append(Word(*g))
        open_word = True
    return found


def lines(of: Iterable[Word]) -> list[list[Word]]:
    """Words line by line, each line from left to right."""
    found: list[list[Word]] = []
    for word in sorted(of, key=lambda w: w.middle[1]):
        y = word.middle[1]
        if found and y - found[-1][0].middle[1] < SAME_LINE * (word.bottom - word.top):
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(line, key=lambda w: w.x0) for line in found]


def text_of(glyphs: Iterable[Glyph]) -> str:
    """The text printed, a space between words and a line feed between lines."""
    return "\n".join(" ".join(w.text for w in line) for line in lines(words(glyphs)))
