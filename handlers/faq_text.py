"""How an answer of the questions and answers looks: for whoever asks, and for the officer who edits it."""

from __future__ import annotations

from core.dates import PartialDate, show_partial
from core.dialogue import Button, Reply
from core.faq import Entry, Topic
from handlers.voice import Voice


def shown(voice: Voice, entry: Entry) -> str:
    """Question, answer, and at its foot the source with its day; where it was not checked, that too."""
    answer = entry.answer.replace("{contact}", voice.contact).replace("{organisation}", voice.organisation)
    foot = voice.text("faq.source", source=entry.source, date=show_partial(PartialDate.of_iso(entry.source_on)))
    if entry.verify:
        foot += f" {voice.text('faq.verify')}"
    return f"{entry.question}\n\n{answer}\n\n{foot}"


def answer(voice: Voice, topic: Topic) -> Reply:
    """The answer of a topic with what can be done next. Nothing has to be remembered for it."""
    ways = dict.fromkeys((*topic.commands, "/faq", "/ask"))
    return Reply(shown(voice, topic.entry(voice.language)), voice.menu(tuple(ways)))


def page(voice: Voice, topics: tuple[Topic, ...], number: int, size: int) -> Reply:
    """A page of the list, numbered; its buttons are what one types where there are none."""
    first = number * size
    there = topics[first : first + size]
    lines = [f"{place}. {topic.entry(voice.language).question}" for place, topic in enumerate(there, first + 1)]
    buttons = [
        Button(voice.text("faq.number", number=place), f"/faq {topic.key}")
        for place, topic in enumerate(there, first + 1)
    ]
    for other in (number - 1, number + 1):
        if 0 <= other * size < len(topics):
            span = f"{other * size + 1}–{min((other + 1) * size, len(topics))}"
            buttons.append(Button(voice.text("faq.numbers", span=span), f"/faq {span.partition('–')[0]}–"))
    title = voice.text("faq.list" if there else "faq.list_empty", count=len(topics), contact=voice.contact)
    return Reply("\n".join([title, *lines]), (*buttons, *voice.menu(("/ask",))))
