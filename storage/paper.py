"""People from paper: one is added with the proof of consent, and erased when they take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.people import Donor
from storage import donors, people, records
from storage.database import Tx

PURPOSE = "paper"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Who wrote down a person from paper, when (ms UTC), and the version of the sentence by which they say that there is a signed form."""

    by: str
    at: int
    text_version: str
    language: str


async def add(tx: Tx, donor: Donor, recorded: Recorded, *, eligible_on: date | None) -> int:
    """Somebody who has no chat, with the consent that they gave on paper; the id of the person."""
    person_id = await people.add_paper(tx, recorded.language, recorded.at)
    await donors.save(tx, person_id, donor, recorded.at, eligible_on=eligible_on)
    person = await people.by_id(tx, person_id)
    assert person is not None
    consent = records.Consent(PURPOSE, "given", recorded.text_version, people.PAPER, recorded.at)
    await records.add_consent(tx, person.address, consent, recorded_by=recorded.by)
    return person_id


async def erase(tx: Tx, person_id: int, *, by: str, today: date, at: int) -> None:
    """The person goes with everything that hangs on them; what stays is a count, and the proof that they agreed and took it back."""
    person = await people.by_id(tx, person_id)
    if person is None:
        return
    await donors.forget(tx, person_id, today.year)
    await records.withdraw_all(tx, person.address, people.PAPER, at, recorded_by=by)
    await people.forget(tx, person.address)
