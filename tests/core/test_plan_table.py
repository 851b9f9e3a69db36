"""The table of a plan is found wherever people put it, and nothing that is no round is taken for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from core.plan_table import PLAN
from core.sheet_table import Cell, Sheet, find_table

Rows = Sequence[Sequence[Cell]]
DAY = date(2027, 3, 19)
HEAD: list[Cell] = ["STT", "Ngày", "Địa điểm", "Chỉ tiêu"]
ROW: list[Cell] = [1, DAY, "Nhà văn hoá", 100]


def rows_of(rows: Rows, merges: Sequence[tuple[int, int, int, int]] = ()) -> list[int]:
    """Numbers of the rows that are rounds."""
    table = find_table(Sheet("KH", rows, merges), PLAN)
    return [line.row for line in table.lines] if table else []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Chỉ tiêu (đơn vị máu)", "target"),
        ("CHI TIEU", "target"),
        ("Số đơn vị máu dự kiến", "target"),
        ("Thời gian tổ chức", "held_on"),
        ("Nga\u0300y", "held_on"),
        ("ngày/tháng", "held_on"),
        ("Địa điểm\ntổ chức hiến máu", "place"),
        ("Đơn vị phối hợp chỉ đạo", "leading"),
        ("Đơn vị chỉ đạo", "leading"),
        ("Đơn vị thực hiện", "executing"),
        ("Đơn vị được mời tham gia", "units"),
        ("Đợt", "number"),
        ("Đợt/dịp", "occasion"),
        ("TT", "counter"),
        ("Số", "counter"),
        ("Nơi", "place"),
        ("Start time", "opens"),
        ("Deadline (last day)", "deadline_on"),
        ("Ghi chú", ""),
        ("Đơn vị", ""),
        ("", ""),
        ("Tên người lập bảng", ""),
    ],
)
def test_titles_of_columns_mean_something(title: str, name: str) -> None:
    """With and without diacritics, composed or not, with what stands in brackets or behind; "Đơn vị" alone is not guessed at."""
    assert PLAN.field_of(title) == name


def test_no_title_means_two_columns() -> None:
    """Every alias stands in one row of the table."""
    all_ = [alias for aliases in PLAN.titles.values() for alias in aliases]
    assert len(all_) == len(set(all_))


@pytest.mark.parametrize("above", [0, 1, 7, 40])
@pytest.mark.parametrize("left", [0, 3])
def test_lines_above_and_columns_before_do_not_matter(above: int, left: int) -> None:
    """An emblem, a number, a legal basis; an empty margin."""
    margin: list[Cell] = [None] * left
    rows = [["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"], *[["Căn cứ …"]] * (above - 1)][:above]
    assert rows_of([*rows, [*margin, *HEAD], [*margin, *ROW]]) == [above + 2]


def test_two_rows_of_titles_are_read_together() -> None:
    """The hours over their beginning and end; titles that reach over both rows."""
    rows: Rows = [
        ["Đợt", "Ngày", "Giờ", None, "Địa điểm"],
        [None, None, "Bắt đầu", "Kết thúc", None],
        [1, DAY, "7h", "11h", "Nhà văn hoá"],
    ]
    table = find_table(Sheet("KH", rows, [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)]), PLAN)
    assert table
    assert table.columns == {"number": 0, "held_on": 1, "opens": 2, "closes": 3, "place": 4}
    assert [line.row for line in table.lines] == [3]


def test_a_cell_over_several_rows_counts_for_each() -> None:
    """One place for three rounds, merged; the same in every row."""
    rows: Rows = [HEAD, [1, DAY, "Nhà văn hoá", 100], [2, DAY, None, 90], [3, DAY, None, 80]]
    table = find_table(Sheet("KH", rows, [(1, 2, 3, 2)]), PLAN)
    assert table
    assert [line.cells["place"] for line in table.lines] == ["Nhà văn hoá"] * 3


NO_ROUNDS: dict[str, list[Cell]] = {
    "empty": [None, None, None, None],
    "blank": [" ", None, "", None],
    "numbers of columns": ["(1)", "(2)", "(3)", "(4)"],
    "letters of columns": ["A", "1", "2", "3"],
    "titles again": list(HEAD),
    "total": ["Tổng cộng", None, None, 300],
    "heading": ["Tháng 3: Ngày thành lập Đoàn", None, None, None],
}


@pytest.mark.parametrize("between", NO_ROUNDS.values(), ids=NO_ROUNDS)
def test_rows_that_are_no_rounds_are_passed_over(between: list[Cell]) -> None:
    """And those behind them are still read."""
    assert rows_of([HEAD, ROW, between, [2, DAY, "Trạm y tế", 80]]) == [2, 4]


@pytest.mark.parametrize(
    "below",
    [
        ["Nơi nhận:", None, "TM. BAN CHỈ ĐẠO", None],
        ["Người lập bảng", None, "Giám đốc", None],
        ["Ghi chú: ngày có thể đổi", None, None, None],
        ["TM. ỦY BAN", None, None, None],
    ],
)
def test_what_stands_below_is_left_alone(below: list[Cell]) -> None:
    """Signatures, notes, and whatever follows them."""
    assert rows_of([HEAD, ROW, below, [None, None, "Nguyễn Văn Mẫu", None]]) == [2]


def test_a_heading_names_the_occasion_of_the_rows_below_it() -> None:
    """Until the next one."""
    rows: Rows = [HEAD, ["Xuân Hồng"], ROW, ["Tháng Thanh niên"], ROW, ROW]
    table = find_table(Sheet("KH", rows), PLAN)
    assert table
    assert [line.section for line in table.lines] == ["Xuân Hồng", "Tháng Thanh niên", "Tháng Thanh niên"]


def test_columns_that_are_not_read_are_named() -> None:
    """One that says what another says already, one that nobody understands; an empty one is nobody's business."""
    rows: Rows = [[*HEAD, "Ngày tổ chức", "Ghi chú", "Kinh phí"], [*ROW, DAY, "đẹp trời", None]]
    table = find_table(Sheet("KH", rows), PLAN)
    assert table
    assert (table.twice, table.unread) == (("Ngày tổ chức",), ("Ghi chú",))


def test_a_row_that_says_nothing_of_a_round_is_named() -> None:
    """It is not silently dropped."""
    table = find_table(Sheet("KH", [HEAD, ROW, [7, None, None, None], [8, DAY, None, None]]), PLAN)
    assert table
    assert table.skipped == (3,)
    assert [line.row for line in table.lines] == [2, 4]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[None] * 5] * 3,
        [["Ngày tổ chức họp là ngày mai"], ["Địa điểm: Hội trường"]],
        [["STT", "Họ và tên", "Đơn vị", "Số điện thoại"], [1, "Nguyễn Văn Mẫu", "Sở Mẫu", "0900"]],
        [["STT", "Địa điểm", "Chỉ tiêu"], [1, "Nhà văn hoá", 100]],
    ],
)
def test_other_tables_are_no_plans(rows: Rows) -> None:
    """A list of people, prose, and a table without days."""
    assert find_table(Sheet("KH", rows), PLAN) is None


def test_the_printed_total_is_kept() -> None:
    """To be compared with the sum of the rows."""
    table = find_table(Sheet("KH", [HEAD, ROW, ["Cộng", None, None, "7.260"]]), PLAN)
    assert table and table.totals["target"] == "7.260"
