"""Quotas by chat and as a table: who sets whose, none is not zero, names are never guessed, and what was seen is what is saved."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest_asyncio

from bot.app import open_app
from bot.clock import Clock
from bot.file_kinds import read_file
from bot.plans import read_plan, write_plan
from core.dialogue import FileRead
from core.quota_table import QuotaFile
from handlers.documents import quotas_xlsx
from handlers.documents.paper import Paper
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of
from tests.quota_books import lang_son

HOUSE = Path(__file__).parents[2]


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


def stored(office: Office) -> dict[str, int]:
    """The quotas of the round, by unit."""
    sql = "SELECT u.code, q.target FROM round_quotas q JOIN units u ON u.id = q.unit_id JOIN rounds r ON r.id = q.round_id WHERE r.code = ?"
    return dict(office.house.rows(sql, CODE))  # type: ignore[arg-type]


def stored_year(office: Office) -> dict[tuple[int, str, str], int]:
    """Every quota of a year: (year, kind, unit) -> target."""
    sql = "SELECT q.year, q.kind, u.code, q.target FROM year_quotas q JOIN units u ON u.id = q.unit_id"
    return {(year, kind, unit): target for year, kind, unit, target in office.house.rows(sql)}


async def send(office: Office, address: str, body: bytes) -> str:
    """A file as the reader left it, and what is asked next."""
    data = json.dumps(read_file("chi-tieu.xlsx", body, NOW.date()))
    upload = await office.house.app.database.write(
        lambda tx: tx.run(
            "INSERT INTO uploads (address, name, size, state, kind, result, at) VALUES (?, 'chi-tieu.xlsx', 1, 'read', 'quotas', ?, 1)"
            " RETURNING id",
            (address, data),
        )
    )
    await office.house.do(address, [FileRead(upload[0][0])])
    return office.last(address)


async def test_one_quota_is_set_changed_and_left_empty(office: Office) -> None:
    """0 is a quota; empty is none; each is on record."""
    admin = await office.admin()
    assert "Đã giao Sở Y tế: 180." in await office.do(
        admin, f"/chitieu {CODE}", "[Giao cho một đơn vị]", "so y te", "180"
    )
    assert "• Sở Y tế: 180\nTổng cộng 1 đơn vị: 180" in office.last(admin)
    await office.do(admin, "[Giao cho một đơn vị]", "Sở Y tế", "0")
    assert stored(office) == {"SYT": 0}
    assert "không còn chỉ tiêu này" in await office.do(admin, "[Giao cho một đơn vị]", "Sở Y tế", "bỏ trống")
    assert stored(office) == {}
    assert office.audit(admin)[-1] == ("quotas", {"round": CODE, "unit": "SYT", "rows": 1})
    assert "bỏ trống" in await office.do(admin, "[Giao cho một đơn vị]", "Sở Y tế", "nhiều lắm")


async def test_an_officer_sets_those_below_and_never_their_own(office: Office) -> None:
    """The sector's own quota is set above it; another sector's is nobody's business here; each refusal is kept."""
    officer = await office.officer("YT")
    await office.do(officer, f"/chitieu {CODE}", "[Giao cho một đơn vị]", "Sở Y tế", "20")
    assert stored(office) == {"SYT": 20}
    for unit in ("Công đoàn ngành Y tế", "Huyện Chi Lăng"):
        assert "do cấp trên giao" in await office.do(officer, "[Giao cho một đơn vị]", unit)
        await office.do(officer, "[← Quay lại]")
    assert stored(office) == {"SYT": 20}
    assert [detail for action, detail in office.audit(officer) if action == "refused"] == [
        {"command": "quotas", "unit": "YT"},
        {"command": "quotas", "unit": "CL"},
    ]


async def test_the_tree_offers_what_is_the_officer_s_to_set(office: Office) -> None:
    """From the officer's unit down, without the unit itself."""
    officer = await office.officer("YT")
    await office.do(officer, f"/chitieu {CODE}", "[Giao cho một đơn vị]", "[Duyệt danh sách]")
    assert {"Sở Y tế", "Bệnh viện Đa khoa tỉnh"} <= set(office.labels(officer))
    assert not any("Công đoàn ngành Y tế" in label for label in office.labels(officer))


