"""A person's name as it is typed into a chat."""

import re
import unicodedata
from functools import lru_cache

from core.unclear import Unclear
from core.vietnamese import SIGNS, fold, narrow, nfc

LONGEST = 80
MOST_WORDS = 7

# Keyboards of other languages give the Icelandic and the African letter, which look the same in capitals.
_PLAIN_SIGNS = str.maketrans(SIGNS | {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})
_INTRODUCTION = re.compile(
    r"(?:(?:toi|em|minh|chau|con) ten la|ten (?:toi|em|minh|chau|con) la|toi la|(?:toi|em|minh) ten"
    r"|(?:ho va ten|ho ten|ten|full name|name)(?: la)? :|my (?:full )?name is|i am|i'm)(?= \S)"
)
_LINE_BREAK = re.compile(r"[\r\n\u2028\u2029]")
_LINK = re.compile(
    r"https?:|www\.|t\.me\b|(?<!\S)@\w{3,}(?!\S)|\w@\w"
    r"|\w\.(?:com|vn|net|org|info|me|io|xyz|top|edu|gov|biz|site|online|app|link|shop|club|cc|ly)(?![\w.])",
    re.IGNORECASE,
)
# A spreadsheet runs what begins like this; a page runs what stands in angle brackets.
_CODE = re.compile(r"^[=+\-@]|[<>{}]")
# L letter, M combining mark (Ê Đê writes "Ê̆"), the rest as typed. Three marks on a letter are a prank.
_WORD = re.compile(r"LM{0,2}(?:['.-]?LM{0,2})*['.]?")
# TCVN3 text read as Latin-1: "NguyÔn", "ThÞ". Unicode Vietnamese has no capital of Latin-1 after a small letter.
_OLD_FONT = re.compile(r"[a-zà-ÿ][À-ÖØ-Þ](?![A-ZÀ-Þ])")


def read_name(text: str) -> str:
    """The name in NFC, in title case if it came in one case; mixed case is kept as typed.

    Apostrophes and hyphens of every make become ' and -. Raises Unclear for what cannot be a name.
    """
    # Two lines may be two people; joining them would make a third.
    if sum(1 for line in _LINE_BREAK.split(text) if nfc(line)) > 1:
        raise Unclear("unclear.name.lines")
    name = _cased(_without_introduction(_tidy(text)))
    if not name:
        raise Unclear("unclear.name.empty")
    if name.startswith("/"):
        raise Unclear("unclear.name.command")
    if len(name) > LONGEST:
        raise Unclear("unclear.name.long", length=len(name), highest=LONGEST)
    _refuse_signs(name)
    words = len(name.split())
    if words > MOST_WORDS:
        raise Unclear("unclear.name.words", words=words, highest=MOST_WORDS)
    return name


def mask_name(full_name: str) -> str:
    """The given name, and of the others the first letters: "N. T. Ánh"."""
    *others, given_name = full_name.split()
    return " ".join([*(f"{other[0]}." for other in others), given_name])


def _refuse_signs(name: str) -> None:
    if _LINK.search(name):
        raise Unclear("unclear.name.link")
    if code := _CODE.search(name):
        raise Unclear("unclear.name.symbols", symbol=code.group())
    if any(c.isnumeric() for c in name):
        raise Unclear("unclear.name.digits")
    kinds = "".join(map(_kind, name))
    if "?" in kinds:
        raise Unclear("unclear.name.symbols", symbol=name[kinds.index("?")])
    if "F" in kinds:
        raise Unclear("unclear.name.script", symbol=name[kinds.index("F")])
    for word, typed in zip(kinds.split(), name.split(), strict=True):
        if not _WORD.fullmatch(word):
            raise Unclear("unclear.name.symbols", symbol=typed)
    if _OLD_FONT.search(name):
        raise Unclear("unclear.name.encoding")


@lru_cache(maxsize=2_000)
def _kind(character: str) -> str:
    """L a Latin letter, F a letter of another script, M a mark, ? a sign that no name has; else the character."""
    if character in " '-.":
        return character
    if "\u0300" <= character <= "\u036f":
        return "M"
    if not character.isalpha():
        return "?"
    latin = unicodedata.name(character, "").startswith("LATIN") and unicodedata.category(character) in ("Lu", "Ll")
    return "L" if latin else "F"


def _tidy(text: str) -> str:
    return nfc(narrow(text).translate(_PLAIN_SIGNS)).rstrip(" .,;!")


def _without_introduction(name: str) -> str:
    words = name.replace(":", " : ").split()
    # Folding may change the number of letters, not that of words.
    found = _INTRODUCTION.match(" ".join(map(fold, words)))
    if not found:
        return name
    rest = words[len(found.group().split()) :]
    return " ".join(rest[:-1] if len(rest) > 1 and rest[-1] == "ạ" else rest)


def _cased(name: str) -> str:
    if not (name.isupper() or name.islower()):
        return name
    before = " " + name
    titled = (c.lower() if _kind(b) in "LM" else c.title() for b, c in zip(before, name, strict=False))
    return unicodedata.normalize("NFC", "".join(titled))
