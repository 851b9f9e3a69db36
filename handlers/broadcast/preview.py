"""The message as it will stand in the chats, with the people who get it; and what can still be changed."""

from __future__ import annotations

from core.dialogue import Choice, Reply, numbered_text
from core.unclear import Unclear
from handlers import cast_text, round_text
from handlers.broadcast import draft as hand
from handlers.broadcast import people, words
from handlers.broadcast.draft import Draft
from handlers.form import Answers, AskAgain, Given, GoTo, Prompt, labelled
from handlers.turn import Turn


async def ask_preview(turn: Turn, answers: Answers) -> Prompt:
    """Who gets it and what can be changed; before that the message itself, once for each change of it."""
    draft = hand.of(answers)
    content, counted = await hand.content(turn, draft), await hand.count(turn, draft)
    seen = f"{content.digest}:{draft.round}:{draft.pin}:{draft.join}:{draft.picture}:{turn.language}"
    if seen != draft.seen:
        await _show(turn, draft)
    hand.put(answers, people=counted.reached, seen=seen)
    wrong = await _wrong(turn, draft)
    text = "\n\n".join(filter(None, (turn.text("broadcast.preview.ask"), people.reached(turn, counted), wrong)))
    send = labelled(turn, send="broadcast.preview.send") if counted.reached and not wrong else []
    return Prompt(text, [*send, *(await _changes(turn, draft))])


async def _wrong(turn: Turn, draft: Draft) -> str:
    """Why it cannot go as it is, "" where it can: a round was given up that the words still name, a picture shortens them."""
    try:
        await words.check(turn, draft)
    except Unclear as unclear:
        return turn.text(unclear.reason, **unclear.params)
    return ""


async def _changes(turn: Turn, draft: Draft) -> list[Choice]:
    round_ = await hand.round_of(turn, draft)
    pin = round_text.pin(round_) if round_ else None
    ways = {"photo": "broadcast.preview.no_photo" if draft.picture else "broadcast.preview.photo"}
    ways |= {"pin": "broadcast.preview.no_pin" if draft.pin else "broadcast.preview.pin"} if pin else {}
    ways |= {"join": "broadcast.preview.no_join" if draft.join else "broadcast.preview.join"} if round_ else {}
    ways |= {"who": "broadcast.preview.who", "ready": "broadcast.preview.ready"}
    edits = [
        Choice(f"edit{code}", turn.text("broadcast.preview.edit", tongue=people.language_name(turn, code)))
        for code in turn.house.words.languages
    ]
    return [*edits, *labelled(turn, **ways)]


async def _show(turn: Turn, draft: Draft) -> None:
    """The very messages: in each language that has words of its own, and once as a channel without buttons writes it."""
    round_, content = await hand.round_of(turn, draft), await hand.content(turn, draft)
    shown: set[str] = set()
    for code in sorted(turn.house.words.languages, key=lambda code: code != turn.language):
        if content.text(code) not in shown:
            shown.add(content.text(code))
            voice = turn.house.voice(code)
            sample = {"name": voice.text("cast.sample_name"), "unit": content.unit or voice.text("cast.sample_unit")}
            said = cast_text.message(voice, content, round_, sample)
            turn.reply(said)
            if said.buttons and code == turn.language:
                turn.reply(Reply(turn.text("broadcast.preview.plain", text=numbered_text(said))))
    if content.pin and (pin := cast_text.pin(round_)):
        turn.reply(pin)


async def read_preview(turn: Turn, answers: Answers, given: Given) -> object:
    """Change one thing, or go on to the sending."""
    draft = hand.of(answers)
    match given.value:
        case None:
            raise Unclear("unclear.choice")
        case "send":
            await words.check(turn, draft)
            raise GoTo("when")
        case "photo" if draft.picture:
            hand.put(answers, picture=None)
            raise AskAgain
        case "photo":  # It is added by sending one.
            turn.say("broadcast.photo_how")
            raise AskAgain
        case "pin" | "join" as part:
            hand.put(answers, **{part: not getattr(draft, part)})
            raise AskAgain
        case edit if edit.startswith("edit"):
            hand.put(answers, editing=edit.removeprefix("edit"))
            raise GoTo("text")
        case step:
            raise GoTo(step)
