"""/eligible: when may I give again, and a self-check of which verdict and date alone remain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.dates import PartialDate, read_month_or_date, show_date, show_partial
from core.dialogue import Choice
from core.eligibility import Answer, Facts, after_check, after_last, eligible_on, facts_of, judge, judge_facts
from core.people import Component, Donor
from core.rounds import Round, next_round
from core.rule_sets import RuleSet
from core.unclear import Unclear
from handlers import selfcheck_questions, verdict_text
from handlers.form import Answers, Form, Given, Prompt, Question, labelled, open_form
from handlers.turn import Action, Turn
from storage import donors, rounds

_NEVER, _UNKNOWN = "never", "unknown"
_ASKED = "_asked"  # The person was asked for the last donation in this form, and hears what follows from it.
_KINDS = (Component.WHOLE, Component.RED_CELLS, Component.PLASMA, Component.PLATELETS)
_EARLIEST = date(1950, 1, 1)


async def _coming(turn: Turn, donor: Donor | None) -> tuple[RuleSet, date, Round | None]:
    """What to judge by: the next round for this person with its own rules and day; today where there is none."""
    index = await turn.unit_index()
    path = [unit.id for unit in index.path(donor.unit_id)] if donor and donor.unit_id is not None else []
    plan = [r for r in await rounds.upcoming(turn.tx, turn.today) if not r.is_over(turn.now, turn.settings.zone)]
    found = next_round(plan, path, turn.today)
    day = found.held_on if found else turn.today
    return turn.house.rules.of(found.rule_set if found else "", day), day, found


async def _when(turn: Turn, donor: Donor | None, facts: Facts) -> str:
    """When the person may presumably give again, with the rule, and what that means for the next round."""
    rules, day, round_ = await _coming(turn, donor)
    verdict = judge(rules, donor, day) if donor else judge_facts(rules, facts, day)
    lines = [_last(turn, facts, given=donor.donations > 0 if donor else facts.last is not None)]
    if verdict.answer is not Answer.OK:
        return "\n".join([*lines, verdict_text.told(turn.voice, rules, verdict, day)])
    found = after_last(rules, facts)
    deferred = donor.deferred_until if donor else None
    first = max(filter(None, (found[2] if found else None, deferred)), default=None)
    if first and first > turn.today:
        lines.append(turn.text("eligible.from", date=show_date(first)))
        lines += [f"• {verdict_text.wait(turn.voice, found[1])}"] if found and found[2] == first else []
    else:
        lines.append(turn.text("eligible.no_wait"))
    if round_:
        lines.append(turn.text("eligible.round", name=round_.name, date=show_date(day)))
    return "\n".join(lines)


def _last(turn: Turn, facts: Facts, *, given: bool) -> str:
    if facts.last is None:
        return turn.text("eligible.last_unknown" if given or "last" in facts.unknown else "eligible.first_time")
    assert isinstance(facts.last, PartialDate)
    kind = turn.text(f"component.{facts.last_kind}") if facts.last_kind else turn.text("eligible.kind_unknown")
    return turn.text("eligible.last_was", date=show_partial(facts.last), kind=kind)


async def eligible(turn: Turn, _: str) -> None:
    """Answer at once from what is stored; who is not registered, or does not know, is asked first."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    if donor is None or (donor.donations and not donor.last_donation and not donor.stopped):
        await open_form(turn, FORM, {_ASKED: True, **_known(donor)})
        return
    turn.say("eligible.text", *_offers(turn, donor), text=await _when(turn, donor, facts_of(donor)))


def _offers(turn: Turn, donor: Donor) -> list[str]:
    matters = donor.last_kind is Component.WHOLE and _matters(turn, facts_of(donor))
    return [*(["/lastkind"] if matters else []), "/selfcheck", "/next"]


def _matters(turn: Turn, facts: Facts) -> bool:
    """True where whole blood would still make wait today: another component may not."""
    found = after_last(turn.rules, replace(facts, last_kind=Component.WHOLE))
    return found is not None and turn.today < found[2]


def _known(donor: Donor | None) -> Answers:
    """Answers that a registration gives."""
    return {"birth": True, "sex": str(donor.sex)} if donor else {}


async def selfcheck(turn: Turn, _: str) -> None:
    """The self-check of who knows when they gave last; others are asked that too."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    answers = _known(donor)
    if donor and not donor.donations:
        answers["last"] = _NEVER
    elif donor and donor.last_donation:
        answers["last"] = donor.last_donation
    await open_form(turn, FORM, answers)


async def last_kind(turn: Turn, _: str) -> None:
    """What was given last, where it was not whole blood."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    if donor is None or not donor.last_donation:
        await eligible(turn, "")
        return
    await open_form(turn, KIND_FORM)


async def _ask_last(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("eligible.last"), labelled(turn, never="count.never", unknown="last.unknown"))


