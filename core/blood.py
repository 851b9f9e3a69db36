"""Blood groups: read in every spelling, ABO and Rh apart, Rh never inferred; who may receive red cells of whom."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from core.unclear import Unclear
from core.vietnamese import bare, narrow


class Abo(StrEnum):
    """The ABO group."""

    O = "O"  # noqa: E741 - the group's name
    A = "A"
    B = "B"
    AB = "AB"
    UNKNOWN = "?"


class Rh(StrEnum):
    """Whether red cells carry the antigen D."""

    POSITIVE = "+"
    NEGATIVE = "-"
    UNKNOWN = "?"


_LONGEST = 80
# Letters of other alphabets and signs that look the same; folding does the dashes.
_LOOKALIKES = str.maketrans("ОоΟοАаΑαВвΒβ⁺➕⁻➖", "OoOoAaAaBbBb++--")
_END = r"(?![a-z0-9])"
_GROUP_END = rf"(?:(?=rh)|{_END})"
_FILLERS = (
    r"i am|i'm|my|is|it's|but|and|blood|type|group|factor|nhom|mau|he|abo|la|thuoc|cua|toi|em|minh|yeu to|va|nhung|con"
)
_NOT = r"chua|khong|ko|k|hong|(?:i )?(?:don't|do not|dont)"
_KNOWN = r"biet|nho|ro|chac|xac dinh|xet nghiem|know|remember"
# The first row that fits at a place wins.
_TOKENS = (
    ("filler", "", rf"[\s()\[\].,;:/\"]+|(?:{_FILLERS}){_END}"),
    ("unknown", "", rf"(?:(?:{_NOT}) (?:{_KNOWN})|quen|not sure|not known|unknown|unsure|no idea){_END}|\?+"),
    ("rh", "", rf"rh ?(?:\( ?d ?\)|d{_END})?"),
    ("sign", "+", rf"\+(?: ?ve{_END})?|(?:duong(?: tinh)?|cong|positive|pos|plus){_END}"),
    ("sign", "-", rf"-(?: ?ve{_END})?|(?:am(?: tinh)?|tru|negative|neg|minus){_END}"),
    ("abo", "AB", rf"ab{_GROUP_END}"),
    ("abo", "A", rf"a{_GROUP_END}"),
    ("abo", "B", rf"b{_GROUP_END}"),
    ("abo", "O", rf"[o0]{_GROUP_END}"),
)
_SCANNER = [(kind, value, re.compile(pattern)) for kind, value, pattern in _TOKENS]


@dataclass(slots=True)
class _Said:
    abos: set[Abo] = field(default_factory=set)
    signs: set[Rh] = field(default_factory=set)
    unknown: bool = False
    stray_sign: bool = False  # not after a group or "Rh": "- O", and the English "am O"


def read_group(text: str) -> tuple[Abo, Rh]:
    """ABO and Rh as they were said, "?" for what was not: "O" is (O, ?), "Rh-" is (?, -), "chưa biết" is (?, ?).

    Raises Unclear for two groups, for two signs, and for what is no group. Source: domain note 2.
    """
    said = _scan(text)
    abo, rh = _one_abo(said), _one_rh(said)
    if said.stray_sign or (said.unknown and abo is not Abo.UNKNOWN and rh is not Rh.UNKNOWN):
        raise Unclear("unclear.blood.form")
    if not (said.abos or said.signs or said.unknown):
        raise Unclear("unclear.blood.form")
    return abo, rh


def read_abo(text: str) -> Abo:
    """The ABO group that was said, with or without an Rh; UNKNOWN for "chưa biết". Raises Unclear."""
    abo, _ = read_group(text)
    if abo is Abo.UNKNOWN and not _scan(text).unknown:
        raise Unclear("unclear.blood.abo_missing")
    return abo


def read_rh(text: str) -> Rh:
    """The Rh that was said: "+", "dương", "Rh âm", "O-"; UNKNOWN for "chưa biết". Raises Unclear."""
    said = _scan(text)
    rh = _one_rh(said)
    if said.unknown == bool(said.signs):
        raise Unclear("unclear.blood.rh_missing")
    return rh


def show_group(abo: Abo, rh: Rh) -> str:
    """A short form in no language: "O+", "AB-", "O?" (Rh not known), "Rh+" (ABO not known), "?"."""
    if abo is Abo.UNKNOWN:
        return "?" if rh is Rh.UNKNOWN else f"Rh{rh}"
    return f"{abo}{rh}"


def may_receive_red_cells(donor: tuple[Abo, Rh], recipient: tuple[Abo, Rh]) -> bool:
    """Whether every antigen of A, B, D on the donor's red cells is on the recipient's; never with an unknown.

    Red cells only: whole blood carries plasma too, and the cross-match is the hospital's. Source: domain note 2.
    """
    if "?" in (*donor, *recipient):
        return False
    return _antigens(donor) <= _antigens(recipient)


def _antigens(group: tuple[Abo, Rh]) -> set[str]:
    abo, rh = group
    return set(abo.replace("O", "")) | ({"D"} if rh is Rh.POSITIVE else set())


def _scan(text: str) -> _Said:
    if len(text) > _LONGEST:
        raise Unclear("unclear.blood.form")
    rest, said, signable = bare(narrow(text).translate(_LOOKALIKES)), _Said(), False
    while rest:
        kind, value, length = _token(rest)
        rest = rest[length:]
        if kind == "abo":
            said.abos.add(Abo(value))
        elif kind == "sign":
            said.signs.add(Rh(value))
            said.stray_sign |= not signable
        said.unknown |= kind == "unknown"
        signable = kind in ("abo", "rh") or (kind == "filler" and signable)
    return said


def _token(rest: str) -> tuple[str, str, int]:
    for kind, value, pattern in _SCANNER:
        if found := pattern.match(rest):
            return kind, value, found.end()
    raise Unclear("unclear.blood.form")


def _one_abo(said: _Said) -> Abo:
    if len(said.abos) > 1:
        raise Unclear("unclear.blood.two_groups")
    return next(iter(said.abos), Abo.UNKNOWN)


def _one_rh(said: _Said) -> Rh:
    if len(said.signs) > 1:
        raise Unclear("unclear.blood.two_signs")
    return next(iter(said.signs), Rh.UNKNOWN)
