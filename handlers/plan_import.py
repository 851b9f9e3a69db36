"""The plan of the year as a file: it is read, looked at row by row, compared with what is stored, and saved once that is agreed to."""

from __future__ import annotations

from core.people import Role
from core.plan_entries import Plan
from core.unclear import Unclear
from handlers import files, plan_report
from handlers.file_decision import Room, Says
from handlers.plan_proposal import Asker, Proposal, findings, propose, save
from handlers.plan_report import Line
from handlers.turn import Action, Turn
from storage import uploads
from storage.uploads import Upload


def _plan(upload: Upload) -> Plan:
    """What was read. Raises Unclear where another version of the program has written it."""
    try:
        return Plan.from_json(upload.result)
    except (KeyError, TypeError, ValueError) as error:
        raise Unclear("import.gone") from error


def _asker(turn: Turn) -> Asker:
    house = turn.house
    return Asker(turn.person, turn.settings.province, turn.today, calendar=house.calendar, rules=house.rules)


async def _propose(turn: Turn, upload: Upload) -> Proposal:
    return await propose(turn.tx, _plan(upload), _asker(turn))


async def _found(turn: Turn, upload: Upload, proposal: Proposal) -> list[Line]:
    asked = await findings(turn.tx, proposal, _plan(upload), _asker(turn))
    return plan_report.lines(turn.voice, proposal, asked)


async def _save(turn: Turn, upload: Upload, seen: str) -> Proposal:
    return await save(turn.tx, _plan(upload), _asker(turn), seen=seen, at=turn.at)


_SAYS = Says(
    report="import.report",
    clean="import.report_clean",
    moved="import.moved",
    save="import.save",
    headings="import.heading.",
    about="import.doc.round",
)
_ROOM = Room(
    "plan",
    "import.stopped",
    _SAYS,
    _propose,
    _found,
    plan_report.lines,
    plan_report.doing,
    plan_report.nothing,
    _save,
    plan_report.done,
    after=("/rounds",),
)
FORM = _ROOM.form()


async def plan(turn: Turn, _: str) -> None:
    """Show the file that waits for a decision; else hand out the template and say how it goes."""
    if not await files.may(turn):
        return
    if upload := await uploads.undecided(turn.tx, turn.person.address, "plan"):
        await _ROOM.report(turn, upload)
        return
    turn.say("import.how")
    unit = (await turn.unit_index()).get(turn.person.unit_id) if turn.person.role is not Role.ADMIN else None
    units = unit.name if unit else turn.text("import.everybody")
    turn.document("plan-template.xlsx", turn.text("import.template"), units=units)


ACTIONS = (
    Action(("plan", "kehoach"), plan, role=Role.OFFICER, words=("ke hoach", "nhap ke hoach", "plan"), within=False),
)
FORMS = (FORM,)
FILES = {"plan": files.FileKind("/plan", FORM.name, _ROOM.report)}
