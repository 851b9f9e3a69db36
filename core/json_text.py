"""JSON as text: quick for what is ordinary, patient with what phones send."""

from __future__ import annotations

import json
from typing import Any

import orjson


def pack(value: object) -> str:
    """Compact JSON. Half of a surrogate pair (a broken emoji), which UTF-8 and the database cannot hold, becomes "?"."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def unpack(text: str | bytes) -> Any:
    """The inverse. Raises ValueError for what is no JSON, RecursionError for what is nested without end."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # Strict JSON has no half surrogates and no NaN; the standard library reads them.
        return json.loads(text)
