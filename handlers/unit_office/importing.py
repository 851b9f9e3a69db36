"""The tree of units as a file that comes back: read, reported, shown, and saved once that is agreed to."""

from __future__ import annotations

from core.unclear import Unclear
from core.unit_entries import Tree
from handlers import unit_proposal, unit_report
from handlers.file_decision import Room, Says
from handlers.files import FileKind
from handlers.plan_report import Line
from handlers.turn import Turn
from handlers.unit_proposal import Proposal
from storage.uploads import Upload


def _tree(upload: Upload) -> Tree:
    """What was read. Raises Unclear where another version of the program has written it."""
    try:
        return Tree.from_json(upload.result)
    except (KeyError, TypeError, ValueError) as error:
        raise Unclear("import.gone") from error


async def _propose(turn: Turn, upload: Upload) -> Proposal:
    return await unit_proposal.propose(turn.tx, _tree(upload), turn.person, turn.today)


async def _found(turn: Turn, _: Upload, proposal: Proposal) -> list[Line]:
    return unit_report.lines(turn.voice, proposal)


async def _save(turn: Turn, upload: Upload, seen: str) -> Proposal:
    return await unit_proposal.save(turn.tx, _tree(upload), turn.person, turn.today, seen=seen, at=turn.at)


ROOM = Room(
    "unitfile",
    "unitfile.stopped",
    Says(
        report="unitfile.report",
        clean="unitfile.report_clean",
        moved="unitfile.moved",
        save="unitfile.save",
        headings="unitfile.heading.",
        about="units.doc.name",
    ),
    _propose,
    _found,
    unit_report.lines,
    unit_report.doing,
    unit_report.nothing,
    _save,
    unit_report.done,
    after=("/units",),
    command="units",
)
FORM = ROOM.form()
FILES = {"units": FileKind("/units", FORM.name, ROOM.report)}
