"""Every command for every role: who may, does; who may not, is told so politely and the try is written down."""

from __future__ import annotations

from typing import Any

import pytest

from core.people import Role
from handlers.engine import ACTIONS
from tests.program import PATIENCE_S, AtTelegram, grant, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.name.lower())
@pytest.mark.parametrize("name", [name for action in ACTIONS for name in action.names])
async def test_command(telegram_shared: AtTelegram, name: str, role: Role) -> None:
    """An answer comes; a refusal leaves one row in the audit, and no refused command does anything."""
    person = telegram_shared.server.person("Lan")
    address = f"telegram:{person.id}"
    if role is not Role.DONOR:
        await grant(telegram_shared.app, address, role, unit="LS" if role in (Role.OFFICER, Role.HEAD) else "")
    action = next(action for action in ACTIONS if name in action.names)
    person.say(f"/{name}")
    text = (await person.answer(PATIENCE_S)).text
    refused = not role.includes(action.role)
    assert ("chỉ dành cho" in text) is refused
    audit = telegram_shared.rows("SELECT action, detail FROM audit WHERE address = ?", address)
    assert len(audit) == refused
    assert all(row[0] == "refused" and action.name in row[1] for row in audit)
    assert "error" not in text and "sự cố" not in text


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.name.lower())
async def test_help_lists_what_the_role_may(telegram_shared: AtTelegram, role: Role) -> None:
    """No more and no less."""
    person = telegram_shared.server.person("Lan")
    if role is not Role.DONOR:
        await grant(telegram_shared.app, f"telegram:{person.id}", role, unit="YT" if role is Role.HEAD else "")
    person.say("/help")
    text = (await person.answer(PATIENCE_S)).text
    for action in ACTIONS:
        if action.listed:
            assert (f"/{action.shown('vi')} –" in text) is role.includes(action.role)


async def test_the_menus_of_telegram_show_the_same(telegram_shared: AtTelegram) -> None:
    """The command menu of donors names what a donor may, in both languages."""
    settings = telegram_shared.server.settings

    def everybodys() -> list[dict[str, Any]]:
        calls = [call.params for call in telegram_shared.server.calls if call.method == "setMyCommands"]
        return [params for params in calls if params.get("scope", {}).get("type", "default") == "default"]

    await until(lambda: len(everybodys()) >= 3, "menus are set")
    assert settings is not None
    for params in everybodys():
        language = params.get("language_code") or "vi"
        shown = [command["command"] for command in params["commands"]]
        assert shown == [action.shown(language) for action in ACTIONS if action.listed and action.role is Role.DONOR]
