"""Quotas by chat: of which round or year, what stands there, and one unit's figure at a time."""

from __future__ import annotations

from typing import Any

from core.dates import show_date
from core.dialogue import Choice
from core.people import Role
from core.quotas import LIVING_USUAL, YearKind, read_target
from core.unclear import Unclear
from core.units import UnitIndex
from handlers import unit_question
from handlers.form import Answers, AskAgain, Finish, Given, GoTo, Prompt, labelled
from handlers.in_hand import screens_about
from handlers.quotas import subject
from handlers.quotas.subject import Subject
from handlers.turn import Turn

WHAT = "what"  # The answer that says what is in hand, as a subject's token.
_PAGE = 5
_LISTED = 30  # Units on one screen; all of them are in the file.
_VIEW = "_page"
_UNIT = "_unit_id"


async def _in_hand(turn: Turn, answers: Answers) -> Subject:
    if (found := await subject.of_token(turn, answers[WHAT])) is None:
        raise Unclear("progress.refused", contact=turn.settings.contact)
    return found


asks, reads = screens_about(_in_hand)


async def ask_what(turn: Turn, answers: Answers) -> Prompt:
    """A round, or something of a year."""
    found, page = await subject.open_rounds(turn), answers.get(_VIEW, 0)
    shown = found[page * _PAGE : (page + 1) * _PAGE]
    choices = [
        Choice(
            f"r {round_.code}",
            turn.text("rounds.label", name=round_.name, date=show_date(round_.held_on)),
            (round_.code, round_.name),
        )
        for round_ in shown
    ]
    ways = {"more": "unit.more"} if (page + 1) * _PAGE < len(found) else {}
    ways |= {"fewer": "unit.fewer"} if page else {}
    years = [
        Choice(f"year {year}", turn.text("quotas.year", year=year), (str(year),))
        for year in (turn.today.year, turn.today.year + 1)
    ]
    return Prompt(turn.text("quotas.which"), [*choices, *years, *labelled(turn, **ways)])


async def read_what(_: Turn, answers: Answers, given: Given) -> object:
    """Go on to the table, or to what of the year."""
    match (given.value or "").split(" "):
        case ["more" | "fewer" as way]:
            answers[_VIEW] = max(0, answers.get(_VIEW, 0) + (1 if way == "more" else -1))
            raise AskAgain
        case ["year", year]:
            answers["year"] = int(year)
            raise GoTo("kind")
        case ["r", code]:
            answers[WHAT] = f"r {code}"
            raise GoTo("table")
    raise Unclear("unclear.choice")


async def ask_kind(turn: Turn, answers: Answers) -> Prompt:
    """What of the year."""
    choices = [Choice(kind.value, turn.text(f"quotas.kind.{kind}")) for kind in YearKind]
    return Prompt(turn.text("quotas.which_kind", year=answers["year"]), choices)


async def read_kind(_: Turn, answers: Answers, given: Given) -> object:
    """Its table."""
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[WHAT] = Subject(year=answers["year"], kind=YearKind(given.value)).token
    raise GoTo("table")


@asks
async def ask_table(turn: Turn, _: Answers, found: Subject) -> Prompt:
    """Every unit with a quota, and what can be done."""
    shown, index = await subject.in_sight(turn, found), await turn.unit_index()
    lines = [
        turn.text("quotas.line", name=index.label(unit), target=turn.voice.figure(target))
        for unit, target in shown[:_LISTED]
    ]
    if len(shown) > _LISTED:
        lines.append(turn.text("progress.more_in_file", count=len(shown) - _LISTED))
    if shown:
        sum_ = turn.voice.figure(await subject.total(turn, shown))
        lines.append(turn.text("quotas.total", count=len(shown), total=sum_))
    else:
        lines.append(turn.text("quotas.nothing_yet"))
    if found.name == YearKind.LIVING:
        lines.append(turn.text("quotas.living_usual", count=LIVING_USUAL))
    ways = {"set": "quotas.do.set", "import": "quotas.do.import", "file": "quotas.do.file", "other": "quotas.do.other"}
    return Prompt("\n".join([found.title(turn), *lines]), labelled(turn, **ways))


