"""Whatever people type on Telegram gets a sensible answer and breaks nothing."""

from __future__ import annotations

import unicodedata

import pytest

from tests.program import PATIENCE_S, AtTelegram
from tests.servers.telegram import Person

NAME, UNIT, AGE, COUNT, LAST, PHONE = (
    "Họ và tên của bạn",
    "đơn vị nào",
    "bao nhiêu tuổi",
    "bao nhiêu lần",
    "ngày nào",
    "Số điện thoại",
)
pytestmark = pytest.mark.asyncio(loop_scope="module")
_WAY = {
    NAME: ["Đồng ý"],
    UNIT: ["Đồng ý", "Nguyễn Văn An"],
    AGE: ["Đồng ý", "Nguyễn Văn An", "so y te"],
    COUNT: ["Đồng ý", "Nguyễn Văn An", "so y te", "1990", "Nam", "chưa biết"],
    LAST: ["Đồng ý", "Nguyễn Văn An", "so y te", "1990", "Nam", "chưa biết", "3"],
    PHONE: ["Đồng ý", "Nguyễn Văn An", "so y te", "1990", "Nam", "chưa biết", "0"],
}


async def brought_to(telegram: AtTelegram, question: str) -> Person:
    """A person with this question open."""
    person = telegram.server.person("Lan")
    for text in ("/dangky", *_WAY[question]):
        person.say(text)
        shown = await person.answer(PATIENCE_S)
    assert question in shown.text
    return person


CASES = [
    # number, question, what is typed, what the answer says, the question that is open then
    (1, NAME, "   \n ", "chưa thấy tên", NAME),
    (1, NAME, "\u200b\u2060", "chưa thấy tên", NAME),
    (2, NAME, "a" * 4096, "tối đa 80", NAME),
    (2, UNIT, "a" * 4097, "tối đa 120", UNIT),
    (3, NAME, "Nguyễn\x00 Văn An", "✓ Họ và tên: Nguyễn Văn An", UNIT),
    (4, NAME, "Nguyễn\x0bVăn An", "✓ Họ và tên: Nguyễn Văn An", UNIT),
    (6, NAME, "Nguyễn \u202eVăn\u202c An", "✓ Họ và tên: Nguyễn Văn An", UNIT),
    (8, NAME, unicodedata.normalize("NFD", "Nguyễn Đức Hoà"), "✓ Họ và tên: Nguyễn Đức Hoà", UNIT),
    (9, UNIT, "công ty dien luc", "✓ Đơn vị: Công ty Điện lực", AGE),
    (9, UNIT, unicodedata.normalize("NFD", "Công ty Điện lực"), "✓ Đơn vị: Công ty Điện lực", AGE),
    (10, NAME, "🇻🇳🩸", "không có ký hiệu", NAME),
    (10, UNIT, "🇻🇳", "cần có chữ", UNIT),
    (10, UNIT, "🇻🇳 zzqq", "không tìm thấy", "🇻🇳 zzqq"),
    (11, NAME, "<b>&\"'</b>", "không có ký hiệu", NAME),
    (11, UNIT, "<b>&\"'</b> zzqq", "<b>&\"'</b> zzqq", "Bạn thử gõ cách khác"),
    (12, UNIT, '<a href="x', "<a href", "đơn vị"),
    (13, NAME, "=1+1", "không có ký hiệu", NAME),
    (14, NAME, "+84912345678", "không có ký hiệu", NAME),
    (15, NAME, "-1", "không có ký hiệu", NAME),
    (16, NAME, "@SUM(A1)", "không", NAME),
    (17, NAME, "\t=1", "không có ký hiệu", NAME),
    (18, NAME, '=HYPERLINK("http://a.vn")', "không", NAME),
    (19, NAME, "_x0041_", "không", NAME),
    (21, NAME, "'; DROP TABLE donors; --", "không có ký hiệu", NAME),
    (21, UNIT, "'; DROP TABLE donors; --", "DROP TABLE", "đơn vị"),
    (22, NAME, "{0} %s {user.token}", "không", NAME),
    (22, UNIT, "{0} %s {user.token} qqzz", "{0} %s {user.token} qqzz", "Bạn thử gõ cách khác"),
    (24, NAME, "Nguyễn Văn An\nTrần Thị Bé", "nhiều dòng", NAME),
    (25, LAST, "29/02/2025", "Không có ngày 29/2/2025", LAST),
    (26, LAST, "31/04/2025", "Không có ngày 31/4/2025", LAST),
    (27, LAST, "15/8/25", "✓ Lần hiến gần nhất: 15/8/2025", PHONE),
    (28, LAST, "03/04/2025", "✓ Lần hiến gần nhất: 03/4/2025", PHONE),
    (28, LAST, "04/25/2025", "ngày trước, tháng sau", LAST),
    (29, AGE, "22/11/2008", "✓ Tuổi: 18 (sinh ngày 22/11/2008)", "Giới tính"),
    (29, AGE, "22/11/1966", "✓ Tuổi: 60 (sinh ngày 22/11/1966)", "Giới tính"),
    (30, AGE, "23/11/2026", "chưa tới", AGE),
    (30, LAST, "23/11/2026", "chưa tới", LAST),
    (31, COUNT, "1e400", "cần một con số", COUNT),
    (31, COUNT, "NaN", "cần một con số", COUNT),
    (31, COUNT, "-0", "số âm", COUNT),
    (31, COUNT, "9" * 4000, "", COUNT),
    (31, COUNT, "٣", "cần một con số", COUNT),
    (32, PHONE, "+84 912.345.678", "0912 345 678", "Lưu"),
    (32, PHONE, "84912345678", "0912 345 678", "Lưu"),
    (32, PHONE, "O912 345 678", "0912 345 678", "Lưu"),
    (32, PHONE, "0166 234 5678", "0362 345 678", "Lưu"),
    (35, LAST, "ngày 15 tháng 8 năm Ất Tỵ", "chưa đọc được", LAST),
    (35, LAST, "15 Aug 2025", "✓ Lần hiến gần nhất: 15/8/2025", PHONE),
]


def _name(value: object) -> str:
    return str(value)[:20].encode("ascii", "replace").decode()


@pytest.mark.parametrize(("number", "question", "typed", "said", "then"), CASES, ids=_name)
async def test_what_is_typed(
    telegram_shared: AtTelegram, number: int, question: str, typed: str, said: str, then: str
) -> None:
    """Each case of the list is answered with its reason, or taken for what it is, and the right question is open then."""
    person = await brought_to(telegram_shared, question)
    person.say(typed)
    answer = await person.answer(PATIENCE_S)
    assert said in answer.text
    assert then in answer.text
    assert not telegram_shared.rows("SELECT 1 FROM inbox WHERE attempts > 0")
