"""The answers that come with the program: sourced, careful, well typed."""

import re
import unicodedata

import pytest

from bot.faq import load_faq
from core.dates import PartialDate
from core.faq import ANSWER, QUESTION, SOURCE, Topic
from core.vietnamese import fold
from handlers.engine import ACTIONS

TOPICS = load_faq().topics
EACH = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)


@EACH
def test_every_answer_names_its_source_and_day(topic: Topic) -> None:
    """In both languages; a law with its number and article."""
    assert set(topic.entries) == {"vi", "en"}
    for language, entry in topic.entries.items():
        assert entry.source
        PartialDate.of_iso(entry.source_on).latest()
        law = re.search(r"Thông tư 26|Circular 26", entry.source)
        assert not law or re.search("Điều" if language == "vi" else "article", entry.source)
        assert (topic.entries["vi"].source_on, topic.entries["vi"].verify) == (entry.source_on, entry.verify)


@EACH
def test_an_answer_is_short_and_well_typed(topic: Topic) -> None:
    """It fits into the limits that officers have, stands in NFC, and is spelt as everywhere in the house."""
    for entry in topic.entries.values():
        assert len(entry.question) <= QUESTION
        assert len(entry.answer) <= ANSWER
        assert len(entry.source) <= SOURCE
        for text in (entry.question, entry.answer, entry.source):
            assert text == unicodedata.normalize("NFC", text)
            assert "  " not in text
            assert "..." not in text
            assert '"' not in text
    said = f"{topic.entries['vi'].question} {topic.entries['vi'].answer}".lower()
    assert not re.search("xóa|hủy|hòa|khỏe|tùy|tòa|quý vị|quý khách|anh/chị|các bạn là", said)


@EACH
def test_commands_are_named_as_the_menus_of_the_language_name_them(topic: Topic) -> None:
    """/dangky in Vietnamese, /register in English; the buttons exist."""
    for language, entry in topic.entries.items():
        named = set(re.findall(r"(?<![\w/.])/([a-z]{2,})\b", entry.answer))
        assert named <= {action.shown(language) for action in ACTIONS}
    assert {command[1:] for command in topic.commands} <= {action.name for action in ACTIONS}


@EACH
def test_only_known_slots_are_in_braces(topic: Topic) -> None:
    """Whom to ask, and whose program it is."""
    for entry in topic.entries.values():
        assert set(re.findall(r"\{(.*?)\}", entry.answer)) <= {"contact", "organisation"}


def test_nobody_is_told_that_blood_is_paid_for_or_that_they_may_give() -> None:
    """What people ask ("được trả tiền không") is found; what we say never has it. No verdict, no advice to stop a medicine."""
    for topic in TOPICS:
        for language, entry in topic.entries.items():
            said = fold(entry.answer)
            assert not re.search(r"duoc tra tien|tra cong|ban duoc tien|you are paid|get paid", said), topic.key
            assert not re.search(r"ban (du dieu kien|hien duoc)\b|you (may|can) donate\b|you are eligible", said), (
                topic.key
            )
            if language == "vi":
                assert not re.search(r"(?<!dung )(?<!dung tu )\b(ngung|ngung uong|bo) thuoc", said), topic.key


def test_what_no_official_text_shows_says_that_it_is_to_be_checked() -> None:
    """Gifts, travel, certificate, honours, and the articles that could not be read in full."""
    marked = {topic.key for topic in TOPICS if topic.entries["vi"].verify}
    assert {
        "gift",
        "travel",
        "certificate",
        "return",
        "honours",
        "family",
        "who",
        "wait",
        "tests",
        "medicine",
    } <= marked
    assert not {"interval", "volume", "bring"} & marked


def test_health_and_results_lead_to_people() -> None:
    """Illness, medicine and results are never judged here: they name whom to ask."""
    by_key = {topic.key: topic for topic in TOPICS}
    for key in ("illness", "results", "unwell"):
        assert all("{contact}" in entry.answer for entry in by_key[key].entries.values())
    assert all("115" in entry.answer for entry in by_key["unwell"].entries.values())