async def _read_last(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value:
        return given.value
    day = read_month_or_date(given.text, turn.today)
    if (day.year, day.month or 0, day.day or 0) > (turn.today.year, turn.today.month, turn.today.day):
        raise Unclear("unclear.last.future")
    if day.latest() < _EARLIEST:
        raise Unclear("unclear.since.early")
    answers["_matters"] = _matters(turn, Facts(last=day))
    await _keep(turn, day.iso(), Component.WHOLE)
    return day.iso()


async def _ask_kind(turn: Turn, _: Answers) -> Prompt:
    kinds = [Choice(kind, turn.text(f"component.{kind}")) for kind in _KINDS]
    return Prompt(turn.text("eligible.kind"), [*kinds, *labelled(turn, unknown="last.unknown")])


async def _read_kind(turn: Turn, answers: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value != _UNKNOWN:
        await _keep(turn, answers.get("last"), Component(given.value))
    return given.value


async def _keep(turn: Turn, last: str | None, kind: Component) -> None:
    """Write the last donation into the registration, if there is one; of others nothing is kept. `last` None: as it is there."""
    person_id = turn.person.id
    donor = await donors.of_person(turn.tx, person_id)
    if donor is None or person_id is None:
        return
    await _write(turn, person_id, replace(donor, last_donation=last or donor.last_donation, last_kind=kind))


async def _write(turn: Turn, person_id: int, donor: Donor) -> None:
    await donors.update_history(turn.tx, person_id, donor, eligible_on=eligible_on(turn.rules, donor), at=turn.at)


async def _kind_kept(turn: Turn, _: Answers) -> None:
    await eligible(turn, "")


def _told_facts(answers: Answers) -> Facts:
    """What somebody who is not registered said of the last donation."""
    last = answers.get("last", _UNKNOWN)
    if last in {_NEVER, _UNKNOWN}:
        return Facts(unknown=frozenset({"last"} if last == _UNKNOWN else ()))
    kind = answers.get("kind", Component.WHOLE)
    return Facts(last=PartialDate.of_iso(last), last_kind=None if kind == _UNKNOWN else Component(kind))


async def _ask_consent(turn: Turn, answers: Answers) -> Prompt:
    """Who came to know when they may give hears that first, and is offered the self-check."""
    prompt = selfcheck_questions.consent_choices(turn)
    if _ASKED not in answers:
        return prompt
    donor = await donors.of_person(turn.tx, turn.person.id)
    said = await _when(turn, donor, facts_of(donor) if donor else _told_facts(answers))
    return Prompt(f"{said}\n\n{prompt.text}", prompt.choices)


async def _finish(turn: Turn, answers: Answers) -> None:
    """Say the verdict; keep it and its date of who is registered, and nothing of anybody else."""
    donor = await donors.of_person(turn.tx, turn.person.id)
    base = facts_of(donor) if donor else _told_facts(answers)
    rules, day, round_ = await _coming(turn, donor)
    facts = selfcheck_questions.facts(answers, base)
    verdict = judge_facts(rules, facts, day)
    lines = [turn.text("eligible.round", name=round_.name, date=show_date(day))] if round_ else []
    lines.append(verdict_text.told(turn.voice, rules, verdict, day))
    if donor and turn.person.id is not None:
        # Kept is what the usual rules say: another round may be held by others.
        left = judge_facts(turn.rules, facts, turn.today)
        answered = not facts.unknown - base.unknown
        await _write(turn, turn.person.id, after_check(turn.rules, donor, left, answered=answered))
    lines.append(turn.text("eligible.kept" if donor else "eligible.kept_nothing"))
    turn.say("eligible.text", "/next", *(() if donor else ("/register",)), text="\n".join(lines))


FORM = Form(
    name="eligible",
    questions=(
        Question("last", _ask_last, _read_last, free=True),
        Question("kind", _ask_kind, _read_kind, when=lambda answers: bool(answers.get("_matters"))),
        Question("consent", _ask_consent, selfcheck_questions.read_consent, nav=False),
        *selfcheck_questions.QUESTIONS,
    ),
    finish=_finish,
    cancelled="eligible.cancelled",
    private=True,
)
KIND_FORM = Form(
    name="lastkind",
    questions=(Question("kind", _ask_kind, _read_kind),),
    finish=_kind_kept,
    cancelled="eligible.cancelled",
    command="eligible",
)
ACTIONS = (
    Action(
        ("eligible", "dukien"),
        eligible,
        words=(
            "khi nao toi hien lai duoc",
            "khi nao hien lai duoc",
            "bao gio hien lai duoc",
            "du kien",
            "hien lai",
            "when can i give again",
            "eligible",
        ),
        within=False,
    ),
    Action(
        ("selfcheck", "tukiemtra"),
        selfcheck,
        words=("tu kiem tra", "self-check", "self check"),
        listed=False,
        within=False,
    ),
    Action(
        ("lastkind", "lanhien"),
        last_kind,
        words=("lan do toi hien thanh phan khac", "i gave another component"),
        listed=False,
        within=False,
    ),
)
FORMS = (FORM, KIND_FORM)
