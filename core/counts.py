"""A count as it is typed into a chat: a whole number in figures or a small one in words."""

import re

from core.unclear import Unclear
from core.vietnamese import bare

_LONGEST = 60
_LEAD = re.compile(r"(?:(?:toi|em|minh|chau|con|da hien|hien|duoc|tong cong|tong|i have donated|i donated)[ :]+)+")
_TAIL = re.compile(r" ?\b(?:lan|luot|times?|l|x)(?: (?:hien mau|hien|mau))*$")
# Folded: what says "none" ...
_NONE = re.compile(
    r"(?:chua|khong)(?: (?:co|bao gio|tung|he))?(?: (?:hien|di hien))?(?: mau)?(?: (?:lan nao|bao gio))?"
    r"|(?:day la )?lan dau(?: tien)?|(?:the )?first(?: time)?|never(?: before)?|none|no|not yet|zero"
)
# ... and the words of small numbers.
_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}
_WORDS |= {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_WORDS |= {"once": 1, "twice": 2}
# Vietnamese groups thousands with dots; a comma is its decimal sign, and to an English hand the opposite.
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
# A number that would be refused, and why; the first row that fits.
_REFUSED = (
    ("unclear.count.negative", re.compile(r"-\s*[0-9].*")),
    ("unclear.count.comma", re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")),
    ("unclear.count.not_whole", re.compile(r"[0-9]*[.,/][0-9]+|[0-9]+ ruoi")),
)


def read_count(text: str, lowest: int = 0, highest: int = 200) -> int:
    """The whole number that was said: "3", "03", "3 lần", "ba lần"; "chưa lần nào" is 0. Raises Unclear."""
    said = _TAIL.sub("", _LEAD.sub("", _short(text), count=1))
    count = _number(said)
    if count < lowest:
        raise Unclear("unclear.count.few", lowest=lowest, highest=highest)
    if count > highest:
        raise Unclear("unclear.count.many", lowest=lowest, highest=highest)
    return count


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise Unclear("unclear.count.form")
    return bare(text)


def _number(said: str) -> int:
    if _GROUPED.fullmatch(said):
        said = said.replace(".", "")
    if said.isascii() and said.isdigit():
        return int(said)
    if said in _WORDS:
        return _WORDS[said]
    if _NONE.fullmatch(said):
        return 0
    for reason, pattern in _REFUSED:
        if pattern.fullmatch(said):
            raise Unclear(reason)
    raise Unclear("unclear.count.form")
