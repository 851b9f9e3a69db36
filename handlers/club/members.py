"""The members of a club, for its head: a page of them with masked numbers, one of them opened, removed; a link, a QR, a file."""

from __future__ import annotations

from datetime import UTC, datetime

from core.authority import own_units
from core.dates import show_date
from core.dialogue import Choice, Reply
from core.links import CLUB
from core.names import mask_name
from core.people import Role
from core.phones import mask_phone, show_phone
from core.unclear import Unclear
from core.units import Unit
from handlers import pages, telling
from handlers.form import Answers, Finish, Form, Given, GoTo, Prompt, Question, open_form
from handlers.phone_opening import open_phone
from handlers.turn import Turn
from storage import clubs, people, records
from storage.clubs import Member

_CLUB, _WHO, _OPEN = "club", "who", "_opened"


async def _mine(turn: Turn) -> list[Unit]:
    """The clubs whose members the person may see: those they lead, and those of the units they are an officer of."""
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    led = set(turn.person.units_as(Role.HEAD))
    units = [unit for unit in index.units.values() if unit.kind == clubs.KIND]
    return [unit for unit in units if own is None or unit.id in own or unit.id in led]


async def _find(turn: Turn, answers: Answers) -> Unit | None:
    """The club in hand, where it is the person's; a try that may not goes on record."""
    found = next((unit for unit in await _mine(turn) if unit.code == answers.get(_CLUB)), None)
    if found is None:
        await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="members")
    return found


async def _in_hand(turn: Turn, answers: Answers) -> Unit:
    """As `_find`. Raises Finish where there is none."""
    if found := await _find(turn, answers):
        return found
    raise Finish(turn.text("club.refused", contact=turn.settings.contact), "/members")


async def members(turn: Turn, _: str) -> None:
    """The club, or the choice of clubs."""
    mine = await _mine(turn)
    if not mine:
        turn.say("club.head_of_none", contact=turn.settings.contact)
    elif len(mine) == 1:
        await open_form(turn, FORM, {_CLUB: mine[0].code}, "members")
    else:
        await open_form(turn, FORM, step="clubs")


async def _ask_clubs(turn: Turn, answers: Answers) -> Prompt:
    mine = await _mine(turn)
    choices = [Choice(f"c{unit.code}", unit.name) for unit in pages.shown(answers, mine)]
    return Prompt(turn.text("club.choose"), [*pages.told_apart(choices), *pages.ways(turn, answers, len(mine))])


async def _read_clubs(_: Turn, answers: Answers, given: Given) -> object:
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_CLUB] = given.value[1:]
    pages.begin(answers)
    raise GoTo("members")


async def _ask_members(turn: Turn, answers: Answers) -> Prompt:
    """How many, and a page of them."""
    club = await _find(turn, answers)
    if club is None:
        return Prompt(turn.text("club.refused", contact=turn.settings.contact))
    total = await clubs.count(turn.tx, club.id)
    first = pages.first(answers, total)
    page = await clubs.members(turn.tx, club.id, first=first, most=pages.PAGE)
    lines = [await _line(turn, member) for member in page]
    head = turn.text("club.members" if total else "club.empty", club=club.name, count=total)
    choices = [Choice(f"m{member.person_id}", line) for member, line in zip(page, lines, strict=True)]
    ways = {"link": "club.link", **({"file": "club.file"} if total else {})}
    return Prompt(head, [*pages.told_apart(choices), *pages.ways(turn, answers, total), *pages.offered(turn, **ways)])


async def _line(turn: Turn, member: Member) -> str:
    donor = member.donor
    facts = {
        "name": mask_name(donor.full_name),
        "phone": mask_phone(donor.phone),
        "workplace": await _workplace(turn, member),
    }
    return turn.text("club.line", **facts)


async def _workplace(turn: Turn, member: Member) -> str:
    unit = (await turn.unit_index()).get(member.donor.unit_id)
    return unit.name if unit else member.donor.unit_text


async def _read_members(turn: Turn, answers: Answers, given: Given) -> object:
    club = await _in_hand(turn, answers)
    pages.turn_page(answers, given.value)
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "link":
            _invite(turn, club)
            raise GoTo("members")
        case "file":
            await _export(turn, club)
            raise GoTo("members")
        case value:
            answers[_WHO] = int(value[1:])
            answers.pop(_OPEN, None)
            raise GoTo("member")


