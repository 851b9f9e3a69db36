"""How a table of units looks, and what its cells say: one unit a row, its parent by code or by name, its kind in Vietnamese or English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from core.plan_cells import date_cell
from core.plan_columns import NOTHING
from core.sheet_table import Cell, Shape, text_of
from core.unclear import Unclear
from core.unit_search import expanded
from core.vietnamese import nfc

# In the order of the sheet that is handed out.
COLUMNS = (
    "code", "name", "kind", "parent", "short_name", "aliases", "reports", "valid_from", "valid_to", "into",
)  # fmt: skip
_TITLES: dict[str, tuple[str, ...]] = {
    "code": ("ma don vi", "ma", "ma so", "unit code", "code"),
    "number": ("stt", "tt", "so tt", "so thu tu", "no", "number"),
    "name": ("ten don vi", "don vi", "ten", "ten chinh thuc", "ten day du", "ten co quan", "unit", "unit name", "name"),
    "kind": ("loai", "loai don vi", "loai hinh", "cap", "kind", "type"),
    "parent": (
        "thuoc don vi", "thuoc", "don vi cap tren", "cap tren", "truc thuoc", "don vi chu quan", "co quan chu quan", "ma cap tren",
        "ma don vi cap tren", "parent", "belongs to", "parent code",
    ),
    "short_name": ("ten ngan", "ten tat", "viet tat", "ten viet tat", "short name"),
    "aliases": ("ten goi khac", "ten khac", "other names", "aliases"),
    "reports": ("bao cao them cho", "bao cao cho", "bao cao them", "also reports to", "reports to"),
    "valid_from": ("tu ngay", "ngay thanh lap", "bat dau", "hieu luc tu", "from", "since", "valid from"),
    "valid_to": ("den het ngay", "den ngay", "ngay ket thuc", "ngay giai the", "ket thuc", "until", "last day", "valid to"),
    "into": ("don vi ke thua", "ke thua", "nay la", "sap nhap vao", "went into", "successor", "successors"),
}  # fmt: skip
UNITS = Shape(_TITLES, needed=("name",), anchor="name", telling=frozenset(("name",)), naming=frozenset(("code",)))

# What officers write for a kind, written out in full (see core.unit_search); of several that fit, the longest counts.
_KINDS: dict[str, str] = {
    "lien doan lao dong tinh": "federation", "lien doan lao dong thanh pho": "union", "lien doan lao dong huyen": "union",
    "lien doan lao dong thi xa": "union", "lien doan lao dong": "federation", "federation": "federation",
    "federation of labour": "federation",
    "cong doan nganh": "sector_union", "cong doan vien chuc": "sector_union", "sector union": "sector_union",
    "cong doan co so": "grassroots_union", "grassroots union": "grassroots_union", "cong doan": "union", "union": "union",
    "tinh": "province", "province": "province", "thanh pho": "city", "city": "city", "huyen": "district", "quan": "district",
    "district": "district", "thi xa": "town", "town": "town", "thi tran": "township", "township": "township",
    "xa": "commune", "commune": "commune", "phuong": "ward", "ward": "ward",
    "co quan": "agency", "so": "agency", "phong": "agency", "ban": "agency", "uy ban nhan dan": "agency", "agency": "agency",
    "co so y te": "hospital", "benh vien": "hospital", "trung tam y te": "hospital", "tram y te": "hospital", "hospital": "hospital",
    "health facility": "hospital", "truong hoc": "school", "truong": "school", "school": "school",
    "doanh nghiep": "company", "cong ty": "company", "company": "company", "ban chi dao": "committee", "committee": "committee",
    "steering committee": "committee", "hoi chu thap do": "red_cross", "red cross": "red_cross", "doan thanh nien": "youth",
    "doan khoi": "youth", "youth union": "youth", "cau lac bo": "club", "clb": "club", "club": "club", "don vi": "unit", "unit": "unit",
}  # fmt: skip
_LONGEST = 200


def kind_of(text: str) -> str:
    """The kind that a cell names ("CĐCS", "LĐLĐ huyện", "Commune"); "" for none that we know."""
    return _KINDS.get(expanded(text), "")


def kind_in(name: str) -> str:
    """The kind that a unit's own name begins with; "unit" where it begins with none."""
    words = expanded(name)
    fitting = [said for said in _KINDS if words.startswith(f"{said} ") or words == said]
    return _KINDS[max(fitting, key=len)] if fitting else "unit"


def _read_code(cell: Cell) -> str:
    """Codes go into links. A number is what Excel made of one."""
    code = text_of(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).upper()
    if (
        not code
        or len(code) > 32
        or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in code)
    ):
        raise Unclear("unitfile.wrong.code", code=code[:40])
    return code


def _read_name(cell: Cell) -> str:
    name = text_of(cell)
    if not any(letter.isalpha() for letter in name):
        raise Unclear("unitfile.wrong.name")
    if len(name) > _LONGEST:
        raise Unclear("unclear.long", highest=_LONGEST)
    return name


def _read_kind(cell: Cell) -> str:
    kind = kind_of(text_of(cell))
    if not kind:
        raise Unclear("unitfile.wrong.kind", kind=text_of(cell)[:40])
    return kind


def _read_list(cell: Cell) -> list[str]:
    parts = (nfc(part) for part in text_of(cell).replace("\n", ";").split(";"))
    return list(dict.fromkeys(filter(None, parts)))[:20]


def _read_day(cell: Cell, today: date) -> str:
    read = date_cell(cell, today=today)
    if read.value is None:
        raise Unclear("unitfile.wrong.day", day=text_of(cell)[:40])
    return read.value.day.isoformat()


def read_cell(field: str, cell: Cell, today: date) -> Any:
    """What a cell says of a field, as a JSON value: "-" for nothing. Raises Unclear."""
    if cell in NOTHING:
        if field in ("name", "kind", "code"):
            raise Unclear("unitfile.wrong.name")
        return [] if field in ("aliases", "reports", "into") else "" if field in ("parent", "short_name") else None
    if field in ("valid_from", "valid_to"):
        return _read_day(cell, today)
    return _READERS[field](cell)


_READERS: dict[str, Callable[[Cell], Any]] = {
    "code": _read_code, "name": _read_name, "kind": _read_kind, "parent": text_of, "short_name": text_of,
    "aliases": _read_list, "reports": _read_list, "into": _read_list,
}  # fmt: skip
