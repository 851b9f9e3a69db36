"""Files on their way: fetched after they are kept, read beside the turns, told of once, whatever dies in between."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from core.dialogue import File, Inbound
from core.people import Role
from core.sheet_table import MAX_BYTES
from storage import uploads
from storage.dossier import all_about
from storage.inbox import Delivered
from storage.uploads import Upload
from tests.bot.webchat import Visitor
from tests.plan_books import TIDY, book, plan_file
from tests.program import PATIENCE_S, AtTelegram, at_telegram, grant, program, quiet, rows, until
from tests.servers.telegram import FakeTelegram, Person
from tests.torture.program import Program

_PLAN = plan_file("ke-hoach.xlsx")


async def officer(telegram: AtTelegram, role: Role = Role.ADMIN) -> Person:
    """Somebody of Telegram with a role."""
    person = telegram.server.person("Lan")
    await grant(telegram.app, f"telegram:{person.id}", role)
    return person


async def answered(telegram: AtTelegram, person: Person, words: str) -> None:
    """Wait until the bot has said that, and has nothing more to say."""
    await until(lambda: any(words in seen.text for seen in person.messages), words)
    await until(lambda: quiet(telegram.app, f"telegram:{person.id}"))


def calls(server: FakeTelegram, method: str) -> int:
    """How often the bot asked for something."""
    return sum(call.method == method for call in server.calls)


async def test_a_document_is_fetched_read_and_reported(telegram: AtTelegram) -> None:
    """Once; nothing of it stays but what was read."""
    person = await officer(telegram)
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    assert [seen.text.split("\n")[0] for seen in person.messages] == [
        "Đang đọc “ke-hoach.xlsx”…",
        "“ke-hoach.xlsx”: đọc được cả 3 đợt.",
        "Nếu lưu, tôi sẽ:",
    ]
    assert telegram.rows("SELECT state, body, remote FROM uploads") == [("read", None, "")]
    assert calls(telegram.server, "getFile") == 1


async def test_a_donors_document_is_not_even_fetched(telegram: AtTelegram) -> None:
    """Politely refused; nothing is kept."""
    person = telegram.server.person("Mai")
    person.document(*_PLAN)
    await answered(telegram, person, "không cần tệp nào")
    assert calls(telegram.server, "getFile") == 0
    assert telegram.rows("SELECT * FROM uploads") == []


@pytest.mark.parametrize("kind", ["bad_gateway", "error", "reset", "truncated", "flood"])
async def test_a_fetch_that_meets_trouble_is_tried_again(telegram: AtTelegram, kind: str) -> None:
    """60: the officer hears of the plan, not of the network; polling goes on meanwhile."""
    telegram.app.intake.backoff_s = (0.05, 0.05, 0.05)
    person, other = await officer(telegram), telegram.server.person("Mai")
    telegram.server.fault(kind, "getFile", times=2, **({"retry_after": 0} if kind == "flood" else {}))
    person.document(*_PLAN)
    other.say("/huy")
    assert "Hiện không có phiếu" in (await other.answer(PATIENCE_S)).text
    await answered(telegram, person, "thêm 3 đợt")
    assert calls(telegram.server, "getFile") == 3


async def test_a_fetch_that_never_works_is_told(telegram: AtTelegram) -> None:
    """After some tries, in words; the next file is read as ever."""
    telegram.app.intake.backoff_s = (0.02, 0.02)
    person = await officer(telegram)
    telegram.server.fault("error", "getFile", times=3)
    person.document(*_PLAN)
    await answered(telegram, person, "chưa lấy được tệp")
    assert calls(telegram.server, "getFile") == 3
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    assert calls(telegram.server, "getFile") == 4


async def test_69_a_document_of_20_mb_and_a_byte_is_refused_unseen(telegram: AtTelegram) -> None:
    """By the size that Telegram names."""
    person = await officer(telegram)
    person.document("plan.xlsx", b"PK", claimed_size=20 * 1024 * 1024 + 1)
    await answered(telegram, person, "lớn hơn 5 MB")
    assert calls(telegram.server, "getFile") == 0


async def test_a_document_that_is_longer_than_was_said_is_refused(telegram: AtTelegram) -> None:
    """A little more than what is allowed is fetched, and no more."""
    person = await officer(telegram)
    body = b"PK" + b"\0" * (MAX_BYTES + 500_000)
    message = person.document("plan.xlsx", body)
    message.body["document"]["file_size"] = 10
    await answered(telegram, person, "lớn hơn 5 MB")
    assert telegram.rows("SELECT count(*) FROM uploads WHERE body IS NOT NULL") == [(0,)]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.xlsx", "a" * 250 + ".xlsx", "C:\\x\\plan.xlsx", "\u202exslx.exe.xlsx"]
)
async def test_68_names_of_files_are_names_alone(telegram: AtTelegram, name: str) -> None:
    """No folders, not too long, nothing that turns letters around."""
    person = await officer(telegram)
    person.document(name, _PLAN[1])
    await answered(telegram, person, "thêm 3 đợt")
    shown = person.messages[0].text
    assert not {"/", "\\", "\u202e"} & set(shown)
    assert len(shown) < 120


async def test_a_document_from_a_group_is_nobodys(telegram: AtTelegram) -> None:
    """Plans are sent in private."""
    person, group = await officer(telegram), telegram.server.group()
    group.post(person.user, {"document": {"file_id": "x", "file_unique_id": "y", "file_name": "plan.xlsx"}})
    person.say("/huy")
    await answered(telegram, person, "Hiện không có phiếu")
    assert telegram.rows("SELECT * FROM uploads") == []


async def test_a_plan_that_is_read_in_the_middle_of_a_form_waits(telegram: AtTelegram) -> None:
    """The open question stays open; /kehoach shows the plan afterwards."""
    person = await officer(telegram)
    telegram.server.fault("delay", "getFile", seconds=0.5)
    person.document(*_PLAN)
    await until(lambda: len(person.messages) == 1)
    person.say("/xuat")
    await answered(telegram, person, "Đã đọc xong")
    assert telegram.rows("SELECT form FROM conversations") == [("export",)]
    person.say("/huy")
    person.say("/kehoach")
    await answered(telegram, person, "thêm 3 đợt")


async def test_the_newer_of_two_files_counts(telegram: AtTelegram) -> None:
    """What is asked is about the newer one; nothing of the older one is left to be saved by mistake."""
    person = await officer(telegram)
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    person.document(*plan_file("ke-hoach-loi.xlsx"))
    await answered(telegram, person, "thêm 1 đợt")
    assert telegram.rows("SELECT state FROM uploads ORDER BY id") == [("done",), ("read",)]


async def test_whoever_lost_the_role_meanwhile_saves_nothing(telegram: AtTelegram) -> None:
    """Between sending and agreeing."""
    person = await officer(telegram)
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    await telegram.app.database.write(lambda tx: tx.run("DELETE FROM roles"))
    person.press("Lưu kế hoạch")
    await until(lambda: quiet(telegram.app, f"telegram:{person.id}") and len(person.messages) > 3)
    assert telegram.rows("SELECT code FROM rounds WHERE held_on > '2027'") == []


class Stations:
    """The same database in one program after the other, each cut off somewhere."""

    def __init__(self, folder: Path, server: FakeTelegram) -> None:
        self.folder, self.server = folder, server

    def run(self) -> Any:
        """The next program."""
        return program(self.folder, telegram=at_telegram(self.server))


@pytest.fixture
async def stations(tmp_path: Path) -> AsyncIterator[Stations]:
    """A platform that outlives every program."""
    async with FakeTelegram() as server:
        yield Stations(tmp_path, server)


async def _sent(app: App, person: Person) -> None:
    await grant(app, f"telegram:{person.id}", Role.ADMIN)
    person.document(*_PLAN)


@pytest.mark.parametrize("dies", ["before it is fetched", "before it is read", "before it is told"])
async def test_a_program_that_ends_on_the_way_goes_on_where_it_was(
    stations: Stations, dies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One report, however often it began."""
    person = stations.server.person("Lan")
    never = asyncio.Event()

    async def forever(*_: Any) -> Any:
        await never.wait()

    for _ in range(2):
        async with stations.run() as app:
            if dies == "before it is fetched":
                app.intake.fetchers["telegram"] = forever
            if dies == "before it is read":
                monkeypatch.setattr("bot.intake.read_in_child", forever)
            if dies == "before it is told":
                monkeypatch.setattr(app.intake, "_tell", forever)
            if not person.chat.met:
                await _sent(app, person)
            await until(lambda: rows(app, "SELECT 1 FROM uploads WHERE state = 'new'"))
            await asyncio.sleep(0.2)
            next(task for task in app._tasks if "Intake.run" in repr(task)).cancel()
        monkeypatch.undo()
    async with stations.run() as app:
        await until(lambda: any("thêm 3 đợt" in seen.text for seen in person.messages))
        await until(lambda: quiet(app, f"telegram:{person.id}"))
    assert sum("đọc được cả 3 đợt" in seen.text for seen in person.messages) == 1


