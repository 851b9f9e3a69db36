"""Files that officers send: taken in, read beside the turns, and shown by the room whose kind of file it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from core.authority import own_units
from core.dialogue import File
from core.people import Role
from core.sheet_table import MAX_BYTES
from handlers.turn import Turn
from storage import records, uploads
from storage.uploads import Upload


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a room does with its kind of file. `command` shows one that waits for a decision, `form` asks for that decision,
    `report` says what was read and opens the form.
    """

    command: str
    form: str
    report: Callable[[Turn, Upload], Awaitable[None]]


async def receive(turn: Turn, file: File) -> None:
    """A file arrives while nothing else is asked: an officer's is read, nobody else's is looked at."""
    if not turn.person.may(Role.OFFICER):
        await uploads.refuse(turn.tx, turn.person.address, file)
        turn.say("import.unasked", "/register", "/next", "/help")
    elif await may(turn):
        await _accept(turn, file)
    else:
        await uploads.refuse(turn.tx, turn.person.address, file)


async def may(turn: Turn) -> bool:
    """Whether the person answers for any unit; said and kept where not."""
    if own_units(turn.person, await turn.unit_index()) != frozenset():
        return True
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="file")
    turn.say("import.no_unit", contact=turn.settings.contact)
    return False


async def _accept(turn: Turn, file: File) -> None:
    if file.size > MAX_BYTES:
        await uploads.refuse(turn.tx, turn.person.address, file)
        turn.say("import.refused.size", highest=MAX_BYTES >> 20)
    elif await uploads.accept(turn.tx, turn.person.address, file, turn.at) is None:
        turn.say("import.gone")
    else:
        turn.say("import.reading", name=file.name)


async def show(turn: Turn, upload_id: int, kinds: Mapping[str, FileKind], *, over: Collection[str]) -> None:
    """A file has been read: the report, and what saving would do. In the middle of a form that is not one of `over` it waits."""
    upload = await uploads.of_address(turn.tx, turn.person.address, upload_id)
    if upload is None or upload.state not in ("read", "failed"):
        return  # Decided on, or forgotten.
    kind = kinds.get(upload.kind, next(iter(kinds.values())))
    if upload.state == "failed":
        turn.say(upload.result["refused"], kind.command, **upload.result["params"])
        await uploads.told(turn.tx, upload.id)
    elif turn.conversation and turn.conversation.form not in (*over, kind.form):
        turn.say("import.ready", kind.command, name=upload.name)
    elif not turn.person.may(Role.OFFICER):  # Taken away since the file was sent.
        await uploads.decide(turn.tx, turn.person.address)
        turn.say("command.refused", "/help", contact=turn.settings.contact)
    elif await may(turn):
        await uploads.decide(turn.tx, turn.person.address, but=upload.id)
        await kind.report(turn, upload)
