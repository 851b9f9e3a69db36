"""Words of danger, and words that only ask about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.urgent_words import is_emergency

DANGER = (
    "cấp cứu", "cap cuu voi", "em vừa bị ngất sau khi hiến máu", "chong toi ngat xiu roi", "bạn em bất tỉnh", "toi kho tho qua",
    "chảy máu không cầm", "chay mau mai khong ngung", "tức ngực, đau thắt ngực", "she fainted after donating", "he passed out",
    "I can't breathe", "the bleeding won't stop", "chest pain", "bị co giật", "CẤP CỨU!!!",
)  # fmt: skip
NO_DANGER = (
    "hiến máu có bị ngất không", "hien mau co ngat khong", "có dễ bị ngất không", "will i faint", "co dau khong", "hiến máu ở đâu",
    "từ từ rồi tính", "ngắt lời", "tôi muốn hiến máu", "bảy câu hỏi", "",
)  # fmt: skip


@pytest.mark.parametrize("said", DANGER)
def test_danger_is_heard(said: str) -> None:
    """With and without diacritics, in both languages."""
    assert is_emergency(said)


@pytest.mark.parametrize("said", NO_DANGER)
def test_a_question_about_it_is_no_danger(said: str) -> None:
    """Who asks whether people faint wants an answer."""
    assert not is_emergency(said)


@given(st.text(max_size=300), st.sampled_from(DANGER))
def test_danger_is_heard_among_other_words(other: str, said: str) -> None:
    """Whatever stands before it, on a line of its own."""
    assert is_emergency(f"{other}. {said}") or is_emergency(other) or "ngat" in other
