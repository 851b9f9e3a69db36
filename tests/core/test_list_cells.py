"""Cells of lists as offices type them: what they say, and what is asked about."""

from __future__ import annotations

from datetime import date, datetime
from unicodedata import normalize

import pytest

from core.list_births import birth_cell, birth_of, sex_and_birth
from core.list_cells import NOTE_LENGTH, blood_cell, count_cell, last_cell, name_cell, note_cell, phone_cell
from core.list_facts import Cell, Draft, Occasion, Said, text_of

TODAY = date(2026, 11, 24)
OCCASION = Occasion(TODAY, 2026)


def asked(said: Said) -> list[str]:
    """The last words of the questions; with ! where nothing can be taken as read."""
    return [doubt.message.rpartition(".")[2] + "!" * doubt.grave for doubt in said.doubts]


@pytest.mark.parametrize(
    ("cell", "name", "questions"),
    [
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh", []),
        (normalize("NFD", "NGUYỄN THỊ ÁNH"), "Nguyễn Thị Ánh", ["caps"]),
        ("nguyễn   thị\u00a0ánh", "Nguyễn Thị Ánh", []),
        ("3. Lê Hoà", "Lê Hoà", []),
        ("Đ/c Lê Văn Hoà", "Lê Văn Hoà", []),
        ("HÀ", "Hà", ["caps_lone"]),
        ("Ý", "Ý", []),
        ("Lê Hà\nTrần An", None, ["name!"]),
        ("Lê Hà (Trưởng phòng)", None, ["name!"]),
        ("=HYPERLINK(1)", None, ["name!"]),
        ("\x00\u202e", None, ["no_name!"]),
        ("x" * 32_768, None, ["name!"]),
        (42, None, ["name!"]),
        (None, None, ["no_name!"]),
    ],
)
def test_names(cell: Cell, name: str | None, questions: list[str]) -> None:
    """Capitals are never mended unasked; what is no name is named as such."""
    said = name_cell(cell)
    assert (said.value, asked(said)) == (name, questions)


@pytest.mark.parametrize(
    ("cell", "born", "year", "precision", "questions"),
    [
        (36, False, 1990, "age", []),
        ("36 tuổi", False, 1990, "age", []),
        (36.0, False, 1990, "age", []),
        (1990, False, 1990, "year", []),
        ("15/3/1990", False, 1990, "date", []),
        (datetime(1990, 3, 15), False, 1990, "date", []),
        ("3/15/1990", False, None, "", ["birth!"]),
        (32947, False, 1990, "date", ["serial"]),
        (88, False, 1988, "year", ["age_or_year"]),
        (90, True, 1990, "year", []),
        (36, True, 1990, "age", ["age_or_year"]),
        (5, False, None, "", ["birth_odd!"]),
        (5, True, 2005, "year", []),
        (150, False, None, "", ["birth_odd!"]),
        (2030, False, None, "", ["birth_odd!"]),
        (True, False, None, "", ["birth_odd!"]),
        ("1e400", False, None, "", ["birth!"]),
        ("29/02/1991", True, None, "", ["birth!"]),
    ],
)
def test_ages_years_and_dates(cell: Cell, born: bool, year: int | None, precision: str, questions: list[str]) -> None:
    """Whatever a column was meant for; an age stands for two years of birth."""
    said = birth_cell(cell, OCCASION, born=born)
    value = said.value or {"y": None, "p": ""}
    assert (value["y"], value["p"], asked(said)) == (year, precision, questions)
    if precision == "age":
        assert [day.year for day in birth_of(value).span()] == [1989, 1990]


@pytest.mark.parametrize(
    ("cells", "sex", "questions"),
    [
        ({"male": 36}, "M", []),
        ({"female": "36"}, "F", []),
        ({"male": 36, "female": 36}, None, ["both!"]),
        ({"male": 36, "female": "-"}, "M", []),
        ({"male": "x", "born": 1990}, "M", []),
        ({"female": "X", "age": 36}, "F", []),
        ({"sex": "Nữ", "age": 36}, "F", []),
        ({"sex": "nam", "born": "1990"}, "M", []),
        ({"sex": "?", "born": 1990}, None, ["sex!"]),
        ({"age": 36}, None, ["no_sex!"]),
        ({"male": "x"}, "M", ["no_birth!"]),
        ({"male": 36, "sex": "nữ"}, None, ["sexes!"]),
        ({"sex": "nam", "age": 36, "born": 1990}, "M", []),
        ({"sex": "nam", "age": 36, "born": 1980}, "M", ["births"]),
    ],
)
def test_two_columns_of_ages_ticks_and_columns_of_sex(
    cells: dict[str, Cell], sex: str | None, questions: list[str]
) -> None:
    """What contradicts itself is asked about."""
    draft = Draft()
    sex_and_birth(cells, OCCASION, draft)
    assert (draft.facts.get("sex"), asked(Said(doubts=tuple(draft.doubts)))) == (sex, questions)


