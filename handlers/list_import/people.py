"""People of a list as registrations, and what a list changes of one that is known from paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.blood import Abo, Rh
from core.list_births import birth_of
from core.list_rows import Row
from core.list_twins import Known
from core.merging import DECLARED
from core.people import Donor, Sex

_EXACT = ("date", "year", "age")
# What a later list may change of somebody known from paper, in the order in which it is told.
FIELDS = ("full_name", "unit_id", "birth", "sex", "donations", "last_donation", "abo", "rh", "phone", "note")


def donor_of(row: Row) -> Donor:
    """The registration that a row makes. What it leaves out is not known: no phone is "", an empty count was agreed to be 0."""
    facts = row.facts
    return Donor(
        full_name=facts["name"],
        unit_id=row.unit_id,
        unit_text="",
        birth=birth_of(facts["birth"]),
        sex=Sex(facts["sex"]),
        abo=Abo(facts.get("abo", "?")),
        rh=Rh(facts.get("rh", "?")),
        donations=facts.get("donations", 0),
        last_donation=facts.get("last") if facts.get("donations") else None,
        phone=facts.get("phone", ""),
        note=facts.get("note", ""),
    )


def updated(before: Donor, row: Row) -> Donor:
    """Somebody known from paper after this list: what it says counts, what it leaves empty stays as it is."""
    facts, new = row.facts, donor_of(row)
    more_exact = (
        _EXACT.index(new.birth.precision) < _EXACT.index(before.birth.precision) or new.birth.year != before.birth.year
    )
    said = before.group_source == DECLARED  # A list knows no better than a certificate.
    last = max(filter(None, (before.last_donation, new.last_donation)), default=None)
    changes: dict[str, Any] = {
        "full_name": new.full_name,
        "sex": new.sex,
        "unit_id": new.unit_id,
        "unit_text": "",
        "birth": new.birth if more_exact and not _is_rounded(before, new) else before.birth,
        "donations": facts.get("donations", before.donations),
        "phone": new.phone or before.phone,
        "note": new.note or before.note,
        "abo": new.abo if new.abo is not Abo.UNKNOWN and said else before.abo,
        "rh": new.rh if new.rh is not Rh.UNKNOWN and said else before.rh,
    }
    return replace(before, **changes, last_donation=last if changes["donations"] else None)


def _is_rounded(before: Donor, new: Donor) -> bool:
    """True for an age where date or year are known and a year apart: that is how ages are counted, and no news."""
    return new.birth.precision == "age" != before.birth.precision and abs(new.birth.year - before.birth.year) <= 1


def known_of(donor: Donor) -> Known:
    """What is compared with a row."""
    return Known(donor.full_name, str(donor.sex), donor.birth.year, donor.phone, donor.unit_id)


def differences(before: Donor, after: Donor) -> dict[str, tuple[Any, Any]]:
    """Field -> (before, after) of what would become different."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
