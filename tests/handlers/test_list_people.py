"""What a list makes of somebody who is known from paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.ages import Birth
from core.blood import Abo, Rh
from core.list_entries import Entry
from core.list_rows import Row
from core.people import Donor, Sex
from handlers.list_import.people import updated

KNOWN = Donor(
    full_name="Đặng Thu Hà", unit_id=1, unit_text="", birth=Birth("year", None, 1992), sex=Sex.FEMALE, abo=Abo.A,
    rh=Rh.NEGATIVE, donations=5, last_donation="2026-05", phone="+84900000007",
)  # fmt: skip
FACTS = {
    "name": "Đặng Thu Hà",
    "sex": "F",
    "birth": {"p": "year", "y": 1992, "d": None, "on": None},
    "abo": "O",
    "rh": "+",
}


@pytest.mark.parametrize(
    ("source", "group"),
    [
        ("declared", (Abo.O, Rh.POSITIVE)),
        ("certificate", (Abo.A, Rh.NEGATIVE)),
        ("facility", (Abo.A, Rh.NEGATIVE)),
    ],
)
def test_a_group_that_was_read_from_a_certificate_stays(source: str, group: tuple[Abo, Rh]) -> None:
    """A list has it from hearsay, and must not pass as what the certificate says."""
    row = Row(0, Entry("", 2, FACTS), FACTS, 1, skipped=False, doubts=())
    after = updated(replace(KNOWN, group_source=source), row)
    assert (after.abo, after.rh, after.group_source) == (*group, source)
