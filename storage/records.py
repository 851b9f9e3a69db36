"""Append-only records: consents given and withdrawn, and who did what to others' data."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from core.json_text import pack, unpack
from storage import marks
from storage.database import Tx


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer to one purpose. `text_version` is the hash of the words that were shown."""

    purpose: str
    answer: str
    text_version: str
    channel: str
    at: int


async def subject(tx: Tx, address: str) -> str:
    """The keyed hash under which an address's consents are kept: proof for who shows up, no name for who reads the table."""
    return _keyed(await marks.secret(tx, "consents"), address)


def _keyed(secret: bytes, address: str) -> str:
    return hmac.new(secret, address.encode(), hashlib.sha256).hexdigest()


async def add_consent(tx: Tx, address: str, consent: Consent, *, recorded_by: str = "") -> None:
    """Keep one answer. `recorded_by`: the address of who wrote it down, where it was given on paper."""
    await add_consents(tx, [address], consent, recorded_by=recorded_by)


async def add_consents(tx: Tx, addresses: Sequence[str], consent: Consent, *, recorded_by: str = "") -> None:
    """Keep the same answer of several people."""
    secret = await marks.secret(tx, "consents")
    said = (consent.purpose, consent.answer, consent.text_version, consent.channel, consent.at)
    await tx.many(
        "INSERT INTO consents (subject, purpose, answer, text_version, channel, at, recorded_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(_keyed(secret, address), *said, recorded_by) for address in addresses],
    )


async def consents(tx: Tx, address: str) -> list[Consent]:
    """All answers of an address, oldest first."""
    rows = await tx.all(
        "SELECT purpose, answer, text_version, channel, at FROM consents WHERE subject = ? ORDER BY id",
        (await subject(tx, address),),
    )
    return [Consent(*row) for row in rows]


async def copy_consents(tx: Tx, source: str, target: str) -> None:
    """What one address agreed to is on record of the other as well: they are one person."""
    await tx.run(
        "INSERT INTO consents (subject, purpose, answer, text_version, channel, at, recorded_by)"
        " SELECT ?, purpose, answer, text_version, channel, at, recorded_by FROM consents WHERE subject = ? ORDER BY id",
        (await subject(tx, target), await subject(tx, source)),
    )


async def withdraw_all(tx: Tx, address: str, channel: str, at: int, *, recorded_by: str = "") -> None:
    """Everything that the address agreed to is taken back."""
    given = {consent.purpose for consent in await consents(tx, address) if consent.answer == "given"}
    for purpose in sorted(given):
        await add_consent(tx, address, Consent(purpose, "withdrawn", "", channel, at), recorded_by=recorded_by)


async def alias(tx: Tx, address: str) -> str:
    """What the audit log calls somebody whose data was touched: the same for the same address, and nobody's name."""
    return (await subject(tx, address))[:12]


async def add_audit(tx: Tx, address: str, action: str, *, at: int, **detail: object) -> None:
    """Keep who did what. `detail` holds ids, counts and codes; never names, phones or answers."""
    await tx.run(
        "INSERT INTO audit (at, address, action, detail) VALUES (?, ?, ?, ?)",
        (at, address, action, pack(detail)),
    )


async def refusals(tx: Tx, address: str, command: str, since: int) -> list[int]:
    """When this address was refused by this command since then (ms UTC), oldest first."""
    rows = await tx.all(
        "SELECT at, detail FROM audit WHERE address = ? AND action = 'refused' AND at >= ? ORDER BY id",
        (address, since),
    )
    return [at for at, detail in rows if unpack(detail).get("command") == command]


OPENED = "phone_opened"


async def add_opening(tx: Tx, address: str, whose: str, *, unit: str, at: int) -> None:
    """Keep that `address` has looked up the number of `whose`, who belongs to the unit with this code ("" for none)."""
    await add_audit(tx, address, OPENED, at=at, person=await alias(tx, whose), unit=unit)


async def openings(tx: Tx, address: str) -> list[int]:
    """When officers have looked up this address's number, ms UTC, oldest first."""
    rows = await tx.all(
        "SELECT at FROM audit WHERE person = ? AND action = ? ORDER BY id", (await alias(tx, address), OPENED)
    )
    return [at for (at,) in rows]
