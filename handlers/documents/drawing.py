"""Drawing pictures that are read on a phone: text and boxes from top to bottom, in the pixels of a screen 390 wide.

Only a process that draws imports matplotlib: it takes two seconds and 80 MB, which is nothing for a picture and too much for the bot.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

WIDTH = 390  # of the screen that most phones of today have
MARGIN = 16
INNER = WIDTH - 2 * MARGIN
_PIXELS = 1170  # three for one: what sharp screens show, and less than platforms shrink
_POINTS = 72  # an inch; one pixel of the screen is drawn as a point
_LEADING = 1.3
INK, FAINT, PAPER = "#1F2328", "#59636E", "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Pen:
    """How a text looks: its size in pixels."""

    size: float
    colour: str = INK
    bold: bool = False

    @property
    def line(self) -> float:
        """Pixels from one line to the next."""
        return self.size * _LEADING


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    text: str
    pen: Pen
    right: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str = "none"


def prepare(path: Path) -> None:
    """Before the first import: what matplotlib wants to remember goes into the folder of the documents, and goes with it."""
    os.environ.setdefault("MPLCONFIGDIR", str(path.parent.parent / "matplotlib"))
    os.environ.setdefault("MPLBACKEND", "agg")


@lru_cache(8)
def font(pen: Pen) -> FontProperties:
    """How matplotlib is told about a pen."""
    from matplotlib.font_manager import FontProperties

    # The one that comes with matplotlib: it has every Vietnamese letter, wherever this runs.
    return FontProperties(family="DejaVu Sans", size=pen.size, weight="bold" if pen.bold else "normal")


@lru_cache(1)
def _ruler() -> RendererAgg:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    return FigureCanvasAgg(Figure(dpi=_POINTS)).get_renderer()


@lru_cache(4096)
def width_of(text: str, pen: Pen) -> float:
    """Pixels that one line of text takes."""
    width, _, _ = _ruler().get_text_width_height_descent(text, font(pen), ismath=False)
    return float(width)


def wrapped(text: str, pen: Pen, room: float) -> list[str]:
    """The text in lines of this width, broken between words; within one that is too long."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, pen) <= room:
            lines[-1] = longer
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = lines[-1] or word
        while width_of(lines[-1], pen) > room:
            cut = _fitting(lines[-1], pen, room)
            lines[-1:] = [lines[-1][:cut], lines[-1][cut:]]
    return lines


def _fitting(word: str, pen: Pen, room: float) -> int:
    """How many letters of a word fit."""
    return max(1, next(n for n in range(len(word), 0, -1) if n == 1 or width_of(word[:n], pen) <= room))


class Picture:
    """What is drawn, from top to bottom. `at`: where the next line begins."""

    def __init__(self) -> None:
        """Empty."""
        self.at = float(MARGIN)
        self._words: list[_Words] = []
        self._boxes: list[Box] = []

    def text(self, text: str, pen: Pen, *, x: float = MARGIN, room: float = INNER) -> None:
        """A paragraph, as many lines as it needs."""
        for line in wrapped(text, pen, room):
            self._words.append(_Words(x, self.at, line, pen, right=False))
            self.at += pen.line

    def beside(self, text: str, pen: Pen) -> None:
        """Words at the right edge of the line that comes next."""
        self._words.append(_Words(WIDTH - MARGIN, self.at, text, pen, right=True))

    def words(self, text: str, pen: Pen, x: float) -> None:
        """Words on the line that comes next, from `x` on."""
        self._words.append(_Words(x, self.at, text, pen, right=False))

    def box(self, box: Box) -> None:
        """A rectangle, anywhere."""
        self._boxes.append(box)

    def skip(self, pixels: float) -> None:
        """Air."""
        self.at += pixels

    def save(self, path: Path) -> None:
        """As a .png, as high as what is on it."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        height = self.at + MARGIN
        figure = Figure(figsize=(WIDTH / _POINTS, height / _POINTS), dpi=_POINTS * _PIXELS / WIDTH, facecolor=PAPER)
        FigureCanvasAgg(figure)
        for box in self._boxes:
            figure.add_artist(_patch(box, height))
        for words in self._words:
            figure.text(
                words.x / WIDTH,
                1 - words.y / height,
                words.text,
                fontproperties=font(words.pen),
                color=words.pen.colour,
                ha="right" if words.right else "left",
                va="top",
                parse_math=False,  # A "$" in a name is a "$".
            )
        figure.savefig(path, format="png", metadata={"Software": None})


def _patch(box: Box, height: float) -> Any:
    """The rectangle as a share of the figure, whose origin is at the bottom."""
    from matplotlib.patches import Rectangle

    return Rectangle(
        (box.x / WIDTH, 1 - (box.y + box.height) / height),
        box.width / WIDTH,
        box.height / height,
        facecolor=box.fill,
        edgecolor=box.edge,
        linewidth=0.6 if box.edge != "none" else 0,
    )
