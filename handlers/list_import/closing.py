"""The summary of a list, the one confirmation, and what was saved."""

from __future__ import annotations

from collections import Counter

from core.dates import show_date
from core.dialogue import Reply
from core.list_rows import ASK, Decisions
from core.unclear import Unclear
from handlers.form import Answers, AskAgain, Finish, Given, Prompt, labelled
from handlers.list_import import say
from handlers.list_import.current import hand_out
from handlers.list_import.flow import go_on, next_step
from handlers.list_import.proposal import Proposal, crowded, propose
from handlers.list_import.saving import Saved, save
from handlers.list_import.work import SEEN, UPLOAD, Work, asks, load, reads
from handlers.turn import Turn, text_version
from storage import records, uploads

PURPOSE = "paper"
_SHOWN = 8  # changes that a telephone shows at once


@asks
async def ask_confirm(turn: Turn, answers: Answers, work: Work) -> Prompt:
    """What saving would do, and what the officer says with it."""
    proposal = await propose(turn, work)
    moved = turn.text("import.moved") if answers.get(SEEN) not in (None, proposal.digest) else ""
    answers[SEEN] = proposal.digest
    parts = [moved, _summary(turn, work, proposal), _details(turn, work, proposal)]
    if not proposal.does_something:
        ways = {"done": "list.nothing_done", "again": "list.again", "round": "list.other_round"}
        return Prompt("\n\n".join(filter(None, [*parts, turn.text("list.nothing")])), labelled(turn, **ways))
    parts.append(_statement(turn))
    ways = {"agree": "list.agree", "again": "list.again", "round": "list.other_round", "drop": "list.drop"}
    return Prompt("\n\n".join(filter(None, parts)), labelled(turn, **ways))


def _statement(turn: Turn) -> str:
    """What is said of the people's consent; its hash is kept with each."""
    return turn.text("list.statement", organisation=turn.settings.organisation)


def _summary(turn: Turn, work: Work, proposal: Proposal) -> str:
    round_ = work.round_
    head = (
        turn.text("list.sum.round", name=round_.name, date=show_date(round_.held_on))
        if round_
        else turn.text("list.sum.no_round")
    )
    known = len(proposal.changes) - len(proposal.new)
    skipped = len(work.rows) - len(proposal.changes)
    counts = {
        "list.sum.new": len(proposal.new),
        "list.sum.changed": len(proposal.changed),
        "list.sum.same": known - len(proposal.changed),
        "list.sum.joining": len(proposal.joining),
        "list.sum.not_yet": sum(change.not_yet is not None for change in proposal.joining),
        "list.sum.over": crowded(proposal) if proposal.over else 0,
        "list.sum.barred": sum(change.barred for change in proposal.changes),
        "list.sum.declined": sum(change.declined for change in proposal.changes),
        "list.sum.withdraw": len(proposal.withdraw),
        "list.sum.skipped": skipped,
    }
    lines = [turn.text(message, count=count) for message, count in counts.items() if count]
    return "\n".join([head, *(f"• {line}" for line in (*lines, *_by_unit(turn, work, proposal)))])


def _by_unit(turn: Turn, work: Work, proposal: Proposal) -> list[str]:
    """How many people each unit has on this list, those with most first."""
    counts = Counter(change.row.unit_id for change in proposal.changes)
    units = [(work.index.get(unit_id), count) for unit_id, count in counts.most_common(_SHOWN)]
    lines = [turn.text("list.sum.unit", unit=unit.name, count=count) for unit, count in units if unit]
    more = len(counts) - len(lines)
    return [*lines, turn.text("list.and_more_units", count=more)] if more else lines


def _details(turn: Turn, work: Work, proposal: Proposal) -> str:
    """Before and after of those who are known."""
    lines = [
        f"• {change.after.full_name}: {say.changed(turn.voice, work, name, pair)}"
        for change in proposal.changed
        for name, pair in change.fields.items()
    ]
    if not lines:
        return ""
    more = [turn.text("list.and_more", count=len(lines) - _SHOWN)] if len(lines) > _SHOWN else []
    return "\n".join([turn.text("list.changes"), *lines[:_SHOWN], *more])


@reads
async def read_confirm(turn: Turn, answers: Answers, given: Given, work: Work) -> object:
    """Save what was seen, and only that."""
    match given.value:
        case "drop" | "done":
            await uploads.decide(turn.tx, turn.person.address)
            raise Finish(turn.text("import.dropped" if given.value == "drop" else "list.closed"), "/list")
        case "again":
            units, round_ = work.decided.units, work.decided.round
            work.decided = Decisions(round=round_, unit=work.decided.unit, units=units)
            answers.pop(SEEN, None)
            raise await go_on(turn, work)
        case "round":
            work.decided.round, work.decided.gone, work.decided.full = ASK, "", ""
            answers.pop(SEEN, None)
            raise await go_on(turn, work)
        case "agree":
            if await next_step(turn, work) != "confirm":
                raise await go_on(turn, work)
            if (await propose(turn, work)).digest != answers.get(SEEN):
                raise AskAgain
            return True
    raise Unclear("unclear.choice")


async def finish(turn: Turn, answers: Answers) -> None:
    """All at once, or nothing: the turn is one transaction."""
    work = await load(turn, answers[UPLOAD])
    consent = records.Consent(PURPOSE, "given", text_version(_statement(turn)), "paper", turn.at)
    saved = await save(turn, work, seen=answers[SEEN], consent=consent)
    await _audit(turn, work, saved)
    await uploads.decide(turn.tx, turn.person.address)
    await _done(turn, work, saved)


async def _audit(turn: Turn, work: Work, saved: Saved) -> None:
    """Keep who imported what: codes and counts."""
    unit = work.index.get(work.decided.unit)
    proposal = saved.proposal
    await records.add_audit(
        turn.tx,
        turn.person.address,
        "import",
        at=turn.at,
        list="people",
        unit=unit.code if unit else "",
        round=work.round_.code if work.round_ else "",
        rows=len(proposal.changes),
        added=len(proposal.new),
        changed=len(proposal.changed),
        joined=len(proposal.joining),
        withdrawn=len(proposal.withdraw),
        left=len(work.rows) - len(proposal.changes),
        over=proposal.over,
    )


async def _done(turn: Turn, work: Work, saved: Saved) -> None:
    """What was done, and the list of the round as it is now."""
    counts = {
        "list.did.new": len(saved.proposal.new),
        "list.did.changed": len(saved.proposal.changed),
        "list.did.joining": len(saved.proposal.joining),
        "list.did.withdrawn": len(saved.proposal.withdraw),
    }
    what = ", ".join(turn.text(message, count=count) for message, count in counts.items() if count)
    lines = [turn.text("import.saved", what=what)]
    if saved.told:
        lines.append(turn.text("list.did.told", count=saved.told))
    after = (f"/progress {work.round_.code}", "/list") if work.round_ else ("/list", "/rounds")
    turn.reply(Reply("\n".join(lines), turn.menu(after)))
    if work.round_:
        await hand_out(turn, work.round_)
