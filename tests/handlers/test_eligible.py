"""/eligible and the self-check: what is kept of whom, and what lifts it."""

from __future__ import annotations

from typing import Any

import pytest

from core.dialogue import Press
from tests.handlers.conversations import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

REGISTER = ["/dangky", "đồng ý", "Nguyễn Thị Ánh", "Sở Y tế", "15/8/1992", "nữ", "O+"]
HEALTHY = ["/tukiemtra", "đồng ý", "52", "không có điều nào", "không", "không"]
PREGNANT = [*HEALTHY[:3], "Thai sản, cho con bú, kỳ kinh", "Đang mang thai", *["không"] * 3]
COLD = "Ốm trong tháng qua (cảm, cúm, viêm họng, sốt xuất huyết, viêm phổi…)"


async def registered(house: House, *count: str) -> str:
    """The address of a woman who gave as often, and when."""
    address = house.newcomer()
    await house.say(address, *REGISTER, *(count or ("0",)), "0912345678", "lưu", "/huy")
    return address


def kept(house: House, address: str) -> tuple[Any, ...]:
    """What donation and self-check left in the table."""
    return house.rows(
        "SELECT last_donation, last_kind, deferred_until, stopped, ask_staff, eligible_on FROM donors d"
        " JOIN people p ON p.id = d.person_id WHERE p.address = ?",
        address,
    )[0]


def last_said(house: House, address: str) -> str:
    """The last message."""
    return str(house.said(address)[-1]["text"])


async def test_a_healthy_donor_is_through_in_six_answers(house: House) -> None:
    """And nothing is left but that nothing is."""
    address = await registered(house)
    await house.say(address, *HEALTHY)
    assert len(HEALTHY) == 6
    assert house.conversation(address) is None
    assert kept(house, address) == (None, "whole", None, 0, 0, None)


async def test_who_agreed_is_provable_and_who_did_not_was_asked_nothing(house: House) -> None:
    """One consent a check, of its own purpose, with the words that were shown."""
    address = await registered(house)
    before = house.rows("SELECT count(*) FROM consents WHERE purpose = 'selfcheck'")[0][0]
    await house.say(address, "/tukiemtra", "không", "/tukiemtra", "bỏ qua")
    assert house.rows("SELECT count(*) FROM consents WHERE purpose = 'selfcheck'")[0][0] == before
    await house.say(address, *HEALTHY)
    assert house.rows("SELECT answer, length(text_version) FROM consents WHERE purpose = 'selfcheck'")[-1] == (
        "given",
        16,
    )


async def test_of_who_is_not_registered_the_consent_alone_is_kept(house: House) -> None:
    """No person, no conversation, no date."""
    address = house.newcomer()
    await house.say(address, "/tukiemtra", "1/10/2026", "máu toàn phần", "đồng ý", "1992", "nữ", *HEALTHY[2:])
    assert "dự kiến từ ngày 24/12/2026" in last_said(house, address).lower()
    assert house.rows("SELECT 1 FROM people WHERE address = ?", address) == []
    assert house.conversation(address) is None


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        pytest.param(PREGNANT, (None, 1, 0), id="pregnant-names-no-day"),
        pytest.param([*HEALTHY[:5], "có"], (None, 1, 0), id="risk-looks-the-same"),
        pytest.param([*HEALTHY[:2], "41,9", *HEALTHY[3:]], (None, 1, 0), id="too-light-looks-the-same"),
        pytest.param([*HEALTHY[:3], COLD, "Cảm lạnh", "20/11/2026", *["không"] * 3], ("2026-11-27", 0, 0), id="cold"),
        pytest.param(
            [*HEALTHY[:3], COLD, "Cảm lạnh", "không nhớ", *["không"] * 3], (None, 0, 1), id="cold-without-a-day"
        ),
        pytest.param([*HEALTHY[:3], COLD, "COVID-19", "20/11/2026", *["không"] * 3], ("2026-12-18", 0, 0), id="covid"),
        pytest.param([*HEALTHY[:3], "khác", *["không"] * 3], (None, 0, 1), id="not-in-the-list"),
        pytest.param([*HEALTHY[:2], "bỏ qua", *HEALTHY[3:]], (None, 0, 1), id="one-skipped"),
    ],
)
async def test_what_a_check_leaves(house: House, lines: list[str], left: tuple[Any, ...]) -> None:
    """A date and two marks; for an undated no the same mark, whatever the reason."""
    address = await registered(house)
    await house.say(address, *lines)
    assert house.conversation(address) is None
    assert kept(house, address)[2:5] == left


