"""Editing the questions and answers: who may, what is written, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import Clock
from bot.faq import load_faq
from bot.plans import read_plan, write_plan
from core.faq import ANSWER
from tests.handlers.conversations import House
from tests.handlers.office import Office
from tests.program import DATA, NOW, config_of

VOLUME = "Mỗi lần hiến bao nhiêu máu?"
TO_ANSWER = ("/suahoidap", f"[{VOLUME}]", "[Sửa tiếng Việt]", "[Sửa câu trả lời]")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A house of its own."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        await app.database.write(lambda tx: write_plan(tx, read_plan(DATA / "house.toml")))
        yield Office(House(app))


def words(office: Office) -> list[tuple[object, ...]]:
    """(topic, language, answer, by) as they stand in the table."""
    return office.house.rows("SELECT topic, language, answer, changed_by FROM faq ORDER BY topic, language")


@pytest.mark.parametrize(("unit", "may"), [("LS", True), ("YT", False), ("", False)])
async def test_who_answers_for_everybody_edits(office: Office, unit: str, may: bool) -> None:
    """Everybody reads them: admins, and officers of a unit that has none above."""
    officer = await office.officer(unit)
    said = await office.do(officer, "/suahoidap")
    assert ("Chọn một câu" in said) is may
    assert (("refused", {"command": "editfaq"}) in office.audit(officer)) is not may
    assert "Chọn một câu" in await office.do(await office.admin(), "/suahoidap")


async def test_a_donor_reads_and_does_not_edit(office: Office) -> None:
    """Nor is the way shown."""
    donor = office.house.newcomer()
    assert "/editfaq" not in [token for said in office.house.said(donor) for _, token, _ in said.get("buttons", [])]
    assert "chỉ dành cho cán bộ" in await office.do(donor, "/suahoidap")
    assert words(office) == []


@pytest.mark.parametrize("last", ["[Lưu]", "[Sửa nguồn]"])
async def test_an_officer_who_lost_the_office_meanwhile_writes_nothing(office: Office, last: str) -> None:
    """Looked up at every step; the try is on record."""
    officer = await office.officer("LS")
    await office.do(officer, *TO_ANSWER, "Lời mới.")
    tx_unit = await office.unit("YT")

    async def moved(tx: object) -> None:
        await tx.run("UPDATE roles SET unit_id = ? WHERE address = ?", (tx_unit, officer))  # type: ignore[attr-defined]

    await office.house.app.database.write(moved)
    assert "do quản trị viên" in await office.do(officer, last)
    assert words(office) == []
    assert office.audit(officer)[-1] == ("refused", {"command": "editfaq"})


async def test_what_is_saved_is_read_by_everybody_and_is_on_record(office: Office) -> None:
    """Plain words: no sign in them means anything. The English ones stay as they came."""
    admin = await office.admin()
    await office.do(admin, *TO_ANSWER, "Tuỳ *cân* <b>nặng</b> {contact} {x}", "[Lưu]")
    assert words(office) == [("volume", "vi", "Tuỳ *cân* <b>nặng</b> {contact} {x}", admin)]
    reader = office.house.newcomer()
    assert "Tuỳ *cân* <b>nặng</b> văn phòng, 0205 3812 345 {x}" in await office.do(reader, "moi lan lay bao nhieu ml")
    assert "250 ml at most" in await office.do(reader, "/language en", "/faq volume")
    assert ("faq", {"change": "edited", "topic": "volume", "language": "vi"}) in office.audit(admin)


async def test_two_editors_at_once_see_each_others_words(office: Office) -> None:
    """The second one is shown the first one's before they are replaced."""
    one, two = await office.admin(), await office.officer("LS")
    await office.do(one, *TO_ANSWER, "Lời một.")
    await office.do(two, *TO_ANSWER, "Lời hai.", "[Lưu]")
    said = await office.do(one, "[Lưu]")
    assert "Người khác vừa sửa" in said
    assert "Lời hai." in said
    assert words(office)[0][2] == "Lời hai."
    await office.do(one, "[Lưu]")
    assert words(office)[0][2] == "Lời một."


