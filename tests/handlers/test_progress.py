"""How far the units are: who sees what, who is behind, and a word to the officers of those units."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import open_app
from bot.clock import Clock
from bot.plans import read_plan, write_plan
from core.joins import JoinState
from core.rounds import RoundState
from storage import quotas, units
from tests.handlers.conversations import House
from tests.handlers.office import CODE, Office
from tests.program import DATA, NOW, config_of


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own: what is counted is what a test brings."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


async def ask(office: Office, targets: dict[str, int | None], code: str = CODE) -> None:
    """Quotas of units for a round."""
    round_ = await office.round(code)
    ids = {await office.unit(unit): target for unit, target in targets.items()}
    await office.house.app.database.write(lambda tx: quotas.set_round(tx, round_.id, ids))


async def join(
    office: Office, unit: str, people: int, state: JoinState = JoinState.CERTAIN, code: str = CODE
) -> list[int]:
    """So many people of a unit answer so."""
    joined = [await office.donor(unit) for _ in range(people)]
    for person in joined:
        await office.joins(person, state, code)
    return joined


def documents(office: Office, address: str) -> list[tuple[str, dict[str, Any]]]:
    """The files that wait for somebody, with their params."""
    found = (reply["document"] for reply in office.house.said(address) if "document" in reply)
    return [(document["document"], document["params"]) for document in found]


async def test_an_admin_sees_every_unit_and_an_officer_their_own(office: Office) -> None:
    """The officer of the ministry counts its people alone, and their picture is of their unit."""
    await ask(office, {"SYT": 4, "BVDK": 10})
    await join(office, "SYT", 3)
    await join(office, "BVDK", 1, JoinState.MAYBE)
    admin, officer = await office.admin(), await office.officer("SYT")
    everything = await office.do(admin, f"/tiendo {CODE}")
    mine = await office.do(officer, f"/tiendo {CODE}")
    said = office.house.said(admin)[0]["text"]
    assert "Tổng cộng: 3/14 · 21 %" in said
    assert "• Sở Y tế: 3/4 · 75 %\n   còn thiếu 1" in said
    assert "• Bệnh viện Đa khoa tỉnh: 0/10 · 0 %\n   có thể 1 · còn thiếu 10" in said
    shown = office.house.said(officer)[0]["text"]
    assert "Tổng cộng: 3/4 · 75 %" in shown
    assert "Bệnh viện" not in shown
    assert documents(office, admin) == [("board.png", {"language": "vi", "round": CODE, "units": None, "now": False})]
    assert documents(office, officer)[0][1]["units"] == [await office.unit("SYT")]
    assert everything == mine == "", "the picture comes last, and says everything"


@pytest.mark.parametrize("unit", ["HL", "GD"])
async def test_a_round_of_other_units_is_refused_and_kept(office: Office, unit: str) -> None:
    """The round invites the health sector."""
    officer = await office.officer(unit)
    assert "Tôi không thấy đợt nào có mã đó" in await office.do(officer, f"/tiendo {CODE}")
    assert office.audit(officer) == [("refused", {"command": "progress", "round": CODE})]
    assert await office.do(officer, "/tiendo NO-SUCH") == office.last(officer)
    assert documents(office, officer) == []


async def test_who_lost_the_unit_loses_the_board(office: Office) -> None:
    """A button of yesterday gives nothing."""
    officer = await office.officer("SYT")
    await office.do(officer, f"/tiendo {CODE}")
    labels = {label: token for label, token, _ in office.house.said(officer)[0]["buttons"]}
    await office.house.app.database.write(
        lambda tx: tx.run("UPDATE roles SET unit_id = ? WHERE address = ?", (5, officer))
    )
    await office.do(officer, "Tệp Excel")
    assert "Tôi không thấy đợt nào" in office.last(officer)
    assert "Tệp Excel" in labels
    assert [name for name, _ in documents(office, officer)] == ["board.png"]


async def test_who_is_behind_is_listed(office: Office) -> None:
    """Nobody at all; and under a share that was typed."""
    await ask(office, {"SYT": 4, "BVDK": 10, "YT": 20})
    await join(office, "SYT", 2)
    admin = await office.admin()
    await office.do(admin, f"/tiendo {CODE}")
    assert "1 đơn vị chưa có người đăng ký:\n• Bệnh viện Đa khoa tỉnh: 0/10 · 0 %" in await office.do(
        admin, "Chưa có người đăng ký"
    )
    said = await office.do(admin, "[Dưới … %]", "dưới 50 %")
    assert (
        "2 đơn vị dưới 50 % chỉ tiêu:\n• Bệnh viện Đa khoa tỉnh: 0/10 · 0 %\n• Công đoàn ngành Y tế: 2/20 · 10 %"
        in said
    )
    assert "từ 1 đến 100" in await office.do(admin, "[Dưới … %]", "500")


async def test_the_picture_and_the_files_name_the_round_in_hand(office: Office) -> None:
    """Excel of this round; the annex of both."""
    first = await office.round()
    await office.add(
        type(first)(**{**{f: getattr(first, f) for f in first.__slots__}, "code": "LS-2026-08", "number": 8, "name": "Đợt 8",
                       "held_on": first.held_on - timedelta(days=100), "state": RoundState.DONE, "deadline_on": None})
    )  # fmt: skip
    await ask(office, {"SYT": 2}, "LS-2026-08")
    await ask(office, {"SYT": 4})
    (person,) = await join(office, "SYT", 1, code="LS-2026-08")
    earlier = await office.round("LS-2026-08")
    await office.house.app.database.write(
        lambda tx: tx.run(
            "UPDATE joins SET outcome = 'gave' WHERE round_id = ? AND person_id = ?", (earlier.id, person)
        )
    )
    await join(office, "SYT", 3)
    admin = await office.admin()
    await office.do(admin, f"/tiendo {CODE}", "Tệp Excel", "So với đợt trước")
    said = await office.do(admin, f"[{next(label for label in office.labels(admin) if 'Đợt 8' in label)}]")
    assert "• Sở Y tế: hiến 1/2 (50 %) → đăng ký 3/4 (75 %)" in said
    assert [(name, params["round"], params.get("before")) for name, params in documents(office, admin)] == [
        ("board.png", CODE, None),
        ("board.xlsx", CODE, None),
        ("annex.xlsx", CODE, "LS-2026-08"),
    ]


async def test_officers_of_units_behind_get_their_own_figures_once_a_day(office: Office) -> None:
    """A person presses send; who has no officer is named; the second time of a day asks first."""
    await ask(office, {"SYT": 4, "BVDK": 10})
    await join(office, "SYT", 1)
    admin, officer, other = await office.admin(), await office.officer("SYT"), await office.officer("GD")
    shown = await office.do(admin, f"/tiendo {CODE}", "Nhắc đơn vị chậm", "50")
    assert "• Sở Y tế: 1/4 · 25 % – 1 cán bộ" in shown
    assert "• Bệnh viện Đa khoa tỉnh: 0/10 · 0 % – chưa có cán bộ, bạn gọi điện nhé" in shown
    assert office.house.said(officer) == [], "nothing is sent before somebody presses send"
    shown = await office.do(admin, "[Sửa lời nhắn]", "Hẹn gặp các bạn thứ Sáu!")
    assert "Hẹn gặp các bạn thứ Sáu!" in shown
    assert "Đã gửi lời nhắc tới 1 cán bộ." in await office.do(admin, "[Gửi]")
    told = office.last(officer)
    assert "• Sở Y tế: 1/4 · 25 %\n   còn thiếu 3" in told
    assert "Bệnh viện" not in told
    assert "Hẹn gặp các bạn thứ Sáu!" in told
    assert office.house.said(other) == []
    assert ("nudge", {"round": CODE, "units": 2, "rows": 1}) in office.audit(admin)
    again = await office.do(admin, "Nhắc đơn vị chậm", "50", "[Gửi]")
    assert "Hôm nay đã nhắc 1 cán bộ" in again
    assert office.labels(admin) == ["Nhắc lại tất cả"]
    assert len(office.house.said(officer)) == 1
    await office.do(admin, "[Nhắc lại tất cả]")
    assert len(office.house.said(officer)) == 2


async def test_an_officer_reminds_those_below_and_not_themselves(office: Office) -> None:
    """The sector's officer, of whose own line the same is true."""
    await ask(office, {"YT": 40, "SYT": 4})
    sector, below = await office.officer("YT"), await office.officer("SYT")
    await office.do(sector, f"/tiendo {CODE}", "Nhắc đơn vị chậm", "100", "[Gửi]")
    assert "Đã gửi lời nhắc tới 1 cán bộ." in office.last(sector)
    assert len(office.house.said(below)) == 1
    assert len(office.house.rows("SELECT 1 FROM outbox WHERE dedupe_key LIKE 'nudge:%'")) == 1


