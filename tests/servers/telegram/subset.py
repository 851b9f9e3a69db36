"""Derive botapi_subset.json, the part of the Bot API that a bot like ours speaks.

Run: python -m tests.servers.telegram.subset path/to/botapi.json path/to/botapi.LICENSE
Source: github.com/PaulSonOfLars/telegram-bot-api-spec (api.json), MIT.
"""

import json
import sys
from pathlib import Path
from typing import Any

SUBSET = Path(__file__).parent.parent / "botapi_subset.json"
METHODS = """getMe getUpdates sendMessage sendDocument sendPhoto sendVenue sendLocation sendContact sendChatAction
answerCallbackQuery editMessageText editMessageReplyMarkup editMessageCaption deleteMessage setMyCommands
deleteMyCommands getMyCommands setChatMenuButton setMyDescription setMyShortDescription setMyName setWebhook
deleteWebhook getWebhookInfo getFile getChat logOut close""".split()


def fields_of(entry: dict[str, Any]) -> dict[str, Any]:
    """Name -> [types, required]."""
    return {field["name"]: [field["types"], field["required"]] for field in entry.get("fields", [])}


def reachable(types: dict[str, Any], roots: list[str]) -> dict[str, Any]:
    """Every type that the roots can hold: {"fields": ...} or {"subtypes": [...]}."""
    found: dict[str, Any] = {}
    todo = list(roots)
    while todo:
        name = todo.pop().removeprefix("Array of ").removeprefix("Array of ")
        if name in found or name not in types:
            continue
        subtypes = types[name].get("subtypes", [])
        fields = fields_of(types[name])
        found[name] = {"subtypes": subtypes} if subtypes else {"fields": fields}
        todo += subtypes + [kind for kinds, _ in fields.values() for kind in kinds]
    return dict(sorted(found.items()))


def derive(spec: dict[str, Any], licence: str) -> dict[str, Any]:
    """The subset with its version, source and licence text."""
    methods = {name: fields_of(spec["methods"][name]) for name in METHODS}
    roots = [kind for fields in methods.values() for kinds, _ in fields.values() for kind in kinds]
    return {
        "version": spec["version"],
        "source": "github.com/PaulSonOfLars/telegram-bot-api-spec",
        "licence": licence.strip().splitlines(),
        "methods": methods,
        "types": reachable(spec["types"], roots),
    }


def compact(subset: dict[str, Any]) -> str:
    """JSON with one line per method and per type, so that a diff shows what changed."""

    def lines(entries: dict[str, Any]) -> str:
        return ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())

    head = ",\n".join(f" {json.dumps(key)}: {json.dumps(subset[key])}" for key in ("version", "source", "licence"))
    tail = ",\n".join(f" {json.dumps(key)}: {{\n{lines(subset[key])}\n }}" for key in ("methods", "types"))
    return f"{{\n{head},\n{tail}\n}}\n"


if __name__ == "__main__":
    spec_path, licence_path = map(Path, sys.argv[1:3])
    SUBSET.write_text(compact(derive(json.loads(spec_path.read_text()), licence_path.read_text())))
