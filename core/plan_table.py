"""How the table of a plan of the year looks."""

from __future__ import annotations

from core.sheet_table import Shape

_TITLES: dict[str, tuple[str, ...]] = {
    "code": ("ma dot", "ma", "code", "round code"),
    "number": ("dot", "dot so", "so dot", "dot thu", "round", "round no", "round number"),
    "counter": ("stt", "tt", "so", "so tt", "so thu tu", "no", "number"),
    "name": ("ten dot", "ten dot hien mau", "ten", "name", "round name"),
    "occasion": ("dip", "noi dung", "nhan dip", "su kien", "chu de", "dot dip", "chien dich", "occasion", "event"),
    "held_on": (
        "ngay",
        "thoi gian",
        "ngay to chuc",
        "ngay hien mau",
        "ngay thang",
        "date",
        "day",
        "held on",
        "thu ngay",
        "thu ngay thang",
    ),
    "weekday": ("thu", "thu trong tuan", "ngay trong tuan", "weekday", "day of week"),
    "opens": ("gio bat dau", "bat dau", "tu gio", "starts", "start", "start time", "opens"),
    "closes": ("gio ket thuc", "ket thuc", "den gio", "ends", "end", "end time", "closes"),
    "hours": ("gio", "gio hien mau", "gio to chuc", "hours", "time"),
    "place": ("dia diem", "noi", "noi to chuc", "diem hien mau", "place", "venue", "location"),
    "place_address": ("dia chi", "address"),
    "pin": ("toa do", "vi tri ban do", "coordinates", "map"),
    "target": ("chi tieu", "so don vi mau", "so luong", "so don vi", "luong mau", "target", "units of blood"),
    "yield_percent": ("ty le du kien", "ti le du kien", "ty le", "expected yield", "yield"),
    "capacity": ("suc chua", "so nguoi toi da", "capacity"),
    "slots": ("khung gio", "khung gio den", "slots", "arrival slots"),
    "parts": ("phan", "cac phan", "chuong trinh", "parts", "programme"),
    "deadline_on": ("han dang ky", "han nop danh sach", "han cuoi", "han", "deadline"),
    "units": ("don vi duoc moi", "don vi tham gia", "doi tuong", "thanh phan", "invited units", "units", "invited"),
    "leading": ("don vi chi dao", "don vi phoi hop chi dao", "chi dao", "leading units", "leading"),
    "executing": ("don vi thuc hien", "thuc hien", "don vi to chuc", "executing units", "executing"),
    "contact": ("lien he", "nguoi lien he", "dau moi", "contact"),
    "tentative": ("du kien", "ngay du kien", "tentative"),
    "state": ("trang thai", "tinh trang", "state", "status"),
}
PLAN = Shape(
    _TITLES,
    needed=("held_on",),
    anchor="held_on",
    telling=frozenset(("held_on", "place", "target")),
    naming=frozenset(("name",)),
)
