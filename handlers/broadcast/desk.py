"""Broadcasts that were sent: how far each is, and to pause it, go on, stop it, settle what is not known, and fetch who was missed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.authority import own_units
from core.broadcasts import OPEN, CastState
from core.dialogue import Choice
from core.people import Role
from core.unclear import Unclear
from handlers import cast_text
from handlers.broadcast.sending import show_live
from handlers.form import Answers, Form, Given, Prompt, Question, open_form, put_aside
from handlers.turn import Action, Turn
from storage import broadcasts, records
from storage.broadcasts import Cast

_MOST = 8  # Choices that a phone shows without scrolling.


async def _mine(turn: Turn) -> list[Cast]:
    """The newest broadcasts: one's own; an administrator sees all."""
    everybody = turn.person.role is Role.ADMIN
    return await broadcasts.newest(turn.tx, None if everybody else turn.person.address, _MOST)


async def _find(turn: Turn, args: str, states: tuple[CastState, ...] = tuple(CastState)) -> Cast | None:
    """The broadcast of this number, else the newest in one of these states. Whose it is not must not learn that there is one."""
    if not args:
        return next((cast for cast in await _mine(turn) if cast.state in states), None)
    number = args.strip()
    cast = await broadcasts.by_id(turn.tx, int(number)) if number.isdecimal() and len(number) < 16 else None
    if cast and (cast.address == turn.person.address or turn.person.role is Role.ADMIN):
        return cast
    if cast:
        await records.add_audit(
            turn.tx, turn.person.address, "refused", at=turn.at, command="broadcasts", broadcast=cast.id
        )
    return None


async def _ask(turn: Turn, _: Answers) -> Prompt:
    lines, choices = [], []
    for cast in await _mine(turn):
        state = cast_text.state(turn.voice, cast, await broadcasts.progress(turn.tx, cast))
        lines.append(turn.text("broadcasts.line", number=cast.id, title=cast_text.title(cast), state=state))
        choices.append(Choice(str(cast.id), turn.text("broadcasts.open", number=cast.id), (str(cast.id),)))
    return Prompt(turn.text("broadcasts.list", lines="\n".join(f"• {line}" for line in lines)), choices)


async def _read(_: Turn, __: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    return given.value


async def _finish(turn: Turn, answers: Answers) -> None:
    turn.follow = f"/broadcasts {answers['pick']}"


FORM = Form(
    "broadcasts", (Question("pick", _ask, _read),), _finish, "broadcasts.closed", light=True, leave="rounds.leave"
)


async def listed(turn: Turn, args: str) -> None:
    """The list of broadcasts, or how far the one of a number is."""
    if args:
        cast = await _find(turn, args)
        if cast:
            await show_live(turn, cast.id)
        else:
            turn.say("broadcasts.unknown", "/broadcasts")
    elif await _mine(turn):
        await open_form(turn, FORM, put_aside(turn.conversation) if turn.conversation else None)
    else:
        turn.say("broadcasts.none", "/broadcast")


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that can be done about a broadcast in one of these states. `do`: False where somebody else was quicker."""

    states: tuple[CastState, ...]
    do: Callable[[Turn, Cast], Awaitable[bool]]


async def _pause(turn: Turn, cast: Cast) -> bool:
    if not await broadcasts.move(
        turn.tx, cast.id, (CastState.RUNNING, CastState.WAITING), CastState.PAUSED, at=turn.at
    ):
        return False
    await broadcasts.pause(turn.tx, cast.id)
    return True


async def _resume(turn: Turn, cast: Cast) -> bool:
    """Whoever goes on with it answers for it. One that had not begun waits for its time again."""
    to = CastState.WAITING if cast.start_at > turn.at or not cast.cursor else CastState.RUNNING
    if not await broadcasts.move(turn.tx, cast.id, (CastState.PAUSED,), to, at=turn.at):
        return False
    await broadcasts.take_over(turn.tx, cast.id, turn.person.address)
    await broadcasts.resume(turn.tx, cast.id)
    return True


async def _stop(turn: Turn, cast: Cast) -> bool:
    if not await broadcasts.move(turn.tx, cast.id, OPEN, CastState.STOPPED, at=turn.at):
        return False
    await broadcasts.stop(turn.tx, cast.id)
    return True


async def _again(turn: Turn, cast: Cast) -> bool:
    """Only to units that whoever wants it answers for now, whatever they did when it was sent."""
    return await _is_within(turn, cast) and bool(await broadcasts.send_again(turn.tx, cast.id))


async def _is_within(turn: Turn, cast: Cast) -> bool:
    return cast.audience.within(own_units(turn.person, await turn.unit_index()))


async def _leave(turn: Turn, cast: Cast) -> bool:
    return bool(await broadcasts.leave(turn.tx, cast.id))


_STEPS = {
    "castpause": _Step((CastState.RUNNING, CastState.WAITING), _pause),
    "castresume": _Step((CastState.PAUSED,), _resume),
    "caststop": _Step(OPEN, _stop),
    "castagain": _Step(tuple(CastState), _again),
    "castleave": _Step(tuple(CastState), _leave),
}


def _doing(name: str) -> Callable[[Turn, str], Awaitable[None]]:
    """What the command of this name does."""

    async def do(turn: Turn, args: str) -> None:
        step = _STEPS[name]
        cast = await _find(turn, args, step.states)
        if cast is None:
            turn.say("broadcasts.unknown", "/broadcasts")
            return
        if not await step.do(turn, cast):
            turn.say("broadcasts.too_late", number=cast.id)
            return
        await records.add_audit(turn.tx, turn.person.address, "broadcast", at=turn.at, broadcast=cast.id, change=name)
        turn.say(f"broadcasts.did.{name}", number=cast.id)
        if name == "caststop":
            await show_live(turn, cast.id)

    return do


async def missed(turn: Turn, args: str) -> None:
    """The file of those who were not reached, so that somebody can phone them."""
    cast = await _find(turn, args, (CastState.DONE, CastState.STOPPED))
    # Phones are for who answers for these units now, whatever they did when it was sent.
    if cast is None or not await _is_within(turn, cast):
        turn.say("broadcasts.unknown", "/broadcasts")
        return
    await records.add_audit(turn.tx, turn.person.address, "export", at=turn.at, list="broadcast", broadcast=cast.id)
    turn.document("missed.xlsx", turn.text("broadcasts.missed", number=cast.id), broadcast=cast.id)


ACTIONS = (
    Action(("broadcasts", "cacthongbao"), listed, role=Role.OFFICER, words=("cac thong bao", "broadcasts")),
    *(
        Action(names, _doing(names[0]), role=Role.OFFICER, listed=False)
        for names in (
            ("castpause", "tamdung"),
            ("castresume", "guitiep"),
            ("caststop", "dunggui"),
            ("castagain", "guilai"),
            ("castleave", "boqua"),
        )
    ),
    Action(("castmissed", "chuanhan"), missed, role=Role.OFFICER, listed=False),
)
