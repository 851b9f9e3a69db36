"""The board of a round as one picture for a phone: a bar for each unit, what it was asked for, who is coming, who gave. No persons."""

from __future__ import annotations

from pathlib import Path

from core.board import Line
from core.dates import show_date, show_weekday
from handlers import board_text
from handlers.documents import board_sight, drawing
from handlers.documents.board_sight import Seen
from handlers.documents.drawing import FAINT, INNER, MARGIN, Box, Pen, Picture
from handlers.documents.paper import Document, Paper, Params, Progress, quiet
from storage.database import Tx

MOST = 16  # Units on one picture: with more, a phone shows none of them without zooming.
# Told apart by people who confuse red and green, in print and by their place. Source: Okabe and Ito, "Color Universal Design"
_CERTAIN, _MAYBE, _GAVE, _CAME = "#0072B2", "#A9D3EE", "#D55E00", "#F3C9A8"
_TRACK, _EDGE = "#EEF1F4", "#B8C0C8"
_HIGH, _THIN = 13.0, 8.0  # pixels
_WIDEST = 1.15  # Of a quota: more than that is drawn as that, the figure says how much it is.
_TITLE, _NAME, _SMALL, _BIG = Pen(17, bold=True), Pen(13, bold=True), Pen(11, FAINT), Pen(15, bold=True)
_GAP = 10


def filename(params: Params, paper: Paper) -> str:
    """As "tien-do-ls-2026-11-2026-11-22.png"."""
    return board_sight.filename(paper.text("board.doc.file"), params, paper, "png")


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """The picture of a round for who answers for these units."""
    seen = await board_sight.load(tx, paper, params)
    drawing.prepare(path)
    picture = Picture()
    _head(picture, paper, seen)
    shown = board_text.cut(seen.board.ranked(), MOST)
    for line in shown.first:
        _unit(picture, paper, seen, line)
    if shown.between:
        picture.text(paper.text("board.between", count=shown.between), Pen(12, FAINT))
        picture.skip(_GAP)
    for line in shown.last:
        _unit(picture, paper, seen, line)
    if seen.board.rest.people.answered or seen.board.rest.people.came:
        _unit(picture, paper, seen, seen.board.rest)
    picture.text(paper.text("board.as_of", **_now(paper)), _SMALL)
    picture.save(path)
    progress(1, 1)


def _now(paper: Paper) -> dict[str, str]:
    return {"hour": f"{paper.now.astimezone(paper.zone):%H:%M}", "date": show_date(paper.today)}


def _head(picture: Picture, paper: Paper, seen: Seen) -> None:
    """The round, all units together, what it may bring, and what the colours mean."""
    round_, total = seen.round, seen.board.total
    picture.text(round_.name, _TITLE)
    day = f"{show_weekday(round_.held_on, paper.language)}, {show_date(round_.held_on)}"
    picture.text(" · ".join(filter(None, (day, round_.code))), Pen(12, FAINT))
    picture.skip(_GAP)
    picture.text(paper.text("board.all", share=board_text.share(paper, total)), _BIG)
    picture.skip(3)
    _bars(picture, total, scale=_scale(seen, total))
    for text in filter(None, (board_text.facts(paper, total, round_), *board_text.outlook(paper, seen.board, round_))):
        picture.text(text, Pen(12))
    picture.skip(_GAP)
    _legend(picture, paper, gave=total.people.came > 0)
    picture.skip(_GAP)


def _legend(picture: Picture, paper: Paper, *, gave: bool) -> None:
    keys = [("board.key.certain", _CERTAIN), ("board.key.maybe", _MAYBE)]
    keys += [("board.key.gave", _GAVE), ("board.key.came", _CAME)] if gave else []
    keys += [("board.key.quota", _TRACK)]
    x = float(MARGIN)
    for message, colour in keys:
        text = paper.text(message)
        wide = 12 + 5 + drawing.width_of(text, _SMALL) + 12
        if x + wide > MARGIN + INNER + 12:
            x = float(MARGIN)
            picture.skip(_SMALL.line)
        picture.box(Box(x, picture.at + 1, 12, 10, colour, _EDGE))
        picture.words(text, _SMALL, x + 17)
        x += wide
    picture.skip(_SMALL.line)


def _unit(picture: Picture, paper: Paper, seen: Seen, line: Line) -> None:
    """A name, its figures at the right, the bars, and what else there is to say."""
    share = board_text.share(paper, line)
    picture.beside(share, _NAME)
    room = INNER - drawing.width_of(share, _NAME) - 12
    picture.text(board_text.name(paper, seen.index, line), _NAME, room=room)
    picture.skip(2)
    _bars(picture, line, scale=_scale(seen, line))
    if facts := board_text.facts(paper, line, seen.round):
        picture.text(facts, _SMALL)
    picture.skip(_GAP)


def _scale(seen: Seen, line: Line) -> float:
    """How many people a whole bar is: the quota, or without one as many as the greatest without one have."""
    if line.quota:
        return float(line.quota)
    others = [one for one in (*seen.board.lines, seen.board.rest, line) if not one.quota]
    return float(max(1, *(one.people.answered for one in others), *(one.people.came for one in others)))


def _bars(picture: Picture, line: Line, *, scale: float) -> None:
    """Who is coming; below, thinner, who came, once somebody has."""
    people = line.people
    _bar(picture, _HIGH, (people.certain / scale, people.maybe / scale), (_CERTAIN, _MAYBE), whole=bool(line.quota))
    if people.came:
        shares = (people.gave / scale, (people.came - people.gave) / scale)
        _bar(picture, _THIN, shares, (_GAVE, _CAME), whole=bool(line.quota))
    picture.skip(3)


def _bar(picture: Picture, high: float, shares: tuple[float, float], colours: tuple[str, str], *, whole: bool) -> None:
    """Two parts one behind the other on a track that stands for the quota; the track has an end mark where it is passed."""
    full = INNER / _WIDEST
    if whole:
        picture.box(Box(MARGIN, picture.at, full, high, _TRACK, _EDGE))
    begin = 0.0
    for share, colour in zip(shares, colours, strict=True):
        end = min(_WIDEST, begin + share)
        if end > begin:
            picture.box(Box(MARGIN + begin * full, picture.at, (end - begin) * full, high, colour))
        begin = end
    if whole and begin > 1:
        picture.box(Box(MARGIN + full - 1, picture.at - 2, 2, high + 4, drawing.INK))
    picture.skip(high + 2)


DOCUMENT = Document("board.png", heavy=True, filename=filename, write=write, picture=True)
