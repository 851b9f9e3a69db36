"""Clubs and desks: who sees whom of them, what of it, and what is on record."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.app import App, open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.dialogue import DocumentRef, Start
from core.people import Grant, Role
from storage import clubs, people, roles
from storage.database import Tx
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of, grant


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Two clubs below YT; the day is that before the round."""
    async with open_app(config_of(tmp_path), Clock(NOW.replace(month=12, day=3))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))

        async def more(tx: Tx) -> None:
            for code in ("CLB1", "CLB2"):
                await tx.run(
                    "INSERT INTO units (code, kind, name, sort_key) VALUES (?, 'club', ?, ?)",
                    (code, f"Câu lạc bộ {code}", code),
                )
                await tx.run(
                    "INSERT INTO unit_links (unit_id, line, parent_id)"
                    " SELECT c.id, 'counts', p.id FROM units c, units p WHERE c.code = ? AND p.code = 'YT'", (code,)
                )  # fmt: skip

        await app.database.write(more)
        yield Office(House(app))


async def member(office: Office, club: str, **facts: Any) -> int:
    """A donor who is in this club; the id of the person."""
    person = await office.donor("SYT", **facts)
    club_id = await office.unit(club)
    await office.house.app.database.write(lambda tx: clubs.join(tx, club_id, person, 1))
    return person


async def somebody(office: Office, role: Role, unit: str = "") -> str:
    """Who has this role."""
    address = office.house.newcomer()
    await grant(office.house.app, address, role, unit=unit)
    return address


async def test_a_head_sees_their_own_club_masked_and_opens_one_number_on_record(office: Office) -> None:
    """No other club, no number whole in the list, and what was opened is in no list of messages of others."""
    await member(office, "CLB1", name="Lê Thị Ánh", phone="+84900000011")
    await member(office, "CLB2", name="Vũ Minh", phone="+84900000022")
    head = await somebody(office, Role.HEAD, "CLB1")
    listed = await office.do(head, "/thanhvien")
    labels = " ".join(office.labels(head))
    assert "1 thành viên" in listed and "L. T. Ánh – 090 *** 011 – Sở Y tế" in labels and "Minh" not in labels
    opened = await office.do(head, "[L. T. Ánh – 090 *** 011 – Sở Y tế]", "[Mở số điện thoại]")
    assert "Lê Thị Ánh" in opened and "0900 000 011" in opened
    await office.do(head, "/trogiup")
    assert [action for action, _ in office.audit(head)] == ["phone_opened"]  # Shown again, it is not opened again.
    assert office.audit(head)[0][1]["unit"] == "SYT"


async def test_a_head_removes_a_member_who_is_told(office: Office) -> None:
    """And who stays a donor."""
    person = await member(office, "CLB1", name="Lê Thị Ánh", phone="+84900000011")
    (address,) = office.house.rows("SELECT address FROM people WHERE id = ?", person)[0]
    head = await somebody(office, Role.HEAD, "CLB1")
    way = ("/thanhvien", "[L. T. Ánh – 090 *** 011 – Sở Y tế]", "[Đưa ra khỏi câu lạc bộ]", "[Đưa ra]")
    assert "chưa có thành viên" in await office.do(head, *way)
    assert "Bạn không còn trong Câu lạc bộ CLB1" in office.last(address)
    assert office.audit(head) == [("member_removed", {"person": office.audit(head)[0][1]["person"], "unit": "CLB1"})]
    assert office.house.rows("SELECT count(*) FROM donors WHERE person_id = ?", person) == [(1,)]


async def test_the_file_of_the_members(office: Office, tmp_path: Path) -> None:
    """Number, name, whole phone, workplace, since when; a name that looks like a formula is a text; the export is on record."""
    await member(office, "CLB1", name="Lê Thị Ánh", phone="+84900000011")
    await member(office, "CLB1", name="Bùi Văn An", phone="+84900000012")
    head = await somebody(office, Role.HEAD, "CLB1")
    await office.do(head, "/thanhvien", "[📄 Tệp danh sách]")
    assert office.audit(head) == [("export", {"list": "members", "unit": "CLB1", "rows": 2})]
    sheet = await opened(office.house.app, "members.xlsx", code="CLB1", language="vi")
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert [row[:4] for row in rows[3:]] == [
        [1, "Bùi Văn An", "0900 000 012", "Sở Y tế"], [2, "Lê Thị Ánh", "0900 000 011", "Sở Y tế"],
    ]  # fmt: skip


async def opened(app: App, name: str, **params: Any) -> Any:
    """The first sheet of a document, as a real reader sees it."""
    file = await app.renderer.render(0, "terminal:1", DocumentRef(name, params), None)
    return openpyxl.load_workbook(file.path).worksheets[0]


