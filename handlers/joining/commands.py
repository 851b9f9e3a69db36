"""The commands about joining: what is next for me, I come, perhaps, I cannot, my ticket, other rounds."""

from __future__ import annotations

from collections.abc import Sequence

from core.dates import show_date, show_weekday
from core.dialogue import Button, Reply
from core.joins import Join, JoinState
from core.rounds import Round, RoundState, next_round
from handlers.joining import outcome, question, standing
from handlers.joining.outcome import to
from handlers.joining.standing import Barrier, Guest
from handlers.turn import Action, Turn
from storage import joins, rounds
from storage.joins import Wish

REGISTER = "register"  # The form in which a round is remembered until there is somebody to ask.
_REMEMBERED = "_round"


async def next_(turn: Turn, _: str) -> None:
    """The next round for the person, with the question whether they come; or why there is none."""
    who = await standing.guest(turn)
    if who is None:
        await _for_everybody(turn)
        return
    fits = standing.fitting(turn, who)
    missed = _missed(turn, who, fits)
    if missed:
        _say(turn, missed)
    if fits:
        await present(turn, who, fits[0])
    elif not missed:
        _explain(turn, who)


def _missed(turn: Turn, who: Guest, fits: Sequence[Round]) -> Barrier | None:
    """Why the first round that is open to the person's unit is not offered; None where it is, or there is none."""
    mine = [r for r in who.plan if r.state is RoundState.OPEN and r.invites(who.path)]
    before = mine if not fits else [r for r in mine if r.held_on < fits[0].held_on]
    if not before or (fits and who.takes_part(fits[0])):
        return None
    return standing.barrier(turn, who, before[0])


def _say(turn: Turn, barrier: Barrier) -> None:
    turn.say(barrier.message, *barrier.commands, **barrier.params)


def _explain(turn: Turn, who: Guest) -> None:
    """Why there is no round to offer: none planned, none open yet, or none for this unit."""
    open_ones = [round_ for round_ in who.plan if round_.state is RoundState.OPEN]
    contact = turn.settings.contact
    if open_ones and not who.path:
        turn.say("next.unit_unmapped", "/profile", contact=contact)
    elif open_ones:
        turn.say("next.not_invited", contact=contact, date=show_date(open_ones[0].held_on))
    elif any(round_.state is RoundState.DRAFT for round_ in who.plan):
        turn.say("next.not_open", contact=contact)
    else:
        turn.say("next.none", contact=contact)


async def _for_everybody(turn: Turn) -> None:
    """What can be said to somebody of whom we know nothing: a round that invites everybody, or how many there are."""
    plan = await standing.coming(turn)
    found = next_round(plan, [], turn.today)
    open_ones = [round_ for round_ in plan if round_.state is RoundState.OPEN]
    contact = turn.settings.contact
    if found:
        parts = [outcome.facts(turn, found, "join.facts_next"), turn.text("join.ask_more", contact=contact)]
        turn.reply(Reply("\n\n".join(parts), turn.menu([to("/join", found)])))
        outcome.put_place(turn, found)
        outcome.put_calendar(turn, found)
    elif open_ones:
        turn.say("next.register_first", "/register", count=len(open_ones))
    elif any(round_.state is RoundState.DRAFT for round_ in plan):
        turn.say("next.not_open", contact=contact)
    else:
        turn.say("next.none", contact=contact)


async def present(turn: Turn, who: Guest, round_: Round) -> None:
    """The round with the question whether they come, or with what they answered. In the middle of another form, with buttons."""
    if who.takes_part(round_):
        if turn.conversation and turn.conversation.form == question.FORM.name:
            turn.conversation = None
        await outcome.show_answer(turn, who, round_)
    elif turn.conversation and turn.conversation.form != question.FORM.name:
        _with_buttons(turn, round_)
    else:
        await question.open_at(turn, round_)


def _with_buttons(turn: Turn, round_: Round) -> None:
    contact = standing.contact(turn, round_)
    parts = [outcome.facts(turn, round_), turn.text("join.ask_more", contact=contact), turn.text("join.ask")]
    buttons = turn.menu([to("/come", round_), to("/maybe", round_), to("/leave", round_)])
    turn.reply(Reply("\n\n".join(parts), buttons))


async def join(turn: Turn, args: str) -> None:
    """Ask about one round, by its code; where it cannot be joined say why, and go on to the next that fits."""
    who = await standing.guest(turn)
    round_ = await _found(turn, args) if args else await _meant(turn, who)
    if round_ is None:
        if not args:
            await next_(turn, "")
        return
    if who is None:
        await _first_register(turn, round_)
    elif barrier := standing.barrier(turn, who, round_):
        await _refuse(turn, who, round_, barrier)
    else:
        await present(turn, who, round_)


