"""Everything stored about one address, in one piece: what a person may see and take away."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from core.joins import Join
from core.people import Donor
from storage import bubbles, clubs, donors, joins, notices, people, questions, records, roles, uploads
from storage.database import Tx


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


async def _unit_name(tx: Tx, donor: Donor) -> str:
    row = await tx.one("SELECT name FROM units WHERE id = ?", (donor.unit_id,))
    return str(row[0]) if row else donor.unit_text


async def _registration(tx: Tx, donor: Donor, person_id: int) -> dict[str, Any]:
    """A registration as JSON values; keys are the code's own names."""
    eligible_on = await donors.eligible_on(tx, person_id)
    return {
        "full_name": donor.full_name,
        "unit": await _unit_name(tx, donor),
        "birth_date": donor.birth.date.isoformat() if donor.birth.date else None,
        "birth_year": donor.birth.year,
        "birth_known_as": str(donor.birth.precision),
        "sex": str(donor.sex),
        "blood_abo": str(donor.abo),
        "blood_rh": str(donor.rh),
        "donations": donor.donations,
        "last_donation": donor.last_donation,
        "last_kind": str(donor.last_kind) if donor.donations else None,
        "eligible_on": eligible_on.isoformat() if eligible_on else None,
        "deferred_until": donor.deferred_until.isoformat() if donor.deferred_until else None,
        "stopped": donor.stopped,
        "ask_staff": donor.ask_staff,
        "phone": donor.phone,
        "phone_proven": donor.phone_proven,
        "note": donor.note,
    }


def _consent(consent: records.Consent) -> dict[str, Any]:
    return {
        "purpose": consent.purpose,
        "answer": consent.answer,
        "text_version": consent.text_version,
        "channel": consent.channel,
        "at": _time(consent.at),
    }


def _wishes(wanted: notices.Wishes | None) -> dict[str, Any] | None:
    if wanted is None:
        return None
    return {
        "when_eligible": wanted.eligible,
        "not_days_before": sorted(wanted.skip),
        "paused_until": wanted.paused_until.isoformat() if wanted.paused_until else None,
    }


def _answer(code: str, name: str, held_on: date, join: Join) -> dict[str, Any]:
    return {
        "round": code,
        "name": name,
        "held_on": held_on.isoformat(),
        "answer": str(join.state),
        "hour": join.slot or None,
        "ticket": join.code,
        "on_the_list_before": join.not_yet.isoformat() if join.not_yet else None,
        "outcome": join.outcome,
        "answered_at": _time(join.joined_at),
        "changed_at": _time(join.changed_at),
        "waiting_since": _time(join.queued_at) if join.queued_at is not None else None,
        "seat_held_until": _time(join.offer_until) if join.offer_until is not None else None,
    }


def _file(sent: tuple[str, int, int]) -> dict[str, Any]:
    name, size, at = sent
    return {"name": name, "bytes": size, "at": _time(at)}


async def _seat(tx: Tx, seat: roles.Seat) -> dict[str, Any]:
    """A role of the person, with the codes of what it is for."""
    unit = await tx.one("SELECT code FROM units WHERE id = ?", (seat.grant.unit_id,))
    round_ = await tx.one("SELECT code FROM rounds WHERE id = ?", (seat.grant.round_id,))
    return {
        "role": seat.grant.role.name.lower(),
        "unit": unit[0] if unit else None,
        "round": round_[0] if round_ else None,
        "since": _time(seat.granted_at),
    }


async def _club(tx: Tx, unit_id: int, joined_at: int) -> dict[str, Any]:
    row = await tx.one("SELECT code, name FROM units WHERE id = ?", (unit_id,))
    return {"code": row[0] if row else "", "name": row[1] if row else "", "joined_at": _time(joined_at)}


def _question(asked: questions.Question) -> dict[str, Any]:
    return {
        "question": asked.words,
        "asked_at": _time(asked.asked_at),
        "state": asked.state,
        "answer": asked.answer,
        "answered_at": _time(asked.answered_at) if asked.answered_at is not None else None,
    }


async def all_about(tx: Tx, address: str) -> dict[str, Any]:
    """Everything stored about an address, as JSON values; times are UTC."""
    known = (await people.load(tx, [address])).get(address)
    row = await tx.one(
        "SELECT p.created_at, p.reachable, d.created_at, d.updated_at, d.group_source"
        " FROM people p LEFT JOIN donors d ON d.person_id = p.id WHERE p.address = ?",
        (address,),
    )
    since, reachable, registered, changed, group_source = row or (None,) * 5
    registration = None
    if known and known.id is not None and (donor := await donors.of_person(tx, known.id)):
        registration = await _registration(tx, donor, known.id)
    draft = (await people.conversations(tx, [address])).get(address)
    return {
        "address": address,
        "language": known.language if known else None,
        "role": known.role.name.lower() if known else None,
        "known_since": _time(since) if since is not None else None,
        "reachable": None if reachable is None else bool(reachable),
        "registered_at": _time(registered) if registered is not None else None,
        "changed_at": _time(changed) if changed is not None else None,
        "blood_group_source": group_source,
        "registration": registration,
        "open_form": {"form": draft.form, "answers": draft.answers} if draft else None,
        "rounds": [_answer(*one) for one in await joins.all_of(tx, known.id)] if known and known.id is not None else [],
        "notices": _wishes(await notices.wishes(tx, known.id)) if known else None,
        "consents": [_consent(consent) for consent in await records.consents(tx, address)],
        "roles": [await _seat(tx, seat) for seat in await roles.of_addresses(tx, [address])],
        "clubs": [await _club(tx, *one) for one in (await clubs.of_person(tx, known.id)).items()] if known else [],
        "phone_opened_at": [_time(at) for at in await records.openings(tx, address)],
        "files_sent": [_file(sent) for sent in await uploads.sent(tx, address)],
        "questions": [_question(asked) for asked in await questions.all_of(tx, address)],
        "web_chat": [bubble.body for bubble in await bubbles.after(tx, address, 0)],
    }