@pytest.mark.parametrize(("name", "cells", "questions"), [
    ("Trần Thị Hoa", {"male": 30}, ["other_sex"]), ("Trần Thị Hoa", {"female": 30}, []), ("Trần Văn Hoa", {"female": 30}, ["other_sex"]),
    ("Văn Thị Hoa", {"female": 30}, []), ("Văn Hoa", {"female": 30}, []),
])  # fmt: skip
def test_an_age_under_the_wrong_sex_is_asked_about(name: str, cells: dict[str, Cell], questions: list[str]) -> None:
    """A middle name is good enough to ask, never to decide."""
    draft = Draft({"name": name})
    sex_and_birth(cells, OCCASION, draft)
    assert asked(Said(doubts=tuple(draft.doubts))) == questions


@pytest.mark.parametrize(
    ("cell", "phone", "questions", "notes"),
    [
        ("0900 000 101", "+84900000101", [], []),
        (900000101, "+84900000101", [], ["zero"]),
        (900000101.0, "+84900000101", [], ["zero"]),
        ("+84 900.000.101", "+84900000101", [], []),
        ("O9OO 000 1O1", "+84900000101", [], []),
        ("01680000105", "+84380000105", [], ["old_number"]),
        ("0900000101 (zalo)", "+84900000101", [], []),
        ("0205 3812 345", "+842053812345", [], []),
        ("0900000101/0900000102", "+84900000101", ["phones"], []),
        ("0900000101 0900000102", "+84900000101", ["phones"], []),
        ("0900000101\n0900000102", "+84900000101", ["phones"], []),
        ("0900000101 - 0900000101", "+84900000101", [], []),
        ("12345", None, ["phone"], []),
        ("9.00E+08", None, ["phone"], []),
        ("+1 202 555 0100", None, ["phone"], []),
        ("không có", None, [], []),
        (None, None, [], []),
    ],
)
def test_phones(cell: Cell, phone: str | None, questions: list[str], notes: list[str]) -> None:
    """What Excel did to a number is undone and told; of two numbers somebody chooses."""
    said = phone_cell(cell)
    told = [note.rpartition(".")[2] for note in said.notes]
    assert (said.value, asked(said), told) == (phone, questions, notes)


@pytest.mark.parametrize(
    ("cell", "count"),
    [(0, 0), ("0", 0), (3.0, 3), ("03 lần", 3), ("lần đầu", 0), ("chưa", 0), (None, None), ("-", None)],
)
def test_an_empty_count_is_not_zero(cell: Cell, count: int | None) -> None:
    """It says nothing."""
    assert count_cell(cell) == Said(count)


@pytest.mark.parametrize("cell", ["nhiều", 2.5, -1, True, "1e400", "NaN", 500, date(2026, 1, 1)])
def test_a_count_that_is_none_is_asked_about(cell: Cell) -> None:
    """And nothing is taken from it."""
    said = count_cell(cell)
    assert (said.value, asked(said)) == (None, ["donations"])


@pytest.mark.parametrize(
    ("cell", "facts", "questions"),
    [("O+", {"abo": "O", "rh": "+"}, []), ("Rh-", {"abo": "?", "rh": "-"}, []), ("chưa rõ", {}, []),
     ("nhóm máu A", {"abo": "A", "rh": "?"}, []), ("XYZ", {}, ["blood"]), (None, {}, [])],
)  # fmt: skip
def test_blood_groups(cell: Cell, facts: dict[str, str], questions: list[str]) -> None:
    """As far as they are said."""
    draft = Draft()
    blood_cell(cell, draft)
    assert (draft.facts, asked(Said(doubts=tuple(draft.doubts)))) == (facts, questions)


@pytest.mark.parametrize(
    ("cell", "last", "questions"),
    [(date(2026, 5, 1), "2026-05-01", []), ("tháng 9/2026", "2026-09", []), ("2025", "2025", []), ("1/1/2027", None, ["last_future"]),
     ("lâu rồi", None, ["last"])],
)  # fmt: skip
def test_last_donations(cell: Cell, last: str | None, questions: list[str]) -> None:
    """As far as they are said, and never in the future."""
    said = last_cell(cell, OCCASION)
    assert (said.value, asked(said)) == (last, questions)


@pytest.mark.parametrize(
    ("text", "kept", "note"),
    [
        ("Đi xe cơ quan", "Đi xe cơ quan", []),
        ("CCCD 001090000001", None, ["papers"]),
        ("cmnd 123 456 789", None, ["papers"]),
        ("gọi chồng 0900000109", None, ["papers"]),
        ("Huyết áp cao", None, ["health"]),
        ("đang uống thuốc", None, ["health"]),
        ("Viêm gan B", None, ["health"]),
        ("a" * 500, "a" * NOTE_LENGTH, ["cut"]),
    ],
)
def test_remarks_keep_no_papers_and_no_health(text: str, kept: str | None, note: list[str]) -> None:
    """And that they do not is said."""
    said = note_cell(text)
    assert (said.value, [told.rpartition(".")[2] for told in said.notes]) == (kept, note)


def test_a_cell_is_a_line_without_what_is_invisible() -> None:
    """Whole numbers have no point; marks for nothing are nothing."""
    assert [text_of(cell) for cell in (3.0, "a\x0bb\u200b", "-", None, " … ")] == ["3", "a b", "", "", ""]