@reads
async def read_table(turn: Turn, answers: Answers, given: Given, found: Subject) -> object:
    """One unit's figure, a file in or out, or something else."""
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "set":
            answers.pop(unit_question.SCRATCH, None)
            raise GoTo("unit")
        case "other":
            raise GoTo("what")
        case "import":  # The form ends, or the file would be taken for an answer.
            document(turn, found)
            raise Finish(turn.text("quotas.how_to_import"))
    document(turn, found)
    raise GoTo("table")


def document(turn: Turn, found: Subject) -> None:
    """The table as it can be filled in and sent back."""
    own = None if turn.person.role is Role.ADMIN else sorted(turn.person.units_as(Role.OFFICER))
    year = found.round.held_on.year if found.round else found.year
    code = found.round.code if found.round else ""
    turn.document("quotas.xlsx", turn.text("quotas.file"), round=code, year=year, units=own)


async def ask_unit(turn: Turn, answers: Answers) -> Prompt:
    """Which unit; only those whose quotas the person sets are offered."""
    index = await turn.unit_index()
    if unit_question.SCRATCH not in answers:
        return Prompt(turn.text("quotas.ask_unit"), labelled(turn, **{"in": "unit.browse"}))
    prompt = await unit_question.ask(turn, answers)
    return Prompt(prompt.text, [choice for choice in prompt.choices if _offered(turn, index, choice.value)])


def _offered(turn: Turn, index: UnitIndex, value: str) -> bool:
    """Not the donor's own words; a branch also where only what is below it is the person's."""
    if value == "own":
        return False
    if value.startswith("u"):
        return subject.may_set(turn, index, int(value[1:]))
    number = value.removeprefix("in")
    return not number.isdigit() or any(subject.may_set(turn, index, unit) for unit in index.below(int(number)))


async def read_unit(turn: Turn, answers: Answers, given: Given) -> object:
    """Its figure next. Raises Unclear for a unit whose quotas somebody else sets; that is kept."""
    if given.value == "in":
        answers[unit_question.SCRATCH] = {"in": turn.person.unit_id}
        raise AskAgain
    chosen = await unit_question.read(turn, answers, given)
    unit_id = chosen.get("id") if isinstance(chosen, dict) else None
    if unit_id is None:
        raise Unclear("unclear.unit")
    index = await turn.unit_index()
    if not subject.may_set(turn, index, unit_id):
        await subject.refuse(turn, index.units[unit_id])
        raise Unclear("unclear.quota_unit", name=index.units[unit_id].name)
    answers[_UNIT] = unit_id
    raise GoTo("target")


@asks
async def ask_target(turn: Turn, answers: Answers, found: Subject) -> Prompt:
    """The figure, with the one there is."""
    unit = (await turn.unit_index()).units[answers[_UNIT]]
    now = (await found.targets(turn)).get(unit.id)
    shown = turn.text("quotas.none") if now is None else turn.voice.figure(now)
    text = turn.text("quotas.ask_target", name=unit.name, what=found.title(turn), now=shown)
    return Prompt(text, labelled(turn, none="quotas.do.none"))


@reads
async def read_target_of(turn: Turn, answers: Answers, given: Given, found: Subject) -> object:
    """Set it at once, and show the table."""
    index = await turn.unit_index()
    unit = index.units[answers[_UNIT]]
    if not subject.may_set(turn, index, unit.id):  # Lost since the unit was chosen.
        raise Unclear("unclear.quota_unit", name=unit.name)
    target = None if given.value == "none" else read_target(given.text)
    await found.write(turn, {unit.id: target})
    params: dict[str, Any] = {"name": unit.name}
    if target is None:
        raise GoTo("table", turn.text("quotas.taken_back", **params))
    raise GoTo("table", turn.text("quotas.set", target=turn.voice.figure(target), **params))
