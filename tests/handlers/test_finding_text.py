"""Findings in words: every one is a question, with figures and days as the reader's language prints them."""

import re
from datetime import date, time

import pytest

from core.findings import Finding, Gap, On, Value, Weekday
from core.lunar import LunarDay
from core.plan_cells import count_cell, date_cell
from handlers.finding_text import finding_text
from tests.questions import VOICES, WORDS

PIECES = {"check.and", "check.on", "check.gap", "check.gap_none", "check.lunar", "check.lunar_new", "check.lunar_old"}
QUESTIONS = [message for message in WORDS.ids("check.") if message not in PIECES]

FLAGSHIP = Finding(
    "interval",
    {
        "number": 9,
        "date": date(2021, 6, 9),
        "earlier": (Gap(4, 82), Gap(5, 63), Gap(8, 0)),
        "interval": 84,
        "donors": 1060,
        "free_on": date(2021, 8, 13),
    },
)
DEADLINE = Finding(
    "deadline_tet",
    {
        "number": 1,
        "deadline": date(2025, 2, 1),
        "deadline_weekday": Weekday(5),
        "moved": date(2025, 2, 3),
        "moved_weekday": Weekday(0),
        "holiday": {"vi": "Tết Ất Tỵ 2025", "en": "Tết 2025"},
        "lunar": LunarDay(2025, 1, 4),
    },
)
TARGET = Finding(
    "target_or_total",
    {"number": 9, "date": date(2021, 6, 9), "target": 3950, "next": 250, "times": 15.8, "rest": 640},
)


@pytest.mark.parametrize(
    ("finding", "language", "parts"),
    [
        (FLAGSHIP, "vi", ["Đợt 9 (09/6/2021)", "đợt 4 (cách 82 ngày), đợt 5 (cách 63 ngày) và đợt 8 (cùng ngày)", "1.060 người",
                          "từ 13/8/2021"]),
        (FLAGSHIP, "en", ["Round 9 (09/6/2021)", "round 5 (63 days apart) and round 8 (the same day)", "1,060 planned"]),
        (DEADLINE, "vi", ["Thứ Bảy, 01/02/2025 (mùng 4 Tết), trong kỳ nghỉ Tết Ất Tỵ 2025", "Thứ Hai, 03/02/2025"]),
        (DEADLINE, "en", ["Saturday, 01/02/2025 (day 4 of Tết), in the break of Tết 2025", "Monday, 03/02/2025"]),
        (TARGET, "vi", ["3.950", "15,8 lần", "(250)", "còn 640"]),
        (TARGET, "en", ["3,950", "15.8 times", "(250)", "640 are left"]),
        (count_cell("3,950").findings[0], "vi", ["“3,950”: là 3.950 hay 3,95? Xin viết 3950"]),
        (count_cell("3,950").findings[0], "en", ["“3,950”: is it 3,950 or 3.95? Please write 3950"]),
        (count_cell("40,000").findings[0], "en", ["is it 40,000 or 40?"]),
        (date_cell("12/25/2020", today=date(2020, 12, 1)).findings[0], "vi", ["“12/25/2020”", "25/12/2020"]),
        (date_cell("Thứ Năm, 19/3/2021", today=date(2020, 12, 1)).findings[0], "vi",
         ["19/3/2021 là Thứ Sáu, không phải Thứ Năm"]),
        (Finding("other_year", {"year": "2021", "listed": (On(1, date(2020, 12, 25)),)}), "vi", ["2021", "đợt 1 (25/12/2020)"]),
        (Finding("hours", {"number": 2, "opens": time(11, 30), "closes": time(7)}), "vi", ["(07 giờ 00 phút)", "(11 giờ 30 phút)"]),
        (Finding("hours", {"number": 2, "opens": time(11, 30), "closes": time(7)}), "en", ["(07:00)", "(11:30)"]),
        (Finding("total", {"total": 3950, "sum": 7260, "difference": 3310}), "vi", ["3.950", "7.260", "3.310"]),
    ],
)  # fmt: skip
def test_figures_and_days_are_in_the_sentence(finding: Finding, language: str, parts: list[str]) -> None:
    """Grouped with dots in Vietnamese and commas in English; days as Vietnamese papers print them."""
    text = finding_text(VOICES[language], finding)
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize(
    ("lunar", "text"),
    [(LunarDay(2025, 12, 28), "28 tháng Chạp"), (LunarDay(2026, 1, 1), "mùng 1 Tết"), (LunarDay(2026, 3, 10), "10/3 âm lịch")],
)  # fmt: skip
def test_days_around_tet_have_their_names(lunar: LunarDay, text: str) -> None:
    """As calendars on the wall call them."""
    facts: dict[str, Value] = {
        "number": 1,
        "date": date(2026, 2, 17),
        "date_weekday": Weekday(1),
        "holiday": {"vi": "Tết"},
    }
    assert f"({text})" in finding_text(VOICES["vi"], Finding("in_tet", {**facts, "lunar": lunar}))


@pytest.mark.parametrize("message", QUESTIONS)
@pytest.mark.parametrize("language", WORDS.languages)
def test_every_finding_asks(language: str, message: str) -> None:
    """A question, or a request to look: nothing is corrected, nobody is told what to do."""
    text = WORDS.say(language, message)
    assert "?" in text or re.search(r"\b[Xx]in\b|[Pp]lease", text)
