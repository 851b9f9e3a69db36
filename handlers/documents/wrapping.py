"""How many lines a text takes in a cell of Times New Roman: a file written row by row cannot ask the spreadsheet."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from math import ceil

# Thousandths of the font size. Source: Adobe font metrics of Times-Roman, with which Times New Roman agrees.
_WIDTHS = {
    250: " .,",
    278: "ijlt/:;",
    333: "Ifrs-()'\"",
    444: "acezJ?",
    500: "bdghknopquvxy0123456789+",
    611: "EFLTZPS",
    667: "ABCRĂÂ",
    722: "DGHKNOQUVXYĐÔƠwƯ",
    889: "Mm&",
    944: "W@%",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_FOREIGN = 1000  # an ideograph fills the square
_BOLD = 1.08
_MM_PER_POINT = 25.4 / 72
# Free on both sides of a cell together, an indent of 1 included; rather a line too many than one cut off.
_PADDING_MM = 5.5


def _width(letter: str) -> int:
    base = unicodedata.normalize("NFD", letter)[0]
    return _WIDTH_OF.get(letter) or _WIDTH_OF.get(base) or (500 if base.isascii() or base in "đ–" else _FOREIGN)


class _Widths(dict[str, int]):
    """Widths worked out once a letter."""

    def __missing__(self, letter: str) -> int:
        self[letter] = width = _width(letter)
        return width


_LETTERS = _Widths()


def text_mm(text: str, points: float, *, bold: bool = False) -> float:
    """How wide one line of the text is, in millimetres."""
    return sum(map(_LETTERS.__getitem__, text)) / 1000 * points * _MM_PER_POINT * (_BOLD if bold else 1)


@lru_cache(4096)
def line_count(text: str, width_mm: float, points: float, *, bold: bool = False) -> int:
    """Lines that the text takes in a cell of this width, broken between words; within one that is too long."""
    room = width_mm - _PADDING_MM
    if text_mm(text, points, bold=bold) <= room:
        return 1
    space = text_mm(" ", points, bold=bold)
    lines, used = 1, 0.0
    for word in text.split():
        wide = text_mm(word, points, bold=bold)
        if used and used + space + wide > room:
            lines, used = lines + 1, 0.0
        used += wide + (space if used else 0)
        if used > room:
            lines += ceil(used / room) - 1
            used %= room
    return lines
