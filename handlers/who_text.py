"""Who somebody is in words: their roles and their channel; an address is nobody's name. Of who is a donor, the masked name."""

from __future__ import annotations

from collections.abc import Collection

from core.dates import show_date
from core.names import mask_name
from core.people import Grant, Person, Role
from core.units import UnitIndex
from handlers.turn import Turn
from handlers.voice import Voice
from storage import donors, people, rounds


async def load(turn: Turn, addresses: Collection[str]) -> dict[str, Person]:
    """These people with what they may do now; whoever is not known may do nothing."""
    known = await people.load(turn.tx, sorted(set(addresses)))
    found = {address: known.get(address) or Person(address, turn.language) for address in addresses}
    return {address: turn.settings.as_configured(person) for address, person in found.items()}


async def roles_of(turn: Turn, addresses: Collection[str]) -> dict[str, str]:
    """Address -> the highest role, for which unit, and the channel."""
    known, index = await load(turn, addresses), await turn.unit_index()
    return {address: _role(turn, person, index) for address, person in known.items()}


async def names_of(turn: Turn, addresses: Collection[str]) -> dict[str, str]:
    """As `roles_of`, with the masked name of who is registered as a donor."""
    known, index = await load(turn, addresses), await turn.unit_index()
    registered = await donors.of_people(turn.tx, [person.id for person in known.values() if person.id is not None])
    texts = {}
    for address, person in known.items():
        role, donor = _role(turn, person, index), registered.get(person.id or 0)
        texts[address] = turn.text("who.named", name=mask_name(donor.full_name), role=role) if donor else role
    return texts


async def names_alone(turn: Turn, addresses: Collection[str]) -> dict[str, str]:
    """Address -> the masked name and the channel, where the role is said anyway."""
    known = await people.load(turn.tx, sorted(set(addresses)))
    registered = await donors.of_people(turn.tx, [person.id for person in known.values() if person.id is not None])
    texts = {}
    for address in addresses:
        person = known.get(address)
        donor = registered.get(person.id or 0) if person else None
        channel = turn.voice.channel(address.partition(":")[0])
        if donor:
            texts[address] = f"{mask_name(donor.full_name)} ({channel})"
        else:
            texts[address] = turn.text("who.unnamed" if address else "who.gone", channel=channel)
    return texts


def _role(turn: Turn, person: Person, index: UnitIndex) -> str:
    name = person.address.partition(":")[0]
    if not name:
        return turn.text("who.gone")
    if ":" not in person.address:  # Nobody: what was agreed to earlier was carried out on its day.
        return turn.text("who.clock" if name == "clock" else "who.cli")
    channel = turn.voice.channel(name)
    if person.role is Role.ADMIN:
        return turn.text("who.admin", channel=channel)
    for role, message in ((Role.OFFICER, "who.officer"), (Role.HEAD, "who.head")):
        if unit := next((unit for unit_id in person.units_as(role) if (unit := index.get(unit_id))), None):
            return turn.text(message, unit=unit.name, channel=channel)
    if any(grant.role is Role.HELPER for grant in person.grants):
        return turn.text("who.helper", channel=channel)
    return turn.text("who.other", channel=channel)


async def duty(turn: Turn, grant: Grant, voice: Voice | None = None) -> str:
    """A role with what it is for: "cán bộ phụ trách – Sở Y tế", "người giúp bàn tiếp đón – Đợt 11 năm 2026 (04/12/2026)".

    `voice`: of who reads it, where that is somebody else.
    """
    voice = voice or turn.voice
    role = voice.text(f"role.{grant.role.name.lower()}")
    where = await _place(turn, grant, voice)
    return f"{role} – {where}" if where else role


async def _place(turn: Turn, grant: Grant, voice: Voice) -> str:
    """What a role is for: the unit's name, or the round with its day; "" for an admin's."""
    if grant.round_id is not None:
        round_ = await rounds.by_id(turn.tx, grant.round_id)
        return voice.text("role.round", name=round_.name, date=show_date(round_.held_on)) if round_ else "?"
    if grant.unit_id is not None:
        unit = (await turn.unit_index()).get(grant.unit_id)
        return unit.name if unit else "?"
    return voice.text("role.no_unit") if grant.role is Role.OFFICER else ""


async def codes(turn: Turn, grant: Grant) -> dict[str, object]:
    """What the log says of a role: its name, the code of its unit or round."""
    unit = (await turn.unit_index()).get(grant.unit_id)
    round_ = await rounds.by_id(turn.tx, grant.round_id) if grant.round_id is not None else None
    found = {"unit": unit.code if unit else "", "round": round_.code if round_ else ""}
    return {"role": grant.role.name.lower(), **{key: code for key, code in found.items() if code}}
