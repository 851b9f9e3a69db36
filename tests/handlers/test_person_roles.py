"""Every screen of the office of people, by everybody: who may not, changes nothing, reads nothing and is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Press, typed
from core.people import Grant, Role
from handlers.person_office import FORM
from storage import people, roles
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.handlers.test_person_office import listed
from tests.program import DATA, NOW, config_of

# Who tries: the role, and the unit of an officer or head. The records are of SYT, below YT.
PEOPLE: dict[str, tuple[Role, str] | None] = {
    "donor": None,
    "officer above": (Role.OFFICER, "LS"),
    "officer of the unit": (Role.OFFICER, "SYT"),
    "officer of another unit": (Role.OFFICER, "GD"),
    "officer without a unit": (Role.OFFICER, ""),
    "head of a club": (Role.HEAD, "YT"),
    "helper of the round": (Role.HELPER, ""),
    "admin": (Role.ADMIN, ""),
}
MAY = ("officer above", "officer of the unit", "admin")
SECRETS = ("Đặng", "Đ. T. Hà", "0900 000 007", "090 *** 007")
# The way to every screen about somebody, from their card on, as an officer above goes it.
WAYS: dict[str, tuple[str, ...]] = {
    "card": (),
    "fields": ("[Sửa hồ sơ]",),
    "value": ("[Sửa hồ sơ]", "[Họ và tên]"),
    "source": ("[Sửa hồ sơ]", "[Nhóm máu]", "O-"),
    "preview": ("[Sửa hồ sơ]", "[Số lần đã hiến máu]", "9"),
    "unit": ("[Chuyển đơn vị]",),
    "moving": ("[Chuyển đơn vị]", "cong an tinh"),
    "round": ("[Thêm vào một đợt]",),
    "place": ("[Thêm vào một đợt]", "1"),
    "leave": ("[Rút khỏi một đợt]",),
    "leaving": ("[Rút khỏi một đợt]", "1"),
    "erase": ("[Xoá hồ sơ]",),
}
TYPED = {"value": "Lò Văn Khác"}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A round, one record from paper on its list and one that is not."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        office = Office(House(app))
        await office.joins(await listed(office))
        await listed(office, full_name="Đặng Thu Hà", phone="+84900000008")
        yield office


async def become(office: Office, address: str, who: str) -> None:
    """The table of roles says now that this person is that."""
    round_ = await office.round()

    async def write(tx: Any) -> None:
        await people.keep(tx, address, "vi", 1)
        await roles.remove_all(tx, address)
        if seat := PEOPLE[who]:
            unit = await tx.one("SELECT id FROM units WHERE code = ?", (seat[1],))
            round_id = round_.id if seat[0] is Role.HELPER else None
            await roles.grant(tx, address, Grant(seat[0], unit[0] if unit else None, round_id), by="test", at=1)

    await office.house.app.database.write(write)


def facts(office: Office) -> list[tuple[Any, ...]]:
    """All that records and answers hold, and the codes that were handed over."""
    tables = ("donors", "joins", "link_codes", "consents", "forgotten")
    return [row for table in tables for row in office.house.rows(f"SELECT * FROM {table} ORDER BY 1, 2")]


def hers(office: Office) -> int:
    """The record that is on the list."""
    return int(office.house.rows("SELECT person_id FROM joins")[0][0])


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("command", ["p{id}", "p{id} " + CODE, "0900 000 007", "Đặng Thu Hà", "to " + CODE, "new"])
async def test_a_command_shows_records_to_who_answers_for_them(office: Office, command: str, who: str) -> None:
    """Nothing of anybody else's is shown, and nothing changes."""
    address, before = office.house.newcomer(), facts(office)
    await become(office, address, who)
    text = await office.do(address, f"/nguoi {command.format(id=hers(office))}")
    seen = text + str(office.house.said(address)[-1].get("buttons"))
    if command.startswith(("p", "0", "Đ")):
        assert any(secret in seen for secret in SECRETS) is (who in MAY)
    elif command.startswith("to"):
        # The round invites YT: an officer below answers for people on it, not for the round.
        assert ("gõ số điện thoại" in text) is (who in ("officer above", "admin"))
    else:
        assert ("đã ký phiếu đồng ý" in text) is (who in (*MAY, "officer of another unit"))
    assert facts(office) == before


def test_every_screen_about_somebody_is_tried() -> None:
    """All but the search and the pairs, which have tests of their own, and the two that follow `place`."""
    assert {q.key for q in FORM.questions} == {*WAYS, "find", "found", "alike", "pair", "count", "adding", "over"}


@pytest.mark.parametrize("screen", WAYS)
@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in MAY])
async def test_whose_role_is_taken_in_the_middle_does_nothing_more(office: Office, screen: str, who: str) -> None:
    """Whatever stands on their screen: each button of it, and what they type, is refused by the table of roles."""
    address = office.house.newcomer()
    await become(office, address, "officer above")
    await office.do(address, f"/nguoi p{hers(office)}", *WAYS[screen])
    talk = office.house.conversation(address)
    assert talk and talk["step"] == screen
    tokens = [token for token in office.house.tokens(address) if not token.endswith(("_back", "_cancel"))]
    await become(office, address, who)
    before = facts(office)
    tries = [typed(TYPED[screen])] if screen in TYPED else [Press(token) for token in tokens[:1]]
    await office.house.do(address, tries)
    assert facts(office) == before
    assert not any(secret in office.last(address) for secret in SECRETS)
    assert "refused" in [action for action, _ in office.audit(address)]


async def test_forged_ids_are_nobody(office: Office) -> None:
    """Ids of records that there are not, of one's own chat, and figures that are none."""
    address = office.house.newcomer()
    await become(office, address, "officer of the unit")
    for args in ("p0", "p99999999999999999999", "p-1", "p1; DROP TABLE donors", "p²"):
        text = await office.do(address, f"/nguoi {args}")
        assert not any(secret in text for secret in SECRETS) and "có lỗi" not in text
    assert office.house.rows("SELECT count(*) FROM donors") == [(2,)]
