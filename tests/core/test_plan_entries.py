"""What rows of a plan say: cells as people fill them, numbers of rounds, the year, and what is wrong or asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from core.plan_columns import STATES, Facts
from core.plan_entries import Entry, Plan, read_tables
from core.plan_table import PLAN
from core.sheet_table import Cell, Sheet, find_table

TODAY = date(2026, 11, 24)
DAY = date(2027, 3, 19)


def read(*rows: Sequence[Cell], name: str = "KH") -> Plan:
    """A plan of one sheet."""
    table = find_table(Sheet(name, rows), PLAN)
    assert table
    return read_tables([table], TODAY)


def entry_of(title: str, cell: Cell) -> Entry:
    """A row with one more column."""
    (entry,) = read(["Đợt", "Ngày", "Địa điểm", title], [1, DAY, "Nhà văn hoá", cell]).entries
    return entry


PART = {"name": "Hiến máu", "opens": "07:00", "closes": "11:30", "place": "Nhà khách", "note": ""}
CELLS: list[tuple[str, Cell, Facts]] = [
    ("Chỉ tiêu", "3.950", {"target": 3950}),
    ("Chỉ tiêu", 250.0, {"target": 250}),
    ("Chỉ tiêu", "-", {"target": None}),
    ("Tỷ lệ dự kiến", 0.8, {"yield_percent": 80}),
    ("Tỷ lệ dự kiến", "80 %", {"yield_percent": 80}),
    ("Sức chứa", "280", {"capacity": 280}),
    ("Giờ", "7 giờ 00 phút đến 11 giờ 30", {"opens": "07:00", "closes": "11:30"}),
    ("Giờ", 0.3125, {"opens": "07:30", "closes": ""}),
    ("Giờ bắt đầu", time(7, 30), {"opens": "07:30"}),
    ("Giờ bắt đầu", "07:30:00", {"opens": "07:30"}),
    ("Giờ kết thúc", "11h30", {"closes": "11:30"}),
    ("Hạn đăng ký", "12/3/2027", {"deadline_on": "2027-03-12"}),
    ("Đơn vị được mời", "Sở Y tế; Tỉnh Đoàn\nSở Y tế", {"units": ["Sở Y tế", "Tỉnh Đoàn"]}),
    ("Đơn vị được mời", "Tất cả", {"units": []}),
    ("Đơn vị chỉ đạo", "- BCĐ tỉnh;\n- BGĐ Công ty", {"leading": ["BCĐ tỉnh", "BGĐ Công ty"]}),
    (
        "Khung giờ",
        "8h30=40; 07:30=40",
        {"slots": [{"starts": "07:30", "capacity": 40}, {"starts": "08:30", "capacity": 40}]},
    ),
    ("Phần", "Hiến máu, 07:00-11:30, Nhà khách", {"parts": [PART]}),
    ("Toạ độ", "21.3856, 103.0169", {"lat": 21.3856, "lon": 103.0169}),
    ("Trạng thái", "Đã đóng", {"state": "closed"}),
    ("Trạng thái", "mở", {"state": "open"}),
    ("Dự kiến", "x", {"tentative": True}),
    ("Dự kiến", "không", {"tentative": False}),
    ("Liên hệ", "cô Hoa\n0900", {"contact": "cô Hoa 0900"}),
    ("Mã đợt", "LC-2027-01", {"code": "LC-2027-01"}),
]


@pytest.mark.parametrize(("title", "cell", "facts"), CELLS, ids=[f"{title} {cell}" for title, cell, _ in CELLS])
def test_cells_are_read_as_people_fill_them(title: str, cell: Cell, facts: Facts) -> None:
    """Words, figures, and what Excel makes of them."""
    entry = entry_of(title, cell)
    assert entry.wrong == ()
    assert {name: entry.facts[name] for name in facts} == facts


WRONG: list[tuple[str, Cell, str]] = [
    ("Chỉ tiêu", "3,950", "check.count_comma"),
    ("Chỉ tiêu", "nhiều", "check.count_unread"),
    ("Chỉ tiêu", "1e400", "check.count_unread"),
    ("Chỉ tiêu", "NaN", "check.count_unread"),
    ("Hạn đăng ký", "29/02/2027", "check.date_no_such_day"),
    ("Hạn đăng ký", "3/19/2027", "check.date_month_first"),
    ("Sức chứa", 0, "import.wrong.capacity"),
    ("Chỉ tiêu", "-1", "check.count_unread"),
    ("Giờ bắt đầu", "24:00", "unclear.time.form"),
    ("Trạng thái", "sắp mở", "import.wrong.state"),
    ("Mã đợt", "LC 2027", "import.wrong.code"),
    ("Liên hệ", "a" * 301, "import.wrong.long"),
]


@pytest.mark.parametrize(
    ("title", "cell", "message"), WRONG, ids=[f"{title} {str(cell)[:9]}" for title, cell, _ in WRONG]
)
def test_what_cannot_be_read_is_said_of_its_column(title: str, cell: Cell, message: str) -> None:
    """The row stays as it is: nothing is guessed."""
    assert [remark.message for remark in entry_of(title, cell).wrong] == [message]


@pytest.mark.parametrize(
    ("cell", "tentative", "asked"),
    [
        ("19/3/2027 (Thứ Sáu)", None, []),
        ("dự kiến 19/3/2027", True, []),
        ("19/3/2027 (T7)", None, ["check.weekday"]),
        ("Thứ Sáu ngày 19 tháng 3 năm 2027", None, []),
    ],
)
def test_the_day_may_have_words_beside_it(cell: str, tentative: bool | None, asked: list[str]) -> None:
    """A weekday is compared, "dự kiến" is kept."""
    (entry,) = read(["Đợt", "Ngày", "Địa điểm"], [1, cell, "Nhà văn hoá"]).entries
    assert (entry.facts["held_on"], entry.facts.get("tentative")) == ("2027-03-19", tentative)
    assert [remark.message for remark in entry.asked] == asked


@pytest.mark.parametrize(
    ("weekday", "asked"),
    [
        ("Thứ Sáu", []),
        ("Sáu", []),
        ("T6", []),
        (6, []),
        (6.0, []),
        (None, []),
        ("Thứ Năm", ["check.weekday"]),
        ("CN", ["check.weekday"]),
        (7, ["check.weekday"]),
    ],
)
def test_a_column_of_weekdays_is_compared_with_the_dates(weekday: Cell, asked: list[str]) -> None:
    """As many plans have it; where it fits, nothing is said of the column."""
    plan = read(["Đợt", "Thứ", "Ngày", "Địa điểm"], [1, weekday, DAY, "Nhà văn hoá"])
    assert plan.asked == () and plan.entries[0].blank == ()
    assert plan.entries[0].facts["held_on"] == "2027-03-19"
    assert [(remark.field, remark.message) for remark in plan.entries[0].asked] == [("held_on", m) for m in asked]


def test_an_empty_cell_says_nothing_and_a_dash_says_none() -> None:
    """So that a form of which half is used changes nothing else."""
    entry = entry_of("Chỉ tiêu", None)
    assert "target" not in entry.facts
    assert entry.blank == ("target",)


HEAD: list[Cell] = ["STT", "Đợt", "Ngày", "Địa điểm"]


@pytest.mark.parametrize(
    ("numbers", "read_as"),
    [
        ([(1, "Đợt 4"), (2, "Đợt 5")], [4, 5]),
        ([(None, "IV"), (None, 5.0)], [4, 5]),
        ([(4, None), (5, None)], [4, 5]),
        ([(1, None), (None, None), (3, None)], [1, 2, 3]),
        ([(None, None), (None, None)], [1, 2]),
    ],
)
def test_every_round_has_a_number(numbers: list[tuple[Cell, Cell]], read_as: list[int]) -> None:
    """Its own, else that of the row, else the next one; of the last it is said."""
    rows = [[counter, number, DAY, "Nhà văn hoá"] for counter, number in numbers]
    plan = read(HEAD, *rows)
    assert [entry.facts["number"] for entry in plan.entries] == read_as
    guessed = [entry.row for entry in plan.entries if entry.asked]
    assert guessed == [row for row, pair in enumerate(numbers, 2) if pair == (None, None)]


def test_one_number_twice_is_wrong() -> None:
    """The second row names the first."""
    plan = read(HEAD, [1, 4, DAY, "Nhà văn hoá"], [2, 4, DAY, "Trạm y tế"])
    assert [[remark.message for remark in entry.wrong] for entry in plan.entries] == [[], ["import.wrong.twice_number"]]
    assert plan.entries[1].wrong[0].params == {"number": 4, "row": 2}


@pytest.mark.parametrize(
    ("above", "days", "year"),
    [
        ("Kế hoạch năm 2021 của tỉnh", ["25/12/2020"], 2021),
        ("Kế hoạch", ["25/12/2020", "15/01/2021", "05/3/2021"], 2021),
        ("Căn cứ Luật số 91/2025/QH15", ["15/01/2021"], 2021),
        ("Căn cứ …", ["ngày nào"], 2026),
    ],
)
def test_the_year_of_the_plan_does_not_hang_on_one_round(above: str, days: list[str], year: int) -> None:
    """Its title says it, else most rounds do."""
    rows = [[n, f"Đợt {n}", day, "Nhà văn hoá"] for n, day in enumerate(days, 1)]
    assert read([above], HEAD, *rows).year == year


def test_a_total_that_is_none_is_asked_about() -> None:
    """7.260 is the sum, 7.620 is not."""
    head: list[Cell] = ["Đợt", "Ngày", "Địa điểm", "Chỉ tiêu"]
    rows: list[list[Cell]] = [[1, DAY, "Nhà văn hoá", "7.000"], [2, DAY, "Trạm y tế", 260]]
    assert read(head, *rows, ["Tổng cộng", None, None, "7.260"]).asked == ()
    (asked,) = read(head, *rows, ["Tổng cộng", None, None, 7620]).asked
    assert (asked.message, asked.params["sum"], asked.params["total"]) == ("check.total", 7260, 7620)


def test_a_plan_goes_through_json_and_comes_back() -> None:
    """With findings whose figures keep their types."""
    rows: list[list[Any]] = [[1, 4, "19/3/2027 (T7)", "A hoặc B"], [2, 4, "31/4/2027", None]]
    plan = read(["năm 2027"], [*HEAD, "Ghi chú"], *[[*row, "gì đó"] for row in rows])
    assert plan.entries[0].asked and plan.entries[1].wrong and plan.asked
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_an_ambiguous_figure_goes_through_json_and_comes_back() -> None:
    """Its decimal is no float: 3,95 stays 3,95."""
    plan = read(["năm 2027"], ["Đợt", "Ngày", "Địa điểm", "Chỉ tiêu"], [1, DAY, "Nhà văn hoá", "3,950"])
    assert plan.entries[0].wrong[0].params["decimal"] == Decimal("3.95")
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_every_state_has_words_of_its_own() -> None:
    """No word means two states."""
    words = [word for words in STATES.values() for word in words]
    assert len(words) == len(set(words))
