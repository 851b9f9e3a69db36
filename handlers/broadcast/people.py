"""Whom a broadcast is for: chosen step by step, with the number of people in sight all the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.audience import ANSWERS, Count
from core.authority import own_units
from core.blood import Abo, Rh, read_group
from core.dates import read_date, show_date
from core.dialogue import Choice
from core.rounds import Round
from core.unclear import Unclear
from handlers import unit_question
from handlers.broadcast import draft as hand
from handlers.broadcast.draft import Draft
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.turn import Turn

_PAGE, _VIEW = 6, "_page"
_GROUPS = ("O", "A", "B", "AB", "+", "-")
_MOST = 20  # Units that one card can name.


async def ask_who(turn: Turn, answers: Answers) -> Prompt:
    """The audience so far: what it is, how many people, and why some are not reached."""
    draft = hand.of(answers)
    counted = await hand.count(turn, draft)
    hand.put(answers, people=counted.reached)
    lines = "\n".join(f"• {line}" for line in await described(turn, draft))
    text = turn.text("broadcast.who.ask", lines=lines, count=reached(turn, counted))
    ways = {"next": "broadcast.who.next"} if counted.reached else {}
    ways |= {name: f"broadcast.who.{name}" for name in _lines_to_change(draft)}
    ways["officers"] = "broadcast.who.donors" if draft.officers else "broadcast.who.officers"
    return Prompt(text, labelled(turn, **ways))


def _lines_to_change(draft: Draft) -> list[str]:
    """What can be narrowed: of officers only their units and their language."""
    if draft.officers:
        return ["units", "round", "language"]
    return ["units", "round", *(["answers"] if draft.round else []), "blood", "day", "language"]


def reached(turn: Turn, counted: Count) -> str:
    """How many get it, and of the others why not."""
    voice = turn.voice
    why = [(name, getattr(counted, name)) for name in ("blocked", "paper", "paused")]
    missed = ", ".join(turn.text(f"broadcast.why.{name}", count=voice.figure(n)) for name, n in why if n)
    text = turn.text("broadcast.reached", count=voice.figure(counted.reached))
    return (
        f"{text} {turn.text('broadcast.not_reached', count=voice.figure(counted.missed), why=missed)}"
        if missed
        else text
    )


async def described(turn: Turn, draft: Draft) -> list[str]:
    """The audience in words, a line each."""
    index, round_ = await turn.unit_index(), await hand.round_of(turn, draft)
    units = [unit.name for unit_id in draft.units if (unit := index.get(unit_id))]
    mine = "broadcast.units.house" if own_units(turn.person, index) is None else "broadcast.units.mine"
    lines = [turn.text("broadcast.line.units", units="; ".join(units) or turn.text(mine))]
    if draft.officers:
        lines.insert(0, turn.text("broadcast.line.officers"))
    if round_:
        said = ", ".join(turn.text(f"broadcast.answer.{name}") for name in draft.answers)
        lines.append(turn.text("broadcast.line.round", name=round_.name))
        lines += [turn.text("broadcast.line.answers", answers=said)] if said and not draft.officers else []
    if not draft.officers and (draft.abo or draft.rh):
        lines.append(turn.text("broadcast.line.blood", groups=_groups(draft)))
    if not draft.officers and draft.day:
        lines.append(turn.text("broadcast.line.day", date=show_date(date.fromisoformat(draft.day))))
    if draft.language:
        lines.append(turn.text("broadcast.line.language", tongue=language_name(turn, draft.language)))
    return lines


def _groups(draft: Draft) -> str:
    rh = " ".join(f"Rh{sign}" for sign in draft.rh)
    return ", ".join(filter(None, (" ".join(draft.abo), rh)))


def language_name(turn: Turn, language: str) -> str:
    """The language in its own words."""
    return turn.house.words.say(language, "language.name")


async def read_who(_: Turn, answers: Answers, given: Given) -> object:
    """On to what is to be narrowed, or to the words."""
    draft = hand.of(answers)
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "next":
            raise GoTo("preview" if draft.texts else "ready")
        case "officers":
            hand.put(answers, officers=not draft.officers)
            raise AskAgain
        case step:
            answers.pop(unit_question.SCRATCH, None)
            raise GoTo(step)


async def ask_units(turn: Turn, answers: Answers) -> Prompt:
    """One unit more, by a few letters or down the tree."""
    index = await turn.unit_index()
    own, draft = own_units(turn.person, index), hand.of(answers)
    if unit_question.SCRATCH not in answers:
        names = "\n".join(f"• {unit.name}" for unit_id in draft.units if (unit := index.get(unit_id)))
        ways = labelled(turn, **{"in": "unit.browse"}, **({"all": "broadcast.units.all"} if draft.units else {}))
        return Prompt("\n".join(filter(None, (turn.text("broadcast.units.ask"), names))), ways)
    prompt = await unit_question.ask(turn, answers)
    choices = [c for c in prompt.choices if c.value != "own" and _is_own(c.value, own)]
    return Prompt(prompt.text, [*choices, *labelled(turn, all="broadcast.units.all")])


def _is_own(value: str, own: frozenset[int] | None) -> bool:
    number = value.removeprefix("in").removeprefix("u")
    return own is None or not number.isdecimal() or int(number) in own


async def read_units(turn: Turn, answers: Answers, given: Given) -> object:
    """Back to the audience with this unit and all below it; AskAgain while it is looked for."""
    index = await turn.unit_index()
    own, draft = own_units(turn.person, index), hand.of(answers)
    if given.value == "all":
        hand.put(answers, units=())
        raise GoTo("who")
    if given.value == "in":
        answers[unit_question.SCRATCH] = {"in": None if own is None else turn.person.unit_id}
        raise AskAgain
    chosen = await unit_question.read(turn, answers, given)
    unit = index.get(chosen.get("id")) if isinstance(chosen, dict) else None
    if unit is None:
        raise Unclear("unclear.unit")
    if own is not None and unit.id not in own:
        raise Unclear("unclear.cast_unit", name=unit.name)
    if len(draft.units) >= _MOST:
        raise Unclear("unclear.rounds_rows", highest=_MOST)
    hand.put(answers, units=(*(one for one in draft.units if one != unit.id), unit.id))
    raise GoTo("who")


async def ask_round(turn: Turn, answers: Answers) -> Prompt:
    """Which round it is about: its slots, its place and its button can then be used, and its answers asked for."""
    listed, page = await hand.rounds_to_choose(turn), int(answers.get(_VIEW) or 0)
    shown = listed[page * _PAGE : (page + 1) * _PAGE]
    choices = [Choice(round_.code, _round_line(turn, round_), (round_.name, round_.code)) for round_ in shown]
    turns = {f"page{page + 1}": "unit.more"} if (page + 1) * _PAGE < len(listed) else {}
    turns |= {f"page{page - 1}": "unit.fewer"} if page else {}
    return Prompt(turn.text("broadcast.round.ask"), [*choices, *labelled(turn, none="broadcast.round.none", **turns)])


def _round_line(turn: Turn, round_: Round) -> str:
    return turn.text("broadcast.round.line", name=round_.name, date=show_date(round_.held_on))


async def read_round(turn: Turn, answers: Answers, given: Given) -> object:
    """Back to the audience, or on to what was answered to the round."""
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case page if page.startswith("page") and page[4:].isdecimal():
            answers[_VIEW] = int(page[4:])
            raise AskAgain
        case "none":
            hand.put(answers, round="", answers=(), pin=False, join=False)
            raise GoTo("who")
        case code:
            draft = hand.put(answers, round=code)
            if await hand.round_of(turn, draft) is None:
                hand.put(answers, round="")
                raise Unclear("unclear.choice")
            raise GoTo("who" if draft.officers else "answers")


def _toggle(value: str, label: str, chosen: Sequence[str]) -> Choice:
    """What is chosen carries a mark; chosen again it is not."""
    return Choice(value, f"✓ {label}" if value in chosen else label, (label,))


def _toggled(chosen: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(one for one in chosen if one != name) if name in chosen else (*chosen, name)


async def ask_answers(turn: Turn, answers: Answers) -> Prompt:
    """Which answers to the round; none chosen is all."""
    chosen = hand.of(answers).answers
    choices = [_toggle(name, turn.text(f"broadcast.answer.{name}"), chosen) for name in ANSWERS]
    return Prompt(turn.text("broadcast.answers.ask"), [*choices, *labelled(turn, done="broadcast.done")])


async def read_answers(_: Turn, answers: Answers, given: Given) -> object:
    """One answer more or less, until that is all."""
    if given.value == "done":
        raise GoTo("who")
    if given.value is None or given.value not in ANSWERS:
        raise Unclear("unclear.choice")
    hand.put(answers, answers=_toggled(hand.of(answers).answers, given.value))
    raise AskAgain


async def ask_blood(turn: Turn, answers: Answers) -> Prompt:
    """Which groups; none chosen is all."""
    draft = hand.of(answers)
    signs = {"+": turn.text("broadcast.blood.plus"), "-": turn.text("broadcast.blood.minus")}
    choices = [_toggle(value, signs.get(value, value), (*draft.abo, *draft.rh)) for value in _GROUPS]
    return Prompt(
        turn.text("broadcast.blood.ask"), [*choices, *labelled(turn, all="broadcast.blood.all", done="broadcast.done")]
    )


async def read_blood(_: Turn, answers: Answers, given: Given) -> object:
    """One group more or less; a whole one can be typed ("O-")."""
    draft = hand.of(answers)
    match given.value:
        case "done":
            raise GoTo("who")
        case "all":
            hand.put(answers, abo=(), rh=())
            raise GoTo("who")
        case "+" | "-" as sign:
            hand.put(answers, rh=_toggled(draft.rh, sign))
        case None:
            abo, rh = read_group(given.text)
            hand.put(
                answers, abo=() if abo is Abo.UNKNOWN else (abo.value,), rh=() if rh is Rh.UNKNOWN else (rh.value,)
            )
        case group:
            hand.put(answers, abo=_toggled(draft.abo, group))
    raise AskAgain


async def ask_day(turn: Turn, answers: Answers) -> Prompt:
    """On which day they may presumably give."""
    round_ = await hand.round_of(turn, hand.of(answers))
    days = [Choice("round", turn.text("broadcast.day.round", date=show_date(round_.held_on)))] if round_ else []
    return Prompt(
        turn.text("broadcast.day.ask"), [*days, *labelled(turn, today="broadcast.day.today", none="broadcast.day.none")]
    )


async def read_day(turn: Turn, answers: Answers, given: Given) -> object:
    """Back to the audience."""
    round_ = await hand.round_of(turn, hand.of(answers))
    ways = {"today": turn.today.isoformat(), "none": "", "round": round_.held_on.isoformat() if round_ else ""}
    day = ways[given.value] if given.value in ways else read_date(given.text, turn.today).isoformat()
    hand.put(answers, day=day)
    raise GoTo("who")


async def ask_language(turn: Turn, _: Answers) -> Prompt:
    """Who reads which language."""
    choices = [Choice(code, language_name(turn, code)) for code in turn.house.words.languages]
    return Prompt(turn.text("broadcast.language.ask"), [*choices, *labelled(turn, all="broadcast.language.all")])


async def read_language(turn: Turn, answers: Answers, given: Given) -> object:
    """Back to the audience."""
    if given.value not in (*turn.house.words.languages, "all"):
        raise Unclear("unclear.choice")
    hand.put(answers, language="" if given.value == "all" else given.value)
    raise GoTo("who")
