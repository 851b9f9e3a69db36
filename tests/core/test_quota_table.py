"""The table of quotas as offices send it: the figures of the paper, empty cells as none, what differs as a question."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.file_kinds import read_file
from core.quota_table import REGISTRATIONS, QuotaFile
from core.unclear import Unclear
from tests.plan_books import book
from tests.quota_books import LANG_SON, lang_son

TODAY = date(2023, 2, 10)


def read(body: bytes, name: str = "chi-tieu.xlsx") -> QuotaFile:
    """As the bot reads it, whatever other kinds of files there are."""
    data = read_file(name, body, TODAY)
    assert data["kind"] == "quotas"
    return QuotaFile.from_json(data)


def test_the_lang_son_table_gives_700_40_20() -> None:
    """14 units under two rows of titles, the year from its title, nothing to ask."""
    file = read(lang_son())
    assert len(file.entries) == 14
    assert file.sums() == file.totals == {REGISTRATIONS: 700, "award_person": 40, "award_family": 20}
    assert (file.year, file.doubts) == (2023, ())
    assert file.entries[5].unit == "LDLĐ huyện Lộc Bình"


def test_an_empty_cell_is_no_quota_and_not_zero() -> None:
    """Also a dash; a 0 is 0."""
    rows: list[Any] = [("Đơn vị A", None, 1, 1), ("Đơn vị B", "–", 1, 1), ("Đơn vị C", 0, 1, 1)]
    file = read(lang_son(rows, (None, 3, 3)))
    assert [entry.figures[REGISTRATIONS] for entry in file.entries] == [None, None, 0]
    assert file.doubts == ()


def test_a_total_that_does_not_agree_is_asked_about() -> None:
    """690 printed, 700 in the rows."""
    doubts = read(lang_son(LANG_SON, (690, 40, 20))).doubts
    assert [(doubt.row, doubt.reason, dict(doubt.params)) for doubt in doubts] == [
        (0, "quotas.doubt.total", {"kind": REGISTRATIONS, "said": 690, "sum": 700})
    ]


@pytest.mark.parametrize("cell", ["nhiều", -5, 12.5, 1_000_000, "180 hoặc 200", True])
def test_a_cell_that_is_no_figure_is_left_out_and_said(cell: object) -> None:
    """The row's other figures stand."""
    file = read(lang_son([("Đơn vị A", cell, 4, 3)], (None, 4, 3)))
    assert file.entries[0].figures == {"award_person": 4, "award_family": 3}
    assert [(doubt.row, doubt.reason) for doubt in file.doubts] == [(6, "quotas.doubt.figure")]


def test_a_plain_table_will_do() -> None:
    """One row of titles, and a .csv too."""
    rows = [["STT", "Đơn vị", "Chỉ tiêu"], [1, "Sở Y tế", 20], [2, "Bệnh viện", "1.200"]]
    for file in (read(book(rows)), read("STT;Đơn vị;Chỉ tiêu\n1;Sở Y tế;20\n2;Bệnh viện;1.200\n".encode(), "a.csv")):
        assert [(entry.unit, dict(entry.figures)) for entry in file.entries] == [
            ("Sở Y tế", {REGISTRATIONS: 20}),
            ("Bệnh viện", {REGISTRATIONS: 1200}),
        ]
        assert file.year is None


def test_a_table_without_a_figure_is_no_table_of_quotas() -> None:
    """Units alone."""
    with pytest.raises(Unclear):
        read_file("a.xlsx", book([["TT", "Đơn vị", "Ghi chú"], [1, "Sở Y tế", "x"]]), TODAY, only="quotas")


def test_what_is_stored_comes_back_as_it_was() -> None:
    """JSON and back."""
    file = read(lang_son([("Đơn vị A", "?", 4, 3)], (1, 4, 3)))
    assert QuotaFile.from_json(file.to_json()) == file
