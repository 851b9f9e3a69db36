"""What a cell of a list of people says, as offices type it into Excel; what may say something else too is asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from core.blood import Abo, Rh, read_group
from core.counts import read_count
from core.dates import read_month_or_date
from core.list_births import birth_cell, sex_cell
from core.list_facts import Cell, Doubt, Draft, Occasion, Said, quoted, text_of, unread
from core.names import read_name
from core.phones import read_phone
from core.unclear import Unclear
from core.vietnamese import fold, nfc

NOTE_LENGTH = 200

# Names

_NUMBERED = re.compile(r"^\(?\d{1,4}[.)/]?\s+|^\d{1,4}[.)]")
_COMRADE = re.compile(r"^(?:đ/c\.?|đ\.c\.?|đồng chí)[ :.]+", re.IGNORECASE)
_SHORT_CAPITALS = 2  # letters: "HÀ" may be initials


def name_cell(cell: Cell) -> Said:
    """A name; one in capitals is proposed in title case, with a question."""
    raw = str("" if cell is None else cell).strip()
    typed = _COMRADE.sub("", _NUMBERED.sub("", raw)).strip(" ,;")
    if not nfc(typed):
        return Said(doubts=(Doubt("name", "list.doubt.no_name", grave=True),))
    try:
        name = read_name(typed)
    except Unclear as unclear:
        return unread("name", raw, unclear, grave=True)
    typed = nfc(typed)
    if name == typed or not typed.isupper():
        return Said(_begun(name))
    lone = " " not in name or len(name.replace(" ", "")) <= _SHORT_CAPITALS
    message = "list.doubt.caps_lone" if lone else "list.doubt.caps"
    return Said(name, (Doubt("name", message, {"typed": typed, "name": name}, (name, typed)),))


def _begun(name: str) -> str:
    """Every word with a capital where others have one: an old font has no capital of "á"."""
    words = name.split()
    if not any(word[0].isupper() for word in words):
        return name
    return " ".join(
        word[0].upper() + word[1:] if word[0].islower() and not word[0].isascii() else word for word in words
    )


# Donations, blood, last donation


def count_cell(cell: Cell) -> Said:
    """How often somebody has given. An empty cell is not zero: it says nothing."""
    typed = text_of(cell)
    if not typed:
        return Said()
    try:
        if isinstance(cell, bool | date | time):
            raise Unclear("unclear.count.form")
        return Said(read_count(typed))
    except Unclear as unclear:
        return unread("donations", cell, unclear, grave=False)


def blood_cell(cell: Cell, draft: Draft) -> None:
    """The group, where one is said; "chưa rõ" says that it is not known."""
    typed = text_of(cell)
    if not typed:
        return
    try:
        abo, rh = read_group(re.sub(r"^nhóm(?: máu)? ", "", typed, flags=re.IGNORECASE))
    except Unclear:
        draft.doubts.append(Doubt("blood", "list.doubt.blood", {"typed": quoted(cell)}))
        return
    if (abo, rh) != (Abo.UNKNOWN, Rh.UNKNOWN):
        draft.facts |= {"abo": str(abo), "rh": str(rh)}


def last_cell(cell: Cell, occasion: Occasion) -> Said:
    """The last donation as far as it is said."""
    if isinstance(cell, datetime | date):
        said = (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    elif not (typed := text_of(cell)):
        return Said()
    else:
        try:
            said = read_month_or_date(typed, occasion.today).iso()
        except Unclear as unclear:
            return unread("last", cell, unclear, grave=False)
    if said > occasion.today.isoformat():
        return Said(doubts=(Doubt("last", "list.doubt.last_future", {"typed": quoted(cell)}),))
    return Said(said)


# Phones

_RUN_TOGETHER = re.compile(r"(?<!\d)(0[35789]\d{8}) ?(0[35789]\d{8})(?!\d)")
_WORD = re.compile(r"[^\W\d_]*[^\W\d_oO][^\W\d_]*")
_PHONE_ENDS = re.compile(r"[/;,|\n\r]+|\s[-–]\s|\s(?:và|hoặc|or|and)\s|\s{2,}")


def phone_cell(cell: Cell) -> Said:
    """A number as E.164. Of two, both are offered; a zero that Excel dropped is put back, an old number becomes today's."""
    typed = text_of(cell)
    if not typed or typed == "0":
        return Said()
    try:
        phone = read_phone(typed)
    except Unclear as unclear:
        several = _several(str(cell))
        if not several:
            return unread("phone", cell, unclear, grave=False)
        doubt = Doubt("phone", "list.doubt.phones", {"typed": quoted(cell)}, several)
        return Said(several[0], (doubt,) if len(several) > 1 else ())
    # A letter O in a number is a zero; one in a word beside it ("zalo") is none.
    digits = re.sub(r"\D", "", re.sub("[Oo]", "0", _WORD.sub("", typed)))
    changed = {9: "list.note.zero", 11: "list.note.old_number"}.get(len(digits), "")
    return Said(phone, notes=(changed,) if changed and not digits.startswith("84") and digits[:2] != "02" else ())


def _several(typed: str) -> tuple[str, ...]:
    """The numbers of a cell that holds more than one; () where it holds anything else."""
    found: dict[str, None] = {}
    for part in _PHONE_ENDS.split(_RUN_TOGETHER.sub(r"\1;\2", typed)):
        try:
            found[read_phone(part)] = None
        except Unclear:
            if any(sign.isdigit() for sign in part):
                return ()
    return tuple(found)


# Notes

_NUMBER_OF_PAPERS = re.compile(
    r"(?<!\d)\d(?:[ .-]?\d){8,}(?!\d)"
)  # CMND has 9 figures, CCCD 12; a number of somebody else is none of ours
# Folded beginnings of words about health. The bot keeps no answer about it. Source: domain note 6.2 P4, 6.3 (5).
_HEALTH = re.compile(
    r"\b(?:benh|viem|hiv|aids|giang mai|huyet ap|tieu duong|dai thao duong|ung thu|tim mach|thieu mau|mang thai|co thai|co bau|bau \d"
    r"|cho con bu|kinh nguyet|thuoc|phau thuat|mo |noi soi|xam|di ung|hen |suyen|dong kinh|tam than|than kinh|sot|covid|lao phoi|gan b"
    r"|gan c|thalass|tan mau|hemoglobin|khong du suc khoe|suc khoe|tri hoan|hoan hien|disease|pregnan|surgery|medicine|diabet|hepatit)"
)


def note_cell(cell: Cell) -> Said:
    """A remark, cut to a line of the form. What looks like a number of papers, or speaks of health, is not kept: that is said."""
    text = text_of(cell)
    if not text:
        return Said()
    if _NUMBER_OF_PAPERS.search(text):
        return Said(notes=("list.note.papers",))
    if _HEALTH.search(fold(text)):
        return Said(notes=("list.note.health",))
    if len(text) > NOTE_LENGTH:
        return Said(text[:NOTE_LENGTH].rstrip(), notes=("list.note.cut",))
    return Said(text)


# One fact typed into the chat, in place of what the file says.
Typed = Callable[[str, Occasion], Said]
TYPED: dict[str, Typed] = {
    "name": lambda text, _: Said(read_name(text)),
    "sex": lambda text, _: sex_cell(text),
    "birth": lambda text, occasion: birth_cell(
        text, occasion, born=not text.strip().isdecimal() or len(text.strip()) > 2
    ),
    "donations": lambda text, _: count_cell(text),
    "phone": lambda text, _: phone_cell(text),
}