async def _meant(turn: Turn, who: Guest | None) -> Round | None:
    """What "join" without a code means: the round that was just left, or lost the offer of; for a stranger the one they were shown."""
    if who is None:
        return next_round(await standing.coming(turn), [], turn.today)
    last = max(who.answers.values(), key=lambda join: join.changed_at, default=None)
    if last is None or last.state is not JoinState.LEFT:
        return None
    return next((round_ for round_ in who.plan if round_.id == last.round_id), None)


async def _found(turn: Turn, code: str) -> Round | None:
    round_ = await rounds.by_code(turn.tx, code.split()[0])
    if round_ is None:
        turn.say("join.unknown", "/next")
    return round_


async def _refuse(turn: Turn, who: Guest, round_: Round, barrier: Barrier) -> None:
    """Say why not, and offer the next round that fits where another one would help."""
    _say(turn, barrier)
    others = [other for other in standing.fitting(turn, who) if other.id != round_.id]
    if others and barrier.message in _ANOTHER_HELPS:
        await present(turn, who, others[0])


_ANOTHER_HELPS = (
    "join.cancelled",
    "join.past",
    "join.not_open",
    "join.closed",
    "join.not_invited",
    "join.unfit",
)


async def _first_register(turn: Turn, round_: Round) -> None:
    """A stranger sees the round and registers; it is asked about when that is done."""
    if barrier := standing.closed_door(turn, round_):
        _say(turn, barrier)
        if turn.conversation is None:
            await _for_everybody(turn)
        return
    turn.say("join.register_first", facts=outcome.facts(turn, round_))
    if turn.conversation is None:
        turn.follow = to("/register", round_)
    elif turn.conversation.form == REGISTER:
        remembered = {**turn.conversation.answers, _REMEMBERED: round_.code}
        turn.conversation = turn.conversation.changed(answers=remembered)


async def _mine(turn: Turn, args: str, command: str) -> tuple[Guest, Round] | None:
    """Who answers to which round: the one named or asked about, or the only one they take part in. None where that was said or asked."""
    who = await standing.guest(turn)
    if args := args or _asked_about(turn):
        round_ = await _found(turn, args)
        if round_ and who is None:
            await _first_register(turn, round_)
        return (who, round_) if who and round_ else None
    active = [round_ for round_ in who.plan if who.takes_part(round_)] if who else []
    active = [round_ for round_ in active if round_.state in (RoundState.OPEN, RoundState.CLOSED)]
    if who and len(active) == 1:
        return who, active[0]
    if active:
        _ask_which(turn, active, command)
    elif who and not _idle(turn) and (fits := standing.fitting(turn, who)):
        return who, fits[0]  # What `present` showed with these very words as buttons.
    elif command == "/come":
        await next_(turn, "")
    else:
        turn.say("join.none_mine", "/next" if who else "/register")
    return None


def _asked_about(turn: Turn) -> str:
    """The code of the round that the open question is about."""
    if turn.conversation is None or turn.conversation.form != question.FORM.name:
        return ""
    return str(turn.conversation.answers.get("round", ""))


async def _open_to(turn: Turn, args: str, command: str) -> tuple[Guest, Round] | None:
    """As `_mine`, of a round that the person may take part in; else None, and why was said."""
    found = await _mine(turn, args, command)
    if found and (barrier := standing.barrier(turn, *found)):
        await _refuse(turn, *found, barrier)
        return None
    return found


def _ask_which(turn: Turn, mine: Sequence[Round], command: str) -> None:
    """Buttons, and for who has none the words to type."""
    name = next(action for action in ACTIONS if f"/{action.name}" == command).shown(turn.language)
    lines = [
        turn.text(
            "join.choose_line",
            name=round_.name,
            weekday=show_weekday(round_.held_on, turn.language),
            date=show_date(round_.held_on),
            command=f"/{name} {round_.code}",
        )
        for round_ in mine
    ]
    buttons = tuple(Button(round_.name, to(command, round_)) for round_ in mine)
    turn.reply(Reply("\n".join((turn.text("join.choose"), *lines)), buttons))


async def come(turn: Turn, args: str) -> None:
    """I come: the seat is kept, taken or waited for, and the round is known as it is now."""
    found = await _open_to(turn, args, "/come")
    if found is None:
        return
    who, round_ = found
    mine = who.join(round_)
    if mine and mine.state is JoinState.CERTAIN:
        await _confirm(turn, round_, mine)
    elif round_.slots and not (mine and (mine.seated or mine.state is JoinState.WAITING)) and _idle(turn):
        await question.open_at(turn, round_, answer="certain")
    else:
        _leave_question(turn)
        await outcome.settle(turn, who, round_, Wish(JoinState.CERTAIN))


