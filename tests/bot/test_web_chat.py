"""The web chat as a page meets it: what is said, to whom, in which order, exactly once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from bot.channels.web import events
from core.dialogue import Reply
from tests.bot.webchat import Visitor, house, running


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The public chat, nobody registered."""
    async with running(house(tmp_path)) as app:
        yield app


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[App]:
    """The demonstration."""
    async with running(house(tmp_path), demo=True) as app:
        yield app


async def test_a_message_and_its_answer_stand_in_the_chat_in_order(app: App) -> None:
    """What I said, then what the bot said, with rising ids."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(text="/start")
        answer = await stream.until("hiến máu")
        history = await visitor.history()
        assert [message["from"] for message in history] == ["me", "bot"]
        assert history[0]["id"] < history[1]["id"] == answer["id"]


async def test_the_same_id_twice_is_one_message_and_one_answer(app: App) -> None:
    """A page that never saw the 200 sends again."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        again = {"id": "the-very-same", "text": "/help"}
        assert [await visitor.post(again) for _ in range(3)] == [(200, {"ok": True})] * 3
        await stream.said()
        await visitor.send(text="/huy")
        await stream.until("điền dở")
        assert [m["text"] for m in await visitor.history() if m["from"] == "me"] == ["/help", "/huy"]
        assert len(await visitor.history()) == 4


async def test_after_skips_what_the_page_has(app: App) -> None:
    """`after` and Last-Event-ID mean the same: the rest, then ready."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(text="/start")
        await stream.said()
        mine, answer = await visitor.history()
        assert await (await visitor.open(after=mine["id"])).history() == [answer]
        assert await (await visitor.open(last_event_id=answer["id"])).history() == []
        assert len(await (await visitor.open(after="nonsense")).history()) == 2


async def test_a_page_that_shows_what_is_not_there_is_told_to_forget_it(app: App) -> None:
    """The database was replaced, or the history erased: the page begins anew."""
    async with Visitor(app) as visitor:
        stream = await visitor.open(after=999_999)
        assert (await stream.next())[0] == "reset"
        assert await stream.block() == ""


async def test_two_pages_of_one_session_both_see_everything(app: App) -> None:
    """Two tabs, one person."""
    async with Visitor(app) as visitor:
        first, second = await visitor.open(), await visitor.open()
        await visitor.send(text="/start")
        assert await first.said() == await second.said()


async def test_many_messages_at_once_lose_nothing_and_keep_their_order(app: App) -> None:
    """Answers and further messages cross each other; every open page still sees all, once, in order."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await stream.next("ready")
        for number in range(12):
            await visitor.send(text=f"câu {number}")
        seen = [(await stream.next("message"))[1] for _ in range(24)]
        assert [m["text"] for m in seen if m["from"] == "me"] == [f"câu {number}" for number in range(12)]
        assert [m["id"] for m in seen] == sorted({m["id"] for m in seen})
        assert seen == await visitor.history()


async def test_a_chosen_language_changes_the_words_of_every_open_page(app: App) -> None:
    """The menu is announced, and a page that was away sees it by `ready`."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        _, ready = await stream.next("ready")
        assert ready["language"] == (await visitor.menu())["language"] == "vi"
        await visitor.send(choice="/language en", label="English")
        assert (await stream.next("menu"))[1] == {"language": "en"}
        menu = await visitor.menu()
        assert menu["language"] == "en" and "/register" in [entry["command"] for entry in menu["commands"]]
        assert (await (await visitor.open()).next("ready"))[1]["language"] == "en"


async def test_the_browsers_language_counts_until_one_is_chosen(app: App) -> None:
    """An English browser is greeted in English; one that speaks something else, in the house's language."""
    for hint, language in (("en-GB,en;q=0.9", "en"), ("vi", "vi"), ("xx", "vi")):
        async with Visitor(app, language=hint) as visitor:
            assert (await visitor.menu())["language"] == language


async def test_the_menu_names_the_zone_of_the_house(app: App) -> None:
    """The page shows clock times of the house, wherever the browser is."""
    async with Visitor(app) as visitor:
        assert (await visitor.menu())["timezone"] == "Asia/Ho_Chi_Minh"


async def test_changed_words_reach_open_pages_and_those_that_were_away(app: App) -> None:
    """Progress of long work: seen live, in the history, and after a reconnect."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(text="/start")
        answer = await stream.said()
        session = visitor.cookie.rpartition(".")[0]
        assert app._web is not None
        await app._web.edit(f"web:{session}", str(answer["id"]), Reply("50 %"))
        changed = {"id": answer["id"], "text": "50 %"}
        assert (await stream.next("update"))[1] == changed
        assert (await (await visitor.open(after=answer["id"])).next("update"))[1] == changed
        assert (await visitor.history())[-1]["text"] == "50 %"


async def test_a_silent_line_beats(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment now and then tells page and proxies that the line lives."""
    monkeypatch.setattr(events, "_HEARTBEAT_S", 0.05)
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await stream.next("ready")
        assert (await stream.block()).startswith(":")