async def test_joining_by_a_link_asks_and_leaving_takes_the_consent_back(office: Office) -> None:
    """Each with its proof; an unknown club, and a unit that is none, are told apart from nothing."""
    person = await office.donor("SYT", phone="+84900000011")
    (address,) = office.house.rows("SELECT address FROM people WHERE id = ?", person)[0]
    for payload in ("c_NONE", "c_SYT"):
        await office.house.do(address, [Start(payload)])
        assert "không biết câu lạc bộ này" in office.last(address)
    await office.house.do(address, [Start("c_CLB1")])
    assert office.house.rows("SELECT * FROM club_members") == []
    await office.do(address, "[Đồng ý]")
    assert len(office.house.rows("SELECT * FROM club_members")) == 1
    assert "đã ở trong" in await office.do(address, "/clb CLB1")
    await office.do(address, "/clb", "[Rời Câu lạc bộ CLB1]")
    assert office.house.rows("SELECT * FROM club_members") == []
    consents = office.house.rows("SELECT purpose, answer FROM consents ORDER BY id")
    assert consents == [("club:CLB1", "given"), ("club:CLB1", "withdrawn")]


async def test_a_desk_helper_sees_the_list_of_their_round_and_whose_ticket_it_is(office: Office) -> None:
    """Names for comparing with papers, numbers masked; a ticket of another round is none here."""
    person = await office.donor("SYT", name="Lê Thị Ánh", phone="+84900000011")
    await office.joins(person)
    code = office.house.rows("SELECT code FROM joins")[0][0]
    helper = await somebody(office, Role.HELPER)
    assert "Chắc chắn đến: 1" in await office.do(helper, "/tiepdon")
    assert "1. Lê Thị Ánh (1992) – Sở Y tế" in await office.do(helper, "[Danh sách]")
    shown = await office.do(helper, f"{code[:3]} {code[3:]}".lower())
    assert "Lê Thị Ánh" in shown and "090 *** 011" in shown and "900 000" not in shown
    assert "Không có vé nào của đợt này" in await office.do(helper, "ABC 999")
    assert office.audit(helper) == []


async def test_a_helper_of_another_round_learns_nothing_of_this_one(office: Office) -> None:
    """The same words as for a round that there is not, and the try is on record."""
    helper = office.house.newcomer()

    async def seat(tx: Tx) -> None:
        other = await tx.one("SELECT id FROM rounds WHERE code = 'LS-2026-12'")
        await people.keep(tx, helper, "vi", 1)
        assert other
        await roles.grant(tx, helper, Grant(Role.HELPER, round_id=other[0]), by="test", at=1)

    await office.house.app.database.write(seat)
    refused = await office.do(helper, f"/tiepdon {CODE}")
    assert refused == await office.do(helper, "/tiepdon NO-SUCH")
    assert [detail.get("round") for _, detail in office.audit(helper)] == [CODE, None]
    assert "chỉ mở từ 17/12/2026 đến hết 19/12/2026" in await office.do(helper, "/tiepdon LS-2026-12")


async def test_the_log_shows_officers_what_is_theirs_and_narrows(office: Office) -> None:
    """By kind, by unit, by person; the file is the administrators' and holds every entry."""
    ours, theirs, admin = await office.officer("YT"), await office.officer("GD"), await office.admin()
    head = await somebody(office, Role.HEAD, "CLB1")
    await member(office, "CLB1", phone="+84900000011")
    await office.do(head, "/thanhvien", "[📄 Tệp danh sách]")
    await office.do(head, "/xuat")
    listed = await office.do(ours, "/nhatky")
    assert (
        "chủ nhiệm Câu lạc bộ CLB1 (terminal): lấy danh sách ra tệp (đơn vị Câu lạc bộ CLB1, danh sách thành viên, 1 dòng)"
        in listed
    )
    assert "chưa có dòng nào" in await office.do(theirs, "/nhatky")
    assert "📄 Tệp nhật ký" not in office.labels(ours)
    assert "(2 dòng" in await office.do(admin, "/nhatky")
    only = await office.do(admin, "[Lọc theo loại việc]", "[bị từ chối]")
    assert "lệnh “Xuất danh sách”" in only and "(1 dòng" in only
    assert "chưa có dòng nào" in await office.do(admin, "so y te")
    everything = await office.do(admin, "[Bỏ lọc]", "[Lọc theo người làm]", "[chủ nhiệm Câu lạc bộ CLB1 (terminal)]")
    assert "(2 dòng" in everything
    await office.do(admin, "[📄 Tệp nhật ký]")
    assert office.audit(admin) == [("export", {"list": "audit", "rows": 3})]
    rows = list((await opened(office.house.app, "audit.xlsx", language="vi")).iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in rows] == [3, 2, 1]
    assert not re.search(r"\d{3} \d{3}|Ánh|Hà", str([row[2:] for row in rows]))
