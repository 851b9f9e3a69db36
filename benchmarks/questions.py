"""The questions that the three baselines ask: one table, so that only the library under them differs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Answers = dict[str, Any]

CONSENT, REVIEW = "consent", "review"
AGREE, SAVE = "Đồng ý", "Lưu"
SAVED, DROPPED = "Đã lưu đăng ký. Cảm ơn bạn!", "Đã dừng, không lưu gì cả."


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `read` gives the value, or None for an answer that is asked again."""

    key: str
    label: str
    text: str
    read: Callable[[str], object | None] = str.strip
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What the bot says next; `key` is None when the conversation is over, `saved` when a row is to be written."""

    key: str | None
    text: str
    choices: tuple[str, ...] = ()
    saved: bool = False


def read_name(text: str) -> str | None:
    """The name in title case, or None where it cannot be one."""
    words = text.split()
    fits = 1 <= len(words) <= 7 and len(text) <= 80 and not re.search(r"[\d/:@]", text)
    return " ".join(words).title() if fits else None


def read_whole(lowest: int, highest: int) -> Callable[[str], int | None]:
    """A reader of whole numbers within both bounds."""

    def read(text: str) -> int | None:
        found = re.fullmatch(r"\s*(\d{1,3})\s*(?:tuổi|lần)?\s*", text)
        return int(found[1]) if found and lowest <= int(found[1]) <= highest else None

    return read


def read_date(text: str) -> str | None:
    """ISO text of a date written day first, or None."""
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date().isoformat()
    except ValueError:
        return None


def read_phone(text: str) -> str | None:
    """E.164 of a Vietnamese mobile number, or None."""
    found = re.fullmatch(r"(?:\+?84|0)(\d{9})", re.sub(r"[ .-]", "", text))
    return f"+84{found[1]}" if found else None


def chosen(question: str, label: str, text: str, *choices: str) -> Question:
    """A question that is answered by one of `choices`."""
    return Question(question, label, text, lambda said: said if said in choices else None, choices)


QUESTIONS = {
    question.key: question
    for question in (
        chosen(CONSENT, "", "Tôi là trợ lý tự động. Bạn có đồng ý cho lưu dữ liệu đăng ký?", AGREE, "Không"),
        Question("name", "Họ và tên", "Họ và tên của bạn là gì?", read_name),
        Question("unit", "Đơn vị", "Bạn thuộc đơn vị nào?"),
        Question("age", "Tuổi", "Bạn bao nhiêu tuổi?", read_whole(18, 60)),
        chosen("sex", "Giới tính", "Giới tính của bạn?", "Nam", "Nữ"),
        chosen("abo", "Nhóm máu", "Nhóm máu ABO của bạn?", "O", "A", "B", "AB", "Chưa biết"),
        chosen("rh", "Rh", "Rh của bạn?", "Rh+", "Rh-", "Chưa biết"),
        Question("count", "Số lần", "Bạn đã hiến máu bao nhiêu lần?", read_whole(0, 200)),
        Question("last", "Lần gần nhất", "Ngày hiến gần nhất là ngày nào?", read_date),
        Question("phone", "Điện thoại", "Số điện thoại của bạn?", read_phone),
        chosen(REVIEW, "", "Kiểm tra lại:", SAVE, "Hủy"),
    )
}
ORDER = tuple(QUESTIONS)


def opening() -> Turn:
    """The first question."""
    return asked(CONSENT, {})


def asked(key: str, answers: Answers) -> Turn:
    """The question `key` as it is put to the person; the review shows every answer."""
    question = QUESTIONS[key]
    card = [f"{QUESTIONS[k].label}: {v}" for k, v in answers.items() if QUESTIONS[k].label] if key == REVIEW else []
    return Turn(key, "\n".join([question.text, *card]), question.choices)


def advance(key: str, said: str, answers: Answers) -> Turn:
    """What follows when `said` answers the question `key`; a good answer is put into `answers`."""
    value = QUESTIONS[key].read(said)
    if value is None:
        return Turn(key, f"Tôi chưa hiểu. {QUESTIONS[key].text}", QUESTIONS[key].choices)
    if value in ("Không", "Hủy"):
        return Turn(None, DROPPED)
    if key == REVIEW:
        return Turn(None, SAVED, saved=True)
    answers[key] = value
    following = ORDER[ORDER.index(key) + 1]
    skipped = following == "last" and not answers["count"]
    return asked("phone" if skipped else following, answers)
