"""The calendar file: ours is whole, another one replaces it, and a wrong one is one clear line."""

from datetime import date
from pathlib import Path

import pytest

import bot.calendar
from bot.calendar import load_calendar
from bot.config import ConfigError

OURS = Path(bot.calendar.__file__).parent / "vietnam.toml"
NAMED = 'name = { vi = "Ngày hội" }\nsource = "QĐ 1"\n'


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Where a test writes its calendar."""
    return tmp_path / "calendar.toml"


def test_another_file_replaces_ours(written: Path) -> None:
    """Wholly: what it does not name is no holiday."""
    written.write_text(f"[[holidays]]\nmonth = 6\nday = 15\n{NAMED}", "utf-8")
    calendar = load_calendar(str(written))
    assert calendar.name_of(date(2026, 6, 15)) == "Ngày hội"
    assert calendar.name_of(date(2026, 9, 2)) == ""


def test_a_copy_of_ours_says_the_same(written: Path) -> None:
    """Also as Windows' Notepad saves it."""
    written.write_bytes(b"\xef\xbb\xbf" + OURS.read_bytes())
    assert load_calendar(str(written)).name_of(date(2025, 2, 1), "en") == "Lunar New Year (Tết) 2025"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[holidays]]\nmonth = 13\nday = 1\n" + NAMED, "holidays.0.month: "),
        ("[[holidays]]\nmonth = 2\nday = 29\n" + NAMED, "holidays.0: "),
        ("[[holidays]]\nmonth = 3\nday = 30\nlunar = true\n" + NAMED, "a lunar month may have 29 days only"),
        ("[[holidays]]\nmonth = 3\nday = 3\n", "holidays.0.name: "),
        ('[[holidays]]\nmonth = 3\nday = 3\nname = { vi = "A" }\n', "holidays.0.source: "),
        ("[[decided]]\nday = 2026-01-02\n" + NAMED, "decided.0.off: "),
        (f"[[tet]]\nyear = 1900\ndays_before = 1\n{NAMED}", "Tết is known from 1968 to 2199"),
        (f"[[tet]]\nyear = 0\ndays_before = 1\n{NAMED}" * 2, "tet: 0 stands there twice"),
        (f"[[decided]]\nday = 2026-01-02\noff = true\n{NAMED}" * 2, "decided: 2026-01-02 stands there twice"),
        ("[[weekly]]\nday = 1\n", "weekly: "),
        ("holidays = 3", "holidays: "),
        ("[[holidays]", "cannot be read: "),
    ],
)
def test_a_wrong_file_is_one_line_that_names_the_place(written: Path, text: str, part: str) -> None:
    """The setting, the file, the row and what is wrong."""
    written.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_calendar(str(written))
    line = str(raised.value)
    assert line.startswith(f"calendar.file: {written}: ") and part in line and "\n" not in line


@pytest.mark.parametrize("name", ["none.toml", "."])
def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, name: str) -> None:
    """Or a folder in its place."""
    with pytest.raises(ConfigError, match=r"^calendar\.file: .*(no such file|cannot be read)"):
        load_calendar(str(tmp_path / name))
