"""Cells of a plan: read as officers write them, and asked about wherever they may say something else."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.findings import Weekday
from core.plan_cells import (
    Cell,
    Hours,
    Places,
    PlanDay,
    Read,
    count_cell,
    date_cell,
    hours_cell,
    list_cell,
    percent_cell,
    place_cell,
    yes_cell,
)
from tests.questions import questions

TODAY = date(2020, 12, 1)


def codes(read: Read[object]) -> list[str]:
    """What is asked; each question can be said in every language."""
    assert all(questions(finding) for finding in read.findings)
    return [finding.code for finding in read.findings]


def day(cell: Cell) -> Read[PlanDay]:
    """A date of the plan for 2021."""
    return date_cell(cell, today=TODAY, plan_year=2021)


@pytest.mark.parametrize(
    ("cell", "count"),
    [("250", 250), (" 250 ", 250), ("3.950", 3950), (3950, 3950), (3950.0, 3950), ("250 đơn vị máu", 250), ("200 đv", 200),
     ("Chỉ tiêu: 250 đơn vị máu.", 250),
     ("1.748.935", 1_748_935), ("250.", 250), ("２５０", 250), ("", None), (None, None), ("-", None), ("–", None), ("…", None)],
)  # fmt: skip
def test_a_count_is_read_without_a_question(cell: Cell, count: int | None) -> None:
    """Dots group thousands; an empty cell or a dash is no count, and not 0."""
    assert count_cell(cell) == Read(count)


@pytest.mark.parametrize(
    ("cell", "count"),
    [("≥ 700", 700), (">=700", 700), ("khoảng 250", 250), ("~250", 250), ("từ 700 người trở lên", 700), ("ít nhất 150", 150),
     ("dự kiến 3.950", 3950), ("700+", 700), ("200 (dự kiến)", 200), ("từ 150 người đăng ký trở lên", 150)],
)  # fmt: skip
def test_a_rough_count_is_taken_and_asked_about(cell: str, count: int) -> None:
    """The figure stands in the plan, and the officer sees how it was read."""
    read = count_cell(cell)
    assert (read.value, codes(read)) == (count, ["count_about"])
    assert read.findings[0].params == {"typed": cell, "value": count} and not read.findings[0].grave


@pytest.mark.parametrize(
    ("cell", "code", "params"),
    [
        ("3,950", "count_comma", {"whole": 3950, "decimal": Decimal("3.95"), "plain": "3950"}),
        ("1,000", "count_comma", {"whole": 1000, "decimal": Decimal(1), "plain": "1000"}),
        (3.95, "count_fraction", {"typed": "3,95"}),
        ("3.95", "count_fraction", {}),
        ("250,5", "count_fraction", {}),
        ("550-650", "count_range", {"low": "550", "high": "650"}),
        ("từ 550 đến 650 đơn vị", "count_range", {"low": "550", "high": "650"}),
        ("chưa có", "count_unread", {}),
        ("-5", "count_unread", {}),
        ("hai trăm", "count_unread", {}),
        ("100 + 150", "count_unread", {}),
        ("99999999", "count_unread", {}),
        (datetime(2021, 4, 7), "count_unread", {}),
        (True, "count_unread", {}),
    ],
)
def test_a_doubtful_count_is_never_taken(cell: Cell, code: str, params: dict[str, object]) -> None:
    """3,950 may be 3950 or 3.95: who wrote it knows."""
    read = count_cell(cell)
    assert (read.value, codes(read)) == (None, [code])
    assert read.findings[0].grave
    assert params.items() <= dict(read.findings[0].params).items()


@pytest.mark.parametrize(
    ("cell", "percent", "asked"),
    [("80%", 80, []), ("80 %", 80, []), (80, 80, []), (0.8, 80, []), ("0,8", 80, []), ("100%", 100, []), ("1%", 1, ["percent_about"]),
     (1, 100, ["percent_about"]), ("78,6%", 79, ["percent_about"]), (0.786, 79, ["percent_about"]), (None, None, []),
     ("150%", None, ["percent_unread"]), (0, None, ["percent_unread"]), ("67-93%", None, ["percent_unread"]),
     (True, None, ["percent_unread"])],
)  # fmt: skip
def test_a_share_is_whole_percent(cell: Cell, percent: int | None, asked: list[str]) -> None:
    """As it is typed or as Excel keeps it; rounding, and what could be 1 % or 100 %, is asked about."""
    read = percent_cell(cell)
    assert (read.value, codes(read)) == (percent, asked)


@pytest.mark.parametrize(
    "cell",
    ["19/3/2021", "19/3/2021 (T6)", "19/03/2021 (Thứ Sáu)", "Thứ Sáu, ngày 19/3/2021", "thu 6, 19-3-2021", "T6 19.3.2021",
     "ngày 19 tháng 3 năm 2021", "2021-03-19", "Friday 19/3/2021", "19/3/21", date(2021, 3, 19), datetime(2021, 3, 19, 8)],
)  # fmt: skip
def test_a_date_is_read_day_first(cell: Cell) -> None:
    """With or without weekday, and as Excel keeps it."""
    assert day(cell) == Read(PlanDay(date(2021, 3, 19)))


@pytest.mark.parametrize(
    "cell",
    [
        "dự kiến 07/4/2021",
        "07/4/2021 (dự kiến)",
        "Dự kiến ngày 07/4/2021 (T4)",
        "Thời gian dự kiến tổ chức: 07/4/2021.",
        "DK: 7/4/2021",
    ],
)
def test_a_tentative_date_says_so(cell: str) -> None:
    """The words "dự kiến" belong to the date."""
    assert day(cell) == Read(PlanDay(date(2021, 4, 7), tentative=True))


@pytest.mark.parametrize(
    ("cell", "taken", "code", "params"),
    [
        ("Thứ Năm, ngày 19/3/2021", date(2021, 3, 19), "weekday", {"said": Weekday(3), "real": Weekday(4)}),
        ("07/4/2021 (T6)", date(2021, 4, 7), "weekday", {"said": Weekday(4), "real": Weekday(2)}),
        ("04/07/2021 (T4)", date(2021, 7, 4), "weekday_month_first", {"swapped": date(2021, 4, 7), "real": Weekday(6)}),
        ("10/10//2024", date(2024, 10, 10), "date_typo", {"date": date(2024, 10, 10)}),
        ("25/3", date(2021, 3, 25), "date_year_taken", {"date": date(2021, 3, 25)}),
        ("12/25/2020", None, "date_month_first", {"date": date(2020, 12, 25)}),
        ("tháng 4/2021", None, "date_no_day", {}),
        ("30/2/2021", None, "date_no_such_day", {}),
        ("29/2", None, "date_no_such_day", {}),
        ("31/13/2021", None, "date_no_such_day", {}),
        ("14/6/1821", None, "date_year", {}),
        ("07-09/4/2021", None, "date_unread", {}),
        ("hôm nay", None, "date_unread", {}),
        (44195, None, "date_unread", {}),
        (time(7, 30), None, "date_unread", {}),
    ],
)
def test_a_doubtful_date_is_asked_about(cell: Cell, taken: date | None, code: str, params: dict[str, object]) -> None:
    """Where it can be read, as it stands; where it cannot, not at all."""
    read = day(cell)
    assert (read.value and read.value.day, codes(read)) == (taken, [code])
    assert {"typed", *params} <= read.findings[0].params.keys()
    assert params.items() <= dict(read.findings[0].params).items()
    assert read.findings[0].grave is (taken is None)


def test_a_date_without_year_needs_the_plan_s() -> None:
    """And where nobody says of which year the plan is, it is not taken."""
    read = date_cell("25/3", today=TODAY)
    assert (read.value, codes(read)) == (None, ["date_no_year"])


def test_two_things_may_be_wrong_with_one_date() -> None:
    """Each has its question."""
    assert codes(day("Thứ Hai, 19//3/2021")) == ["date_typo", "weekday"]


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("07 giờ 00 phút đến 11 giờ 30", Hours("07:00", "11:30")), ("7h30-11h30", Hours("07:30", "11:30")),
     ("08:00–09:00", Hours("08:00", "09:00")), ("Từ 07 giờ 00 phút đến 11 giờ 30 phút, ngày 03/11/2024", Hours("07:00", "11:30")),
     ("từ 7h30 sáng", Hours("07:30")), (time(7, 30), Hours("07:30")), ("7h", Hours("07:00")),
     ("7g30 - 11g", Hours("07:30", "11:00")), ("7h30’-11h30’", Hours("07:30", "11:30")), ("11h30-7h", Hours("11:30", "07:00")),
     ("", None)],
)  # fmt: skip
def test_hours_are_read(cell: Cell, hours: Hours | None) -> None:
    """However they are written; whether they are in order is asked of the whole round."""
    assert hours_cell(cell) == Read(hours)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("8h-11h; 13h30-16h", "hours_several"), ("7h-9h-11h", "hours_several"), ("25:00", "hours_unread"), ("sáng", "hours_unread"),
     ("2h chiều", "hours_unread"), (730, "hours_unread")],
)  # fmt: skip
def test_doubtful_hours_are_not_taken(cell: Cell, code: str) -> None:
    """Two spans are two parts; "2h chiều" is two or fourteen."""
    read = hours_cell(cell)
    assert (read.value, codes(read)) == (None, [code])


def test_a_place_may_have_alternatives() -> None:
    """Of "A hoặc B" the first is the place; each name stands there once."""
    two = "Bệnh viện Đa khoa tỉnh Lai Châu hoặc Công ty Điện lực tỉnh."
    assert place_cell(two) == Read(Places("Bệnh viện Đa khoa tỉnh Lai Châu", ("Công ty Điện lực tỉnh",)))
    assert place_cell("Nhà A Hoặc nhà B hoặc Nhà A") == Read(Places("Nhà A", ("nhà B",)))
    assert place_cell("TTYT huyện Sìn Hồ") == Read(Places("TTYT huyện Sìn Hồ"))
    assert place_cell("  ") == Read(None)


def test_lists_are_split_at_semicolons_and_lines() -> None:
    """Commas belong to names; bullets and doubles go."""
    cell = "- BCĐ tỉnh;\n+ Đoàn Khối các cơ quan, doanh nghiệp; ; 3. Sở Y tế.\nBCĐ tỉnh"
    assert list_cell(cell) == Read(("BCĐ tỉnh", "Đoàn Khối các cơ quan, doanh nghiệp", "Sở Y tế"))
    assert list_cell(None) == Read(())


@pytest.mark.parametrize(
    ("cell", "yes"),
    [("x", True), ("X", True), ("có", True), ("Dự kiến", True), (True, True), (1, True), ("không", False), ("Chính thức", False),
     (False, False), (0, False), ("", None), (None, None)],
)  # fmt: skip
def test_a_tick_is_yes(cell: Cell, yes: bool | None) -> None:
    """An empty cell is neither yes nor no."""
    assert yes_cell(cell) == Read(yes)


def test_what_is_neither_yes_nor_no_is_asked_about() -> None:
    """Not guessed."""
    assert codes(yes_cell("có thể")) == ["yes_unread"]


def test_a_page_in_a_cell_is_quoted_by_its_beginning() -> None:
    """A question stays a question."""
    typed = str(day("07/4/2021 và " + "các ngày khác " * 40).findings[0].params["typed"])
    assert typed.startswith("07/4/2021 và các") and typed.endswith("…") and len(typed) < 70


anything = st.one_of(
    st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.times(), st.datetimes()
)


@given(anything)
def test_no_cell_can_break_the_reading(cell: Cell) -> None:
    """Whatever stands there: a value, nothing, or a question that repeats what was typed."""
    reads = [read(cell) for read in (count_cell, percent_cell, day, hours_cell, place_cell, list_cell, yes_cell)]
    for read in reads:
        assert all("typed" in finding.params for finding in read.findings)
        assert any(finding.grave for finding in read.findings) <= (read.value is None)


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(0, 6))
def test_a_weekday_is_asked_about_exactly_where_it_disagrees(on: date, said: int) -> None:
    """T2 to CN before every date."""
    name = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")[said]
    read = date_cell(f"{name}, {on:%d/%m/%Y}", today=TODAY)
    assert read.value == PlanDay(on)
    assert [code.removesuffix("_month_first") for code in codes(read)] == ([] if said == on.weekday() else ["weekday"])


@given(st.integers(0, 9_999_999))
def test_every_count_reads_back_as_it_is_printed(count: int) -> None:
    """With or without dots."""
    assert count_cell(str(count)) == count_cell(f"{count:,}".replace(",", ".")) == Read(count)
