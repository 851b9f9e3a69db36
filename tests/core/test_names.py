"""Every real name is taken and kept; what is none is refused with its reason."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.names import LONGEST, MOST_WORDS, mask_name, read_name
from core.unclear import Unclear


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("NGUYỄN THỊ ÁNH HOÀ", "Nguyễn Thị Ánh Hoà"),
        ("nguyễn thị ánh hòa", "Nguyễn Thị Ánh Hòa"),
        (unicodedata.normalize("NFD", "NGUYỄN THỊ ÁNH HÒA"), "Nguyễn Thị Ánh Hòa"),
        ("  Trần \t Đức ", "Trần Đức"),
        ("trần đức\n", "Trần Đức"),
        ("Ý", "Ý"),
        ("ú", "Ú"),
        ("Giàng A Páo", "Giàng A Páo"),
        ("Lò Thị Ơn", "Lò Thị Ơn"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("H’HEN NIÊ", "H'Hen Niê"),
        ("k'sor", "K'Sor"),
        ("Y-BHIU", "Y-Bhiu"),
        ("H' Hen", "H' Hen"),
        ("Y Ê̆ Ban", "Y Ê̆ Ban"),
        ("Nguyễn văn An", "Nguyễn văn An"),
        ("ÐÀO THỊ Ơn", "ĐÀO THỊ Ơn"),
        ("Ｔｒần An", "Trần An"),
        ("Nguyễn\u202e An\u200b", "Nguyễn An"),
        ("Nguyễn\x00 Văn\x0bAn", "Nguyễn Văn An"),
        ("Tôi tên là Lò Thị Ơn ạ", "Lò Thị Ơn"),
        ("Họ và tên: nguyễn văn an", "nguyễn văn an".title()),
        ("My name is Anna Weiß", "Anna Weiß"),
        ("Nguyễn Văn An.", "Nguyễn Văn An"),
        ("một hai ba bốn năm sáu bảy", "Một Hai Ba Bốn Năm Sáu Bảy"),
    ],
)
def test_real_names_are_taken(typed: str, name: str) -> None:
    """One case becomes title case, mixed case stays, and all is NFC."""
    assert read_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" \t \u200b\u3164 ", "empty"),
        ("/start", "command"),
        ("Nguyễn An\nTrần Bình", "lines"),
        ("a" * (LONGEST + 1), "long"),
        ("An " * 3_333, "long"),
        ("một hai ba bốn năm sáu bảy tám", "words"),
        ("An 2", "digits"),
        ("0912345678", "digits"),
        ("An Ⅸ", "digits"),
        ("http://an.vn", "link"),
        ("www.an.vn", "link"),
        ("t.me/an", "link"),
        ("something.com", "link"),
        ("@nguyenan", "link"),
        ("an@example.com", "link"),
        ("😀", "symbols"),
        ("An 🇻🇳", "symbols"),
        ("=1+1", "symbols"),
        ("\t=1", "symbols"),
        ("=HYPERLINK(A1)", "symbols"),
        ("+84912345678", "symbols"),
        ("-1", "symbols"),
        ("-An", "symbols"),
        ("@SUM(A1)", "symbols"),
        ("<b>An</b>", "symbols"),
        ("<a href", "symbols"),
        ("'; DROP TABLE", "symbols"),
        ("{user.token}", "symbols"),
        ("%s", "symbols"),
        ("An_Bình", "symbols"),
        ("Nguyễn - An", "symbols"),
        ("A\u0301\u0301\u0301\u0301\u0301\u0301n", "symbols"),
        ("Иван", "script"),
        ("王小明", "script"),
        ("\u202eمحمد", "script"),
        ("NguyÔn Hoa", "encoding"),
        ("ThÞ Hoa", "encoding"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(typed: str, reason: str) -> None:
    """The form can say what is wrong with this answer, not only that it is."""
    with pytest.raises(Unclear) as caught:
        read_name(typed)
    assert caught.value.reason == f"unclear.name.{reason}"


VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
words = st.text(VIETNAMESE + VIETNAMESE.upper(), min_size=1, max_size=7)
parts = st.one_of(words, st.builds("{}'{}".format, words, words), st.builds("{}-{}".format, words, words))
# Joined without a capital inside a word, which is how text of an old font looks.
names = st.lists(parts.map(str.lower) | parts.map(str.upper) | parts.map(str.title), min_size=1, max_size=5).map(
    " ".join
)


@given(names.filter(lambda name: len(name) <= LONGEST))
def test_names_round_trip(typed: str) -> None:
    """A name that was read reads as itself, and typing it composed or decomposed makes no difference."""
    name = read_name(typed)
    assert read_name(name) == name
    assert read_name(unicodedata.normalize("NFD", typed)) == name
    assert name.lower() == unicodedata.normalize("NFC", typed).lower()


@given(st.text())
def test_any_text_is_a_name_or_unclear(text: str) -> None:
    """Nothing breaks reading; what is taken reads as itself and never begins as a formula does."""
    try:
        name = read_name(text)
    except Unclear:
        return
    assert read_name(name) == name
    assert name[0] not in "=+-@/" and len(name) <= LONGEST and len(name.split()) <= MOST_WORDS


def test_another_persons_eyes_see_initials() -> None:
    """Enough to tell people of one unit apart; a name of one word stays."""
    assert [mask_name(name) for name in ("Nguyễn Thị Ánh", "Hà", "Đặng Thu Hà")] == ["N. T. Ánh", "Hà", "Đ. T. Hà"]
