"""What we keep of a person: show it, hand it over, erase it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from core.dates import PartialDate, show_date, show_partial
from core.joins import spaced
from core.people import Role
from core.phones import show_phone
from core.unclear import Unclear
from handlers import who_text
from handlers.form import Answers, Finish, Form, Given, Prompt, Question, labelled, open_form, put_aside
from handlers.joining_offers import offer_seats
from handlers.turn import Action, Turn
from storage import donors, joins, records, roles, rounds
from storage.dossier import all_about

_NAMED = {"birth_known_as": "mydata.known.", "sex": "sex.", "last_kind": "component."}  # Each value is a sentence.
_ONLY_IF_SET = {
    "last_kind",
    "eligible_on",
    "deferred_until",
    "stopped",
    "ask_staff",
    "phone_proven",
    "note",
}  # Most people have none of these.
_RH = {"+": "blood.positive", "-": "blood.negative", "?": "blood.unknown"}


def _in_words(turn: Turn, key: str, value: object) -> str:
    """A stored value as a person reads it; the file has it as it is stored."""
    if value is None:
        return turn.text("mydata.unknown")
    if family := _NAMED.get(key):
        return turn.text(f"{family}{value}")
    match key, value:
        case (("birth_date" | "eligible_on" | "deferred_until"), str(day)):
            return show_date(date.fromisoformat(day))
        case "blood_abo", "?":
            return turn.text("blood.unknown")
        case "blood_rh", str(rh):
            return turn.text(_RH[rh])
        case "last_donation", str(day):
            return show_partial(PartialDate.of_iso(day))
        case "phone", str(phone):
            return show_phone(phone)
        case _, True:
            return turn.text("mydata.true")
    return str(value)


def _consent(turn: Turn, consent: records.Consent) -> str:
    at = datetime.fromtimestamp(consent.at / 1000, UTC).isoformat()
    return turn.text(
        "mydata.consent",
        purpose=_purpose(turn, consent.purpose),
        answer=turn.text(f"mydata.{consent.answer}"),
        at=_moment(turn, at),
        channel=turn.voice.channel(consent.channel),
    )


def _purpose(turn: Turn, purpose: str) -> str:
    """What a consent was for; "club:CODE" is one for each club."""
    kind, _, code = purpose.partition(":")
    said = turn.text(f"mydata.purpose.{kind}")
    return f"{said} {code}" if code else said


def _moment(turn: Turn, iso: str) -> str:
    """A stored time as people read it, local."""
    at = datetime.fromisoformat(iso).astimezone(turn.settings.zone)
    return turn.text("mydata.time", time=f"{at:%H:%M}", date=show_date(at.date()))


def _answer(turn: Turn, given: dict[str, Any]) -> str:
    """What the person answered to a round, in one line."""
    what = given["outcome"] or given["answer"]
    return turn.text(
        "mydata.round",
        name=given["name"],
        date=show_date(date.fromisoformat(given["held_on"])),
        answer=turn.text(f"join.state.{what}"),
        ticket=spaced(given["ticket"]),
    )


def _asked(turn: Turn, asked: dict[str, Any]) -> str:
    """A question to officers, in one line; its answer stands in the file."""
    at = datetime.fromisoformat(asked["asked_at"]).astimezone(turn.settings.zone)
    return turn.text("mydata.question", date=show_date(at.date()), question=asked["question"])


def _notices(turn: Turn, wanted: dict[str, Any]) -> str:
    """What the person asked for about reminders, in one line."""
    parts = [turn.text("mydata.notices_eligible" if wanted["when_eligible"] else "mydata.notices_silent")]
    if wanted["not_days_before"]:
        days = ", ".join(str(days) for days in wanted["not_days_before"])
        parts.append(turn.text("mydata.notices_without", days=days))
    if wanted["paused_until"]:
        parts.append(turn.text("mydata.notices_paused", date=show_date(date.fromisoformat(wanted["paused_until"]))))
    return "; ".join(parts)


async def my_data(turn: Turn, _: str) -> None:
    """All that is stored, as text and as a file."""
    data = await all_about(turn.tx, turn.person.address)
    if not data["known_since"] and not data["consents"] and not data["open_form"]:
        turn.say("mydata.nothing", "/register")
        return
    lines = [turn.text("mydata.title")]
    if data["known_since"]:
        chosen = turn.house.words.say(data["language"], "language.name")
        lines.append(f"• {turn.text('mydata.language')}: {chosen}")
    registration = data["registration"] or {}
    lines += [
        f"• {turn.text(f'mydata.{key}')}: {_in_words(turn, key, value)}"
        for key, value in registration.items()
        if key not in _ONLY_IF_SET or value
    ]
    lines += [f"• {turn.text('mydata.duty', duty=await who_text.duty(turn, grant))}" for grant in turn.person.grants]
    lines += [f"• {turn.text('mydata.club', name=club['name'])}" for club in data["clubs"]]
    lines += [f"• {_answer(turn, answer)}" for answer in data["rounds"]]
    lines += [f"• {_asked(turn, asked)}" for asked in data["questions"] if asked["question"]]
    if data["notices"]:
        lines.append(f"• {turn.text('mydata.notices')}: {_notices(turn, data['notices'])}")
    if data["open_form"]:
        lines.append(f"• {turn.text('mydata.open_form')}")
    if opened := data["phone_opened_at"]:
        lines.append(f"• {turn.text('mydata.opened', count=len(opened), at=_moment(turn, opened[-1]))}")
    lines += [f"• {_consent(turn, consent)}" for consent in await records.consents(turn.tx, turn.person.address)]
    ways = ("/profile", "/club", "/forget") if data["clubs"] else ("/profile", "/forget")
    turn.say("mydata.text", *ways, data="\n".join(lines))
    turn.document("mydata.json", address=turn.person.address)


async def _ask(turn: Turn, _: Answers) -> Prompt:
    parts = [turn.text("forget.ask"), await _duties(turn)]
    return Prompt("\n\n".join(filter(None, parts)), labelled(turn, yes="forget.yes", no="forget.no"))


async def _duties(turn: Turn) -> str:
    """What somebody of the team gives up with their data; "" for others."""
    lines = [f"• {await who_text.duty(turn, grant)}" for grant in turn.person.grants]
    if not lines:
        return ""
    said = turn.text("forget.duties", duties="\n".join(lines))
    if any(grant.role is Role.ADMIN for grant in turn.person.grants) and not turn.settings.admins:
        others = [seat for seat in await roles.all_(turn.tx) if seat.address != turn.person.address]
        if not any(seat.grant.role is Role.ADMIN for seat in others):
            return f"{said}\n\n{turn.text('forget.last_admin')}"
    return said


async def _read(turn: Turn, _: Answers, given: Given) -> object:
    if given.value == "no":
        raise Finish(turn.text("forget.kept"), "/profile")
    if given.value != "yes":
        raise Unclear("unclear.choice")
    return True


async def _finish(turn: Turn, _: Answers) -> None:
    mine = await joins.active(turn.tx, turn.person.id, turn.today)
    if turn.person.id is not None:
        await donors.forget(turn.tx, turn.person.id, turn.today.year)
    for grant in turn.person.grants:
        facts = await who_text.codes(turn, grant)
        await records.add_audit(turn.tx, turn.person.address, "resigned", at=turn.at, **facts)
    await roles.remove_all(turn.tx, turn.person.address)
    turn.regranted.add(turn.person.address)
    await turn.forget()
    for join in mine:  # Their seats go to the next.
        if round_ := await rounds.by_id(turn.tx, join.round_id):
            for draft in await offer_seats(turn.tx, turn.house, round_, turn.now):
                turn.tell(draft)
    turn.say("forget.done", "/register")


FORM = Form(
    name="forget",
    questions=(Question("sure", _ask, _read),),
    finish=_finish,
    cancelled="forget.kept",
)


async def forget(turn: Turn, _: str) -> None:
    """Ask once, then erase. A draft that is open goes as well, or on if the answer is no."""
    known = turn.person.id is not None or turn.conversation is not None
    if not known:
        turn.say("mydata.nothing", "/register")
        return
    if turn.conversation and turn.conversation.form == FORM.name:
        return  # It is asked already, and the engine asks again.
    await open_form(turn, FORM, put_aside(turn.conversation))


ACTIONS = (
    Action(("mydata", "dulieu"), my_data, words=("du lieu cua toi", "my data")),
    Action(
        ("forget", "xoa"),
        forget,
        words=("xoa du lieu", "xoa thong tin", "forget me", "delete my data", "rut lai dong y"),
    ),
)
FORMS = (FORM,)
