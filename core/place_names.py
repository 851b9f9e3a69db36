"""Names of places that may mean one place: other spellings, and other labels of one house."""

from __future__ import annotations

from core.units import expanded
from core.vietnamese import nfc

# Shortened in names of places alone; units have their own table.
_MORE = {
    "nvh": "nha van hoa",
    "ttvh": "trung tam van hoa",
    "ntd": "nha thi dau",
    "svd": "san van dong",
    "ks": "khach san",
    "ktx": "ky tuc xa",
    "cdsp": "cao dang su pham",
    "ttgdtx": "trung tam giao duc thuong xuyen",
    "tx": "thi xa",
    "tdtt": "the duc the thao",
    "ht": "hoi truong",
}
_LEVELS = ("thanh pho", "thi xa", "thi tran", "huyen", "tinh", "quan", "phuong", "xa")
# Labels that one house may bear: a district's hospital became its health centre, papers go on using both.
_ALIKE = (
    ("trung tam y te", "benh vien da khoa", "benh vien"),
    ("trung tam van hoa", "nha van hoa"),
    ("hoi truong uy ban nhan dan", "tru so uy ban nhan dan", "uy ban nhan dan"),
)
_TELLING_WORDS = 4  # "trường cao đẳng cộng đồng" tells which one, "nhà văn hoá" does not


def place_key(name: str) -> str:
    """Folded words, written out: "TTYT h. Sìn Hồ" -> "trung tam y te huyen sin ho"."""
    return " ".join(_MORE.get(word, word) for word in expanded(name).split())


def same_spelling(a: str, b: str) -> bool:
    """True where only the case differs: nobody needs to be asked."""
    return nfc(a).casefold() == nfc(b).casefold()


def may_be_one_place(a: str, b: str) -> bool:
    """Whether two keys may mean one place: equal, a level or the end left out, or another label in the same locality."""
    return a == b or _without_level(a, b) or _cut_short(a, b) or _other_label(a, b)


def _without_level(a: str, b: str) -> bool:
    bare_a, bare_b = _no_levels(a), _no_levels(b)
    return bare_a == bare_b and (bare_a == a or bare_b == b)


def _no_levels(key: str) -> str:
    padded = f" {key.removeprefix('truong ')} "  # "THPT Nguyễn Du" is the school as well.
    for level in _LEVELS:
        padded = padded.replace(f" {level} ", " ")
    return padded.strip()


def _cut_short(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short.split()) >= _TELLING_WORDS and long.startswith(f"{short} ")


def _other_label(a: str, b: str) -> bool:
    for labels in _ALIKE:
        where_a, where_b = _locality(a, labels), _locality(b, labels)
        if where_a and where_b:
            return where_a == where_b or f" {where_a}".endswith(f" {where_b}") or f" {where_b}".endswith(f" {where_a}")
    return False


def _locality(key: str, labels: tuple[str, ...]) -> str:
    """What follows the longest label that fits; "" where none does."""
    fitting = [label for label in labels if key.startswith(f"{label} ")]
    return key.removeprefix(max(fitting, key=len)).strip() if fitting else ""