async def test_a_new_check_lifts_what_an_old_one_left(house: House) -> None:
    """Once every question is answered."""
    address = await registered(house)
    await house.say(address, *PREGNANT, *HEALTHY)
    assert kept(house, address)[2:5] == (None, 0, 0)


async def test_a_check_with_a_skipped_question_lifts_nothing(house: House) -> None:
    """What was skipped may be the very reason."""
    address = await registered(house)
    await house.say(address, *PREGNANT, *HEALTHY[:3], "bỏ qua", "không", "không")
    assert kept(house, address)[2:5] == (None, 1, 1)


async def test_a_changed_last_donation_moves_the_day(house: House) -> None:
    """In the profile; what was given then is not known of the new one, so it counts as whole blood."""
    address = await registered(house, "2", "1/11/2026")
    assert kept(house, address)[5] == "2027-01-24"
    await house.say(address, "/lanhien", "tiểu cầu")
    assert (kept(house, address)[1], kept(house, address)[5]) == ("platelets", "2026-11-15")
    await house.say(address, "/hoso", "lưu", "/huy")
    assert (kept(house, address)[1], kept(house, address)[5]) == ("platelets", "2026-11-15")
    await house.say(address, "/hoso", "Sửa: Lần hiến gần nhất", "2/11/2026", "lưu", "/huy")
    assert (kept(house, address)[1], kept(house, address)[5]) == ("whole", "2027-01-25")


async def test_the_profile_keeps_what_a_check_left(house: House) -> None:
    """Another phone number makes nobody fit."""
    address = await registered(house)
    await house.say(address, *PREGNANT, "/hoso", "lưu", "/huy")
    assert kept(house, address)[3] == 1


async def test_a_last_donation_told_here_is_kept_of_who_is_registered(house: House) -> None:
    """They had not remembered it before."""
    address = await registered(house, "2", "không nhớ")
    await house.say(address, "/dukien", "10/10/2026", "huyết tương", "không")
    assert kept(house, address) == ("2026-10-10", "plasma", None, 0, 0, "2026-10-24")


async def test_an_old_button_of_the_list_chooses_nothing(house: House) -> None:
    """Two rows may not be taken for one another."""
    address = await registered(house)
    await house.say(address, *HEALTHY[:3], COLD)
    old = next(token for token in house.tokens(address) if token.endswith("cold"))
    await house.say(address, "Cảm lạnh", "20/11/2026")
    await house.do(address, [Press(old)])
    conversation = house.conversation(address)
    assert conversation
    assert conversation["answers"]["_health"]["since"] == {"cold": "2026-11-20"}
    assert "câu hỏi trước" in last_said(house, address)
    await house.say(address, "/huy")


async def test_a_row_that_the_rules_lost_asks_anew(house: House) -> None:
    """The program was started with other rules while the form was open."""
    address = await registered(house)
    await house.say(address, *HEALTHY[:3], COLD, "Cảm lạnh")
    await house.app.database.write(
        lambda tx: tx.run(
            "UPDATE conversations SET answers = replace(answers, '\"cold\"', '\"gone\"') WHERE address = ?", (address,)
        )
    )
    await house.say(address, "20/11/2026", "quay lại", "không có điều nào", "không", "không")
    assert house.conversation(address) is None
    assert kept(house, address)[2:5] == (None, 0, 0)


async def test_no_result_names_what_was_answered(house: House) -> None:
    """The chat keeps what it shows: the rule's article, never the answer."""
    address = await registered(house)
    await house.say(
        address, *HEALTHY[:3], "Xăm, xỏ khuyên, hoặc dính máu của người khác", "Xăm trổ trên da", "19/8/2026"
    )
    await house.say(address, "không", "không", "không")
    said = last_said(house, address)
    assert "Dự kiến từ ngày 19/02/2027, nhân viên y tế quyết định" in said
    assert "Điều 5 khoản 2" in said
    assert "xăm" not in said.lower()
    assert "19/8/2026" not in said