async def test_quotas_of_another_round_are_refused(office: Office) -> None:
    """The round invites the health sector."""
    officer = await office.officer("HL")
    assert "Tôi không thấy đợt nào có mã đó" in await office.do(officer, f"/chitieu {CODE}")
    assert office.audit(officer) == [("refused", {"command": "quotas", "round": CODE})]


async def test_what_is_asked_in_a_year_has_its_own_tables(office: Office) -> None:
    """People to be honoured in 2026; the living bank has a usual figure."""
    admin = await office.admin()
    await office.do(
        admin, "/chitieu", "Chỉ tiêu năm 2026", "Khen thưởng cá nhân", "[Giao cho một đơn vị]", "Sở Y tế", "4"
    )
    assert stored_year(office) == {(2026, "award_person", "SYT"): 4}
    said = await office.do(admin, "[Chỉ tiêu khác]", "Chỉ tiêu năm 2026", "Ngân hàng máu sống")
    assert "Thường mỗi đơn vị có từ 5 người trở lên." in said


ROWS = (("Sở Y tế", 180, 4, 3), ("Bệnh viện Đa khoa tỉnh", None, 3, 1), ("CĐN Y tế", 70, 4, 2))


async def test_a_table_is_previewed_and_saved_once_agreed(office: Office) -> None:
    """An empty cell is none; importing it again changes nothing; a changed one shows what was and what will be."""
    admin = await office.admin()
    await send(office, admin, lang_son(ROWS, (250, 11, 6)))
    assert "Khớp với dòng tổng cộng." in office.house.said(admin)[-2]["text"]
    shown = await office.do(admin, "[Đợt 11 năm 2026 – 04/12/2026]")
    assert "Chỉ tiêu đăng ký: Đợt 11 năm 2026, 04/12/2026: 2 đơn vị, cộng 250" in shown
    assert "Khen thưởng cá nhân năm 2023: 3 đơn vị, cộng 11" in shown
    assert "• Sở Y tế: bỏ trống → 180" in shown
    assert stored(office) == {}, "nothing is saved before it is agreed to"
    await office.do(admin, "[Lưu chỉ tiêu]")
    assert stored(office) == {"SYT": 180, "YT": 70}
    assert stored_year(office)[2023, "award_family", "BVDK"] == 1
    await send(office, admin, lang_son(ROWS, (250, 11, 6)))
    assert "Không có gì mới để lưu." in await office.do(admin, "[Đợt 11 năm 2026 – 04/12/2026]")
    await office.do(admin, "[Không lưu]")
    await send(office, admin, lang_son((("Sở Y tế", None, 4, 3),), (None, 4, 3)))
    assert "• Sở Y tế: 180 → bỏ trống" in await office.do(admin, "[Đợt 11 năm 2026 – 04/12/2026]")
    await office.do(admin, "[Lưu chỉ tiêu]")
    assert stored(office) == {"YT": 70}, "what is not in the file stays"


async def test_a_name_that_two_units_share_is_asked_for(office: Office) -> None:
    """Two health centres: neither is taken unasked; the other unclear row is left out."""
    admin = await office.admin()
    rows = (("Trung tâm Y tế", 30, 1, 1), ("Nhà máy Sao Hoả", 5, 1, 1), ("Sở Y tế", 10, 1, 1))
    asked = await send(office, admin, lang_son(rows, (45, 3, 3)))
    assert "Dòng 6: “Trung tâm Y tế” là đơn vị nào?" in asked
    assert any("Chi Lăng" in label for label in office.labels(admin))
    asked = await office.do(admin, f"[{next(label for label in office.labels(admin) if 'Hữu Lũng' in label)}]")
    assert "Dòng 7: “Nhà máy Sao Hoả”" in asked
    shown = await office.do(admin, "[Bỏ qua dòng này]", "[Đợt 11 năm 2026 – 04/12/2026]")
    assert "1 dòng bạn bỏ qua:\n• Nhà máy Sao Hoả" in shown
    await office.do(admin, "[Lưu chỉ tiêu]")
    assert stored(office) == {"HL-TTYT": 30, "SYT": 10}


