"""Findings said in every language: a code without a sentence, or a sentence without its figure, fails where it is found."""

from zoneinfo import ZoneInfo

from bot.i18n import load_words
from core.findings import Finding
from handlers.finding_text import finding_text
from handlers.voice import Voice

WORDS = load_words("vi")
VOICES = {code: Voice(WORDS, code, "Hội", "Cô Lan", ZoneInfo("Asia/Ho_Chi_Minh")) for code in WORDS.languages}


def questions(finding: Finding) -> list[str]:
    """The question in each language."""
    return [finding_text(voice, finding) for voice in VOICES.values()]
