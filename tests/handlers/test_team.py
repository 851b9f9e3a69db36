"""Appointing by invitation and removing again: what counts is the table, and each step of it is on record."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.dialogue import Command, Contact, Inbound, Press, Start, Text
from core.people import Role
from storage import people, roles
from storage.inbox import Delivered
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import grant

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR_MS = 3_600_000
OFFICER_OF_SYT = (
    "/canbo",
    "[➕ Phân công người mới]",
    "[cán bộ phụ trách]",
    "so y te",
    "[Sở Y tế (Công đoàn ngành Y tế)]",
)
MAKE = "[✉️ Tạo lời mời]"


@pytest.fixture
def office(house: House) -> Office:
    """One house for the module; each test brings people of its own."""
    return Office(house)


async def invited(office: Office, maker: str, *way: str) -> str:
    """The code of a new invitation, as its maker was shown it."""
    await office.do(maker, *(way or OFFICER_OF_SYT), MAKE)
    letters = [said["text"] for said in office.house.said(maker) if "/nhan" in said.get("text", "")]
    return re.findall(r"/nhan (\w{4} \w{4})", letters[-1])[-1]


def seats(office: Office, address: str) -> list[tuple[str, str | None, str | None]]:
    """(role, unit, round) of somebody, as the table has it."""
    return office.house.rows(
        "SELECT r.role, u.code, d.code FROM roles r LEFT JOIN units u ON u.id = r.unit_id LEFT JOIN rounds d ON d.id = r.round_id"
        " WHERE r.address = ? ORDER BY r.id",
        address,
    )  # type: ignore[return-value]


async def test_an_invitation_is_shown_once_kept_as_a_hash_accepted_once_and_told(office: Office) -> None:
    """From the officer above to the new officer, with both ends in the log."""
    maker, guest, late = await office.officer("YT"), office.house.newcomer(), office.house.newcomer()
    code = await invited(office, maker)
    assert "Đã tạo" in office.last(maker) and code not in office.last(maker)
    kept = str(office.house.rows("SELECT * FROM invites")) + str(office.house.rows("SELECT answers FROM conversations"))
    assert code.replace(" ", "") not in kept and code not in kept
    asked = await office.do(guest, f"/nhan {code.lower()}")
    assert "cán bộ phụ trách – Sở Y tế" in asked and "LĐLĐ tỉnh Lạng Sơn mời bạn" in asked
    assert seats(office, guest) == []
    assert "Từ bây giờ bạn là: cán bộ phụ trách – Sở Y tế" in await office.do(guest, "[Tôi nhận]")
    assert seats(office, guest) == [("officer", "SYT", None)]
    assert "đã nhận lời mời của bạn: cán bộ phụ trách – Sở Y tế" in office.last(maker)
    assert "đã được dùng rồi" in await office.do(late, f"/nhan {code}")
    assert [action for action, _ in office.audit(maker)] == ["invited", "appointed"]
    assert all(detail["unit"] == "SYT" and detail["role"] == "officer" for _, detail in office.audit(maker))
    assert guest not in str(office.audit(maker))


async def test_an_invitation_by_link_and_its_end(office: Office) -> None:
    """The start payload of a link does the same; withdrawn and expired say so plainly."""
    maker, guest = await office.admin(), office.house.newcomer()
    code = (await invited(office, maker)).replace(" ", "")
    await office.house.do(guest, [Start(f"i_{code}")])
    assert "cán bộ phụ trách – Sở Y tế" in office.last(guest)
    label = next(label for label in await listed(office, maker) if "Sở Y tế" in label)
    await office.do(maker, f"[{label}]", "[Thu hồi lời mời]")
    assert "đã được thu hồi" in await office.do(guest, "[Tôi nhận]")
    assert seats(office, guest) == []
    old = await invited(office, maker)

    async def age(tx: Any) -> None:
        await tx.run("UPDATE invites SET expires_at = made_at + 1 WHERE ended = ''")

    await office.house.app.database.write(age)
    assert "hết hạn" in await office.do(guest, f"/nhan {old}")


async def listed(office: Office, address: str) -> list[str]:
    """The open invitations that somebody sees."""
    await office.do(address, "/canbo", "[✉️ Lời mời đang chờ]")
    return office.labels(address)


async def test_guessing_is_throttled_and_counted_in_the_log(office: Office) -> None:
    """After five wrong codes not even the right one is looked at, for an hour."""
    maker, guest = await office.admin(), office.house.newcomer()
    code = await invited(office, maker)
    for number in range(5):
        assert "Không có lời mời nào" in await office.do(guest, f"/nhan ABCD 234{number + 2}")
    assert "sai nhiều lần" in await office.do(guest, f"/nhan {code}")
    assert "09:00" in office.last(guest)
    assert [row for row in office.audit(guest) if row[1]["command"] == "accept"] == office.audit(guest)
    assert len(office.audit(guest)) == 5

    async def an_hour_ago(tx: Any) -> None:
        await tx.run("DROP TRIGGER audit_keeps")
        await tx.run("UPDATE audit SET at = at - ? WHERE address = ?", (HOUR_MS + 1, guest))
        await tx.run(
            "CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append only'); END"
        )

    await office.house.app.database.write(an_hour_ago)
    assert "cán bộ phụ trách – Sở Y tế" in await office.do(guest, f"/nhan {code}")


async def test_an_appointment_is_void_once_its_maker_answers_for_it_no_more(office: Office) -> None:
    """Also between the question and the yes."""
    maker, guest = await office.officer("YT"), office.house.newcomer()
    code = await invited(office, maker)
    await office.do(guest, f"/nhan {code}")
    await office.house.app.database.write(lambda tx: roles.remove_all(tx, maker))
    assert "không còn giá trị" in await office.do(guest, "[Tôi nhận]")
    assert "không còn giá trị" in await office.do(guest, f"/nhan {code}")
    assert seats(office, guest) == []


async def test_nobody_uses_up_an_invitation_that_does_nothing_for_them(office: Office) -> None:
    """Its maker, and who has the role already, are told so, and it is still good."""
    maker, guest = await office.admin(), await office.officer("SYT")
    code = await invited(office, maker)
    assert "do chính bạn tạo" in await office.do(maker, "[✕ Thoát]", f"/nhan {code}")
    assert "đang giữ việc này rồi" in await office.do(guest, f"/nhan {code}")
    assert "mời bạn làm" in await office.do(office.house.newcomer(), f"/nhan {code}")


async def test_the_ways_to_each_role(office: Office) -> None:
    """A helper for a round, an administrator by an administrator; an officer is not offered the latter."""
    admin, officer, helper, second = (
        await office.admin(), await office.officer("YT"), office.house.newcomer(), office.house.newcomer(),
    )  # fmt: skip
    way = ("/canbo", "[➕ Phân công người mới]", "[người giúp bàn tiếp đón]", "[Đợt 11 năm 2026 – 04/12/2026]")
    await office.do(helper, f"/nhan {await invited(office, officer, *way)}", "[Tôi nhận]")
    assert seats(office, helper) == [("helper", None, CODE)]
    await office.do(officer, "/canbo", "[➕ Phân công người mới]")
    assert "quản trị viên" not in office.labels(officer)
    code = await invited(office, admin, "/canbo", "[➕ Phân công người mới]", "[quản trị viên]")
    await office.do(second, f"/nhan {code}", "[Tôi nhận]")
    assert seats(office, second) == [("admin", None, None)]


async def test_an_officer_gives_nothing_outside_of_their_units(office: Office) -> None:
    """Units of others are not found, their rounds are not listed."""
    officer = await office.officer("GD")
    await office.do(officer, "/canbo", "[➕ Phân công người mới]", "[cán bộ phụ trách]")
    assert "Không có đơn vị nào của bạn" in await office.do(officer, "so y te")
    await office.do(officer, "/canbo", "[➕ Phân công người mới]")
    assert "không có đợt nào sắp tới" in await office.do(officer, "[người giúp bàn tiếp đón]")


async def test_who_is_removed_is_told_and_may_nothing_more(office: Office) -> None:
    """An officer above removes one below; peers do not remove each other; the form of who was removed ends."""
    above, peer, below = await office.officer("YT"), await office.officer("YT"), await office.officer("SYT")
    await office.do(below, "/dot")
    await card(office, above, below)
    await office.do(above, "[Thôi giao việc này]", "[Thôi giao]")
    assert seats(office, below) == []
    assert "Bạn không còn là cán bộ phụ trách – Sở Y tế" in office.last(below)
    assert "chỉ dành cho cán bộ" in await office.do(below, "Đợt 11")
    await card(office, above, peer)
    assert office.labels(above) == []
    assert "cấp trên hoặc quản trị viên" in office.last(above)
    assert [action for action, _ in office.audit(above)] == ["removed"]


async def card(office: Office, reader: str, whose: str) -> None:
    """Open the card of somebody's role: its button is on one of the pages."""
    seat = office.house.rows("SELECT id FROM roles WHERE address = ?", whose)[0][0]
    await office.do(reader, "/canbo")
    while not (tokens := [token for token in office.house.tokens(reader) if token.endswith(f":s{seat}")]):
        await office.do(reader, "[Trang sau ›]")
    await office.house.do(reader, [Press(tokens[0])])


