"""What a person is told of our own accord: which reminders, whether at all, and whether they hear when they may give again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from core.dates import months_later, show_date
from core.dialogue import Choice
from core.notices import Reminder
from core.unclear import Unclear
from handlers.form import Answers, AskAgain, Finish, Form, Given, Prompt, Question, labelled, open_form, put_aside
from handlers.turn import Action, Turn, text_version
from storage import notices, outbox, records
from storage.notices import Wishes

PURPOSE = "notices"
_ONCE = "once"  # Asked by another room ("/notices once"): who was asked before hears nothing.
# How long reminders can be paused: the first day on which they come again.
_PAUSES: dict[str, Callable[[date], date]] = {
    "week": lambda today: today + timedelta(days=7),
    "two_months": lambda today: months_later(today, 2),
    "six_months": lambda today: months_later(today, 6),
}


async def _wishes(turn: Turn) -> Wishes:
    return await notices.wishes(turn.tx, turn.person.id) or Wishes()


def _when(turn: Turn, reminder: Reminder) -> str:
    message = {0: "reminders.same_day", 1: "reminders.day_before"}.get(reminder.days, "reminders.days_before")
    return turn.text(message, days=reminder.days, hour=turn.voice.hour(f"{reminder.at:%H:%M}"))


def _on_off(turn: Turn, *, on: bool) -> str:
    return turn.text("reminders.on" if on else "reminders.off")


async def _ask(turn: Turn, _: Answers) -> Prompt:
    wanted = await _wishes(turn)
    lines = [
        turn.text("reminders.line", what=_when(turn, one), state=_on_off(turn, on=one.days not in wanted.skip))
        for one in turn.settings.timetable.reminders
    ]
    lines.append(
        turn.text("reminders.line", what=turn.text("reminders.eligible"), state=_on_off(turn, on=wanted.eligible))
    )
    if wanted.paused(turn.today):
        assert wanted.paused_until
        lines.append(turn.text("reminders.paused", date=show_date(wanted.paused_until)))
    return Prompt(turn.text("reminders.ask", lines="\n".join(f"• {line}" for line in lines)), _choices(turn, wanted))


def _choices(turn: Turn, wanted: Wishes) -> list[Choice]:
    """A way to change each line; what is on can be switched off, and the other way round."""
    choices = []
    for one in turn.settings.timetable.reminders:
        message = "reminders.switch_on" if one.days in wanted.skip else "reminders.switch_off"
        choices.append(Choice(f"day{one.days}", turn.text(message, what=_when(turn, one))))
    message = "reminders.switch_off" if wanted.eligible else "reminders.switch_on"
    choices.append(Choice("eligible", turn.text(message, what=turn.text("reminders.eligible"))))
    if wanted.paused(turn.today):
        choices.append(Choice("resume", turn.text("reminders.resume")))
    else:
        choices += [Choice(name, turn.text(f"reminders.pause.{name}")) for name in _PAUSES]
    return [*choices, *labelled(turn, done="reminders.done")]


async def _read(turn: Turn, _: Answers, given: Given) -> object:
    """Every choice takes effect at once, and the question comes again as things are then."""
    wanted = await _wishes(turn)
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "done":
            raise Finish(turn.text("reminders.kept"))
        case "eligible":
            await agree(turn, wanted, yes=not wanted.eligible)
        case "resume":
            await _keep(turn, replace(wanted, paused_until=None))
        case pause if pause in _PAUSES:
            await _keep(turn, replace(wanted, paused_until=_PAUSES[pause](turn.today)))
            await outbox.cancel_kind(turn.tx, turn.person.address, "remind")
        case day:
            days = int(day.removeprefix("day"))
            await _keep(turn, replace(wanted, skip=wanted.skip ^ {days}))
    raise AskAgain


async def _keep(turn: Turn, wanted: Wishes) -> None:
    await notices.keep(turn.tx, await turn.know(), wanted)


async def agree(turn: Turn, wanted: Wishes, *, yes: bool) -> None:
    """Note whether the person wants to hear when they may give again, with the proof of it."""
    await _keep(turn, replace(wanted, eligible=yes))
    if yes or wanted.eligible:
        answer = "given" if yes else "withdrawn"
        consent = records.Consent(
            PURPOSE, answer, text_version(turn.text("notices.ask")), turn.inbound.channel, turn.at
        )
        await records.add_consent(turn.tx, turn.person.address, consent)


async def _nothing(_: Turn, __: Answers) -> None:
    """Every choice has taken effect already."""


FORM = Form("reminders", (Question("choose", _ask, _read, nav=False),), _nothing, cancelled="reminders.kept")


async def reminders(turn: Turn, _: str) -> None:
    """Show what the person is told, with a way to change each of it."""
    if turn.person.id is None:
        turn.say("reminders.nobody", "/register", "/help")
        return
    if turn.conversation and turn.conversation.form == FORM.name:
        return  # It is open already, and the engine asks again.
    await open_form(turn, FORM, put_aside(turn.conversation))


async def ask_once(turn: Turn, how: str) -> None:
    """Ask whether the person wants to hear when they may give again, if nobody asked before. Silence is no consent.

    Not a form: it comes right after an answer that matters more, and must not stand in the way of what is said next.
    """
    if turn.person.id is None or await notices.wishes(turn.tx, turn.person.id) is not None:
        if how != _ONCE:
            await reminders(turn, "")
        return
    await _keep(turn, Wishes())  # Asked, from here on.
    turn.say("notices.ask", "/tellme", "/nothanks")


async def tell_me(turn: Turn, _: str) -> None:
    """The person wants to hear when they may give again."""
    if turn.person.id is None:
        turn.say("reminders.nobody", "/register", "/help")
        return
    await agree(turn, await _wishes(turn), yes=True)
    turn.say("notices.agreed")


async def no_thanks(turn: Turn, _: str) -> None:
    """The person does not, or no longer."""
    if turn.person.id is not None:
        await agree(turn, await _wishes(turn), yes=False)
    turn.say("notices.declined")


ACTIONS = (
    Action(
        ("reminders", "nhac"),
        reminders,
        words=("nhac hen", "nhac toi", "tat nhac", "tam dung nhac", "reminders", "thong bao"),
    ),
    Action(("notices", "tinbao"), ask_once, listed=False),
    Action(("tellme", "nhantoi"), tell_me, listed=False),
    Action(("nothanks", "khongnhan"), no_thanks, listed=False),
)
FORMS = (FORM,)
