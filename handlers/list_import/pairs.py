"""People who may be one, people who are no longer on the list, and more people than seats: proposed, and decided by the officer."""

from __future__ import annotations

from core.names import mask_name
from core.phones import mask_phone
from core.unclear import Unclear
from handlers.form import Answers, Given, Prompt, labelled
from handlers.list_import import say
from handlers.list_import.flow import go_on
from handlers.list_import.matching import Pair
from handlers.list_import.proposal import crowded, propose
from handlers.list_import.work import Work, asks, reads
from handlers.turn import Turn

_SHOWN = 12  # names that a telephone shows at once


@asks
async def ask_twin(turn: Turn, _: Answers, work: Work) -> Prompt:
    """A row and somebody who may be the same person, and what speaks for it."""
    pairs = (await propose(turn, work)).pairs
    if not pairs:
        return Prompt(turn.text("list.text.none"), labelled(turn, go="list.go_on"))
    pair, done = pairs[0], len(work.decided.twins)
    reasons = ", ".join(turn.text(f"list.twin.{why}") for why in ("name", *pair.reasons))
    head = turn.text("list.twin.ask", number=done + 1, total=done + len(pairs), reasons=reasons)
    ways = {"same": "list.twin.same", "other": "list.twin.other"} | ({"all": "list.twin.all"} if len(pairs) > 1 else {})
    return Prompt(
        "\n".join([head, f"• {_row(turn, work, pair)}", f"• {_other(turn, work, pair)}"]), labelled(turn, **ways)
    )


def _row(turn: Turn, work: Work, pair: Pair) -> str:
    place = say.where(turn.voice, pair.row, sheets=say.has_sheets(work.rows))
    return f"{place}: {say.person(turn.voice, pair.row, work)}"


def _other(turn: Turn, work: Work, pair: Pair) -> str:
    if pair.earlier:
        place = say.where(turn.voice, pair.earlier, sheets=say.has_sheets(work.rows))
        return f"{place}: {say.person(turn.voice, pair.earlier, work)}"
    assert pair.known is not None
    donor = pair.known.donor
    unit = work.index.get(donor.unit_id)
    parts = (
        mask_name(donor.full_name),
        say.birth(turn.voice, donor.birth, work.people.year),
        unit.name if unit else donor.unit_text,
        mask_phone(donor.phone) if donor.phone else "",
    )
    who = " · ".join(filter(None, parts))
    return turn.text("list.twin.paper" if pair.known.paper else "list.twin.chat", who=who)


@reads
async def read_twin(turn: Turn, _: Answers, given: Given, work: Work) -> object:
    """One person, two, or all as proposed."""
    pairs = (await propose(turn, work)).pairs
    if pairs and given.value not in ("same", "other", "all"):
        raise Unclear("unclear.choice")
    for pair in pairs if given.value == "all" else pairs[:1]:
        work.decided.twins[str(pair.row.place)] = 0 if given.value == "other" else pair.answer
    raise await go_on(turn, work)


@asks
async def ask_gone(turn: Turn, _: Answers, work: Work) -> Prompt:
    """Who came with an earlier list and is not on this one."""
    gone = list((await propose(turn, work)).gone.values())
    names = [f"• {donor.full_name}" for donor in gone[:_SHOWN]]
    if len(gone) > _SHOWN:
        names.append(turn.text("list.and_more", count=len(gone) - _SHOWN))
    head = turn.text("list.gone.ask", count=len(gone), name=work.round_.name if work.round_ else "")
    return Prompt("\n".join([head, *names]), labelled(turn, keep="list.gone.keep", out="list.gone.out"))


@reads
async def read_gone(turn: Turn, _: Answers, given: Given, work: Work) -> object:
    """They stay on the list of the round, or are taken off it."""
    if given.value not in ("keep", "out"):
        raise Unclear("unclear.choice")
    work.decided.gone = str(given.value)
    raise await go_on(turn, work)


@asks
async def ask_full(turn: Turn, _: Answers, work: Work) -> Prompt:
    """More people than seats."""
    proposal = await propose(turn, work)
    name = work.round_.name if work.round_ else ""
    text = turn.text("list.full.ask", name=name, seats=proposal.seats or 0, over=crowded(proposal))
    return Prompt(text, labelled(turn, over="list.full.over", fit="list.full.fit"))


@reads
async def read_full(turn: Turn, _: Answers, given: Given, work: Work) -> object:
    """All of them, with open eyes, or as many as there are seats for."""
    if given.value not in ("over", "fit"):
        raise Unclear("unclear.choice")
    work.decided.full = str(given.value)
    raise await go_on(turn, work)