async def test_giving_a_role_back_and_the_last_administrator(office: Office) -> None:
    """One's own role may be given up; that of the only administrator not."""
    officer = await office.officer("SYT")
    await card(office, officer, officer)
    assert "Bạn đã thôi" in await office.do(officer, "[Tôi xin thôi việc này]", "[Thôi giao]")
    assert office.audit(officer)[-1][0] == "resigned"
    last, other = await office.admin(), await office.admin()

    async def alone(tx: Any) -> None:
        await tx.run("DELETE FROM roles WHERE role = 'admin' AND address <> ?", (last,))

    await office.house.app.database.write(alone)
    await card(office, last, last)
    assert "quản trị viên cuối cùng" in await office.do(last, "[Tôi xin thôi việc này]", "[Thôi giao]")
    assert seats(office, last) == [("admin", None, None)]
    await grant(office.house.app, other, Role.ADMIN)
    await card(office, last, last)
    await office.do(last, "[Tôi xin thôi việc này]", "[Thôi giao]")
    assert seats(office, last) == []


async def test_who_removes_and_who_is_removed_in_the_same_batch(office: Office) -> None:
    """Turns that are taken together count one after the other."""
    above, below = await office.admin(), await office.officer("SYT")
    await card(office, above, below)
    await office.do(above, "[Thôi giao việc này]")
    token = office.token(above, "Thôi giao")
    batch = [
        Delivered(f"{above}:b", Inbound(above, Press(token), "vi")),
        Delivered(f"{below}:b", Inbound(below, Command("dot"), "vi")),
    ]
    await office.house.app.turns.receive(batch)
    while await office.house.app.turns.take():
        pass
    assert any("chỉ dành cho cán bộ" in said.get("text", "") for said in office.house.said(below))


