"""The questions of the self-check, each of which may be left to the staff. What is answered lives as long as the form is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from core.ages import Age, Birth, judge_age, read_birth
from core.dates import show_date
from core.eligibility import Facts, eligible_on
from core.people import Sex
from core.unclear import Unclear
from core.weight import read_weight
from handlers import health_question
from handlers.form import Answers, Finish, Given, Prompt, Question, labelled
from handlers.turn import Turn, text_version
from storage import donors, records

PURPOSE: Final = "selfcheck"
SKIP: Final = "skip"


def notice(turn: Turn) -> str:
    """What is asked, what for, what stays of it."""
    return turn.text("eligible.notice", organisation=turn.settings.organisation, contact=turn.settings.contact)


def consent_choices(turn: Turn) -> Prompt:
    """To agree, and as visibly not to."""
    return Prompt(notice(turn), labelled(turn, yes="form.agree", no="form.decline", skip="eligible.skip"))


async def _ask_consent(turn: Turn, _: Answers) -> Prompt:
    return consent_choices(turn)


async def read_consent(turn: Turn, _: Answers, given: Given) -> object:
    """Go on only after "Đồng ý", which is kept with the words that were shown."""
    if given.value in {"no", SKIP}:
        raise Finish(turn.text("eligible.left_to_staff", contact=turn.settings.contact), "/next", "/help")
    if given.value != "yes":
        raise Unclear("unclear.consent")
    consent = records.Consent(PURPOSE, "given", text_version(notice(turn)), turn.inbound.channel, turn.at)
    await records.add_consent(turn.tx, turn.person.address, consent)
    return True


async def _ask_birth(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("eligible.birth"), labelled(turn, skip="eligible.skip"))


async def _read_birth(turn: Turn, _: Answers, given: Given) -> object:
    if given.value == SKIP:
        return SKIP
    birth = read_birth(given.text, turn.today)
    judged = judge_age(birth, turn.today, turn.rules.age)
    if judged.age is Age.TOO_YOUNG:
        # Nothing is kept, and nothing more is asked, of somebody under age. Source: Law 91/2025/QH15 art. 24.
        await turn.forget()
        when = show_date(judged.allowed_from) if judged.allowed_from else ""
        message = "eligible.young.from" if when else "eligible.young"
        raise Finish(turn.text(message, lowest=turn.rules.age.lowest, date=when), "/next")
    return {"text": given.text, "on": turn.today.isoformat()}


async def _ask_sex(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("eligible.sex"), labelled(turn, M="sex.M", F="sex.F", skip="eligible.skip"))


async def _read_choice(_: Turn, __: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    return given.value


async def _ask_weight(turn: Turn, _: Answers) -> Prompt:
    return Prompt(turn.text("eligible.weight"), labelled(turn, skip="eligible.skip"))


async def _read_weight(_: Turn, __: Answers, given: Given) -> object:
    return SKIP if given.value == SKIP else read_weight(given.text)


async def _ask_work(turn: Turn, _: Answers) -> Prompt:
    rule = turn.rules.work
    text = turn.text("eligible.work", work=rule.says.get(turn.language, rule.says["vi"]), hours=rule.hours)
    return Prompt(text, labelled(turn, no="eligible.no", yes="eligible.yes", skip="eligible.skip"))


async def _ask_risk(turn: Turn, _: Answers) -> Prompt:
    return Prompt(
        turn.text("eligible.risk"), labelled(turn, no="eligible.no", yes="eligible.unsure", skip="eligible.skip")
    )


async def _read_risk(turn: Turn, _: Answers, given: Given) -> object:
    """Whoever answers yes, or is not sure, is thanked and asked nothing more; "does not go on" is all that is kept."""
    if given.value == "yes":
        kept = await _stop(turn)
        text = turn.text("eligible.stopped", contact=turn.settings.contact)
        raise Finish(f"{text} {turn.text('eligible.kept_stop' if kept else 'eligible.kept_nothing')}")
    return await _read_choice(turn, {}, given)


async def _stop(turn: Turn) -> bool:
    """Keep that the person does not go on, where they are registered; whether they are."""
    person_id = turn.person.id
    donor = await donors.of_person(turn.tx, person_id)
    if donor is None or person_id is None:
        return False
    stopped = replace(donor, stopped=True, deferred_until=None, ask_staff=False)
    await donors.update_history(turn.tx, person_id, stopped, eligible_on=eligible_on(turn.rules, stopped), at=turn.at)
    return True


CONSENT = Question("consent", _ask_consent, read_consent, nav=False)
QUESTIONS = (
    Question("birth", _ask_birth, _read_birth, free=True),
    Question("sex", _ask_sex, _read_choice),
    Question("weight", _ask_weight, _read_weight, free=True),
    Question(health_question.KEY, health_question.ask, health_question.read, nav=False),
    Question("work", _ask_work, _read_choice, back=health_question.KEY),
    Question("risk", _ask_risk, _read_risk, back="work"),
)


def _birth(answer: object) -> Birth | None:
    return read_birth(answer["text"], date.fromisoformat(answer["on"])) if isinstance(answer, dict) else None


def facts(answers: Answers, base: Facts) -> Facts:
    """What complete answers say, on top of what is known of the person."""
    health = answers[health_question.KEY]
    unknown = {key for key in ("birth", "sex", "weight", "risk") if answers[key] == SKIP}
    return replace(
        base,
        birth=base.birth or _birth(answers["birth"]),
        sex=base.sex or (Sex(answers["sex"]) if answers["sex"] != SKIP else None),
        weight_hg=None if answers["weight"] == SKIP else answers["weight"],
        since=health_question.since_of(health),
        conditions=frozenset(health["conditions"]),
        unknown=base.unknown | unknown | ({health_question.KEY} if health["skipped"] else set()),
        special_work=answers["work"] != "no",
    )
