"""What a broadcast says: a text that is ready, or one's own words, with slots that are filled in for each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from core.broadcasts import MOST_LETTERS, MOST_WITH_PHOTO, OF_ROUND, clean, longest, slots, unknown_slots
from core.dialogue import Choice
from core.unclear import Unclear
from handlers import cast_text
from handlers.broadcast import draft as hand
from handlers.broadcast import people
from handlers.broadcast.draft import Draft
from handlers.form import Answers, Given, GoTo, Prompt, labelled
from handlers.turn import Turn
from handlers.voice import Voice

# Ready texts, in the order of the year.
READY: Final = ("april", "june", "december", "spring", "journey", "event", "change", "thanks")
# What stands for a value in each language, the person's own first; see core.broadcasts.SLOTS.
_OWN: Final = {"vi": {"name": "{ten}", "unit": "{don_vi}"}, "en": {"name": "{name}", "unit": "{unit}"}}
_OF_ROUND: Final = {
    "vi": {"round": "{dot}", "date": "{ngay}", "time": "{gio}", "place": "{dia_diem}"},
    "en": {"round": "{round}", "date": "{date}", "time": "{time}", "place": "{place}"},
}


def ready(voice: Voice, name: str, organisation: str) -> str:
    """A ready text with its slots still open."""
    open_slots = {**_named(_OWN, voice.language), **_named(_OF_ROUND, voice.language)}
    return voice.text(f"broadcast.ready.{name}.text", organisation=organisation, **open_slots)


def _named(family: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    return family.get(language, family["en"])


def _slots(language: str, *, with_round: bool) -> tuple[str, ...]:
    """What can be filled in, in the words of a language."""
    families = (_OWN, _OF_ROUND) if with_round else (_OWN,)
    return tuple(slot for family in families for slot in _named(family, language).values())


async def ask_ready(turn: Turn, answers: Answers) -> Prompt:
    """One's own words, or a text that is ready; those about a round only where there is one in hand."""
    with_round = bool(hand.of(answers).round)
    fitting = [name for name in READY if with_round or not slots(ready(turn.voice, name, "")) & OF_ROUND]
    choices = [Choice(name, turn.text(f"broadcast.ready.{name}.title")) for name in fitting]
    hint = "broadcast.ready.ask" if with_round else "broadcast.ready.ask_no_round"
    return Prompt(turn.text(hint), [*labelled(turn, own="broadcast.ready.own"), *choices])


async def read_ready(turn: Turn, answers: Answers, given: Given) -> object:
    """On to the words, or to the preview of a ready text in every language."""
    if given.value is None:  # The words themselves: nobody has to press "own words" first.
        hand.put(answers, editing=turn.language)
        return await read_text(turn, answers, given)
    if given.value == "own":
        hand.put(answers, editing=turn.language)
        raise GoTo("text")
    organisation = turn.settings.organisation
    texts = {code: ready(turn.house.voice(code), given.value, organisation) for code in turn.house.words.languages}
    about = any(slots(text) & OF_ROUND for text in texts.values())
    hand.put(answers, texts=texts, join=about and given.value == "event")
    raise GoTo("preview")


async def ask_text(turn: Turn, answers: Answers) -> Prompt:
    """The words in one language, with those of before and what can be filled in."""
    draft = hand.of(answers)
    code = draft.editing or turn.language
    fill_in = _slots(code, with_round=bool(draft.round))
    lines = [
        turn.text("broadcast.text.ask", tongue=people.language_name(turn, code)),
        turn.text("broadcast.text.slots", slots=" ".join(fill_in)),
    ]
    if before := draft.texts.get(code):
        lines.append(turn.text("broadcast.text.before", text=before))
    return Prompt("\n\n".join(lines))


async def read_text(turn: Turn, answers: Answers, given: Given) -> object:
    """On to the preview."""
    text = clean(given.text)
    if not any(letter.isalnum() for letter in text):
        raise Unclear("unclear.cast_empty")
    draft = hand.of(answers)
    after = replace(draft, texts={**draft.texts, draft.editing or turn.language: text})
    await check(turn, after)
    hand.put(answers, texts=after.texts)
    raise GoTo("preview")


async def check(turn: Turn, draft: Draft) -> None:
    """Raises Unclear where a text asks for what there is not, or can become too long for somebody."""
    round_ = await hand.round_of(turn, draft)
    content = await hand.content(turn, draft)
    for code, text in draft.texts.items():
        voice = turn.house.voice(code)
        if unknown := unknown_slots(text):
            raise Unclear("unclear.cast_slot", slot=unknown[0], slots=" ".join(_slots(turn.language, with_round=True)))
        if round_ is None and slots(text) & OF_ROUND:
            raise Unclear("unclear.cast_round")
        most = MOST_WITH_PHOTO if draft.picture else MOST_LETTERS
        length = longest(f"{text}\n\n{cast_text.signature(voice, content)}", cast_text.values(voice, round_))
        if length > most:
            reason = "unclear.cast_long_photo" if draft.picture else "unclear.cast_long"
            raise Unclear(reason, length=turn.voice.figure(length), highest=turn.voice.figure(most))
