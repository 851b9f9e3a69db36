"""Codes for units that come without one: short, readable, the same again for the same name."""

from __future__ import annotations

import re
from collections.abc import Collection

from core.vietnamese import fold, nfc

LONGEST = 32  # letters of a code, as the table has it
_SPELT = 2  # The last words tell units apart: "Trung tâm Y tế Chi Lăng" is TTYT-CHILANG.


def proposed_code(name: str, taken: Collection[str]) -> str:
    """A code for a unit of this name that none of `taken` (in capitals) has: "LĐLĐ huyện Chi Lăng" -> "LDLDH-CHILANG"."""
    words = re.findall(r"[^\W_]+", nfc(name))
    front, back = words[:-_SPELT], words[-_SPELT:]
    letters = "".join(_plain(word) if word.isupper() else _plain(word)[:1] for word in front)
    wished = "-".join(filter(None, (letters[:14], "".join(map(_plain, back))[: LONGEST - 20]))) or "U"
    code, number = wished, 1
    while code in taken:
        number += 1
        code = f"{wished}-{number}"
    return code


def _plain(word: str) -> str:
    return re.sub("[^A-Z0-9]", "", fold(word).upper())