async def test_choosing_a_round_shows_its_picture_at_once(office: Office) -> None:
    """As naming it does: nobody has to press "refresh" to see it."""
    admin = await office.admin()
    await office.do(admin, "/tiendo")
    label = next(label for label in office.labels(admin) if "04/12/2026" in label)
    await office.do(admin, f"[{label}]")
    assert [name for name, _ in documents(office, admin)] == ["board.png"]


async def test_at_night_a_reminder_waits_for_the_morning(tmp_path: Path) -> None:
    """Pressed at ten in the evening, it comes at seven; the sender is told so."""
    async with open_app(config_of(tmp_path), Clock(NOW.replace(hour=22))) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        office = Office(House(app))
        await ask(office, {"SYT": 4})
        admin, officer = await office.admin(), await office.officer("SYT")
        said = await office.do(admin, f"/tiendo {CODE}", "Nhắc đơn vị chậm", "50", "[Gửi]")
        assert "nên tin đến lúc 07:00" in said
        ((not_before,),) = office.house.rows("SELECT not_before FROM outbox WHERE address = ?", officer)
    morning = (NOW + timedelta(days=1)).replace(hour=7)
    assert not_before == int(morning.timestamp() * 1000)


async def test_a_round_of_before_a_reform_is_told_by_the_units_of_its_day_or_of_today(office: Office) -> None:
    """The ministry went into the hospital in November; its quota and its people are found under either."""
    first = await office.round()
    facts = {name: getattr(first, name) for name in first.__slots__}
    facts |= {"code": "LS-2026-08", "number": 8, "name": "Đợt 8", "held_on": first.held_on - timedelta(days=100)}
    await office.add(type(first)(**facts | {"state": RoundState.DONE, "deadline_on": None}))
    await ask(office, {"SYT": 4, "BVDK": 6}, "LS-2026-08")
    await join(office, "SYT", 2, code="LS-2026-08")
    old, new = await office.unit("SYT"), await office.unit("BVDK")

    async def reform(tx: Any) -> None:
        await tx.run("UPDATE units SET valid_to = '2026-10-31' WHERE id = ?", (old,))
        await tx.run(
            "INSERT INTO unit_successions (old_id, new_id, kind, on_day) VALUES (?, ?, 'merge', '2026-11-01')",
            (old, new),
        )
        await units.touch(tx)

    await office.house.app.database.write(reform)
    admin = await office.admin()
    await office.do(admin, "/tiendo LS-2026-08")
    then = office.house.said(admin)[-2]["text"]
    assert "• Sở Y tế: 2/4 · 50 %" in then
    assert "• Bệnh viện Đa khoa tỉnh: 0/6 · 0 %" in then
    now = await office.do(admin, "Theo đơn vị hiện nay")
    assert "• Bệnh viện Đa khoa tỉnh: 2/10 · 20 %" in now
    assert "Sở Y tế" not in now
    await office.do(admin, "Tệp Excel")
    assert documents(office, admin)[-1][1]["now"] is True
    assert "• Sở Y tế: 2/4 · 50 %" in await office.do(admin, "Theo đơn vị lúc đó")
