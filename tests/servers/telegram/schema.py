"""Is this call one that the Bot API knows: names and types of every parameter, down into the objects."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.servers.telegram.errors import ApiError, bad
from tests.servers.telegram.subset import SUBSET

Json = dict[str, Any]
# What the real server says when a required parameter is missing; the others get 'parameter "x" is required'.
MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "document": "there is no document in the request",
    "photo": "there is no photo in the request",
    "latitude": "latitude is empty",
    "longitude": "longitude is empty",
    "action": "wrong parameter action in request",
}
# 64 bits, in digits.
NUMBER = re.compile(r"-?[0-9]{1,18}")
BOOLEANS = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}


class Mismatch(Exception):
    """A value that is not of the type asked for; the text says where."""


def integer(value: Any, where: str) -> int:
    """A whole number, or its digits in a form field or a string."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return int(value)
    raise Mismatch(f"{where} must be of type Integer")


def number(value: Any, where: str) -> float:
    """A finite number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        parsed = float(value) if isinstance(value, str) else float("nan")
    except ValueError:
        parsed = float("nan")
    if parsed - parsed != 0.0:
        raise Mismatch(f"{where} must be of type Float")
    return parsed


def boolean(value: Any, where: str) -> bool:
    """True or False, or the word for it in a form field."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in BOOLEANS:
        return BOOLEANS[value]
    raise Mismatch(f"{where} must be of type Boolean")


def string(value: Any, where: str) -> str:
    """A string; a surrogate half is not UTF-8."""
    if not isinstance(value, str):
        raise Mismatch(f"{where} must be of type String")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    return value


Check = Callable[[Any, str], Any]
SIMPLE: dict[str, Check] = {
    "Integer": integer,
    "Float": number,
    "Boolean": boolean,
    "String": string,
    "InputFile": string,
}


def opened(value: Any, where: str) -> Any:
    """An object or array; in a form field it is JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise Mismatch(f"can't parse {where} JSON object") from None


class Schema:
    """The methods and types of botapi_subset.json, compiled to checkers."""

    def __init__(self, subset: Json) -> None:
        self._types: Json = subset["types"]
        self._checks: dict[str, Check] = dict(SIMPLE)
        self.names = {name.lower(): name for name in subset["methods"]}
        self._methods: dict[str, dict[str, tuple[Check, bool]]] = {
            name: {field: (self._one_of(kinds), required) for field, (kinds, required) in fields.items()}
            for name, fields in subset["methods"].items()
        }

    def knows(self, method: str, field: str) -> bool:
        """Whether the method has this parameter."""
        return field in self._methods[method]

    def check(self, method: str, params: Mapping[str, Any]) -> Json:
        """The parameters with every value in its own type. Raises ApiError."""
        fields = self._methods[method]
        checked: Json = {}
        for name, value in params.items():
            if name not in fields:
                raise bad(f'unknown parameter "{name}" of {method} (fake)')
            if value is None or value == "":
                continue
            try:
                checked[name] = fields[name][0](value, f'parameter "{name}"')
            except Mismatch as error:
                raise self._said(str(error), name) from None
        for name, (_, required) in fields.items():
            if required and name not in checked:
                raise bad(MISSING.get(name, f'parameter "{name}" is required'))
        return checked

    def _said(self, text: str, name: str) -> ApiError:
        markup = name == "reply_markup" and text.startswith("can't parse")
        return bad("can't parse reply keyboard markup JSON object" if markup else text)

    def _check(self, kind: str) -> Check:
        if kind not in self._checks:
            self._checks[kind] = self._array(kind) if kind.startswith("Array of ") else self._object(kind)
        return self._checks[kind]

    def _one_of(self, kinds: list[str]) -> Check:
        if len(kinds) == 1:
            return self._check(kinds[0])
        if set(kinds) <= {"Integer", "String"}:
            return lambda value, where: value if type(value) is int else string(value, where)
        if "InputFile" in kinds:
            return string
        return self._chosen([(kind, self._check(kind)) for kind in kinds])

    def _chosen(self, options: list[tuple[str, Check]]) -> Check:
        """The option whose first field (`inline_keyboard`, `keyboard`, ...) is there."""
        keys = {next(iter(self._types[kind]["fields"])): check for kind, check in options}

        def check(value: Any, where: str) -> Any:
            content = opened(value, where)
            if not isinstance(content, dict):
                raise Mismatch("object expected as reply markup")
            chosen = [checker for key, checker in keys.items() if key in content]
            if len(chosen) != 1:
                raise Mismatch(f"{where} must be exactly one of {', '.join(kind for kind, _ in options)} (fake)")
            return chosen[0](content, where)

        return check

    def _array(self, kind: str) -> Check:
        item = self._check(kind.removeprefix("Array of "))

        def check(value: Any, where: str) -> Any:
            content = opened(value, where)
            if not isinstance(content, list):
                raise Mismatch(f"{where} must be an Array")
            return [item(entry, f"{where}[{index}]") for index, entry in enumerate(content)]

        return check

    def _object(self, kind: str) -> Check:
        entry = self._types[kind]
        if "subtypes" in entry:
            return self._tagged(entry["subtypes"])
        fields: dict[str, tuple[Check, bool]] = {}

        def check(value: Any, where: str) -> Any:
            content = opened(value, where)
            if not isinstance(content, dict):
                raise Mismatch(f"{where} must be an Object")
            if not fields and entry["fields"]:
                fields.update({name: (self._one_of(kinds), need) for name, (kinds, need) in entry["fields"].items()})
            return checked_object(content, fields, where)

        return check

    def _tagged(self, subtypes: list[str]) -> Check:
        """BotCommandScope, MenuButton: the subtype is told by `type`, whose words are the subtype names' tails."""
        tags = {subtype_tag(name): name for name in subtypes}

        def check(value: Any, where: str) -> Any:
            content = opened(value, where)
            if not isinstance(content, dict):
                raise Mismatch(f"{where} must be an Object")
            name = tags.get(str(content.get("type", "default")))
            if name is None:
                raise Mismatch(f"can't parse {where}: unsupported type specified")
            return self._check(name)({"type": "default", **content}, where)

        return check


def subtype_tag(name: str) -> str:
    """`BotCommandScopeAllPrivateChats` -> `all_private_chats`."""
    tail = name.removeprefix("BotCommandScope").removeprefix("MenuButton")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in tail).lstrip("_")


def checked_object(content: Json, fields: dict[str, tuple[Check, bool]], where: str) -> Json:
    """The object with its fields checked; unknown and missing ones are refused."""
    checked: Json = {}
    for name, value in content.items():
        if name not in fields:
            raise Mismatch(f'unknown field "{name}" in {where} (fake)')
        checked[name] = fields[name][0](value, f"{where}.{name}")
    for name, (_, required) in fields.items():
        if required and name not in checked:
            raise Mismatch(f'can\'t find field "{name}" in {where}')
    return checked


def load() -> Schema:
    """The schema of the subset file."""
    return Schema(json.loads(SUBSET.read_text(encoding="utf-8")))