@pytest.mark.parametrize(
    ("typed", "why"), [("x" * (ANSWER + 1), "Hơi dài"), ("\u200b", "gõ vài chữ"), ("  \n ", "gõ vài chữ")]
)
async def test_too_long_or_empty_is_asked_again(office: Office, typed: str, why: str) -> None:
    """An answer fits on a telephone."""
    assert why in await office.do(await office.admin(), *TO_ANSWER, typed)
    assert words(office) == []


async def test_a_hidden_topic_is_neither_listed_nor_found(office: Office) -> None:
    """Until it is shown again."""
    admin, reader = await office.admin(), office.house.newcomer()
    await office.do(admin, "/suahoidap", f"[{VOLUME}]", "[Ẩn]")
    assert VOLUME not in await office.do(reader, "/hoidap")
    assert "250 ml" not in await office.do(reader, "hien 1 lan bao nhieu ml mau")
    assert "250 ml" not in await office.do(reader, "/hoidap volume")
    await office.do(admin, "[Hiện lại]")
    assert "250 ml" in await office.do(reader, "/hoidap volume")


async def test_the_order_is_the_officers(office: Office) -> None:
    """Up, down, and no further than the ends."""
    admin, reader = await office.admin(), office.house.newcomer()
    await office.do(admin, "/suahoidap", f"[{VOLUME}]", "[Lên một chỗ]", "[Lên một chỗ]")
    assert f"1. {VOLUME}" in await office.do(reader, "/hoidap")
    assert "đã ở đầu" in await office.do(admin, "[Lên một chỗ]")
    await office.do(admin, "[Xuống một chỗ]")
    assert f"2. {VOLUME}" in await office.do(reader, "/hoidap")


async def test_an_added_topic_is_read_found_and_can_be_removed(office: Office) -> None:
    """In the language that it was written in, for readers of another one too."""
    admin, reader = await office.admin(), office.house.newcomer()
    new = ("Có chỗ gửi xe máy không?", "Có, sân sau.", "Văn phòng", "11/2026")
    await office.do(admin, "/suahoidap", "[+ Thêm câu]", *new, "[Lưu]")
    assert words(office) == [("own1", "vi", "Có, sân sau.", admin)]
    assert "Có, sân sau." in await office.do(reader, "cho gui xe may co khong")
    assert "Có, sân sau." in await office.do(reader, "/language en", "/faq own1")
    assert "Đã bỏ" in await office.do(admin, "[Bỏ hẳn câu này]", "[Bỏ hẳn câu này]")
    assert words(office) == []
    assert office.house.rows("SELECT count(*) FROM faq_places WHERE topic = 'own1'") == [(0,)]


async def test_back_to_the_words_that_came_along(office: Office) -> None:
    """In every language, and in its usual place."""
    admin = await office.admin()
    await office.do(admin, *TO_ANSWER, "Lời mới.", "[Lưu]")
    said = await office.do(admin, "[Về lời có sẵn]", "[Về lời có sẵn]")
    assert "Không quá 250 ml".lower() in said.lower()
    assert words(office) == []


async def test_the_words_outlive_a_restart(tmp_path: Path) -> None:
    """They are in the table, not in a memory."""
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        office = Office(House(app))
        await office.do(await office.admin(), *TO_ANSWER, "Lời mới.", "[Lưu]")
    async with open_app(config_of(tmp_path), Clock(NOW)) as app:
        office = Office(House(app))
        reader = office.house.newcomer()
        assert "Lời mới." in await office.do(reader, "/hoidap volume")
        assert len((await _all(office)).topics) == len(load_faq().topics)


async def _all(office: Office):
    async with office.house.app.database.read() as tx:
        return await office.house.app.house.faq.all(tx)


async def test_an_undone_turn_leaves_no_words_in_memory(office: Office) -> None:
    """What was read in a transaction that failed is not what others get."""
    from core.faq import Entry
    from storage import faq

    database = office.house.app.database

    async def fails(tx: object) -> None:
        await faq.write(tx, ("volume", "vi"), Entry("?", "Sai.", "S", "2026"), by="x", at=1)  # type: ignore[arg-type]
        await office.house.app.house.faq.all(tx)  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(fails)
    right = Entry("?", "Đúng.", "S", "2026")
    await database.write(lambda tx: faq.write(tx, ("volume", "vi"), right, by="x", at=2))
    assert "Đúng." in await office.do(office.house.newcomer(), "/hoidap volume")
