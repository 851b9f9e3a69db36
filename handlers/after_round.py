"""After a round: who gave, who could not, who did not come and why; and how those who gave feel (which is not kept)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from core.dates import PartialDate, show_date
from core.dialogue import Choice, Reply
from core.eligibility import eligible_on
from core.notices import NOTICES
from core.people import Component, Donor
from core.rounds import Round
from core.unclear import Unclear
from handlers.form import Answers, Finish, Form, Given, Prompt, Question, open_form, put_aside
from handlers.turn import Action, Turn
from storage import donors, outcomes
from storage.outbox import Draft
from storage.outcomes import Part

_WHY = next(notice for notice in NOTICES if notice.name == "why")
REASONS = ("ill", "busy", "far", "forgot", "worried", "other", "silent")


async def _part(turn: Turn, code: str) -> Part | None:
    """The person's part in a round that has begun; says so where there is none."""
    part = await outcomes.part_of(turn.tx, turn.person.id, turn.today, code.strip())
    if part is None:
        turn.say("after.no_part", "/next", "/help")
    elif turn.now < _begin(turn, part.round):
        turn.say("after.too_early", name=part.round.name, date=show_date(part.round.held_on))
    else:
        return part
    return None


def _begin(turn: Turn, round_: Round) -> datetime:
    span = round_.span(turn.settings.zone)
    return span[0] if span else datetime.combine(round_.held_on, time(), turn.settings.zone)


async def gave(turn: Turn, code: str) -> None:
    """The person gave blood: counted once, and the day from which they may presumably give again is named."""
    part = await _part(turn, code)
    if part is None:
        return
    if part.outcome == "gave":
        turn.say("after.gave_known", "/profile", name=part.round.name)
        return
    await outcomes.note(turn.tx, part.join_id, "gave", turn.at)
    donor = await donors.of_person(turn.tx, turn.person.id)
    if donor is None or turn.person.id is None:
        turn.say("after.gave", "/next", name=part.round.name)
        return
    now = _after_giving(donor, part.round)
    again = eligible_on(turn.rules, now)
    await donors.save(turn.tx, turn.person.id, now, turn.at, eligible_on=again)
    if again:
        turn.say("after.gave_again", "/next", name=part.round.name, date=show_date(again))
    else:
        turn.say("after.gave", "/next", name=part.round.name)
    turn.follow = "/notices once"


def _after_giving(donor: Donor, round_: Round) -> Donor:
    """The registration with this donation in it; one that the person entered themselves is not counted again."""
    day = round_.held_on
    last = PartialDate.of_iso(donor.last_donation) if donor.last_donation else None
    if last and last.latest() >= day:
        return donor
    return replace(
        donor, donations=min(200, donor.donations + 1), last_donation=day.isoformat(), last_kind=Component.WHOLE
    )


async def deferred(turn: Turn, code: str) -> None:
    """The person came and could not give. Why is between them and the staff: it is not asked."""
    if part := await _part(turn, code):
        if part.outcome == "gave":
            turn.say("after.gave_known", "/profile", name=part.round.name)
            return
        await outcomes.note(turn.tx, part.join_id, "deferred", turn.at)
        turn.say("after.deferred", "/next", contact=_contact(turn, part.round))


async def absent(turn: Turn, code: str) -> None:
    """The person did not come: asked once why, under the key of the notice that would ask it else."""
    if part := await _part(turn, code):
        if part.outcome == "gave":
            turn.say("after.gave_known", "/profile", name=part.round.name)
            return
        await outcomes.note(turn.tx, part.join_id, "absent", turn.at)
        turn.say("after.absent", "/next")
        if not part.explained and turn.person.id is not None:
            question = turn.text("notice.why.certain", name=part.round.name)
            key = _WHY.key.format(round=part.round.id, person=turn.person.id)
            turn.tell(Draft(key, turn.person.address, Reply(question, turn.menu([f"/why {part.round.code}"]))))


async def _ask(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("why.ask"), [Choice(reason, turn.text(f"why.{reason}")) for reason in REASONS])


async def _read(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    part = await outcomes.part_of(turn.tx, turn.person.id, turn.today, str(answers["round"]))
    if part and not part.explained and given.value != "silent":
        await outcomes.explain(turn.tx, part, given.value)
    raise Finish(turn.text("why.thanks"), "/next")


async def _nothing(_: Turn, __: Answers) -> None:
    """The answer was counted as it was read."""


FORM = Form("why", (Question("reason", _ask, _read, nav=False),), _nothing, cancelled="why.thanks")


async def why(turn: Turn, code: str) -> None:
    """Ask why the person did not come; once answered, never again."""
    part = await _part(turn, code)
    if part is None:
        return
    if part.explained or part.outcome != "absent":
        turn.say("why.thanks", "/next")
        return
    if turn.conversation and turn.conversation.form == FORM.name:
        return  # It is asked already, and the engine asks again.
    await open_form(turn, FORM, {"round": part.round.code, **put_aside(turn.conversation)})


async def fine(turn: Turn, _: str) -> None:
    """The person is well. Nothing is kept."""
    turn.say("well.fine", "/next")


async def unwell(turn: Turn, code: str) -> None:
    """The person is not well: whom to call. Nothing is kept, nothing is diagnosed."""
    part = await outcomes.part_of(turn.tx, turn.person.id, turn.today, code.strip())
    turn.say("well.unwell", contact=_contact(turn, part.round) if part else turn.settings.contact)


def _contact(turn: Turn, round_: Round) -> str:
    return round_.contact or turn.settings.contact


ACTIONS = (
    Action(("gave", "dahien"), gave, listed=False),
    Action(("deferred", "chuaduochien"), deferred, listed=False),
    Action(("absent", "khongden"), absent, listed=False),
    Action(("fine", "khoe"), fine, listed=False),
    Action(("unwell", "khongkhoe"), unwell, listed=False),
    Action(("why", "lydo"), why, listed=False),
)
FORMS = (FORM,)
