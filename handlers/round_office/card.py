"""The card of a round: every fact, who has joined, what the plan checker asks, and what can be done with it now."""

from __future__ import annotations

from core.joins import Counts
from core.rounds import ARROWS, Round, RoundState, needed_for_target, why_not
from core.unclear import Unclear
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.round_office import access, checks, fields
from handlers.turn import Turn
from storage import joins

# What each arrow is called on its button; the way back to open or closed has a name of its own.
_VERBS = {
    (RoundState.DRAFT, RoundState.OPEN): "rounds.do.open",
    (RoundState.CLOSED, RoundState.OPEN): "rounds.do.reopen",
    (RoundState.OPEN, RoundState.CLOSED): "rounds.do.close",
    (RoundState.DONE, RoundState.CLOSED): "rounds.do.undo",
    (RoundState.CLOSED, RoundState.DONE): "rounds.do.done",
}
_CANCEL = "rounds.do.cancel"
_TO = "to_"
JOINABLE = (RoundState.OPEN, RoundState.CLOSED)


def verb(before: RoundState, after: RoundState) -> str:
    """The sentence id of the button of an arrow."""
    return _VERBS.get((before, after), _CANCEL)


@access.asks
async def ask_card(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """The facts, and the choices that the round's state allows."""
    parts = [await facts(turn, round_), _joined(turn, round_, await joins.counts(turn.tx, round_.id))]
    parts += [await checks.questions(turn, round_)]
    return Prompt("\n".join(filter(None, parts)), labelled(turn, **_ways(round_)))


def _ways(round_: Round) -> dict[str, str]:
    """Value -> sentence of what can be done now."""
    arrows = [to for to in ARROWS[round_.state] if to is not RoundState.CANCELLED]
    ways = {f"{_TO}{to.value}": verb(round_.state, to) for to in arrows}
    ways |= {"edit": "rounds.do.edit"} if round_.state is not RoundState.CANCELLED else {}
    ways |= {"add": "rounds.do.add", "split": "rounds.do.split"} if round_.state in JOINABLE else {}
    ways |= {"copy": "rounds.do.copy", "log": "rounds.do.log"}
    return ways | ({f"{_TO}cancelled": _CANCEL} if RoundState.CANCELLED in ARROWS[round_.state] else {})


async def facts(turn: Turn, round_: Round) -> str:
    """Name and state, then a bullet for each field that has something to say."""
    state = turn.text(f"rounds.state.{round_.state.value}")
    lines = [turn.text("rounds.card", name=round_.name, code=round_.code, state=state)]
    for row in fields.FIELDS:
        shown = await row.show(turn, fields.values_of(round_, row.columns))
        if shown and row.key != "name":
            lines.append(f"• {turn.text(f'rounds.field.{row.key}')}: {shown}")
    return "\n".join(lines)


def _joined(turn: Turn, round_: Round, counts: Counts) -> str:
    """Who has answered, and how many more are needed for the target at the expected yield."""
    said = turn.text("rounds.joined", certain=counts.seated, maybe=counts.maybe, waiting=counts.waiting)
    needed = needed_for_target(round_)
    if needed is None or round_.state not in (*JOINABLE, RoundState.DRAFT):
        return said
    more = max(0, needed - counts.seated)
    message = "rounds.needed" if more else "rounds.enough"
    target, share = round_.target or 0, round_.yield_percent or 0
    return f"{said}\n{turn.text(message, target=target, share=share, needed=needed, more=more)}"


@access.reads
async def read_card(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """What to do with the round."""
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "copy":
            answers[access.LEAVE] = f"/rounds copy {round_.code}"
            return True
        case "add":
            answers[access.LEAVE] = f"/person to {round_.code}"
            return True
        case value if value.startswith(_TO):
            raise _step_to(turn, answers, round_, RoundState(value.removeprefix(_TO)))
        case value:
            raise GoTo({"edit": "fields", "split": "moving", "log": "log"}[value])


def _step_to(turn: Turn, answers: Answers, round_: Round, to: RoundState) -> GoTo:
    """Where an arrow leads; who has joined is told why there is no round after all."""
    if refused := why_not(round_, to, turn.today):
        return GoTo("card", turn.text(f"rounds.why_not.{refused}"))
    answers.pop("why", None)
    answers["to"] = to.value
    return GoTo("reason" if to is RoundState.CANCELLED and round_.state in JOINABLE else "confirm")
