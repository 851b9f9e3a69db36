"""Whether two rows, or a row and somebody who is known already, are one person. It is proposed, never decided."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from core.vietnamese import fold, nfc

T = TypeVar("T")

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_NEAR = 1  # years: ages on lists are differences of years, or completed ones


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared. `year` of birth; "" and None for what is not known."""

    name: str
    sex: str
    year: int | None
    phone: str = ""
    unit_id: int | None = None


@lru_cache(8_000)
def name_key(name: str) -> str:
    """A name with each tone behind its word: "Hoà" and "Hòa" are one, "Ánh" and "Anh" are not."""
    return " ".join(map(_toned_last, nfc(name).lower().split()))


def _toned_last(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    letters = "".join(letter for letter in apart if letter not in _TONES)
    return unicodedata.normalize("NFC", letters) + "".join(sorted(letter for letter in apart if letter in _TONES))


_OPEN = re.compile(r"(.*?)(o[ae]|u[y])$")


def spellings(name: str) -> tuple[str, ...]:
    """The ways in which a name may be written: as it is, and with the tones of "oa", "oe" and "uy" on the other letter."""
    words = nfc(name).split()
    return tuple(dict.fromkeys((" ".join(words), *(" ".join(_placed(word, at) for word in words) for at in (1, 2)))))


def _placed(word: str, at: int) -> str:
    """A word with its tone behind the first or the second letter of an open pair: "Hòa", "Hoà"."""
    apart = unicodedata.normalize("NFD", word)
    tones = [letter for letter in apart if letter in _TONES]
    plain = "".join(letter for letter in apart if letter not in _TONES)
    if len(tones) != 1 or not (pair := _OPEN.fullmatch(plain.lower())) or pair[1].endswith("q"):
        return word
    cut = len(pair[1]) + at
    return unicodedata.normalize("NFC", plain[:cut] + tones[0] + plain[cut:])


def same_name(one: str, other: str) -> bool:
    """True for one name, wherever its tones stand; one that is typed without any marks is like all that it may be."""
    if name_key(one) == name_key(other):
        return True
    return (one.isascii() or other.isascii()) and fold(one) == fold(other)


def likeness(one: Known, other: Known) -> tuple[str, ...]:
    """What speaks for it, of "phone", "unit" and "birth", besides the name; () where too little does.

    A phone is no proof: families and offices share one. Source: domain note 9.3.
    """
    if not same_name(one.name, other.name) or (one.sex and other.sex and one.sex != other.sex):
        return ()
    phone = bool(one.phone) and one.phone == other.phone
    unit = one.unit_id is not None and one.unit_id == other.unit_id
    known = one.year is not None and other.year is not None
    birth = one.year is not None and other.year is not None and abs(one.year - other.year) <= _NEAR
    if phone or (unit and (birth or not known)):
        said = {"phone": phone, "unit": unit, "birth": birth}
        return tuple(name for name, true in said.items() if true)
    return ()


def twins(
    rows: Sequence[tuple[T, Known]], alike: Callable[[Known, Known], tuple[str, ...]] = likeness
) -> Iterator[tuple[T, T, tuple[str, ...]]]:
    """Each row that may be the person of an earlier one: (row, the earlier one, what speaks for it)."""
    by_name: dict[str, list[tuple[T, Known]]] = {}
    for row, known in rows:
        same = by_name.setdefault(fold(known.name), [])
        for earlier, before in same:
            if reasons := alike(before, known):
                yield row, earlier, reasons
                break
        same.append((row, known))
