"""Vietnamese numbers are read in every writing and shown in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phones import mask_phone, read_phone, show_phone
from core.unclear import Unclear

MOBILE = "+84912345678"


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678", "0912 345 678", "0912.345.678", "0912-345-678", "0912–345–678", "(0912) 345 678",
        "09 12 34 56 78", "84912345678", "+84912345678", "+84 912 345 678", "+84 (0)912 345 678", "(+84) 912-345-678",
        "0084912345678", "+840912345678", "O912345678", "o912 345 678", "О912345678", "912345678",
        "０９１２３４５６７８", "912 345 678", "sdt 0912345678", "Số O912345678 ạ", "Zalo: 0912.345.678.",
        "0912345678, 0912 345 678", "số 2: 0912345678", "\u202a+84 912 345 678\u202c",
    ],
)  # fmt: skip
def test_a_mobile_number_is_read_however_it_is_typed(typed: str) -> None:
    """All these are one number."""
    assert read_phone(typed) == MOBILE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("01201234567", "0701234567"), ("01211234567", "0791234567"), ("01221234567", "0771234567"),
        ("01261234567", "0761234567"), ("01281234567", "0781234567"), ("01231234567", "0831234567"),
        ("01241234567", "0841234567"), ("01251234567", "0851234567"), ("01271234567", "0811234567"),
        ("01291234567", "0821234567"), ("01621234567", "0321234567"), ("01631234567", "0331234567"),
        ("01641234567", "0341234567"), ("01651234567", "0351234567"), ("01661234567", "0361234567"),
        ("01671234567", "0371234567"), ("01681234567", "0381234567"), ("01691234567", "0391234567"),
        ("01861234567", "0561234567"), ("01881234567", "0581234567"), ("01991234567", "0591234567"),
    ],
)  # fmt: skip
def test_numbers_of_before_2018_become_todays(old: str, new: str) -> None:
    """Eleven digits become ten, typed with 0, 84 or +84. Source: domain note 9.3."""
    assert read_phone(old) == read_phone("84" + old[1:]) == read_phone("+84 " + old[1:]) == "+84" + new[1:]


@pytest.mark.parametrize("start", ["32", "56", "70", "84", "91"])
def test_the_zero_a_spreadsheet_lost_is_put_back(start: str) -> None:
    """Nine digits are a mobile number without its 0, also where they begin with 84."""
    assert read_phone(start + "1234567") == f"+84{start}1234567"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("02053812345", "0205 3812 345"), ("024 3825 3536", "024 3825 3536"), ("(028)38253536", "028 3825 3536"),
     ("+84 205 3812 345", "0205 3812 345"), ("2053812345", "0205 3812 345")],
)  # fmt: skip
def test_landlines_are_taken_and_shown_with_their_area_code(typed: str, shown: str) -> None:
    """A desk telephone is a telephone."""
    assert show_phone(read_phone(typed)) == shown


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "none"), ("không có", "none"), ("٠٩١٢٣٤٥٦٧٨", "none"), ("1e400", "short"), ("113", "short"),
        ("091234", "short"), ("091234567", "length"), ("09123456789", "length"), ("0912345678901", "length"),
        ("0231812345", "length"), ("+1 202 555 0123", "foreign"), ("0012025550123", "foreign"),
        ("+86 138 0013 8000", "foreign"), ("0992345678", "unknown"), ("02001234567", "unknown"),
        ("0000000000", "length"), ("1900 123456", "length"), ("0912345678 hoặc 0987654321", "many"),
        ("0912345678 0987654321", "many"), ("0912345678, 0987654321", "many"), ("0" * 500, "long"),
        ("0912345678" + "x" * 10_000, "long"),
    ],
)  # fmt: skip
def test_what_is_no_vietnamese_number_is_refused_with_its_reason(typed: str, reason: str) -> None:
    """None, several, foreign, too long or too short are told apart."""
    with pytest.raises(Unclear) as caught:
        read_phone(typed)
    assert caught.value.reason == f"unclear.phone.{reason}"


def test_another_persons_eyes_see_a_mask() -> None:
    """Shown whole to its owner, masked to others."""
    assert show_phone(MOBILE) == "0912 345 678"
    assert mask_phone(MOBILE) == "091 *** 678"
    assert show_phone("+12025550123") == "+12025550123"


@given(st.from_regex(r"\A\+84((3[2-9]|7[06-9]|8[1-6]|9[0-46-8])[0-9]{7}|(20[3-9]|24[2-8]|28[2-9])[0-9]{7})\Z"))
def test_phones_round_trip(e164: str) -> None:
    """What is shown reads back as the same number."""
    assert read_phone(show_phone(e164)) == e164
    assert read_phone(e164) == e164
    assert len(mask_phone(e164)) == 11


@given(st.text(st.sampled_from("0123456789Oo+() .-/,số8४")))
def test_any_text_is_a_number_or_unclear(text: str) -> None:
    """Nothing breaks reading; what is taken reads as itself."""
    try:
        number = read_phone(text)
    except Unclear:
        return
    assert read_phone(number) == read_phone(show_phone(number)) == number