async def test_what_was_read_is_told_once_however_often_it_is_read(telegram: AtTelegram) -> None:
    """Two readers of one file, by mistake: one result, one report."""
    person = await officer(telegram)
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    found = rows(telegram.app, "SELECT id, address, name FROM uploads")[0]
    again = Upload(found[0], found[1], found[2], 1, "", None, "new", "plan", {}, {})
    await telegram.app.intake._tell(again, {"refused": "import.refused.empty", "params": {}})
    await until(lambda: quiet(telegram.app, f"telegram:{person.id}"))
    assert len(person.messages) == 3


@pytest.mark.slow
async def test_kill_9_on_the_way_of_a_file(tmp_path: Path) -> None:
    """Five kills at random moments between sending and reporting: the plan is reported, and what was agreed to is saved once."""
    random_ = random.Random(3)
    async with FakeTelegram() as server:
        person = server.person("Lan")
        bot = Program(tmp_path, base_url=server.base_url)
        config = tmp_path / "config.toml"
        text = config.read_text("utf-8")
        config.write_text(text.replace("[bot]", f'[bot]\nadmins = ["telegram:{person.id}"]'), "utf-8")
        await bot.start()
        person.document("plan.xlsx", book([row[:7] for row in TIDY]))
        for _ in range(5):
            await asyncio.sleep(random_.uniform(0.6, 2.2))  # Half of it is its start.
            await bot.kill()
            await bot.start()
        await until(lambda: any("Nếu lưu" in seen.text for seen in person.messages))
        reports = sum("đọc được cả 3 đợt" in seen.text for seen in person.messages)
        assert 1 <= reports <= 6  # What was in flight at a kill may come once more each.
        person.say("Lưu kế hoạch")
        await until(lambda: any("Đã lưu: thêm 3 đợt" in seen.text for seen in person.messages))
        await bot.kill()


