"""Vietnamese from before Unicode: recognised by the language alone, and never where today's letters make sense."""

from __future__ import annotations

import pytest

from core.legacy_text import _TCVN3, _VNI, Encoding, habit, is_syllable, read, tcvn3, vni

TCVN3 = (
    ("NguyÔn V¨n Tó", "Nguyễn Văn Tú"),
    ("TrÇn ThÞ Nguyªn", "Trần Thị Nguyên"),
    ("Lª V¨n H\u00adng", "Lê Văn Hưng"),  # "ư" is the soft hyphen, which nobody sees
    ("§Æng Quèc Kh¸nh", "Đặng Quốc Khánh"),
    ("L£ THÞ HåNG", "LÊ THỊ HỒNG"),
    ("Hä vµ tªn", "Họ và tên"),
    ("Sè ®iÖn tho¹i", "Số điện thoại"),
    ("C«ng ®oµn ngµnh Y tÕ", "Công đoàn ngành Y tế"),
)
VNI = (
    ("Nguyeãn Vaên Haûi", "Nguyễn Văn Hải"),
    ("Traàn Thò Ñaøo", "Trần Thị Đào"),
    ("Leâ Vaên Höng", "Lê Văn Hưng"),
    ("NGUYEÃN THÒ HÖÔNG", "NGUYỄN THỊ HƯƠNG"),
    ("Phaïm Quoác Töï", "Phạm Quốc Tự"),
    ("Hoï vaø teân", "Họ và tên"),
    ("Soá ñieän thoaïi", "Số điện thoại"),
)
TODAY = (
    *("Nguyễn Văn Tú", "Trần Thị Ánh", "Bùi Sơn Hà", "Lê Hòa", "Lê Hoà", "Thò Lan", "Tô Hà", "Đặng Ý", "Ðặng Hà", "Ánh", "Ý"),
    *("René", "Zoé", "Joël", "H'Hen Niê", "Y Blih Niê", "Giàng A Páo", "Lò Văn Ọi", "A · B", "25 °C", "© 2026", "½", ""),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new"), TCVN3)
def test_what_tcvn3_wrote_is_read(old: str, new: str) -> None:
    """On its own, beyond doubt."""
    assert read(old) == (new, Encoding.TCVN3, True)


@pytest.mark.parametrize(("old", "new"), VNI)
def test_what_vni_wrote_is_read(old: str, new: str) -> None:
    """On its own, beyond doubt."""
    assert read(old) == (new, Encoding.VNI, True)


@pytest.mark.parametrize("text", TODAY)
def test_what_makes_sense_today_stays(text: str) -> None:
    """Also names of other peoples and languages, and signs."""
    assert read(text) == (text, Encoding.UNICODE, True)


def test_what_can_be_read_in_two_ways_follows_its_sheet_and_is_asked_about() -> None:
    """Alone "Cao Tó" is a name; among TCVN3 it is rather "Cao Tú"."""
    usual = habit([old for old, _ in TCVN3])
    assert usual is Encoding.TCVN3
    assert read("Cao Tó").text == "Cao Tó"
    assert read("Cao Tó", usual) == ("Cao Tú", Encoding.TCVN3, False)


def test_what_was_pasted_into_an_old_sheet_stays() -> None:
    """A letter that no old font had says that the cell is of today."""
    assert read("Trần Đức Hợp", Encoding.TCVN3).text == "Trần Đức Hợp"
    assert read("0900000101", Encoding.VNI).text == "0900000101"


def test_a_few_cells_make_no_habit() -> None:
    """Two old names among many of today were pasted in."""
    assert habit(["NguyÔn V¨n Tó", "TrÇn ThÞ Hµ", *["Nguyễn Văn Tú"] * 9]) is Encoding.UNICODE


def test_every_letter_has_its_place() -> None:
    """67 marked letters and seven capitals in one table, all 67 and their capitals in the other."""
    letters = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
    assert sorted(_TCVN3.values()) == sorted(letters + "ĂÂÊÔƠƯĐ")
    assert set(_VNI.values()) == set(letters + letters.upper())
    back = {new: old for old, new in _TCVN3.items()}
    assert tcvn3("".join(back[letter] for letter in letters)) == letters
    back = {new: old for old, new in _VNI.items()}
    assert all(vni(back[letter]) == letter for letter in letters)


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("nguyễn", True), ("Khuỷu", True), ("Huỳnh", True), ("quý", True), ("gì", True), ("nguyôn", False), ("vaên", False),
     ("tèt", False), ("bút", True), ("xyz", False), ("", False)],
)  # fmt: skip
def test_syllables(word: str, is_one: bool) -> None:
    """What a Vietnamese could say; before c, ch, p and t only two tones are possible."""
    assert is_syllable(word) is is_one
