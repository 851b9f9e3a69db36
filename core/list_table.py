"""Lists of people who want to give, as offices keep them: which columns mean what, and the tables of a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.sheet_table import Shape, Sheet, Table, find_table

# What a list may hold and we do not take: no form asks for it. Source: domain note 10.2, 6.2 P3 and P4.
NEVER = ("papers", "people", "faith", "address", "insurance", "account", "email")

# Column titles as offices write them, folded; the first is the form's.
_TITLES = {
    "number": "stt|tt|so tt|so thu tu|no",
    "name": (
        "ho va ten|ho ten|ho va ten nguoi dang ky|ho va ten nguoi hien mau|ten nguoi hien mau|ho va ten dem|ho dem|"
        "ho va dem|ho va chu dem|ho lot|ho|full name|name|ten day du"
    ),
    "given": "ten",
    "unit": (
        "don vi|don vi cong tac|noi cong tac|co quan|noi lam viec|don vi co quan|co quan don vi|cong doan co so|"
        "phong ban|phong|bo phan|khoa phong|khoa|lop|to|unit|workplace"
    ),
    "male": "nam|tuoi nam|nam tuoi|nam sinh nam|gioi tinh nam|male",
    "female": "nu|tuoi nu|nu tuoi|nam sinh nu|gioi tinh nu|female",
    "sex": "gioi tinh|gioi|nam nu|phai|sex|gender",
    "age": "tuoi|do tuoi|age",
    "born": (
        "nam sinh|ngay sinh|ngay thang nam sinh|ngay thang sinh|ngay nam sinh|sinh nam|sinh ngay|ngay thang nam|"
        "year of birth|date of birth|born|dob"
    ),
    "donations": (
        "so lan da hien mau|so lan hien mau|so lan hien|so lan da hien|da hien|so lan|lan da hien|so lan hm|donations|"
        "times donated|number of donations"
    ),
    "phone": "so dien thoai|dien thoai|sdt|so dt|dt|dt lien he|di dong|so di dong|phone|mobile|tel",
    "note": "ghi chu|note|notes|remark|remarks",
    "blood": "nhom mau|nm|blood group|blood type",
    "last": (
        "ngay hien gan nhat|ngay hien mau gan nhat|lan hien gan nhat|lan hien mau gan nhat|lan gan nhat|lan hien cuoi|"
        "ngay hien mau gan day nhat|thoi gian hien mau gan nhat|hien gan nhat|last donation"
    ),
    "papers": (
        "cccd|so cccd|cmnd|so cmnd|cmt|so cmt|cmtnd|so cmtnd|can cuoc|so can cuoc|can cuoc cong dan|"
        "so can cuoc cong dan|ma dinh danh|so dinh danh|ho chieu|so ho chieu|giay to|so giay to|id number|passport"
    ),
    "people": "dan toc|ethnicity",
    "faith": "ton giao|religion",
    "address": (
        "dia chi|dia chi thuong tru|thuong tru|ho khau|ho khau thuong tru|noi o|cho o|noi o hien nay|que quan|"
        "nguyen quan|noi sinh|dia chi lien he|address"
    ),
    "insurance": "bhyt|so bhyt|the bhyt|so the bhyt|ma bhxh|so bhxh|bao hiem",
    "account": "so tai khoan|stk|tai khoan|ngan hang|bank account",
    "email": "email|thu dien tu|dia chi email|mail",
}
LIST = Shape(
    titles={name: tuple(titles.split("|")) for name, titles in _TITLES.items()},
    needed=("name",),
    anchor="name",
    telling=frozenset(("name",)),
)


def tables_of(sheet: Sheet) -> Iterator[Table]:
    """Every list in a sheet, from top to bottom: offices put one below the other, each with signatures of its own."""
    start = 0
    while (found := find_table(_from(sheet, start), LIST)) is not None:
        table = _moved(found, start)
        yield table
        start = max((line.row for line in table.lines), default=table.row + 1)


def _from(sheet: Sheet, start: int) -> Sheet:
    """The sheet from a row on."""
    merges = [(top - start, left, bottom - start, right) for top, left, bottom, right in sheet.merges if top >= start]
    return Sheet(sheet.name, sheet.rows[start:], merges)


def _moved(table: Table, by: int) -> Table:
    """The table with its rows counted from the top of the whole sheet."""
    lines = tuple(replace(line, row=line.row + by) for line in table.lines)
    return replace(table, row=table.row + by, lines=lines, skipped=tuple(row + by for row in table.skipped))
