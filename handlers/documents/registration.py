"""The registration list (form 1 of the union's plan): its columns, its rows and its words.

The paper is a Vietnamese official form, so its words stand here and are the same in every language of the bot.
Source: plan of the Lạng Sơn Federation of Labour for 2023, annexed form "Danh sách đoàn viên, người lao động đăng ký
tham gia hiến máu tình nguyện".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from core.dates import long_date, show_date
from core.joins import JoinState
from core.people import Sex
from core.phones import show_phone
from core.registration_words import MAYBE, NOT_YET, OWN_WORDS, PARTED
from core.unit_figures import home_of
from core.units import UnitIndex
from handlers.documents.paper import Paper, Params, clean, slug
from storage import donors, rounds, units
from storage.database import Tx
from storage.donors import Listed

TITLE = "DANH SÁCH ĐOÀN VIÊN, NGƯỜI LAO ĐỘNG"
SUBTITLE = "ĐĂNG KÝ THAM GIA HIẾN MÁU TÌNH NGUYỆN – {year}"
ANY_UNIT = "LIÊN ĐOÀN LAO ĐỘNG HUYỆN, TP, CĐN ..."
SIGNATURE = ("TM. BAN THƯỜNG VỤ", "CHỦ TỊCH", "(Ký tên, đóng dấu)")
# As in Row; both ages stand below AGE_TITLE.
TITLES = ("STT", "Họ và tên", "Đơn vị", "Nam", "Nữ", "Số lần đã hiến máu", "Số điện thoại", "Ghi chú")
AGE_TITLE = "Tuổi"


class Row(NamedTuple):
    """One line. The age stands in the column of the sex, the other one is None; `donations` is None on a form that is to be filled in."""

    number: int
    name: str
    unit: str
    male_age: int | None
    female_age: int | None
    donations: int | None
    phone: str
    note: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a list is for: a round (`round_id`, `code`) and its day, or, without one, whoever is registered today. `units_on`: the day
    by whose units it is written; another one than the round's day is today, "theo đơn vị hiện nay".
    """

    day: date
    units_on: date
    code: str = ""
    round_id: int | None = None


async def occasion(tx: Tx, paper: Paper, params: Params) -> Occasion:
    """The round that the list is of, or today. Raises LookupError where that round is no more."""
    code = params.get("round", "")
    if not code:
        return Occasion(paper.today, paper.today)
    found = await rounds.by_code(tx, code)
    if found is None:
        raise LookupError(f"no round has the code {code}")
    units_on = paper.today if params.get("units_now") else found.held_on
    return Occasion(found.held_on, units_on, found.code, found.id)


def heading(paper: Paper, params: Params) -> tuple[str, str]:
    """Who issues the list: the federation above, the unit below."""
    above = f"Liên đoàn Lao động tỉnh {paper.province}" if paper.province else paper.organisation
    return clean(above).upper(), clean(params["unit"]).upper() or ANY_UNIT


def place_and_date(paper: Paper) -> str:
    """As "Lạng Sơn, ngày 07 tháng 4 năm 2026"; dots to write on where no province is configured."""
    return f"{clean(paper.province) or '....................'}, {long_date(paper.today)}"


def filename(params: Params, paper: Paper, suffix: str) -> str:
    """As "danh-sach-dang-ky-hien-mau-ls-2026-11-so-y-te-2026-11-22.xlsx"."""
    parts = ("danh sách đăng ký hiến máu", params.get("round", ""), params["unit"], paper.today.isoformat())
    return f"{slug(*parts)}.{suffix}"


async def rows(tx: Tx, unit_ids: Sequence[int] | None, for_: Occasion) -> AsyncIterator[list[Row]]:
    """Everybody of these units (None: of all) who is on the list, in the order of official lists, page by page, numbered without gaps."""
    index = await units.index_of(tx, for_.units_on)
    number = 0
    async for page in donors.listing(tx, unit_ids, round_id=for_.round_id):
        yield [_row(listed, index, number + place, for_.day) for place, listed in enumerate(page, 1)]
        number += len(page)


def _row(listed: Listed, index: UnitIndex, number: int, day: date) -> Row:
    donor = listed.donor
    unit, followed = home_of(listed.unit_id, index)
    # Whether an age of 60 will do is for the examination: no note about it.
    age = donor.birth.list_age(day)
    male = donor.sex is Sex.MALE
    notes = (
        MAYBE if listed.answer is JoinState.MAYBE else "",
        NOT_YET.format(date=show_date(listed.not_yet)) if listed.not_yet else "",
        "" if unit else OWN_WORDS,
        "" if followed else PARTED,
        clean(donor.note),
    )
    return Row(
        number=number,
        name=clean(donor.full_name),
        unit=clean(unit.name if unit else donor.unit_text),
        male_age=age if male else None,
        female_age=None if male else age,
        donations=donor.donations,
        phone=show_phone(donor.phone) if donor.phone else "",
        note="; ".join(filter(None, notes)),
    )