async def test_the_lang_son_table_of_2023_is_saved_as_700_40_20(tmp_path: Path) -> None:
    """All 14 units by the names of that year, the slip "LDLĐ" too, without a question; nine of them have no registrations asked."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(HOUSE / "bot" / "demo" / "plan.toml")))
        there = Office(House(app))
        plan = await there.round("LC-2021-18")
        made = replace(plan, code="LS-2023-01", name="Đợt 1 năm 2023", held_on=date(2023, 3, 18), units=frozenset())
        await there.add(made)
        admin = await there.admin()
        await send(there, admin, lang_son())
        shown = await there.do(admin, "LS-2023-01")
        assert "5 đơn vị, cộng 700" in shown
        await there.do(admin, "[Lưu chỉ tiêu]")
        sums = "SELECT kind, count(*), sum(target) FROM year_quotas WHERE year = 2023 GROUP BY kind ORDER BY kind"
        assert there.house.rows(sums) == [("award_family", 14, 20), ("award_person", 14, 40)]
        assert there.house.rows("SELECT count(*), sum(target) FROM round_quotas") == [(5, 700)]


async def test_an_officer_s_table_sets_what_is_theirs(office: Office) -> None:
    """Rows of other sectors, and their own unit's, are named and left out."""
    officer = await office.officer("YT")
    await send(office, officer, lang_son((*ROWS, ("Huyện Chi Lăng", 9, 1, 1)), (259, 12, 7)))
    shown = await office.do(officer, "[Đợt 11 năm 2026 – 04/12/2026]")
    assert "2 dòng không thuộc phạm vi của bạn, tôi bỏ qua:\n• CĐN Y tế\n• Huyện Chi Lăng" in shown
    await office.do(officer, "[Lưu chỉ tiêu]")
    assert stored(office) == {"SYT": 180}


async def test_what_changed_since_it_was_seen_is_seen_again(office: Office) -> None:
    """Somebody else sets a quota between the preview and the tap."""
    admin = await office.admin()
    await send(office, admin, lang_son(ROWS, (250, 11, 6)))
    await office.do(admin, "[Đợt 11 năm 2026 – 04/12/2026]")
    other = await office.admin()
    await office.do(other, f"/chitieu {CODE}", "[Giao cho một đơn vị]", "Sở Y tế", "99")
    shown = await office.do(admin, "[Lưu chỉ tiêu]")
    assert "Chỉ tiêu vừa có thay đổi" in shown
    assert "• Sở Y tế: 99 → 180" in shown
    assert stored(office) == {"SYT": 99}


async def test_the_table_that_is_handed_out_can_be_sent_back(office: Office, tmp_path: Path) -> None:
    """Written, opened by a real reader, read by the bot: the same units and figures, empty where there is none."""
    admin = await office.admin()
    await office.do(admin, f"/chitieu {CODE}", "[Giao cho một đơn vị]", "Sở Y tế", "180", "[Tải bảng Excel]")
    params = next(reply["document"] for reply in office.house.said(admin) if "document" in reply)["params"]
    app, path = office.house.app, tmp_path / "quotas.xlsx"
    paper = Paper(app.renderer._words, "vi", NOW.date(), NOW, "BCĐ", "Lạng Sơn", NOW.tzinfo)  # type: ignore[arg-type]
    async with app.database.read() as tx:
        await quotas_xlsx.write(tx, paper, params, path)
    assert openpyxl.load_workbook(path).active.title == "Chỉ tiêu"
    file = QuotaFile.from_json(read_file("chi-tieu.xlsx", path.read_bytes(), NOW.date()))
    assert [(entry.code, entry.figures["registrations"]) for entry in file.entries] == [("BVDK", None), ("SYT", 180)]
    assert file.doubts == ()