AUTHORITY_TRIES = {
    "typed": [Text("admin"), Text("tôi là quản trị viên"), Text("/admin")],
    "somebody's name": [Text("Đặng Thu Hà, cán bộ Sở Y tế")],
    "an officer's card": [Contact("+84912345678", own=False), Contact("+84912345678", own=True)],
    "a forwarded command": [
        Command("canbo"),
        Command("xuat"),
        Command("nhatky"),
        Command("tiepdon"),
        Command("thanhvien"),
    ],
}


@pytest.mark.parametrize("what", AUTHORITY_TRIES)
async def test_words_names_and_numbers_give_no_authority(office: Office, what: str) -> None:
    """Whoever says or sends it: the table says nothing, and so nothing is theirs."""
    await office.donor("SYT", phone="+84912345678")
    stranger = office.house.newcomer()
    for tried in AUTHORITY_TRIES[what]:
        await office.house.do(stranger, [tried])
        talk = office.house.conversation(stranger)
        assert talk is None or talk["form"] == "ask", "words that nobody understands may go to an officer as a question"
    assert seats(office, stranger) == []
    async with office.house.app.database.read() as tx:
        known = (await people.load(tx, [stranger])).get(stranger)
    assert known is None or known.role is Role.DONOR


async def test_buttons_of_somebody_elses_keyboard_give_no_authority(office: Office) -> None:
    """Every button of an officer's screens, pressed in another chat, with and without a form open there."""
    officer, stranger, donor = await office.officer("YT"), office.house.newcomer(), office.house.newcomer()
    code = await invited(office, officer)
    await office.do(donor, "/dangky")
    stolen = [token for said in office.house.said(officer) for _, token, _ in said.get("buttons", [])]
    before = office.house.rows("SELECT count(*) FROM roles"), office.house.rows("SELECT count(*) FROM invites")
    for token in dict.fromkeys([*stolen, "/canbo", f"/nhan {code}x", "zz.list:s1", "0.check:make"]):
        await office.house.do(stranger, [Press(token)])
        await office.house.do(donor, [Press(token)])
    assert seats(office, stranger) == seats(office, donor) == []
    assert before == (
        office.house.rows("SELECT count(*) FROM roles"),
        office.house.rows("SELECT count(*) FROM invites"),
    )
    assert office.house.conversation(donor)["form"] == "register"  # type: ignore[index]


async def test_forgetting_an_officer_ends_their_roles_and_says_so_before(office: Office) -> None:
    """Nothing keeps their address but the log."""
    officer = await office.officer("SYT")
    assert "cán bộ phụ trách – Sở Y tế" in await office.do(officer, "/xoa")
    await office.do(officer, "[Xoá tất cả]")
    assert seats(office, officer) == []
    assert office.audit(officer)[-1][0] == "resigned"
    assert "chỉ dành cho cán bộ" in await office.do(officer, "/canbo")
