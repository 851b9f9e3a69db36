"""The poster of a unit: a QR that leads into the chat with the unit chosen, what to do, and the next round. A4, on white, no persons.

Letters that are to be read from two metres are at least 9 mm high: 1/220 of the distance. The QR is read at an arm's length or more:
a camera needs about a tenth of the distance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.dates import show_date, show_time, show_weekday
from core.rounds import Round, next_round
from core.units import Unit, UnitIndex
from core.vietnamese import fold
from handlers.documents import drawing
from handlers.documents.drawing import Pen, width_of, wrapped
from handlers.documents.paper import Document, Paper, Params, Progress, quiet, slug
from storage import rounds
from storage.database import Tx
from storage.units import UnitsCache

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 595.28, 841.89  # points: A4. Source: ISO 216
_MARGIN = 42.0  # what office printers leave white, and a little more
_ROOM = _WIDTH - 2 * _MARGIN
_DPI = 200  # of the picture: 1654 × 2339 pixels, enough to print it too
_RED, _INK, _GREY, _PALE = "#C4142D", "#1B1B1F", "#55555C", "#FDF1F2"
_QUIET_MODULES = 4  # Source: ISO/IEC 18004, quiet zone
_LARGEST_QR, _SMALLEST_QR = 380.0, 200.0
_FRAME = 5.0  # points around the quiet zone, so that the round corners leave it alone
_LEADING = 1.22
_FROM_AFAR = 36.0  # points: capitals of 9.3 mm


@dataclass(frozen=True, slots=True)
class _Row:
    """A text that takes the largest of these sizes at which it fits into so many lines."""

    text: str
    sizes: tuple[float, ...]
    colour: str = _INK
    bold: bool = False
    lines: int = 1
    after: float = 0.0

    def fitted(self, room: float) -> tuple[Pen, list[str]]:
        """How it is written, and its lines."""
        for size in self.sizes:
            pen = Pen(size, self.colour, self.bold)
            broken = wrapped(self.text, pen, room)
            if len(broken) <= self.lines and all(width_of(line, pen) <= room for line in broken):
                return pen, _balanced(broken, pen, room)
        pen = Pen(self.sizes[-1], self.colour, self.bold)
        return pen, wrapped(self.text, pen, room)

    def height(self, room: float) -> float:
        """Points from its top to the top of what follows."""
        pen, broken = self.fitted(room)
        return len(broken) * pen.size * _LEADING + self.after


def _balanced(lines: list[str], pen: Pen, room: float) -> list[str]:
    """As many lines, of about one length: no word stands alone below the others."""
    text, best = " ".join(lines), lines
    while room > 0 and len(tried := wrapped(text, pen, room)) == len(lines):
        if any(line not in text or width_of(line, pen) > room for line in tried):
            break
        best, room = tried, room * 0.96
    return best


def filename(params: Params, paper: Paper) -> str:
    """As "ap-phich-syt.pdf"; the kind comes from the document."""
    return f"{slug(paper.text('poster.file'), params['unit'])}.{params['kind']}"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """The poster of a unit with this `link`. Raises LookupError where the unit is gone."""
    index = await UnitsCache().index(tx, paper.today)
    unit = index.by_code(params["unit"])
    if unit is None:
        raise LookupError("the unit is no more")
    plan = await rounds.upcoming(tx, paper.today)
    coming = next_round(plan, [one.id for one in index.path(unit.id)], paper.today)
    drawing.prepare(path)
    _Sheet(paper, params["link"]).draw(_name(index, unit), params["contact"], coming).save(path, params["kind"])
    progress(1, 1)


def _name(index: UnitIndex, unit: Unit) -> str:
    """The unit, with whom it belongs to where others bear the same name."""
    parent, key = index.get(unit.parent_id), fold(unit.name)
    alone = sum(fold(other.name) == key for other in index.units.values()) == 1
    return unit.name if alone or parent is None else f"{unit.name}, {parent.name}"


class _Sheet:
    """One page, from top to bottom, with the QR as large as what else there is to say allows."""

    def __init__(self, paper: Paper, link: str) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._paper, self._link = paper, link
        self._figure: Figure = Figure(figsize=(_WIDTH / 72, _HEIGHT / 72), facecolor="white")
        FigureCanvasAgg(self._figure)
        self._axes: Any = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, _WIDTH)
        self._axes.set_ylim(_HEIGHT, 0)
        self._axes.axis("off")

    def draw(self, unit: str, contact: str, coming: Round | None) -> _Sheet:
        """Everything at its place."""
        text = self._paper.text
        head = [
            _Row(self._paper.organisation, (17, 15, 13, 11), _GREY, lines=2, after=6),
            _Row(text("poster.title"), (44, 40, _FROM_AFAR), _RED, bold=True, after=6),
            _Row(unit, (_FROM_AFAR, 32, 28, 24, 20), bold=True, lines=3, after=12),
        ]
        how = [
            _Row(text("poster.how"), (27, 24, 21, 18), bold=True, lines=2, after=2),
            _Row(self._link.partition("://")[2], (14, 12, 10, 8), _GREY, after=8),
        ]
        box = _round_rows(self._paper, coming) if coming else []
        foot = [
            _Row(self._paper.words.say("en", "poster.how"), (14, 12, 10), _GREY, after=2),
            _Row(text("poster.contact", contact=contact), (14, 12, 10), _GREY, lines=2),
        ]
        self._band(0, 20)
        self._band(_HEIGHT - 14, 14)
        top, bottom = 34.0, _HEIGHT - 24 - sum(row.height(_ROOM) for row in foot)
        taken = sum(row.height(_ROOM) for row in (*head, *how)) + _box_height(box)
        side = max(_SMALLEST_QR, min(_LARGEST_QR, bottom - top - taken - 16 - 2 * _FRAME))
        air = max(0.0, (bottom - top - taken - side - 2 * _FRAME) / 3)
        at = self._rows(head, top) + air
        self._qr((_WIDTH - side) / 2, at + _FRAME, side)
        at = self._rows(how, at + side + 8 + 2 * _FRAME) + air / 2
        if box:
            self._box(box, at)
        self._rows(foot, bottom)
        return self

    def save(self, path: Path, kind: str) -> None:
        """As .pdf with its letters in it, or as .png."""
        import matplotlib as mpl

        metadata = {"Creator": None, "Producer": None, "CreationDate": None} if kind == "pdf" else {"Software": None}
        with mpl.rc_context({"pdf.fonttype": 42}):  # TrueType: every reader and printer has it
            self._figure.savefig(path, format=kind, dpi=_DPI, metadata=metadata)

    def _rows(self, rows: list[_Row], at: float, room: float = _ROOM) -> float:
        """Centred lines; where the next one begins."""
        for row in rows:
            pen, broken = row.fitted(room)
            for line in broken:
                at += pen.size * _LEADING
                self._axes.text(
                    _WIDTH / 2,
                    at - pen.size * 0.32,
                    line,
                    fontproperties=drawing.font(pen),
                    color=pen.colour,
                    ha="center",
                    va="baseline",
                    parse_math=False,  # A "$" in a name is a "$".
                )
            at += row.after
        return at

    def _band(self, top: float, height: float) -> None:
        from matplotlib.patches import Rectangle

        self._axes.add_patch(Rectangle((0, top), _WIDTH, height, facecolor=_RED, edgecolor="none"))

    def _box(self, rows: list[_Row], top: float) -> None:
        from matplotlib.patches import FancyBboxPatch

        shape = "round,pad=0,rounding_size=10"
        size = (_ROOM, _box_height(rows) - 8)
        self._axes.add_patch(FancyBboxPatch((_MARGIN, top), *size, boxstyle=shape, facecolor=_PALE, edgecolor="none"))
        self._rows(rows, top + 8, _ROOM - 24)

    def _qr(self, left: float, top: float, side: float) -> None:
        """As shapes, sharp at every size. Each row of dark modules reaches a hair into the next, so that no line shows."""
        import segno
        from matplotlib.patches import FancyBboxPatch, PathPatch
        from matplotlib.path import Path as Shape

        corner = (left - _FRAME, top - _FRAME)
        size = side + 2 * _FRAME
        round_ = "round,pad=0,rounding_size=12"
        box = FancyBboxPatch(corner, size, size, boxstyle=round_, facecolor="white", edgecolor=_RED, linewidth=3)
        self._axes.add_patch(box)
        matrix = [bytes(row) for row in segno.make_qr(self._link, error="q").matrix]
        module = side / (len(matrix) + 2 * _QUIET_MODULES)
        corners: list[tuple[float, float]] = []
        for number, row in enumerate(matrix, _QUIET_MODULES):
            for begin, end in _runs(row):
                x, right = left + (begin + _QUIET_MODULES) * module, left + (end + _QUIET_MODULES) * module
                y, below = top + number * module, top + (number + 1) * module + 0.03
                corners += [(x, y), (right, y), (right, below), (x, below), (x, y)]
        codes = [Shape.MOVETO, Shape.LINETO, Shape.LINETO, Shape.LINETO, Shape.CLOSEPOLY] * (len(corners) // 5)
        self._axes.add_patch(PathPatch(Shape(corners, codes), facecolor="black", linewidth=0))


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules begin, and where they end."""
    edges = [at for at in range(len(row) + 1) if (row[at] if at < len(row) else 0) != (row[at - 1] if at else 0)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _round_rows(paper: Paper, round_: Round) -> list[_Row]:
    """The day, the hours as far as they are known, the place; a hint where the day may still change."""
    day = f"{show_weekday(round_.held_on, paper.language)}, {show_date(round_.held_on)}"
    hours = " – ".join(_hour(hour) for hour in (round_.opens, round_.closes) if hour)
    place = (
        paper.text("poster.or", places=" / ".join((round_.place, *round_.place_or)))
        if round_.place_or
        else round_.place
    )
    where = ", ".join(filter(None, (place, "" if round_.place_or else round_.place_address)))
    rows = [
        _Row(paper.text("poster.next"), (16,), _GREY),
        _Row(day, (_FROM_AFAR, 32, 28), _RED, bold=True),
        _Row(hours, (24, 20)),
        _Row(where, (24, 20, 17, 14), lines=2),
    ]
    if round_.tentative:
        rows.append(_Row(paper.text("poster.tentative"), (14,), _GREY))
    return [row for row in rows if row.text]


def _hour(text: str) -> str:
    return show_time(time.fromisoformat(text))


def _box_height(rows: list[_Row]) -> float:
    return sum(row.height(_ROOM - 24) for row in rows) + 26 if rows else 0.0


PDF = Document("poster.pdf", heavy=True, filename=filename, write=write)
PNG = replace(PDF, name="poster.png", picture=True)
