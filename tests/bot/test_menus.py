"""Menus show what a person may do: in Telegram by a menu of the chat, in the web chat on every open page."""

from __future__ import annotations

from bot.app import App
from core.people import Role
from handlers.engine import menu
from storage import roles
from tests.bot.webchat import Visitor
from tests.program import PATIENCE_S, AtTelegram, grant


def shown(telegram: AtTelegram, chat: int, language: str = "") -> list[str]:
    """The commands of this chat's own menu."""
    assert telegram.server.settings
    return [c["command"] for c in telegram.server.settings.commands.get((language, "chat", chat, None), [])]


def names(language: str, *held: Role) -> list[str]:
    """What the menu of these roles lists."""
    return [action.shown(language) for action in menu(held)]


async def test_a_chat_has_the_menu_of_its_roles_as_long_as_it_has_them(telegram: AtTelegram) -> None:
    """In every language; two roles are one menu; a failed call is made up for; without a role it is everybody's again."""
    app, person = telegram.app, telegram.server.person("Lan")
    person.say("/help")
    await person.answer(PATIENCE_S)
    address = f"telegram:{person.id}"
    assert app.menus
    await grant(app, address, Role.HEAD, unit="YT")
    await app.menus.tick()
    assert shown(telegram, person.id) == names("vi", Role.HEAD)
    assert shown(telegram, person.id, "en") == names("en", Role.HEAD)
    assert "thanhvien" in shown(telegram, person.id) and "dot" not in shown(telegram, person.id)
    await grant(app, address, Role.HELPER)
    telegram.server.fault("error", "setMyCommands")
    await app.menus.tick()
    await app.menus.tick()
    assert shown(telegram, person.id, "vi") == names("vi", Role.HEAD, Role.HELPER)
    calls = len(telegram.server.calls)
    await app.menus.tick()
    assert [c for c in telegram.server.calls[calls:] if "MyCommands" in c.method] == []
    await app.database.write(lambda tx: roles.remove_all(tx, address))
    await app.menus.tick()
    assert shown(telegram, person.id) == shown(telegram, person.id, "en") == []
    assert telegram.rows("SELECT * FROM menus") == []


async def test_who_has_no_chat_yet_keeps_nobody_waiting(telegram: AtTelegram) -> None:
    """The others get theirs, and it is not tried for ever."""
    app, person = telegram.app, telegram.server.person("Minh")
    person.say("/help")
    await person.answer(PATIENCE_S)
    await grant(app, "telegram:1", Role.OFFICER)
    await grant(app, f"telegram:{person.id}", Role.OFFICER)
    assert app.menus
    await app.menus.tick()
    assert shown(telegram, person.id) == names("vi", Role.OFFICER)
    calls = len(telegram.server.calls)
    await app.menus.tick()
    assert [c for c in telegram.server.calls[calls:] if "MyCommands" in c.method] == []


async def test_an_open_page_of_the_web_chat_gets_another_menu_with_a_role(app: App) -> None:
    """Announced with the next thing that is said there."""
    async with Visitor(app) as visitor:
        stream = await visitor.open()
        await stream.next("ready")
        await visitor.send(text="/help")
        await stream.until("/trogiup")
        await grant(app, f"web:{visitor.cookie.partition('.')[0]}", Role.HEAD, unit="YT")
        await visitor.send(text="/help")
        await stream.next("menu")
        assert "/thanhvien" in [entry["command"] for entry in (await visitor.menu())["commands"]]
