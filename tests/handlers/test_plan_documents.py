"""The form of a plan, which must be readable by the very program that hands it out, and the report."""

from __future__ import annotations

import io
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.i18n import load_words
from core.plan_table import PLAN
from core.rounds import RoundState
from handlers.documents import DOCUMENTS, Paper
from handlers.documents.plan_template import COLUMNS
from tests.plan_books import plan_from
from tests.program import NOW

WORDS = load_words("vi")
TODAY = date(2026, 11, 24)
LANGUAGES = WORDS.languages


def paper(language: str) -> Paper:
    """The occasion."""
    zone = NOW.tzinfo
    now = datetime(2026, 11, 24, 8, tzinfo=zone)
    return Paper(WORDS, language, TODAY, now, "Hội Mẫu", "Lạng Sơn", zone)  # type: ignore[arg-type]


async def written(document: str, language: str, folder: Path, **params: Any) -> bytes:
    """A document's bytes. It needs no database."""
    path = folder / DOCUMENTS[document].filename(params, paper(language))
    await DOCUMENTS[document].write(None, paper(language), params, path)  # type: ignore[arg-type]
    return path.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_form_reads_itself_cleanly(language: str, tmp_path: Path) -> None:
    """Three rounds with every column, nothing wrong, nothing to be asked."""
    body = await written("plan-template.xlsx", language, tmp_path, units=WORDS.say(language, "import.everybody"))
    plan = plan_from("form.xlsx", body, TODAY)
    assert [(entry.wrong, entry.asked) for entry in plan.entries] == [((), ())] * 3
    assert plan.asked == ()
    assert plan.year == 2027
    first, second, third = (entry.facts for entry in plan.entries)
    assert (first["state"], first["units"], first["yield_percent"], first["lat"]) == ("open", [], 80, 21.3856)
    assert [len(first["slots"]), len(first["parts"])] == [4, 2]
    assert sum(slot["capacity"] for slot in first["slots"]) == first["capacity"] == 280
    assert (second["tentative"], len(second["place_or"]), third["tentative"]) == (True, 1, False)
    days = [date.fromisoformat(facts["held_on"]) for facts in (first, second, third)]
    assert all((later - earlier).days >= 84 for earlier, later in pairwise(days))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_column_of_the_form_is_understood_and_explained(language: str, tmp_path: Path) -> None:
    """Its title means just that field, and the second sheet has a line for it."""
    book = openpyxl.load_workbook(io.BytesIO(await written("plan-template.xlsx", language, tmp_path, units="")))
    plan, help_ = book.worksheets
    titles = [cell.value for cell in plan[3]]
    assert [PLAN.field_of(str(title)) for title in titles] == [name for name, *_ in COLUMNS]
    assert [row[0].value for row in help_.iter_rows(min_row=4)] == titles
    assert all(row[2].value and row[3].value for row in help_.iter_rows(min_row=4))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_examples_of_the_explanations_are_read_as_they_say(language: str, tmp_path: Path) -> None:
    """Whoever copies one writes it right."""
    head = [WORDS.say(language, f"import.field.{name}") for name, *_ in COLUMNS]
    row = [WORDS.say(language, f"import.example.{name}") for name, *_ in COLUMNS]
    sheet = openpyxl.Workbook()
    assert sheet.active is not None
    sheet.active.append(head)
    sheet.active.append(row)
    file = io.BytesIO()
    sheet.save(file)
    (entry,) = plan_from("plan.xlsx", file.getvalue(), TODAY).entries
    assert (entry.wrong, entry.asked) == ((), ())
    assert (entry.facts["held_on"], entry.facts["target"], len(entry.facts["units"])) == ("2027-06-11", 3950, 2)


async def test_the_form_offers_states_to_choose_from(tmp_path: Path) -> None:
    """In words that are read again."""
    book = openpyxl.load_workbook(io.BytesIO(await written("plan-template.xlsx", "vi", tmp_path, units="")))
    lists = [rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation if rule.type == "list"]
    assert '"Nháp,Mở,Đóng,Huỷ"' in lists
    assert all(WORDS.say("vi", f"import.state.{state.value}") for state in RoundState)


async def test_the_report_has_every_line(tmp_path: Path) -> None:
    """As text, also where it looks like a formula."""
    lines = [["wrong", "Dòng 3", "", "=1+1"], ["added", "Dòng 4", "Đợt 4", "19/3/2027"]]
    body = await written("plan-report.xlsx", "vi", tmp_path, name="../Kế hoạch.xlsx", lines=lines)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(body)).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows == [[1, "Chưa lưu được", "Dòng 3", None, "=1+1"], [2, "Đợt mới", "Dòng 4", "Đợt 4", "19/3/2027"]]
    assert sheet["E4"].data_type == "s"
    assert [path.name for path in tmp_path.iterdir()] == ["bao-cao-ke-hoach-ke-hoach.xlsx"]
