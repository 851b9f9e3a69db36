"""Vietnamese written before Unicode: TCVN3 (".VnTime": "NguyÔn V¨n") and VNI ("Nguyeãn Vaên"), recognised and turned into today's.

Both wrote Vietnamese with the letters of Western Europe and a font that drew them otherwise, so nothing in a file says which it is. What
tells is the language: a word that no Vietnamese could say as it stands, and that is one read the other way.
Source: TCVN 5712:1993 (VN3); the VNI for Windows layout; domain note 9.2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Encoding(StrEnum):
    """How a text was written."""

    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"


FONTS = {Encoding.TCVN3: "TCVN3 (.VnTime)", Encoding.VNI: "VNI"}  # as offices call them


class Reading(NamedTuple):
    """A text as it is read. `sure`: no other way of reading it makes Vietnamese."""

    text: str
    encoding: Encoding = Encoding.UNICODE
    sure: bool = True


_TCVN3 = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢£¤¥¦§",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
# Base letter -> sign behind it -> letter. What stands under a letter of its own comes without a base.
_VNI_MARKED = {
    **{base: dict(zip("ùøûõï", tones, strict=True)) for base, tones in
       {"a": "áàảãạ", "e": "éèẻẽẹ", "o": "óòỏõọ", "u": "úùủũụ", "ô": "ớờởỡợ", "ö": "ứừửữự"}.items()},
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
}  # fmt: skip
for _base, _signs, _letters in (
    ("a", "âáàåãä", "âấầẩẫậ"),
    ("a", "êéèúüë", "ăắằẳẵặ"),
    ("e", "âáàåãä", "êếềểễệ"),
    ("o", "âáàåãä", "ôốồổỗộ"),
):
    _VNI_MARKED[_base] |= dict(zip(_signs, _letters, strict=True))
_VNI = {base + sign: letter for base, signs in _VNI_MARKED.items() for sign, letter in signs.items()}
_VNI |= dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))
_VNI |= {old.upper(): new.upper() for old, new in _VNI.items()}
_VNI_PART = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

# A syllable without its tone. Source: the rhymes of a Vietnamese dictionary, e.g. Hoàng Phê (ed.), Từ điển tiếng Việt.
_ONSETS = "ngh ng gh gi kh nh ph qu th tr ch b c d đ g h k l m n p r s t v x".split()
_RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm ên êng ênh"
    " êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot ooc oong oa oac oach oai oam oan oang"
    " oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut"
    " uân uâng uât uây uê uêch uênh uôc uôi uôm uôn uông uôt uơ uy uya uych uynh uyt uyu uyp uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc"
    " ươi ươm ươn ương ươp ươt ươu y ych ynh yt yêm yên yêng yêt yêu"
).split()
_SYLLABLE = re.compile(f"(?:{'|'.join(_ONSETS)})?(?:{'|'.join(sorted(_RHYMES, key=len, reverse=True))})")
_STOPPED = re.compile(r"(?:ch|[cpt])$")
_TONES = dict.fromkeys(map(ord, "\u0300\u0309\u0303\u0301\u0323"))
_ACUTE_OR_DOT = ("\u0301", "\u0323")  # the two tones that a syllable ending in c, ch, p or t may have

_WESTERN = re.compile("[\u00a1-\u00ff]")  # with the soft hyphen, which is "ư" in TCVN3
_WORD = re.compile(r"[^\s\d.,;:()/\\\"'\[\]_+=*?!–-]{2,}")
_LETTERS = re.compile("[A-Z]+")
_STRONG = 3  # so many cells make the habit of a sheet; fewer may have been pasted in


def tcvn3(text: str) -> str:
    """The text, if it was written in TCVN3. Its marked capitals are small letters in a font of capitals: they follow those around them."""
    new = "".join(_TCVN3.get(letter, letter) for letter in text)
    plain = "".join(letter if letter.isascii() else " " for letter in text)
    return new.upper() if plain.isupper() and any(len(run) > 1 for run in _LETTERS.findall(plain)) else new


def vni(text: str) -> str:
    """The text, if it was written in VNI."""
    return _VNI_PART.sub(lambda found: _VNI[found.group()], text)


_WAYS: dict[Encoding, Callable[[str], str]] = {Encoding.UNICODE: str, Encoding.TCVN3: tcvn3, Encoding.VNI: vni}


@lru_cache(8_000)
def is_syllable(word: str) -> bool:
    """True for what can be one Vietnamese syllable, whatever its case and the place of its tone."""
    apart = unicodedata.normalize("NFD", word.lower().replace("ð", "đ"))
    plain = unicodedata.normalize("NFC", apart.translate(_TONES))
    if not _SYLLABLE.fullmatch(plain):
        return False
    tones = [mark for mark in apart if ord(mark) in _TONES]
    return len(tones) <= 1 and (not _STOPPED.search(plain) or not tones or tones[0] in _ACUTE_OR_DOT)


def _marked(text: str) -> list[str]:
    """The words that may be of an old font. One letter alone tells nothing."""
    return [word for word in _WORD.findall(text) if _WESTERN.search(word)]


def _ways(words: list[str]) -> list[Encoding]:
    """Every way of reading that makes Vietnamese of all these words."""
    return [encoding for encoding, read in _WAYS.items() if all(is_syllable(read(word)) for word in words)]


def _is_modern(text: str) -> bool:
    """True where a letter is beyond those of Western Europe: no old font has one."""
    return any(letter > "\u00ff" for letter in unicodedata.normalize("NFC", text) if letter.isalpha())


def habit(texts: Iterable[str]) -> Encoding:
    """How most of these texts were written, where enough of them say so beyond doubt."""
    votes = dict.fromkeys(Encoding, 0)
    for text in texts:
        if _is_modern(text):
            votes[Encoding.UNICODE] += 1
        elif (words := _marked(text)) and len(ways := _ways(words)) == 1:
            votes[ways[0]] += 1
    most = max(votes, key=lambda encoding: votes[encoding])
    return most if votes[most] >= _STRONG else Encoding.UNICODE


def read(text: str, usual: Encoding = Encoding.UNICODE) -> Reading:
    """The text in today's letters. `usual`: how the rest of its sheet was written, which decides what can be read in two ways."""
    words = [] if text.isascii() or _is_modern(text) else _marked(text)
    if not words:
        # Single letters and signs alone are of an old font only where all around them is.
        old = usual is not Encoding.UNICODE and not text.isascii() and not _is_modern(text)
        return Reading(_WAYS[usual](text), usual, sure=False) if old and _WAYS[usual](text) != text else Reading(text)
    ways = _ways(words)
    if usual in ways and usual is not Encoding.UNICODE:
        return Reading(_WAYS[usual](text), usual, sure=Encoding.UNICODE not in ways)
    if Encoding.UNICODE in ways or not ways:
        return Reading(text)
    return Reading(_WAYS[ways[0]](text), ways[0], sure=len(ways) == 1)
