"""Vietnamese text: clean for keeping, folded for matching, keyed for ordering."""

import unicodedata
from collections.abc import Callable
from functools import cache

# Source: CLDR root order of the marks, which ICU's `vi` uses: ngang < huyền < hỏi < ngã < sắc < nặng.
CLDR_TONES = "\u0300\u0309\u0303\u0301\u0323"
# The order taught at school: ngang < huyền < sắc < hỏi < ngã < nặng.
SCHOOL_TONES = "\u0300\u0301\u0309\u0303\u0323"

# What phones and word processors put where a plain ASCII sign is meant.
SIGNS = dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("’‘ʼ`´′＇", "'")

# Invisible yet neither controls nor spaces to Unicode: Hangul fillers, the empty Braille cell.
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
_COURTESY = frozenset(("dạ", "da", "vâng", "thưa", "ạ", "nhé", "nhe", "nha", "rồi", "roi", "please"))

# "}" and "~" follow every other sign of a key, so that all of "a…" comes before "ă…" and that before "â…".
_LETTERS = {"a\u0306": "a}", "a\u0302": "a~", "e\u0302": "e}", "o\u0302": "o}", "o\u031b": "o~", "u\u031b": "u}"}
_LETTERS |= {"đ": "d}", "ð": "d}"}
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.'")
_LEVEL, _SPACE = "!", '"'


class _PerCharacter(dict[int, str]):
    """A table for `str.translate` that works each character out once."""

    _highest = 8_000  # far more characters than Vietnam writes with; a flood of others may not fill the memory

    def __init__(self, work: Callable[[str], str]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, code: int) -> str:
        made = self._work(chr(code))
        if len(self) < self._highest:
            self[code] = made
        return made


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _visible(character: str) -> str:
    if character.isspace() or character in _BLANKS:
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs") else character


def _narrow(character: str) -> str:
    return unicodedata.normalize("NFKC", character) if "\uff01" <= character <= "\uff5e" else character


def _decomposed(character: str) -> str:
    # Letters alone lose their compatible forms: "²" must not turn into a digit of a number.
    return unicodedata.normalize("NFKD" if character.isalpha() else "NFD", _narrow(character).lower())


def _folded(character: str) -> str:
    bases = (c for c in _decomposed(SIGNS.get(character, _visible(character))).casefold() if not _is_mark(c))
    return "".join("d" if c in "đð" else SIGNS.get(c, c) for c in bases)


_VISIBLE, _NARROW, _FOLDED = _PerCharacter(_visible), _PerCharacter(_narrow), _PerCharacter(_folded)


def nfc(text: str) -> str:
    """Text as it is kept: NFC, one line, single spaces, nothing invisible (controls, NUL, bidi, zero width)."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text.translate(_VISIBLE)).split())


def narrow(text: str) -> str:
    """Text with full-width signs (ＡＢ１２) as ASCII."""
    return text if text.isascii() else text.translate(_NARROW)


def fold(text: str) -> str:
    """Text for matching, never for print: lower case, no marks, đ as d, plain dashes and apostrophes, single spaces.

    Both tone placements (Hoà, Hòa) and both normal forms (NFC, NFD) fold to the same.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().replace("`", "'").split())
    return " ".join(text.translate(_FOLDED).split())


def bare(text: str) -> str:
    """Folded text without courtesy and full stops at its ends: "Dạ 3 lần ạ." is "3 lan".

    Courtesy is dropped before folding: "ạ" would fold to the blood group "a".
    """
    words = nfc(text).strip(" .,;!").split()
    while words and words[0].lower().strip(",.") in _COURTESY:
        del words[0]
    while words and words[-1].lower().strip(",.") in _COURTESY:
        del words[-1]
    return fold(" ".join(words)).strip(" .,;!")


def _base_weight(base: str) -> str:
    if base in _PLAIN:
        return base
    if base == " ":
        return _SPACE
    return _LETTERS.get(base) or f"{'{' if base.isalpha() else '#'}{ord(base):06x}"


def _weights(character: str, tones: str) -> tuple[str, str]:
    """The letters of one character and a digit for the tone of each; a mark alone has a tone and no letter."""
    letters: list[str] = []
    ranks: list[str] = []
    for c in _decomposed(character).casefold():
        if not _is_mark(c):
            letters.append(_base_weight(c))
            ranks.append("0")
        elif letters and letters[-1] + c in _LETTERS:
            letters[-1] = _LETTERS[letters[-1] + c]
        else:
            ranks[-1:] = [str(tones.find(c) + 1 or 9)]
    return "".join(letters), "".join(ranks)


_FIRST_LEVEL = _PerCharacter(lambda character: _weights(character, CLDR_TONES)[0])


@cache
def _second_level(tones: str) -> _PerCharacter:
    return _PerCharacter(lambda character: _weights(character, tones)[1])


def sort_key(text: str, tones: str = CLDR_TONES) -> str:
    """An ASCII string whose byte order is the Vietnamese order: letters of the whole text first, then tones.

    Space comes first, then signs, digits, a ă â b … y z, foreign letters. Case does not count.
    `tones`: the five combining marks in their order. Source: domain note 9.1, checked against ICU 78 `vi`.
    """
    return _key(nfc(text), tones)


def _key(clean: str, tones: str) -> str:
    letters = clean.translate(_FIRST_LEVEL)
    ranks = "" if clean.isascii() else clean.translate(_second_level(tones)).rstrip("0")
    return f"{letters}{_LEVEL}{ranks}" if ranks else letters


def name_sort_key(full_name: str) -> str:
    """An ASCII string that orders people the Vietnamese way: given name, then family name, then middle names.

    Parts are compared one after the other, and each wholly before the next: all of given name "An" before "Ánh",
    whoever their families are. Between parts stands a space, lower than all that a part may hold.
    """
    words = nfc(full_name).split()
    family, middle = (words[0], " ".join(words[1:-1])) if len(words) > 1 else ("", "")
    return " ".join(_key(part, CLDR_TONES) for part in ("".join(words[-1:]), family, middle)).rstrip()


_MARKS_OF_KEYS = str.maketrans("", "", "}~!0123459")


def name_match_key(full_name: str) -> str:
    """The key under which a name is found however it is typed: `name_sort_key` without tones and hats, "anh nguyen thi".

    The column `donors.name_match` works the same out of `donors.name_key`.
    """
    return name_sort_key(full_name).translate(_MARKS_OF_KEYS)