async def test_web_uploads_are_for_officers_alone(app: App) -> None:
    """Before a byte is kept."""
    async with Visitor(app) as visitor:
        url = f"{visitor.chat}/upload?id=upload-0001&name=plan.xlsx"
        async with visitor.http.post(url, data=_PLAN[1]) as answer:
            assert answer.status == 403
        assert (await visitor.menu())["upload_bytes"] == 0
        await grant(app, f"web:{visitor.cookie.rpartition('.')[0]}", Role.ADMIN)
        assert (await visitor.menu())["upload_bytes"] == MAX_BYTES
        stream = await visitor.open()
        for _ in range(2):  # A page that heard no answer sends it again.
            async with visitor.http.post(url, data=_PLAN[1]) as answer:
                assert answer.status == 200
        await stream.until("Đang đọc “plan.xlsx”")
        await stream.until("thêm 3 đợt")
        assert rows(app, "SELECT count(*) FROM uploads") == [(1,)]
        assert [m["text"] for m in await visitor.history() if m["from"] == "me"] == ["📎 plan.xlsx"]


@pytest.mark.parametrize(
    ("query", "size", "headers", "status"),
    [
        ("id=upload-0001&name=plan.xlsx", MAX_BYTES + 1, {}, 413),
        ("id=x&name=plan.xlsx", 10, {}, 400),
        ("id=upload-0001", 10, {}, 400),
        ("id=upload-0001&name=plan.xlsx", 10, {"Origin": "https://elsewhere.example"}, 403),
    ],
)
async def test_web_uploads_that_are_not_as_the_page_makes_them(
    app: App, query: str, size: int, headers: dict[str, str], status: int
) -> None:
    """Too long, without an id, without a name, from another site."""
    async with Visitor(app) as visitor:
        await grant(app, f"web:{visitor.cookie.rpartition('.')[0]}", Role.ADMIN)
        async with visitor.http.post(
            f"{visitor.chat}/upload?{query}", data=io.BytesIO(b"x" * size), headers=headers
        ) as answer:
            assert answer.status == status
        assert rows(app, "SELECT * FROM uploads") == []