async def test_whoever_was_forgotten_finds_an_empty_chat(app: App) -> None:
    """After /forget open pages drop their history, and a reload shows the last word alone."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(choice="/language vi", label="Tiếng Việt")
        await visitor.send(text="/xoa")
        while not (question := await stream.said())["choices"]:
            pass
        await visitor.send(choice=question["choices"][0][0]["value"], label="Xoá")
        await stream.next("reset")
        history = await (await visitor.open()).history()
        while not history:  # The last word follows the erasure.
            history = await visitor.history()
        assert [message["from"] for message in history] == ["bot"]


async def test_a_forged_choice_is_answered_and_changes_nothing(app: App) -> None:
    """A button of no question, of another question, and a command that the role may not have."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(start="register")
        consent = await stream.said()
        for token in (
            "1.name:x",
            "x" * 64,
            ":",
            "không.có:gì",
            consent["choices"][0][0]["value"].replace(":yes", ":_back"),
        ):
            await visitor.send(choice=token, label="?")
            assert (await stream.said())["choices"] == consent["choices"]
        await visitor.send(choice="/export", label="Xuất")
        refusal, question = await stream.said(), await stream.said()
        assert "quản trị" in refusal["text"].lower() and question["choices"] == consent["choices"]


async def test_a_very_long_text_gets_a_sensible_answer(app: App) -> None:
    """10,000 characters: kept short in the chat, refused as a name, the question stands."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(start="register")
        await visitor.press(await stream.said(), "Đồng ý")
        await stream.until("1/7")
        await visitor.send(text="Á" * 10_000)
        assert "1/7" in (await stream.said())["text"]
        assert max(len(message["text"]) for message in await visitor.history()) <= 4096


@pytest.mark.parametrize(
    "text", ["\x00\x1b[31m", "🩸🩸🩸", "\u202eabc", "'; DROP TABLE donors; --", "<script>alert(1)</script>"]
)
async def test_odd_texts_come_back_as_they_were(app: App, text: str) -> None:
    """Text is text: stored, answered, never run."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(text=text)
        assert (await stream.said())["text"]
        assert (await visitor.history())[0]["text"] == text.strip()


async def test_an_admin_gets_the_list_and_it_outlives_a_restart(tmp_path: Path) -> None:
    """The file card stands in the chat, so its file must be there too, also tomorrow."""
    config = house(tmp_path)
    async with running(config, demo=True) as app, Visitor(app, "admin") as admin:
        stream = await admin.open()
        await admin.send(text="/xuat")
        await admin.press(await stream.said(), "Mọi người")
        await admin.press(await stream.said(), "Tất cả")
        await admin.press(await stream.said(), "Excel")
        while not (message := await stream.said())["file"]:
            pass
        path = message["file"]["url"]
        status, body, headers = await admin.get(path)
        assert status == 200 and body[:2] == b"PK" and len(body) == message["file"]["size"]
        assert headers["Content-Disposition"].startswith("attachment;") and headers["Cache-Control"] == "no-store"
        cookie = admin.cookie
    async with running(config, demo=True) as app, Visitor(app, "admin") as admin:
        admin.cookie = cookie
        assert app._web is not None
        await app._web.tidy()
        async with admin.http.get(f"{admin.base}{path}") as response:
            assert (response.status, await response.read()) == (200, body)


async def test_files_of_the_forgotten_are_removed(app: App) -> None:
    """Erased means erased: also what was made for them and lay ready."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await visitor.send(start="register")
        await visitor.press(await stream.said(), "Đồng ý")
        await visitor.send(text="/dulieu")
        while not (message := await stream.said())["file"]:
            pass
        await visitor.send(text="/huy")
        await visitor.send(text="/xoa")
        await visitor.press(await stream.until("xoá toàn bộ"), "Xoá")
        await stream.next("reset")
        assert (await visitor.get(message["file"]["url"]))[0] == 404
        assert app._web is not None and list(app._web.files.iterdir())
        await app._web.tidy()
        assert not list(app._web.files.iterdir())


async def test_the_demo_clock_only_goes_forward(demo: App) -> None:
    """Hours, days, a date; never back, never far beyond reason."""
    async with Visitor(demo, "donor") as visitor:
        url = f"{visitor.base}/demo/clock"
        for wanted, status in (
            ({"hours": 1}, 200),
            ({"days": 7}, 200),
            ({"date": "2021-06-14"}, 200),
            ({"date": "2021-01-01"}, 400),
            ({"days": -1}, 400),
            ({"days": 1e9}, 400),
            ({"date": "2021-13-01"}, 400),
            ([], 400),
            ({"days": "x"}, 400),
        ):
            async with visitor.http.post(url, json=wanted) as response:
                assert response.status == status, wanted
        async with visitor.http.get(url) as response:
            assert (await response.json())["now"].startswith("2021-06-14T")


async def test_health_says_that_all_is_well(app: App) -> None:
    """200 and counts, no names."""
    async with Visitor(app) as visitor:
        status, body, _ = await visitor.get("/health")
        assert status == 200 and b'"ok": true' in body