def _invite(turn: Turn, club: Unit) -> None:
    """What a head passes on so that others join; a QR of it where there is a link at all."""
    links = turn.house.links.to(f"{CLUB}{club.code}")
    lines = "\n".join(links) or turn.text("club.by_command", code=club.code)
    text = turn.text("club.invitation", club=club.name, organisation=turn.settings.organisation, links=lines)
    if links:
        turn.document("link-qr.png", text, link=links[0], code=club.code)
    else:
        turn.say("club.invitation", club=club.name, organisation=turn.settings.organisation, links=lines)


async def _export(turn: Turn, club: Unit) -> None:
    rows = await clubs.count(turn.tx, club.id)
    facts = {"list": "members", "unit": club.code, "rows": rows}
    await records.add_audit(turn.tx, turn.person.address, "export", at=turn.at, **facts)
    turn.document("members.xlsx", turn.text("club.file_ready", count=rows), code=club.code)


async def _ask_member(turn: Turn, answers: Answers) -> Prompt:
    """One member; the whole number only once it was asked for."""
    club = await _find(turn, answers)
    member = await clubs.member(turn.tx, club.id, answers[_WHO]) if club else None
    if club is None or member is None:
        return Prompt(turn.text("club.gone"))
    day = datetime.fromtimestamp(member.joined_at / 1000, UTC).astimezone(turn.settings.zone).date()
    opened = answers.get(_OPEN)
    text = turn.text(
        "club.member",
        club=club.name,
        name=member.donor.full_name if opened else mask_name(member.donor.full_name),
        phone=(show_phone if opened else mask_phone)(member.donor.phone),
        workplace=await _workplace(turn, member),
        date=show_date(day),
    )
    return Prompt(text, pages.offered(turn, **({} if opened else {"open": "club.open"}), remove="club.remove"))


async def _read_member(turn: Turn, answers: Answers, given: Given) -> object:
    club = await _in_hand(turn, answers)
    member = await clubs.member(turn.tx, club.id, answers[_WHO])
    if member is None:
        raise GoTo("members", turn.text("club.gone"))
    if given.value == "open":
        await open_phone(turn, member.person_id, member.donor)
        answers[_OPEN] = True
        raise GoTo("member")
    if given.value == "remove":
        raise GoTo("removing")
    raise Unclear("unclear.choice")


async def _ask_removing(turn: Turn, answers: Answers) -> Prompt:
    club = await _find(turn, answers)
    member = await clubs.member(turn.tx, club.id, answers[_WHO]) if club else None
    if club is None or member is None:
        return Prompt(turn.text("club.gone"))
    text = turn.text("club.remove_ask", name=mask_name(member.donor.full_name), club=club.name)
    return Prompt(text, pages.offered(turn, yes="club.remove_yes"))


async def _read_removing(turn: Turn, answers: Answers, given: Given) -> object:
    club = await _in_hand(turn, answers)
    if given.value != "yes":
        raise Unclear("unclear.choice")
    person = await people.by_id(turn.tx, answers[_WHO])
    if person is None or not await clubs.leave(turn.tx, club.id, answers[_WHO]):
        raise GoTo("members", turn.text("club.gone"))
    whose = await records.alias(turn.tx, person.address)
    await records.add_audit(turn.tx, turn.person.address, "member_removed", at=turn.at, person=whose, unit=club.code)
    if voice := await telling.reader(turn, person.address):
        text = voice.text("club.told_removed", club=club.name, contact=voice.contact)
        telling.tell(turn, f"club:{club.id}:{answers[_WHO]}:{turn.at}", person.address, Reply(text))
    raise GoTo("members", turn.text("club.removed"))


async def _finish(_: Turn, __: Answers) -> None:
    """Every answer leads to another screen."""


# Private: a number that was opened stays in nobody's log once the screens are closed.
FORM = Form(
    "members",
    (
        Question("clubs", _ask_clubs, _read_clubs),
        Question("members", _ask_members, _read_members, back="clubs"),
        Question("member", _ask_member, _read_member, back="members"),
        Question("removing", _ask_removing, _read_removing, back="member"),
    ),
    _finish,
    "club.closed",
    light=True,
    private=True,
    leave="rounds.leave",
)
