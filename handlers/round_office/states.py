"""From one state to the next: what it means is said, it is asked once more, then it is done."""

from __future__ import annotations

from dataclasses import replace

from core.round_grammar import read_words
from core.rounds import Round, RoundState, why_not
from core.unclear import Unclear
from handlers import round_changes
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.round_office import access, card, checks, people
from handlers.turn import Turn
from storage import donors


@access.asks
async def ask_reason(turn: Turn, _: Answers, round_: Round) -> Prompt:
    """Why the round is cancelled."""
    return Prompt(turn.text("rounds.reason_ask", name=round_.name))


@access.reads
async def read_reason(_: Turn, answers: Answers, given: Given, __: Round) -> object:
    """Kept for those who are told."""
    answers["why"] = read_words(given.text)
    raise GoTo("confirm")


@access.asks
async def ask_confirm(turn: Turn, answers: Answers, round_: Round) -> Prompt:
    """What the step does, and to how many."""
    to = RoundState(answers["to"])
    lines = [turn.text(f"rounds.confirm.{to.value}", name=round_.name)]
    if to is RoundState.OPEN:
        lines += [turn.text("rounds.invited", count=await invited(turn, round_)), await checks.questions(turn, round_)]
    if "why" in answers:
        lines.append(turn.text("rounds.reason", reason=answers["why"]))
    lines.append(await people.told(turn, round_, replace(round_, state=to)))
    return Prompt("\n".join(filter(None, lines)), labelled(turn, yes=card.verb(round_.state, to)))


async def invited(turn: Turn, round_: Round) -> int:
    """How many registered donors the round invites."""
    if not round_.units:
        return await donors.count(turn.tx, None)
    index = await turn.unit_index()
    return await donors.count(turn.tx, sorted(index.below_all(round_.units)))


@access.reads
async def read_confirm(turn: Turn, answers: Answers, given: Given, round_: Round) -> object:
    """The step is made, if it still can be."""
    to = RoundState(answers["to"])
    if given.value != "yes":
        raise Unclear("unclear.rounds_confirm")
    if refused := why_not(round_, to, turn.today):
        raise GoTo("card", turn.text(f"rounds.why_not.{refused}"))
    reason = answers.pop("why", "")
    after = replace(round_, state=to)
    told = await people.told(turn, round_, after)
    await round_changes.apply(turn.tx, round_, after, by=turn.person.address, at=turn.at, reason=reason)
    await access.audit(turn, "round", round_, change=to.value)
    raise GoTo("card", f"{turn.text(f'rounds.became.{to.value}', name=round_.name)} {told}".strip())
