"""Every command and every button of the office of rounds, tried by everybody: who may not, changes nothing and is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import Press, typed
from core.people import Grant, Role
from handlers.round_office import FORM
from handlers.round_office.new import FORM as NEW
from storage import people, roles, rounds
from storage.database import Database
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of

# Who tries: the role in the table, and of an officer the unit. The round invites YT.
PEOPLE: dict[str, tuple[Role, str] | None] = {
    "donor": None,
    "officer of the unit": (Role.OFFICER, "YT"),
    "officer above": (Role.OFFICER, "LS"),
    "officer below": (Role.OFFICER, "SYT"),
    "officer of another unit": (Role.OFFICER, "GD"),
    "officer without a unit": (Role.OFFICER, ""),
    "admin": (Role.ADMIN, ""),
}
MAY = ("officer of the unit", "officer above", "admin")
REFUSALS = ("chỉ dành cho cán bộ phụ trách", "không thuộc phần bạn phụ trách", "chưa được gán đơn vị")

# The way to every screen of a round, from its card on, as somebody who may goes it.
WAYS: dict[str, tuple[str, ...]] = {
    "card": (),
    "fields": ("[Sửa]",),
    "value": ("[Sửa]", "[Ngày]"),
    "unit": ("[Sửa]", "don vi moi"),
    "rules": ("[Sửa]", "bo quy tac"),
    "preview": ("[Sửa]", "[Ngày]", "05/12/2026"),
    "reason": ("[Huỷ đợt]",),
    "confirm": ("[Huỷ đợt]", "Bão số 9"),
    "moving": ("[Tách đợt]",),
    "split_day": ("[Tách đợt]", "[☐ Sở Y tế]", "[Tiếp: chọn ngày]"),
    "split_place": ("[Tách đợt]", "[☐ Sở Y tế]", "[Tiếp: chọn ngày]", "11/12/2026"),
    "splitting": ("[Tách đợt]", "[☐ Sở Y tế]", "[Tiếp: chọn ngày]", "11/12/2026", "Sở Y tế"),
    "log": ("[Nhật ký thay đổi]",),
}
TYPED = {
    "value": "06/12/2026",
    "reason": "Bão",
    "split_day": "12/12/2026",
    "split_place": "Nhà B",
}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A full round with one donor of the unit on it, and another who may be added."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        office = Office(House(app))
        await office.joins(await office.donor("BVDK", phone="+84900000001"))
        await office.donor("SYT")
        await office.add(replace(await office.round(), capacity=1))
        yield office


async def become(database: Database, address: str, who: str) -> None:
    """The table of roles says now that this person is that."""

    async def write(tx: Any) -> None:
        await people.keep(tx, address, "vi", 1)
        await tx.run("DELETE FROM roles WHERE address = ?", (address,))
        if seat := PEOPLE[who]:
            unit = await tx.one("SELECT id FROM units WHERE code = ?", (seat[1],))
            await roles.grant(tx, address, Grant(seat[0], unit[0] if unit else None), by="test", at=1)

    await database.write(write)


def facts(office: Office) -> list[tuple[Any, ...]]:
    """All that a round, its answers and its log hold, and what waits to be said to others."""
    tables = ("rounds", "round_units", "round_parts", "round_slots", "round_changes", "joins")
    return [row for table in tables for row in office.house.rows(f"SELECT * FROM {table} ORDER BY 1, 2")]


async def refused(office: Office, address: str) -> bool:
    """True where the last answer is a refusal; its row in the audit names the command."""
    if not any(refusal in office.last(address) for refusal in REFUSALS):
        return False
    assert not office.house.said(address)[-1]["text"].startswith("Đợt 11")
    return True


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("command", [f"/dot {CODE}", f"/rounds {CODE}", f"/dot copy {CODE}"])
async def test_a_command_about_a_round(office: Office, command: str, who: str) -> None:
    """Answered for who may, refused for who may not; nothing changes either way."""
    address, before = office.house.newcomer(), facts(office)
    await become(office.house.app.database, address, who)
    await office.do(address, command)
    assert await refused(office, address) is (who not in MAY)
    assert facts(office) == before
    on_record = [action for action, _ in office.audit(address)]
    assert on_record == (["refused"] if who not in MAY else [])


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("command", ["/dot", "/rounds", "/dot new"])
async def test_a_command_about_no_round(office: Office, command: str, who: str) -> None:
    """Every officer with a unit has a list and may begin a draft; the round is only in the list of who may have it."""
    address = office.house.newcomer()
    await become(office.house.app.database, address, who)
    text = await office.do(address, command)
    assert await refused(office, address) is (who in ("donor", "officer without a unit"))
    if command != "/dot new":
        assert ("Đợt 11 năm 2026" in text) is (who in MAY)


def test_every_screen_is_tried() -> None:
    """All but the list and its filter, which are about no round."""
    assert {question.key for question in FORM.questions} - {"list", "filter"} == {*WAYS}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("screen", WAYS)
async def test_every_button_after_the_role_has_changed(office: Office, screen: str, who: str) -> None:
    """The screen was opened by an officer of the unit; then the table says something else, and a button is pressed."""
    address = await office.officer("YT")
    database = office.house.app.database
    await office.do(address, f"/dot {CODE}", *WAYS[screen])
    conversation = office.house.rows("SELECT * FROM conversations WHERE address = ?", address)[0]
    assert office.house.conversation(address)["step"] == screen  # type: ignore[index]
    marks = ", ".join("?" * len(conversation))
    before = facts(office)
    inputs = [Press(token) for token in office.house.tokens(address) if not token.endswith(("_cancel", "_back"))]
    inputs += [typed(TYPED[screen])] if screen in TYPED else []
    assert inputs or screen == "log"

    async def again(tx: Any) -> None:
        await tx.run("DELETE FROM conversations WHERE address = ?", (address,))
        await tx.run(f"INSERT INTO conversations VALUES ({marks})", conversation)

    for what in inputs:
        await become(database, address, who)
        await database.write(again)
        tried = len(office.audit(address))
        await office.house.do(address, [what])
        if who in MAY:
            assert not await refused(office, address)
            return  # What the buttons do is looked at elsewhere; here it is that they are let through.
        assert await refused(office, address)
        assert facts(office) == before
        assert [action for action, _ in office.audit(address)[tried:]] == ["refused"]


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_button_of_the_list_after_the_role_has_changed(office: Office, who: str) -> None:
    """The round that was listed is not opened any more."""
    address = await office.officer("YT")
    await office.do(address, "/dot")
    await become(office.house.app.database, address, who)
    await office.do(address, "[Đợt 11 năm 2026 – 04/12/2026]")
    assert await refused(office, address) is (who not in MAY)
    assert ("Nhà Văn hoá" in office.last(address)) is (who in MAY)


@pytest.mark.parametrize("who", PEOPLE)
async def test_a_draft_is_kept_for_who_may_invite_its_units_when_it_is_saved(office: Office, who: str) -> None:
    """Whatever they were when they began."""
    address = await office.officer("YT")
    lines = ("[13]", "08/01/2027", "Đợt 13", "[Bỏ qua]", "Nhà A", "[Bỏ qua]", "so y te", "[Đủ rồi]")
    await office.do(address, "/dot new", *lines)
    assert office.house.conversation(address)["form"] == NEW.name  # type: ignore[index]
    await become(office.house.app.database, address, who)
    await office.do(address, "[Lưu]")
    async with office.house.app.database.read() as tx:
        made = await rounds.by_code(tx, "DOT-2027-13")
    assert (made is not None) is (who in (*MAY, "officer below"))
    assert [action for action, _ in office.audit(address)] == ["round" if made else "refused"]
