"""The table by which quotas are given out, filled with what stands: to be changed in a spreadsheet and sent back, or printed.

Its titles are those of the paper that it follows, in every language of the bot, so that it is read again as it was written.
Source: plan of the Lạng Sơn Federation of Labour for 2023, annexed list "Phân bổ chỉ tiêu hiến máu tình nguyện, khen thưởng".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.board import Sight, quota_total
from core.dates import show_date
from core.quota_table import REGISTRATIONS
from core.quotas import YearKind
from core.rounds import Round
from core.units import Unit, UnitIndex
from handlers.documents.paper import Document, Paper, Params, Progress, clean, quiet, slug
from handlers.documents.plan_sheets import Column, Table, open_book
from storage import quotas, rounds
from storage.database import Tx
from storage.units import index_of

TITLE = "Phân bổ chỉ tiêu hiến máu tình nguyện, khen thưởng năm {year}"
FOR_ROUND = "Chỉ tiêu hiến máu: {name}, ngày {date}"
NOTE = "Ô để trống: không giao chỉ tiêu (khác với 0). Mã đơn vị giúp nhận đúng đơn vị khi gửi lại tệp."
TOTAL = "Tổng cộng"
COLUMNS = (
    Column("TT", 12, "number"),
    Column("Mã đơn vị", 42, "text"),
    Column("Đơn vị", 92, "text"),
    Column("Chỉ tiêu hiến máu", 26, "number"),
    Column("Khen thưởng cá nhân", 26, "number"),
    Column("Khen thưởng gia đình", 26, "number"),
    Column("Ngân hàng máu sống", 26, "number"),
    Column("Ghi chú", 36, "text"),
)
_KINDS = (YearKind.AWARD_PERSON, YearKind.AWARD_FAMILY, YearKind.LIVING)


def filename(params: Params, paper: Paper) -> str:
    """As "chi-tieu-ls-2026-11-2026-11-22.xlsx"."""
    return f"{slug('chỉ tiêu', params['round'] or str(params['year']), paper.today.isoformat())}.xlsx"


async def write(tx: Tx, paper: Paper, params: Params, path: Path, *, progress: Progress = quiet) -> None:
    """Every unit with a quota, and those from which one would be asked first, for who answers for these units."""
    index = await index_of(tx, paper.today)
    own = None if params["units"] is None else frozenset(index.below_all(params["units"]))
    round_ = await rounds.by_code(tx, params["round"]) if params["round"] else None
    figures = {REGISTRATIONS: await quotas.of_round(tx, round_.id) if round_ else {}}
    figures |= {kind: await quotas.of_year(tx, params["year"], kind) for kind in _KINDS}
    units = _rows(index, own, round_, figures)
    with open_book(path, paper, TITLE.format(year=params["year"])) as book:
        table = Table(book, "Chỉ tiêu", COLUMNS)
        table.line(TITLE.format(year=params["year"]), "title")
        if round_:
            table.line(FOR_ROUND.format(name=clean(round_.name), date=show_date(round_.held_on)), "note")
        table.line(NOTE, "note")
        table.titles()
        for number, unit in enumerate(units, 1):
            cells = [figures[name].get(unit.id) for name in (REGISTRATIONS, *_KINDS)]
            table.row([number, clean(unit.code), clean(unit.name), *cells, ""])
        shown = {unit.id for unit in units}
        if not _nested(index, units):
            mine = [
                {u: target for u, target in figures[name].items() if u in shown} for name in (REGISTRATIONS, *_KINDS)
            ]
            sums = [quota_total(targets, index) for targets in mine]
            table.row([None, "", TOTAL, *sums, ""])
    progress(1, 1)


def _rows(
    index: UnitIndex, own: frozenset[int] | None, round_: Round | None, figures: Mapping[str, Mapping[int, int]]
) -> Sequence[Unit]:
    """In the order of the tree."""
    asked = {unit_id for targets in figures.values() for unit_id in targets}
    tops = Sight(index, own, round_.units if round_ else frozenset()).tops()
    first = {child.id for top in tops for child in index.children(top.id)} or {top.id for top in tops}
    return [u for u in index.units.values() if u.id in asked | first and (own is None or u.id in own)]


def _nested(index: UnitIndex, units: Sequence[Unit]) -> bool:
    """True where a unit stands below another one: then the rows do not add up to the total, and none is printed."""
    ids = {unit.id for unit in units}
    return any(above.id in ids for unit in units for above in index.path(unit.id)[1:])


DOCUMENT = Document("quotas.xlsx", heavy=False, filename=filename, write=write)
