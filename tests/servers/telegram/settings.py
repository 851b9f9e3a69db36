"""The methods about the bot itself: its name, commands, menu button.

Source: tdlib/td BotCommand.cpp, BotCommandScope.cpp.
"""

import re
from typing import Any

from tests.servers.telegram.errors import bad, flood
from tests.servers.telegram.markup import check_url
from tests.servers.telegram.methods import Method, Request
from tests.servers.telegram.world import Json

MAX_COMMANDS, MAX_NAME, MAX_WORDS = 100, 32, 256
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}")
# Source: Bot API setMyName, setMyDescription, setMyShortDescription.
LENGTHS = {"name": 64, "description": 512, "short_description": 120}
CLOSE_AFTER_S = 600


class Settings:
    """What the bot set of itself, by language and scope."""

    def __init__(self) -> None:
        self.commands: dict[tuple[Any, ...], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int | None, Json] = {}
        self.logged_out = False

    def get_me(self, request: Request) -> Json:
        """The bot as it sees itself."""
        return {
            **request.world.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def key(self, request: Request) -> tuple[Any, ...]:
        """(language, scope words) with both checked. Raises ApiError."""
        scope = request.params.get("scope", {"type": "default"})
        chat = request.world.chat_for(scope["chat_id"]) if "chat_id" in scope else None
        if scope["type"] in ("chat_administrators", "chat_member") and chat and chat.type == "private":
            raise bad(f"can't use specified scope {scope['type']} in private chats (fake)")
        return (language(request), scope["type"], chat.id if chat else None, scope.get("user_id"))

    def set_my_commands(self, request: Request) -> bool:
        """The menu of a scope and language."""
        key = self.key(request)
        commands = [checked_command(command) for command in request.params["commands"]]
        if len(commands) > MAX_COMMANDS:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        self.commands[key] = commands
        return True

    def delete_my_commands(self, request: Request) -> bool:
        """Back to the wider scope's menu."""
        self.commands.pop(self.key(request), None)
        return True

    def get_my_commands(self, request: Request) -> list[Json]:
        """Exactly what was set for this scope and language."""
        return self.commands.get(self.key(request), [])

    def set_text(self, field: str) -> Method:
        """The setter of name, description or short description; an empty text takes it back."""

        def setter(request: Request) -> bool:
            text = request.params.get(field, "")
            if len(text) > LENGTHS[field]:
                raise bad(f"bot {field.replace('_', ' ')} is too long (fake)")
            self.texts[field, language(request)] = text
            return True

        return setter

    def set_chat_menu_button(self, request: Request) -> bool:
        """The button beside the input field, for one private chat or for all."""
        button = request.params.get("menu_button", {"type": "default"})
        chat_id = request.params.get("chat_id")
        if chat_id is not None and request.world.chat_for(chat_id).type != "private":
            raise bad("menu button can be set only for private chats (fake)")
        if "web_app" in button:
            check_url(button["web_app"]["url"], "Web App URL", ("https",))
        self.menu_buttons[chat_id] = button
        return True

    def log_out(self, _: Request) -> bool:
        """Leave the cloud server: every later call is refused."""
        self.logged_out = True
        return True

    def close(self, _: Request) -> bool:
        """Refused in the first ten minutes, which a test server never outlives. Source: Bot API close."""
        raise flood(CLOSE_AFTER_S)

    def methods(self) -> dict[str, Method]:
        """Name -> method."""
        return {
            "getMe": self.get_me,
            "setMyCommands": self.set_my_commands,
            "deleteMyCommands": self.delete_my_commands,
            "getMyCommands": self.get_my_commands,
            "setMyName": self.set_text("name"),
            "setMyDescription": self.set_text("description"),
            "setMyShortDescription": self.set_text("short_description"),
            "setChatMenuButton": self.set_chat_menu_button,
            "logOut": self.log_out,
            "close": self.close,
        }


def language(request: Request) -> str:
    """The two letters, or nothing for every language. Raises ApiError."""
    code = str(request.params.get("language_code", ""))
    if code and not LANGUAGE.fullmatch(code):
        raise bad("invalid language code specified")
    return code


def checked_command(command: Json) -> Json:
    """A command of the menu as it is stored. Raises ApiError."""
    name, words = command["command"].strip().removeprefix("/"), command["description"].strip()
    if not name:
        raise bad("command must be non-empty")
    if len(name) > MAX_NAME:
        raise bad(f"command length must not exceed {MAX_NAME}")
    if not words:
        raise bad("command description must be non-empty")
    if len(words) > MAX_WORDS:
        raise bad(f"command description length must not exceed {MAX_WORDS}")
    if not COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    return {"command": name, "description": words}
