"""A verdict in words: in both languages, with the source as that language cites it, and never a decision."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import load_words
from core.eligibility import Answer, Facts, judge_facts
from handlers.verdict_text import cited, told
from handlers.voice import Voice
from tests.core.rules import DAY, SETS, TT26

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VOICES = {language: Voice(load_words("vi"), language, "Hội", "cô Lan", ZONE) for language in ("vi", "en")}
SOURCES = sorted(
    {
        row.source
        for rules in SETS.values()
        for rows in (rules.deferrals, rules.conditions, rules.weights)
        for row in rows.values()
    }
)


@pytest.mark.parametrize(
    ("source", "english"),
    [
        ("Thông tư 26/2013/TT-BYT, Điều 6 khoản 1", "Circular 26/2013/TT-BYT, article 6(1)"),
        ("Thông tư 26/2013/TT-BYT, Điều 4 khoản 2 điểm đ", "Circular 26/2013/TT-BYT, article 4(2)(đ)"),
        ("Viện Huyết học – Truyền máu Trung ương", "National Institute of Hematology and Blood Transfusion"),
    ],
)
def test_a_source_is_cited_as_the_language_does(source: str, english: str) -> None:
    """The article can be found from either."""
    assert (cited(VOICES["vi"], source), cited(VOICES["en"], source)) == (source, english)


@pytest.mark.parametrize("source", SOURCES)
def test_no_source_stays_vietnamese_in_english(source: str) -> None:
    """But for proper names in quotation marks and the letter of an item."""
    english = re.sub(r"“.*?”|\(đ\)", "", cited(VOICES["en"], source))
    assert english.isascii(), english


@pytest.mark.parametrize("language", VOICES)
@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        (Facts(since={"tattoo": DAY}), Answer.NO),
        (Facts(conditions=frozenset({"pregnant"})), Answer.NO),
        (Facts(conditions=frozenset({"period"})), Answer.STAFF),
        (Facts(last=date(2026, 11, 1), last_kind=None), Answer.STAFF),
        (Facts(special_work=True), Answer.OK),
    ],
)
def test_whatever_is_said_the_staff_decides(language: str, facts: Facts, answer: Answer) -> None:
    """May not, presumably, decides: never a plain yes or no."""
    verdict = judge_facts(TT26, facts, DAY)
    text = told(VOICES[language], TT26, verdict, DAY)
    assert verdict.answer is answer
    assert ("quyết định" if language == "vi" else "decide") in text
    if verdict.next_on:
        assert ("Dự kiến từ ngày" if language == "vi" else "Presumably from") in text


def test_every_ground_is_told_once() -> None:
    """Two deferrals of one article are one line."""
    facts = Facts(since={"tattoo": DAY, "piercing": DAY, "cold": DAY}, last=DAY)
    lines = told(VOICES["vi"], TT26, judge_facts(TT26, facts, DAY), DAY).splitlines()
    assert [line for line in lines if line.startswith("•")] == [
        "• Theo quy định về sức khoẻ người hiến máu (Thông tư 26/2013/TT-BYT, Điều 5 khoản 2)",
        "• Sau lần hiến gần nhất cần cách ít nhất 12 tuần (Thông tư 26/2013/TT-BYT, Điều 6 khoản 1)",
        "• Theo quy định về sức khoẻ người hiến máu (Thông tư 26/2013/TT-BYT, Điều 5 khoản 4)",
    ]
