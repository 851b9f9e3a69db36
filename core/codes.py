"""Codes that are handed to one person: to take over a record, to take a role. Whoever has one has proved something, once."""

from __future__ import annotations

import hmac
import secrets

from core.joins import ALPHABET
from core.vietnamese import fold

LENGTH = 8  # 31 ** 8 = 8.5e11: among a thousand open codes, one guess in 850 million finds one.
_GROUP = 4


def new_code() -> str:
    """A code that nobody can guess, in the letters and figures of tickets, so that it can be read out over the telephone."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_handed(text: str) -> str:
    """A code as it was typed or read out: "abcd-2345" is ABCD2345; "" for what can be none."""
    said = "".join(letter for letter in fold(text).upper() if letter not in " -.")
    return said if len(said) == LENGTH and not set(said) - set(ALPHABET) else ""


def show_handed(code: str) -> str:
    """The code as it is easy to read out: "ABCD 2345"."""
    return f"{code[:_GROUP]} {code[_GROUP:]}"


def digest(key: bytes, code: str) -> str:
    """What is kept of a code: whoever reads the table, and has not the key, cannot find it by trying all."""
    return hmac.new(key, code.encode(), "sha256").hexdigest()
