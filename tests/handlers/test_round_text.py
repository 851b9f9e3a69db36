"""A round in words, as cards, reminders and change notices have it."""

from datetime import date

import pytest

from core.rounds import Round, RoundState
from handlers import round_text
from tests.questions import VOICES

ROUND = Round(1, "LS-1", 1, "Đợt 1", "", date(2026, 12, 4), tentative=False, opens="07:00", closes="",
              place="Nhà Văn hoá", place_address="", lat=None, lon=None, deadline_on=None, target=None,
              state=RoundState.OPEN, units=frozenset())  # fmt: skip


@pytest.mark.parametrize(("language", "line"), [("vi", "Giờ: từ 07 giờ 00 phút"), ("en", "Hours: from 07:00")])
def test_a_round_without_a_closing_hour_says_from_when(language: str, line: str) -> None:
    """Not "từ 07:00 đến 07:00": the end is open."""
    assert f"• {line}\n" in round_text.facts(VOICES[language], ROUND)["details"]
