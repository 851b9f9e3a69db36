"""Text is kept clean, matched without marks and ordered the Vietnamese way."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vietnamese import CLDR_TONES, SCHOOL_TONES, bare, fold, name_match_key, name_sort_key, narrow, nfc, sort_key

# Source: domain note 9.1, the order of ICU 78 `vi`.
RIGHT_ORDER = ["An", "Ánh", "Ấn", "Bình", "Cường", "Dũng", "Đạt", "Đức", "Hà", "Hạ", "Hằng", "Uyên", "Ước", "Ý", "Yến"]
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
MARKS = ["", *CLDR_TONES]
syllables = st.builds(
    lambda start, vowel, mark, end: start + unicodedata.normalize("NFC", vowel + mark) + end,
    st.text(ALPHABET, max_size=2),
    st.sampled_from("aăâeêioôơuưy"),
    st.sampled_from(MARKS),
    st.text(ALPHABET, max_size=2),
)
phrases = st.lists(syllables, min_size=1, max_size=4).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn \t Văn\nAn ", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Nguyễn"), "Nguyễn"),
        ("A\x00n\x0bB\x7f", "An B"),
        ("An\u202eBình\u200b\ufeff", "AnBình"),
        ("\ud800An", "An"),
        ("\u3164\u2800", ""),
        ("Giọt  Hồng", "Giọt Hồng"),
    ],
)
def test_kept_text_is_one_clean_line(typed: str, kept: str) -> None:
    """Controls, NUL, bidi overrides, zero width and lone surrogates go; spaces collapse; letters are composed."""
    assert nfc(typed) == kept


@given(st.text())
def test_clean_text_stays_as_it_is(text: str) -> None:
    """Cleaning twice is cleaning once, whatever was typed, and what is left can be stored."""
    once = nfc(text)
    assert nfc(once) == once
    assert once.encode().decode() == once


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đức ĐẠT", "duc dat"),
        ("Hoà", fold("Hòa")),
        ("Thuý", fold("Thúy")),
        ("ＡＢ＋", "ab+"),
        ("H’Hen", "h'hen"),
        ("O\u2212", "o-"),
        ("Ðông", "dong"),
        ("Sở Y  tế", "so y te"),
        ("m²", "m²"),
    ],
)
def test_folding_forgets_marks_case_and_tone_placement(typed: str, folded: str) -> None:
    """What differs only in how it is typed folds to the same."""
    assert fold(typed) == folded


@given(st.text())
def test_folding_is_stable_and_ignores_the_normal_form(text: str) -> None:
    """Folding twice is folding once; NFC and NFD fold alike."""
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_a_flood_of_strange_letters_folds_without_filling_the_memory() -> None:
    """Characters beyond the table's size are still folded."""
    assert fold("".join(map(chr, range(0x4E00, 0x9FFF))) + "Đ").endswith("d")


def test_courtesy_at_the_ends_is_not_part_of_an_answer() -> None:
    """The polite particle would otherwise fold to the letter a."""
    assert bare("Dạ, nhóm O ạ.") == "nhom o"
    assert bare("nhóm A") == "nhom a"


def test_full_width_signs_become_ascii() -> None:
    """A Japanese keyboard's digits are digits."""
    assert narrow("０９１２ Ａ") == "0912 A"


def test_names_of_the_domain_note_come_in_the_right_order() -> None:
    """Letters decide first, tones second, as in ICU's Vietnamese."""
    shuffled = random.Random(7).sample(RIGHT_ORDER, len(RIGHT_ORDER))
    assert sorted(shuffled, key=sort_key) == RIGHT_ORDER
    assert sorted(shuffled, key=lambda word: sort_key(word).encode()) == RIGHT_ORDER


def test_tones_follow_the_order_asked_for() -> None:
    """CLDR puts the acute after hook and tilde, school before them."""
    tones = ["má", "mạ", "mã", "mà", "mả", "ma"]
    assert sorted(tones, key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(tones, key=lambda word: sort_key(word, SCHOOL_TONES)) == ["ma", "mà", "má", "mả", "mã", "mạ"]


def test_tones_count_only_after_all_letters() -> None:
    """Hạ An comes between the Hà's when the whole is one text."""
    assert sorted(["Hà Yến", "Hạ An", "Hà An"], key=sort_key) == ["Hà An", "Hạ An", "Hà Yến"]


def test_space_signs_digits_letters_and_foreign_letters_have_their_place() -> None:
    """Every text has a place, and a stable one."""
    assert sorted(["aЖ", "ă", "az", "a1", "a-b", "a b", "a", "Ж", "z"], key=sort_key) == (
        ["a", "a b", "a-b", "a1", "az", "aЖ", "ă", "z", "Ж"]
    )


def _reference(text: str) -> tuple[list[int], list[int]]:
    """The order said plainly: places in the alphabet, then tones."""
    places, tones = [], []
    for letter in text:
        marks = [c for c in unicodedata.normalize("NFD", letter) if c in CLDR_TONES]
        plain = "".join(c for c in unicodedata.normalize("NFD", letter) if c not in CLDR_TONES)
        places.append((" " + ALPHABET).index(unicodedata.normalize("NFC", plain)))
        tones.append(CLDR_TONES.index(marks[0]) + 1 if marks else 0)
    return places, tones


@given(phrases, phrases)
def test_keys_compare_as_the_alphabet_does(one: str, other: str) -> None:
    """For any two texts the bytes of the keys say what places and tones say."""
    assert (sort_key(one) < sort_key(other)) == (_reference(one) < _reference(other))


@given(st.text())
def test_keys_are_ascii_for_any_text(text: str) -> None:
    """A binary collation can order the column."""
    assert sort_key(text).isascii()
    assert name_sort_key(text).isascii()


@given(phrases, phrases)
def test_people_are_ordered_part_by_part(one: str, other: str) -> None:
    """Given name, then family, then middle, each wholly before the next (domain note 9.2)."""

    def parts(name: str) -> tuple[tuple[list[int], list[int]], ...]:
        words = name.split()
        return tuple(_reference(part) for part in (words[-1], *(words[:1] if words[1:] else []), " ".join(words[1:-1])))

    assert (name_sort_key(one) < name_sort_key(other)) == (parts(one) < parts(other))


def test_people_of_one_given_name_are_ordered_by_family() -> None:
    """Comparing whole names would put Hạ An between Hà An and Hà Yến by luck and Trần before An by mistake."""
    people = ["Trần Thị An", "Nguyễn Văn An", "Nguyễn An", "An", "Lê Văn Ánh", "Bùi Bình"]
    assert sorted(people, key=name_sort_key) == [
        "An",
        "Nguyễn An",
        "Nguyễn Văn An",
        "Trần Thị An",
        "Lê Văn Ánh",
        "Bùi Bình",
    ]


@pytest.mark.parametrize(
    "typed",
    ["Nguyễn Thị Ánh", "nguyen thi anh", "NGUYỄN THỊ ÁNH", "Nguyê\u0303n Thi\u0323 A\u0301nh", "nguyễn thi ánh"],
)
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    """With marks, without, with some, in capitals, decomposed."""
    assert name_match_key(typed) == "anh nguyen thi"


def test_names_that_differ_by_a_letter_are_not_the_same() -> None:
    """Only tones and hats are left out; of middle names the space stays."""
    assert len({name_match_key(name) for name in ("Lò Văn An", "Lò Văn Anh", "Lò Vinh Ân", "Lò Văn A Páo")}) == 4
