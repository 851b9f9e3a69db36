"""The last steps: when, whether the same words may go again, and the confirmation with the number of people."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from core.broadcasts import SAME_WORDS_MS, TYPED_ABOVE, minutes_left
from core.dates import read_date, read_time
from core.unclear import Unclear
from core.vietnamese import bare
from handlers import cast_text
from handlers.broadcast import draft as hand
from handlers.broadcast import people, words
from handlers.broadcast.draft import Draft
from handlers.form import Answers, AskAgain, Finish, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from storage import broadcasts, records
from storage.broadcasts import Cast, New
from storage.outbox import Draft as Message

_TIME = re.compile(r"\d{1,2} ?(?:h|:|gio)(?: ?\d{2}(?: ?phut)?)?(?![\d/.-])")
_NIGHT: Final = ("dem", "night")
_FARTHEST = timedelta(days=90)
_PER_SECOND = 25  # What a platform permits, with room for answers: an officer wants to know minutes, not seconds.


async def ask_when(turn: Turn, _: Answers) -> Prompt:
    """Now or at a time; at night the morning comes first."""
    if turn.settings.timetable.is_quiet(turn.now):
        morning = turn.voice.moment(_ms(turn.settings.timetable.awake(turn.now)))
        choices = labelled(turn, morning="broadcast.when.morning", night="broadcast.when.night")
        return Prompt(turn.text("broadcast.when.ask_night", morning=morning), choices)
    return Prompt(turn.text("broadcast.when.ask"), labelled(turn, now="broadcast.when.now"))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


async def read_when(turn: Turn, answers: Answers, given: Given) -> object:
    """On to the question about the same words, or to the confirmation."""
    timetable = turn.settings.timetable
    start, night = {"now": (None, False), "night": (None, True), "morning": (timetable.awake(turn.now), False)}.get(
        given.value or "", (None, None)
    )
    if night is None:
        start = read_moment(given.text, turn.now.astimezone(turn.settings.zone))
        night = bool(set(bare(given.text).split()) & set(_NIGHT))
        if timetable.is_quiet(start) and not night:
            raise Unclear("unclear.cast_night", at=turn.voice.moment(_ms(start)))
    draft = hand.put(answers, start_at=_ms(start) if start else 0, night=night)
    raise GoTo("again" if await _same_words(turn, draft) else _confirm(draft))


def read_moment(text: str, now: datetime) -> datetime:
    """An hour and, where it is not today, a day: "14:30", "8h 25/11/2026", "mai 8h". `now` is local. Raises Unclear."""
    said = " ".join(
        word for word in bare(text).replace(",", " ").split() if word not in (*_NIGHT, "ban", "luc", "ngay", "at", "on")
    )
    found = _TIME.search(said)
    if found is None:
        raise Unclear("unclear.cast_when")
    rest = f"{said[: found.start()]} {said[found.end() :]}".strip()
    tomorrow = rest in ("mai", "sang mai", "chieu mai", "tomorrow")
    day = (
        now.date() + timedelta(days=tomorrow) if tomorrow or not rest else read_date(_with_year(rest, now), now.date())
    )
    moment = datetime.combine(day, read_time(found.group().strip()), now.tzinfo)
    if not now < moment <= now + _FARTHEST:
        raise Unclear("unclear.cast_when_past" if moment <= now else "unclear.cast_when_far", days=_FARTHEST.days)
    return moment


def _with_year(day: str, now: datetime) -> str:
    """A day without its year ("25/11") is of this year, or of the next where it has passed."""
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})", day)
    if not found:
        return day
    passed = (int(found[2]), int(found[1])) < (now.month, now.day)
    return f"{day}/{now.year + passed}"


def _confirm(draft: Draft) -> str:
    return "number" if draft.people > TYPED_ABOVE else "confirm"


async def _same_words(turn: Turn, draft: Draft) -> Cast | None:
    """The newest broadcast of a day that said the same to some of the same people, so far as can be known."""
    audience, content = await hand.audience(turn, draft), await hand.content(turn, draft)
    found = await broadcasts.with_words(turn.tx, content.digest, turn.at - SAME_WORDS_MS)
    return next((cast for cast in found if cast.audience.may_share(audience)), None)


async def ask_again(turn: Turn, answers: Answers) -> Prompt:
    """That these words went out, when, and to how many."""
    before = await _same_words(turn, hand.of(answers))
    facts = {"at": turn.voice.moment(before.start_at), "count": turn.voice.figure(before.people)} if before else {}
    text = turn.text("broadcast.again.ask", **facts) if before else turn.text("broadcast.again.over")
    return Prompt(text, labelled(turn, yes="broadcast.again.yes"))


async def read_again(_: Turn, answers: Answers, given: Given) -> object:
    """On to the confirmation, once that was said."""
    if given.value != "yes":
        raise Unclear("unclear.choice")
    raise GoTo(_confirm(hand.of(answers)))


async def _summary(turn: Turn, answers: Answers) -> str:
    """What is about to happen, with the number of this moment."""
    draft = hand.of(answers)
    counted = await hand.count(turn, draft)
    hand.put(answers, people=counted.reached)
    voice = turn.voice
    when = voice.moment(draft.start_at) if draft.start_at else turn.text("broadcast.when.at_once")
    messages = counted.reached * (2 if draft.pin else 1)
    return turn.text(
        "broadcast.confirm.ask",
        lines="\n".join(f"• {line}" for line in await people.described(turn, draft)),
        count=people.reached(turn, counted),
        when=when,
        minutes=voice.figure(minutes_left(messages, _PER_SECOND) or 1),
    )


async def ask_confirm(turn: Turn, answers: Answers) -> Prompt:
    """One tap, where few people get it."""
    return Prompt(await _summary(turn, answers), labelled(turn, yes="broadcast.confirm.yes"))


async def ask_number(turn: Turn, answers: Answers) -> Prompt:
    """The number typed, where many do: no slip of the thumb writes to thousands."""
    summary = await _summary(turn, answers)
    return Prompt(f"{summary}\n\n{turn.text('broadcast.number.ask', count=hand.of(answers).people)}")


async def read_confirm(turn: Turn, answers: Answers, given: Given) -> object:
    """Done, where the number is still that which was shown."""
    if given.value != "yes":
        raise Unclear("unclear.cast_confirm")
    return await _agreed(turn, answers)


async def read_number(turn: Turn, answers: Answers, given: Given) -> object:
    """Done, where the number that was shown was typed."""
    if re.sub(r"[\s.,]", "", given.text) != str(hand.of(answers).people):
        raise Unclear("unclear.cast_number", count=hand.of(answers).people)
    return await _agreed(turn, answers)


async def _agreed(turn: Turn, answers: Answers) -> object:
    """Everything once more as it is now: people come and go while an officer reads."""
    draft = hand.of(answers)
    await words.check(turn, draft)
    counted = await hand.count(turn, draft)
    if not counted.reached:
        raise Finish(turn.text("broadcast.nobody"), "/broadcast")
    if counted.reached != draft.people:
        hand.put(answers, people=counted.reached)
        raise AskAgain if _confirm(draft) == _confirm(hand.of(answers)) else GoTo(_confirm(hand.of(answers)))
    answers[hand.DONE] = True
    return True


async def finish(turn: Turn, answers: Answers) -> None:
    """Keep it: it begins by itself when its time has come. The message that shows how far it is comes at once."""
    draft = hand.of(answers)
    audience, content = await hand.audience(turn, draft), await hand.content(turn, draft)
    new = New(turn.person.address, content, audience, draft.people, turn.at, draft.start_at or turn.at)
    cast_id = await broadcasts.add(turn.tx, new)
    index = await turn.unit_index()
    units = ",".join(unit.code for unit_id in draft.units if (unit := index.get(unit_id)))
    detail = {"broadcast": cast_id, "rows": draft.people, "unit": units or "all", "round": draft.round}
    await records.add_audit(turn.tx, turn.person.address, "broadcast", at=turn.at, **detail)
    turn.say("broadcast.begun.later" if draft.start_at else "broadcast.begun", number=cast_id)
    await show_live(turn, cast_id)


async def show_live(turn: Turn, cast_id: int) -> None:
    """A new message that shows how far it is; from here on this one is kept up to date."""
    cast = await broadcasts.by_id(turn.tx, cast_id)
    assert cast
    progress = await broadcasts.progress(turn.tx, cast)
    said = cast_text.live(turn.voice, cast, progress)
    turn.tell(Message(broadcasts.live_key(cast_id, turn.at), turn.person.address, said))
