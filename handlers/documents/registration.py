"""The registration list (form 1 of the union's plan): its columns, its rows and its words.

The paper is a Vietnamese official form, so its words stand here and are the same in every language of the bot.
Source: plan of the Lạng Sơn Federation of Labour for 2023, annexed form "Danh sách đoàn viên, người lao động đăng ký
tham gia hiến máu tình nguyện".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import NamedTuple

from core.dates import long_date
from core.people import Donor, Sex
from core.phones import show_phone
from core.units import UnitIndex
from handlers.documents.paper import Paper, Params, clean, slug
from storage import donors
from storage.database import Tx
from storage.units import UnitsCache

TITLE = "DANH SÁCH ĐOÀN VIÊN, NGƯỜI LAO ĐỘNG"
SUBTITLE = "ĐĂNG KÝ THAM GIA HIẾN MÁU TÌNH NGUYỆN – {year}"
ANY_UNIT = "LIÊN ĐOÀN LAO ĐỘNG HUYỆN, TP, CĐN ..."
SIGNATURE = ("TM. BAN THƯỜNG VỤ", "CHỦ TỊCH", "(Ký tên, đóng dấu)")
# As in Row; both ages stand below AGE_TITLE.
TITLES = ("STT", "Họ và tên", "Đơn vị", "Nam", "Nữ", "Số lần đã hiến máu", "Số điện thoại", "Ghi chú")
AGE_TITLE = "Tuổi"
OWN_WORDS = "đơn vị tự khai"


class Row(NamedTuple):
    """One line. The age stands in the column of the sex, the other one is None."""

    number: int
    name: str
    unit: str
    male_age: int | None
    female_age: int | None
    donations: int
    phone: str
    note: str


def heading(paper: Paper, params: Params) -> tuple[str, str]:
    """Who issues the list: the federation above, the unit below."""
    above = f"Liên đoàn Lao động tỉnh {paper.province}" if paper.province else paper.organisation
    return clean(above).upper(), clean(params["unit"]).upper() or ANY_UNIT


def place_and_date(paper: Paper) -> str:
    """As "Lạng Sơn, ngày 07 tháng 4 năm 2026"; dots to write on where no province is configured."""
    return f"{clean(paper.province) or '....................'}, {long_date(paper.today)}"


def filename(params: Params, paper: Paper, suffix: str) -> str:
    """As "danh-sach-dang-ky-hien-mau-so-y-te-2026-11-22.xlsx"."""
    return f"{slug('danh sách đăng ký hiến máu', params['unit'], paper.today.isoformat())}.{suffix}"


async def rows(tx: Tx, unit_ids: Sequence[int] | None, today: date) -> AsyncIterator[list[Row]]:
    """Every donor of these units (None: of all) in the order of official lists, page by page, numbered without gaps."""
    index = await UnitsCache().index(tx)
    number = 0
    async for page in donors.listing(tx, unit_ids):
        yield [_row(donor, index, number + place, today) for place, donor in enumerate(page, 1)]
        number += len(page)


def _row(donor: Donor, index: UnitIndex, number: int, today: date) -> Row:
    unit = index.get(donor.unit_id)
    # Whether an age of 60 will do is judged on the day of a round, which a list does not know: no note about it.
    age = donor.birth.list_age(today)
    male = donor.sex is Sex.MALE
    return Row(
        number=number,
        name=clean(donor.full_name),
        unit=clean(unit.name if unit else donor.unit_text),
        male_age=age if male else None,
        female_age=None if male else age,
        donations=donor.donations,
        phone=show_phone(donor.phone),
        note="" if unit else OWN_WORDS,
    )