def _idle(turn: Turn) -> bool:
    """True where the form may be opened."""
    return turn.conversation is None or turn.conversation.form == question.FORM.name


def _leave_question(turn: Turn) -> None:
    """Whoever answers by a command needs not be asked any longer."""
    if turn.conversation and turn.conversation.form == question.FORM.name:
        turn.conversation = None


async def _confirm(turn: Turn, round_: Round, mine: Join) -> None:
    """Somebody with a seat says again that they come; what changed since they last said so stands in the answer."""
    await joins.confirm(turn.tx, mine, round_.version, turn.at)
    message = "join.confirmed_new" if mine.version < round_.version else "join.confirmed"
    parts = [turn.text(message), outcome.ticket_line(turn, mine), outcome.facts(turn, round_)]
    turn.reply(Reply("\n\n".join(parts), turn.menu([to("/ticket", round_), to("/leave", round_)])))
    if mine.version < round_.version:
        outcome.put_place(turn, round_)
        outcome.put_calendar(turn, round_)


async def maybe(turn: Turn, args: str) -> None:
    """Perhaps: no seat, and asked again later."""
    if found := await _open_to(turn, args, "/maybe"):
        _leave_question(turn)
        await outcome.settle(turn, *found, Wish(JoinState.MAYBE))


async def leave(turn: Turn, args: str) -> None:
    """I cannot come: the seat goes to the next. Nobody is kept from saying so, at whatever hour."""
    found = await _mine(turn, args, "/leave")
    if found is None:
        return
    who, round_ = found
    barrier = standing.closed_door(turn, round_)
    if barrier and barrier.message != "join.closed":
        _say(turn, barrier)
        return
    _leave_question(turn)
    await outcome.settle(turn, who, round_, Wish(JoinState.NO))


async def ticket(turn: Turn, args: str) -> None:
    """The ticket, or what stands instead of one."""
    found = await _mine(turn, args, "/ticket")
    if found is None:
        return
    who, round_ = found
    mine = who.join(round_)
    if mine is None or not mine.active:
        turn.say("join.no_ticket", to("/join", round_), name=round_.name)
    elif (barrier := standing.closed_door(turn, round_)) and barrier.message != "join.closed":
        _say(turn, barrier)
    elif mine.state is JoinState.CERTAIN:
        await outcome.show_ticket(turn, who, round_, mine, lead=turn.text("join.ticket_of"))
    else:
        await outcome.show_answer(turn, who, round_)


async def hour(turn: Turn, args: str) -> None:
    """Another hour of arrival. The one they have is given back only once they have the other."""
    found = await _mine(turn, args, "/hour")
    if found is None:
        return
    who, round_ = found
    if barrier := standing.barrier(turn, who, round_):
        await _refuse(turn, who, round_, barrier)
    elif not round_.slots:
        turn.say("join.no_hours", to("/ticket", round_), name=round_.name)
    else:
        await question.open_at(turn, round_, answer="certain")


async def others(turn: Turn, _: str) -> None:
    """All rounds that fit."""
    who = await standing.guest(turn)
    if who is None:
        await _for_everybody(turn)
    elif not standing.fitting(turn, who):
        await next_(turn, "")
    elif _idle(turn):
        await question.open_list(turn)
    else:
        _ask_which(turn, standing.fitting(turn, who), "/join")


ACTIONS = (
    Action(
        ("next", "lich"),
        next_,
        words=(
            "lich",
            "lich hien mau",
            "dot hien mau",
            "dot toi",
            "khi nao hien mau",
            "hien mau o dau",
            "next",
            "next round",
            "when",
        ),
    ),
    Action(("ticket", "ve"), ticket, words=("ve cua toi", "xem ve", "ma ve", "my ticket", "ticket")),
    Action(
        ("join", "thamgia"),
        join,
        words=("tham gia", "toi tham gia", "toi muon tham gia", "join", "i will join"),
        listed=False,
    ),
    Action(
        ("come", "den"),
        come,
        words=("toi den", "toi se den", "toi den duoc", "chac chan", "i will come", "i am coming"),
        listed=False,
    ),
    Action(("maybe", "cothe"), maybe, words=("co the", "co the den", "chua chac", "maybe"), listed=False),
    Action(
        ("leave", "rut"),
        leave,
        words=("toi khong den duoc", "khong den duoc", "toi khong den", "rut ten", "i cannot come", "i can't come"),
        listed=False,
    ),
    Action(("hour", "doigio"), hour, words=("doi gio", "change the hour"), listed=False, within=False),
    Action(("others", "dotkhac"), others, words=("xem dot khac", "dot khac", "other rounds"), listed=False),
)