async def test_a_stream_without_end_is_cut_off(app: App) -> None:
    """Whatever it says of its length, or does not."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2 * MAX_BYTES // 65_536):
            yield b"\0" * 65_536

    async with Visitor(app) as visitor:
        await grant(app, f"web:{visitor.cookie.rpartition('.')[0]}", Role.ADMIN)
        async with visitor.http.post(f"{visitor.chat}/upload?id=upload-0001&name=a.xlsx", data=endless()) as answer:
            assert answer.status == 413
        assert rows(app, "SELECT * FROM uploads") == []


async def test_a_file_of_another_chat_cannot_be_had_read(app: App) -> None:
    """`held:1` of somebody else is nobody's."""
    await grant(app, "terminal:thief", Role.ADMIN)
    file = await app.database.write(lambda tx: uploads.hold(tx, "terminal:owner", "a.xlsx", _PLAN[1], at=1))
    for remote in (file.remote, "held:x", "held:", "held:99999999999999999999"):
        await app.turns.receive([Delivered(remote, Inbound("terminal:thief", File("a.xlsx", 1, remote)))])
    await until(lambda: rows(app, "SELECT count(*) FROM inbox WHERE state = 'done'") == [(4,)])
    assert rows(app, "SELECT address, state FROM uploads") == [("terminal:owner", "held")]


async def test_who_is_forgotten_leaves_no_file(telegram: AtTelegram) -> None:
    """What they sent is in what is stored about them, and goes with them."""
    person = await officer(telegram)
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    stored = await telegram.app.database.write(lambda tx: all_about(tx, f"telegram:{person.id}"))
    (file,) = stored["files_sent"]
    assert (file["name"], file["bytes"]) == ("ke-hoach.xlsx", len(_PLAN[1]))
    person.say("/huy")
    person.say("/xoa")
    await answered(telegram, person, "xoá")
    person.say("1")
    await until(lambda: telegram.rows("SELECT * FROM people") == [])
    assert telegram.rows("SELECT * FROM uploads") == []


async def test_a_file_that_nobody_decides_on_goes_after_a_week(app: App) -> None:
    """With all that was read."""
    await app.database.write(lambda tx: uploads.hold(tx, "terminal:officer", "a.xlsx", b"x", at=app.clock.at()))
    app.clock.move(timedelta(days=6))
    await app._housekeeping.tick()
    assert rows(app, "SELECT count(*) FROM uploads") == [(1,)]
    app.clock.move(timedelta(days=2))
    await app._housekeeping.tick()
    assert rows(app, "SELECT count(*) FROM uploads") == [(0,)]


async def test_a_disk_that_is_full_for_a_while_loses_no_file(
    telegram: AtTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read could not be written down: it is read again."""
    monkeypatch.setattr("bot.intake._PAUSE_S", 0.05)
    tell, tries = telegram.app.intake._tell, 0

    async def full(*args: Any) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError("no space left on device")
        await tell(*args)

    monkeypatch.setattr(telegram.app.intake, "_tell", full)
    person = await officer(telegram)
    person.document(*_PLAN)
    await answered(telegram, person, "thêm 3 đợt")
    assert tries == 3
