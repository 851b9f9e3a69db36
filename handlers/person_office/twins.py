"""Records that may be one person: proposed, never merged unasked; two from paper become one, a chat takes one over by its own proof."""

from __future__ import annotations

from core.authority import own_units
from core.dates import PartialDate, show_partial
from core.dialogue import Choice
from core.eligibility import eligible_on
from core.merging import merge_donors
from core.phones import mask_phone
from core.unclear import Unclear
from handlers import donor_facts, donor_questions, pages
from handlers.form import Answers, Finish, Given, GoTo, Prompt
from handlers.person_office import access, find, seats
from handlers.person_office.access import Known
from handlers.turn import Turn
from storage import linking, paper
from storage.linking import Stays

_AFTER, _NEXT, _PAIR, _KEEP = "_after", "_next", "_two", "_keep"


async def ask_list(turn: Turn, answers: Answers) -> Prompt:
    """Some pairs, and the way to the next ones."""
    own = own_units(turn.person, await turn.unit_index())
    found = await paper.twins(turn.tx, own, after=int(answers.get(_AFTER) or 0), most=pages.PAGE)
    answers[_NEXT] = found.next
    choices = []
    for first, second in found.pairs:
        one, other = await access.find(turn, first), await access.find(turn, second)
        if one and other:
            choices.append(Choice(f"{first}-{second}", await _label(turn, one, other)))
    ways = {"more": "unit.more"} if found.next else {}
    text = turn.text("person.twins" if choices else "person.twins_further" if found.next else "person.twins_none")
    return Prompt(text, [*pages.told_apart(choices), *pages.offered(turn, **ways)])


async def _label(turn: Turn, one: Known, other: Known) -> str:
    name = await find.label(turn, one.donor)
    return name if one.paper and other.paper else turn.text("person.twin_chat", who=name)


async def read_list(_: Turn, answers: Answers, given: Given) -> object:
    """The next ones, or a pair."""
    if given.value == "more":
        answers[_AFTER] = answers.get(_NEXT) or 0
        raise GoTo("alike")
    if given.value is None:
        raise Unclear("unclear.choice")
    answers[_PAIR] = [int(one) for one in given.value.split("-")]
    raise GoTo("pair")


async def _both(turn: Turn, answers: Answers) -> tuple[Known, Known] | None:
    """The pair in hand, where both are still the officer's."""
    one, other = [await access.find(turn, id_) for id_ in answers[_PAIR]]
    return (one, other) if one and other else None


async def ask_pair(turn: Turn, answers: Answers) -> Prompt:
    """Both side by side, as far as it takes to decide."""
    both = await _both(turn, answers)
    if both is None:
        return Prompt(access.refusal(turn))
    parts = []
    for number, known in enumerate(both, 1):
        phone = mask_phone(known.donor.phone) if known.donor.phone else ""
        where = turn.text("person.on_paper" if known.paper else "person.has_chat")
        lines = await donor_facts.lines(turn, known.donor, phone=phone)
        parts.append("\n".join((turn.text("person.record", number=number, where=where), *lines)))
    if all(known.paper for known in both):
        ways = {"keep0": "person.keep_first", "keep1": "person.keep_second"}
        return Prompt("\n\n".join((*parts, turn.text("person.merge"))), pages.offered(turn, **ways))
    return Prompt("\n\n".join((*parts, turn.text("person.merge_chat"))), pages.offered(turn, card="person.do.to_paper"))


async def read_pair(turn: Turn, answers: Answers, given: Given) -> object:
    """Which one stays; or the card of the one from paper, where its code is handed over."""
    both = await _both(turn, answers)
    if both is None:
        raise Finish(access.refusal(turn), "/person")
    if given.value == "card":
        answers[access.WHO] = next(known.id for known in both if known.paper)
        raise GoTo("card")
    if given.value not in ("keep0", "keep1") or not all(known.paper for known in both):
        raise Unclear("unclear.choice")
    answers[_KEEP] = int(given.value[-1])
    if both[0].donor.donations != both[1].donor.donations:
        raise GoTo("count")
    raise await _merge(turn, answers, both, both[0].donor.donations)


async def ask_count(turn: Turn, answers: Answers) -> Prompt:
    """Which number of donations is right: it is not guessed."""
    both = await _both(turn, answers)
    if both is None:
        return Prompt(access.refusal(turn))
    choices = []
    for known in both:
        last = show_partial(PartialDate.of_iso(known.donor.last_donation)) if known.donor.last_donation else ""
        label = await donor_questions.show_count(turn, known.donor.donations)
        choices.append(Choice(f"n{known.donor.donations}", f"{label} ({last})" if last else label, (label,)))
    return Prompt(turn.text("person.merge_count"), choices)


async def read_count(turn: Turn, answers: Answers, given: Given) -> object:
    """One record from now on."""
    both = await _both(turn, answers)
    if both is None:
        raise Finish(access.refusal(turn), "/person")
    count = int((given.value or "n-1")[1:])
    if count not in [known.donor.donations for known in both]:
        raise Unclear("unclear.choice")
    raise await _merge(turn, answers, both, count)


async def _merge(turn: Turn, answers: Answers, both: tuple[Known, Known], donations: int) -> GoTo:
    """The one that stays is filled up with the other; seats that both held go to the next."""
    keep, gone = both[answers[_KEEP]], both[1 - answers[_KEEP]]
    if not (keep.paper and gone.paper):  # Linked meanwhile: nobody merges into a chat.
        return GoTo("alike", access.refusal(turn))
    merged = merge_donors(keep.donor, gone.donor, donations)
    await access.audit(turn, "merged", keep)
    stays = Stays(keep.id, merged, eligible_on(turn.rules, merged))
    await seats.pass_on(turn, await linking.take_over(turn.tx, gone.id, stays, today=turn.today, at=turn.at))
    answers[access.WHO] = keep.id
    return GoTo("card", turn.text("person.merged"))
