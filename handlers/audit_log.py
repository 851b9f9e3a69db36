"""The log of who did what to others' data, newest first: admins see all, officers what happened inside their units."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from core.authority import may_invite, own_units
from core.dates import show_date
from core.dialogue import Choice
from core.people import Role
from core.unclear import Unclear
from core.vietnamese import nfc
from handlers import audit_text, pages, who_text
from handlers.form import Answers, AskAgain, Form, Given, GoTo, Prompt, Question, open_form
from handlers.turn import Action, Turn
from storage import audit, records, roles, rounds
from storage.audit import Entry, View

_KIND, _UNIT, _WHO = "_only_kind", "_only_unit", "_only_who"  # What the list is narrowed to.
_FIRST = date(2000, 1, 1)


async def _view(turn: Turn, answers: Answers) -> View:
    """What the reader may see, narrowed to what they asked for."""
    index = await turn.unit_index()
    own, chosen = own_units(turn.person, index), answers.get(_UNIT)
    plan = [] if own is None else await rounds.between(turn.tx, _FIRST, date.max)
    return View(
        turn.person.address,
        units=None
        if own is None
        else frozenset(index.units[unit_id].code for unit_id in own if unit_id in index.units),
        rounds=frozenset(round_.code for round_ in plan if may_invite(turn.person, round_.units, index)),
        actions=audit_text.actions_of(answers[_KIND]) if answers.get(_KIND) else (),
        unit_codes=None if chosen is None else frozenset(index.units[unit_id].code for unit_id in index.below(chosen)),
        address=str(answers.get(_WHO) or ""),
    )


async def _ask_list(turn: Turn, answers: Answers) -> Prompt:
    """A page of the log."""
    view = await _view(turn, answers)
    total = await audit.count(turn.tx, view)
    entries = await audit.page(turn.tx, view, first=pages.first(answers, total), most=pages.PAGE)
    lines = await _lines(turn, entries)
    narrowed = await _narrowed(turn, answers)
    head = turn.text("audit.list" if lines else "audit.empty", count=total)
    ways = {"kind": "audit.by_kind", "who": "audit.by_who", **({"all": "audit.everything"} if narrowed else {})}
    ways |= {"file": "audit.file"} if turn.person.role is Role.ADMIN else {}
    text = "\n".join(filter(None, (head, narrowed, *lines, turn.text("audit.by_unit"))))
    return Prompt(text, [*pages.ways(turn, answers, total), *pages.offered(turn, **ways)])


async def _narrowed(turn: Turn, answers: Answers) -> str:
    unit = (await turn.unit_index()).get(answers.get(_UNIT))
    who = answers.get(_WHO)
    parts = (
        turn.text(f"audit.kind.{answers[_KIND]}") if answers.get(_KIND) else "",
        unit.name if unit else "",
        (await who_text.names_of(turn, [who]))[who] if who else "",
    )
    said = " · ".join(filter(None, parts))
    return turn.text("audit.narrowed", what=said) if said else ""


async def _lines(turn: Turn, entries: list[Entry]) -> list[str]:
    index = await turn.unit_index()
    names = await who_text.names_of(turn, {entry.address for entry in entries})
    people = await _people(turn, entries)
    lines = []
    for entry in entries:
        at = datetime.fromtimestamp(entry.at / 1000, UTC).astimezone(turn.settings.zone)
        what = audit_text.sentence(turn.voice, entry.action, entry.detail | people.get(entry.id, {}), index)
        facts = {"time": f"{at:%H:%M}", "date": show_date(at.date()), "who": names[entry.address], "what": what}
        lines.append(turn.text("audit.line", **facts))
    return lines


async def _people(turn: Turn, entries: list[Entry]) -> dict[int, dict[str, Any]]:
    """Who the entries are about, where it is somebody of the team: the others stay the alias that the log has for them."""
    about = {entry.id: entry.detail["person"] for entry in entries if entry.detail.get("person")}
    if not about:
        return {}
    team = {
        await records.alias(turn.tx, address): address for address in {s.address for s in await roles.all_(turn.tx)}
    }
    known = await who_text.names_of(turn, [team[alias] for alias in about.values() if alias in team])
    return {id_: {"person": known[team[alias]]} for id_, alias in about.items() if alias in team}


async def _read_list(turn: Turn, answers: Answers, given: Given) -> object:
    """Another page, another view, or the file."""
    pages.turn_page(answers, given.value)
    match given.value:
        case None:
            await _narrow_to_unit(turn, answers, given.text)
        case "all":
            _narrow(answers, **{_KIND: None, _UNIT: None, _WHO: None})
        case "file" if turn.person.role is Role.ADMIN:
            await _export(turn)
        case "kind" | "who" as way:
            pages.begin(answers)
            raise GoTo(way)
    raise AskAgain


def _narrow(answers: Answers, **to: object) -> None:
    """Other things are looked at, from the first page on."""
    answers.update(to)
    pages.begin(answers)


async def _narrow_to_unit(turn: Turn, answers: Answers, text: str) -> None:
    found = (await turn.unit_index()).find(nfc(text))
    unit = found.exact or next(iter(found.candidates), None)
    if unit is None:
        raise Unclear("unclear.audit_list")
    _narrow(answers, **{_UNIT: unit.id})


async def _export(turn: Turn) -> None:
    """The whole log as a file; that it left is in it."""
    rows = await audit.count(turn.tx, View(turn.person.address)) + 1
    await records.add_audit(turn.tx, turn.person.address, "export", at=turn.at, list="audit", rows=rows)
    turn.document("audit.xlsx", turn.text("audit.file_ready", count=rows))


async def _ask_kind(turn: Turn, _: Answers) -> Prompt:
    return Prompt(
        turn.text("audit.kind_ask"), [Choice(kind, turn.text(f"audit.kind.{kind}")) for kind in audit_text.KINDS]
    )


async def _read_kind(_: Turn, answers: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    _narrow(answers, **{_KIND: given.value})
    raise GoTo("list")


async def _actors(turn: Turn) -> list[str]:
    return await audit.actors(turn.tx, await _view(turn, {}))


async def _ask_who(turn: Turn, answers: Answers) -> Prompt:
    """Who has done something lately."""
    found = await _actors(turn)
    page, first = pages.shown(answers, found), pages.first(answers, len(found))
    names = await who_text.names_of(turn, page)
    choices = [Choice(f"w{first + place}", names[address]) for place, address in enumerate(page)]
    return Prompt(turn.text("audit.who_ask"), [*pages.told_apart(choices), *pages.ways(turn, answers, len(found))])


async def _read_who(turn: Turn, answers: Answers, given: Given) -> object:
    pages.turn_page(answers, given.value)
    if given.value is None:
        raise Unclear("unclear.choice")
    found, place = await _actors(turn), int(given.value[1:])
    if place < len(found):
        _narrow(answers, **{_WHO: found[place]})
    raise GoTo("list")


async def _finish(_: Turn, __: Answers) -> None:
    """Every answer leads to another screen."""


FORM = Form(
    "audit",
    (
        Question("list", _ask_list, _read_list),
        Question("kind", _ask_kind, _read_kind, back="list"),
        Question("who", _ask_who, _read_who, back="list"),
    ),
    _finish,
    "audit.closed",
    light=True,
    leave="rounds.leave",
)


async def audit_log(turn: Turn, _: str) -> None:
    """The log from its newest entry on."""
    await open_form(turn, FORM, step="list")


ACTIONS = (Action(("audit", "nhatky"), audit_log, role=Role.OFFICER, words=("nhat ky", "audit log"), within=False),)
FORMS = (FORM,)
