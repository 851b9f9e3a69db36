"""The plan of the year as a file: it is read, looked at row by row, compared with what is stored, and saved once that is agreed to."""

from __future__ import annotations

from core.dialogue import Reply
from core.people import Role
from core.plan_entries import Plan
from core.unclear import Unclear
from handlers import files, plan_report
from handlers.form import Answers, AskAgain, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.plan_proposal import Asker, Proposal, findings, propose, save
from handlers.turn import Action, Turn
from storage import uploads
from storage.uploads import Upload

_UPLOAD, _SEEN = "_upload", "_seen"


async def _report(turn: Turn, upload: Upload) -> None:
    """Say what was found; ask whether to save where there is something to save."""
    try:
        plan = _plan(upload)
        proposal = await propose(turn.tx, plan, _asker(turn))
    except Unclear as unclear:
        await _over(turn, unclear.reason, **unclear.params)
        return
    asked = await findings(turn.tx, proposal, plan, _asker(turn))
    _say_found(turn, upload, proposal, plan_report.lines(turn.voice, proposal, asked))
    if proposal.changes:
        await open_form(turn, FORM, {_UPLOAD: upload.id, _SEEN: proposal.digest})
    else:
        await _over(turn, plan_report.nothing(proposal))


async def _over(turn: Turn, message: str, **params: object) -> None:
    """The last word on a file, of which nothing stays."""
    await uploads.decide(turn.tx, turn.person.address)
    turn.conversation = None
    turn.say(message, **params)


def _say_found(turn: Turn, upload: Upload, proposal: Proposal, found: list[plan_report.Line]) -> None:
    """The first lines here; all of them as a file where there are more."""
    message = "import.report" if proposal.bad else "import.report_clean"
    head = turn.text(message, name=upload.name, good=len(proposal.good), bad=len(proposal.bad))
    parts = [head, *(plan_report.screen(turn.voice, found, kind) for kind in ("wrong", "asked"))]
    turn.reply(Reply("\n\n".join(filter(None, parts))))
    if not plan_report.fits(found):
        rows = [line.to_json() for line in found]
        turn.document("plan-report.xlsx", turn.text("import.report_file"), name=upload.name, lines=rows)


def _plan(upload: Upload) -> Plan:
    """What was read. Raises Unclear where another version of the program has written it."""
    try:
        return Plan.from_json(upload.result)
    except (KeyError, TypeError, ValueError) as error:
        raise Unclear("import.gone") from error


def _asker(turn: Turn) -> Asker:
    house = turn.house
    return Asker(turn.person, turn.settings.province, turn.today, calendar=house.calendar, rules=house.rules)


async def _in_hand(turn: Turn, answers: Answers) -> Proposal:
    """What the file in hand says now. Raises Unclear where there is none any more, or where it can no longer be."""
    upload = await uploads.of_address(turn.tx, turn.person.address, answers[_UPLOAD])
    if upload is None or upload.state != "read":
        raise Unclear("import.gone")
    return await propose(turn.tx, _plan(upload), _asker(turn))


async def _ask(turn: Turn, answers: Answers) -> Prompt:
    """What saving would do, line by line, and what it would leave out."""
    try:
        proposal = await _in_hand(turn, answers)
    except Unclear as unclear:
        return Prompt(turn.text(unclear.reason, **unclear.params), labelled(turn, drop="import.drop"))
    moved = turn.text("import.moved") if proposal.digest != answers[_SEEN] else ""
    answers[_SEEN] = proposal.digest
    found = plan_report.lines(turn.voice, proposal)
    texts = (
        moved,
        f"{turn.text('import.ask')}\n{plan_report.doing(turn.voice, proposal)}",
        plan_report.screen(turn.voice, found, "changed"),
    )
    yes = "import.save_good" if proposal.bad else "import.save"
    return Prompt("\n\n".join(filter(None, texts)), labelled(turn, save=yes, drop="import.drop"))


async def _read(turn: Turn, answers: Answers, given: Given) -> object:
    """Save what was seen, and only that."""
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value == "drop":
        await uploads.decide(turn.tx, turn.person.address)
        raise Finish(turn.text("import.dropped"))
    proposal = await _in_hand(turn, answers)
    if proposal.digest != answers[_SEEN]:
        raise AskAgain
    return True


async def _finish(turn: Turn, answers: Answers) -> None:
    upload = await uploads.of_address(turn.tx, turn.person.address, answers[_UPLOAD])
    assert upload  # It was there when the answer was read.
    proposal = await save(turn.tx, _plan(upload), _asker(turn), seen=answers[_SEEN], at=turn.at)
    await uploads.decide(turn.tx, turn.person.address)
    turn.reply(Reply(plan_report.done(turn.voice, proposal), turn.menu(("/rounds",))))


FORM = Form(
    name="plan", questions=(Question("confirm", _ask, _read, nav=False),), finish=_finish, cancelled="import.stopped"
)


async def plan(turn: Turn, _: str) -> None:
    """Show the file that waits for a decision; else hand out the template and say how it goes."""
    if not await files.may(turn):
        return
    if upload := await uploads.undecided(turn.tx, turn.person.address, "plan"):
        await _report(turn, upload)
        return
    turn.say("import.how")
    unit = (await turn.unit_index()).get(turn.person.unit_id) if turn.person.role is not Role.ADMIN else None
    units = unit.name if unit else turn.text("import.everybody")
    turn.document("plan-template.xlsx", turn.text("import.template"), units=units)


ACTIONS = (
    Action(("plan", "kehoach"), plan, role=Role.OFFICER, words=("ke hoach", "nhap ke hoach", "plan"), within=False),
)
FORMS = (FORM,)
FILES = {"plan": files.FileKind("/plan", FORM.name, _report)}
