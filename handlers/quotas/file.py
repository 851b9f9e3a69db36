"""A table of quotas as a file: read, unclear units asked for one by one, compared with what stands, and saved once that is agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dates import show_date
from core.dialogue import Choice, Reply
from core.quota_table import REGISTRATIONS, Doubt, Entry, QuotaFile
from core.unclear import Unclear
from handlers import unit_question
from handlers.files import FileKind
from handlers.form import Answers, AskAgain, Finish, Form, Given, Prompt, Question, labelled, open_form
from handlers.quotas import subject
from handlers.quotas.proposal import SKIP, Change, Proposal, propose, subjects, trees, unclear_rows
from handlers.quotas.subject import Subject
from handlers.turn import Turn
from storage import uploads
from storage.uploads import Upload

NAME = "quota_file"
_UPLOAD, _SEEN, _CHOSEN, _YEARS, _HAS, _OPEN = "_upload", "_seen", "_chosen", "_has_years", "_has_rounds", "_open"
_LISTED = 12  # Changes and doubts of one kind on one screen.
_ROUNDS = 7


def _file(upload: Upload) -> QuotaFile:
    """What was read. Raises Unclear where another version of the program has written it."""
    try:
        return QuotaFile.from_json(upload.result)
    except (KeyError, TypeError, ValueError) as error:
        raise Unclear("import.gone") from error


async def _in_hand(turn: Turn, answers: Answers) -> tuple[Upload, QuotaFile]:
    """The file that waits. Raises Finish where there is none any more."""
    upload = await uploads.of_address(turn.tx, turn.person.address, answers[_UPLOAD])
    if upload is None or upload.state != "read":
        raise Finish(turn.text("import.gone"))
    return upload, _file(upload)


async def report(turn: Turn, upload: Upload) -> None:
    """Say what was found, then ask what the file leaves open."""
    try:
        file = _file(upload)
    except Unclear as unclear:
        turn.conversation = None
        await uploads.decide(turn.tx, turn.person.address)
        turn.say(unclear.reason)
        return
    sums = [
        turn.text("quotas.sum", kind=turn.text(f"quotas.kind.{name}"), total=turn.voice.figure(total))
        for name, total in file.sums().items()
    ]
    agrees = bool(file.totals) and not any(doubt.reason == "quotas.doubt.total" for doubt in file.doubts)
    head = turn.text("quotas.found", name=upload.name, count=len(file.entries), sums=" · ".join(sums))
    doubts = [_doubt(turn, doubt) for doubt in file.doubts[:_LISTED]]
    if len(file.doubts) > _LISTED:
        doubts.append(turn.text("quotas.more_doubts", count=len(file.doubts) - _LISTED))
    parts = [head, turn.text("quotas.totals_agree") if agrees else "", *doubts]
    turn.reply(Reply("\n".join(filter(None, parts))))
    rounds = REGISTRATIONS in file.columns
    years = any(name != REGISTRATIONS for name in file.columns)
    open_ = bool(unclear_rows(await trees(turn, file), file, {}))
    first: Answers = {_UPLOAD: upload.id, _CHOSEN: {}, _HAS: rounds, _YEARS: years, _OPEN: open_}
    await open_form(turn, FORM, first | ({"year": file.year} if file.year and years else {}))


def _doubt(turn: Turn, doubt: Doubt) -> str:
    params = {**doubt.params}
    if "kind" in params:
        params["kind"] = turn.text(f"quotas.kind.{params['kind']}")
    return f"• {turn.text(doubt.reason, row=doubt.row, **params)}"


async def _ask_round(turn: Turn, _: Answers) -> Prompt:
    """Of which round the registrations are."""
    choices = [
        Choice(
            round_.code,
            turn.text("rounds.label", name=round_.name, date=show_date(round_.held_on)),
            (round_.code, round_.name),
        )
        for round_ in (await subject.open_rounds(turn))[:_ROUNDS]
    ]
    return Prompt(turn.text("quotas.file_round"), choices)


async def _read_round(turn: Turn, _: Answers, given: Given) -> object:
    """A round that is offered, or any code of the person's rounds."""
    code = given.value or given.text.strip().upper()
    if await subject.find(turn, code) is None:
        raise Unclear("unclear.choice")
    return code


async def _ask_year(turn: Turn, _: Answers) -> Prompt:
    """Of which year the rest is, where the heading does not say."""
    years = (turn.today.year, turn.today.year + 1)
    return Prompt(turn.text("quotas.file_year"), [Choice(str(year), str(year)) for year in years])


async def _read_year(_: Turn, __: Answers, given: Given) -> object:
    if given.value is None:
        raise Unclear("unclear.choice")
    return int(given.value)


async def _ask_units(turn: Turn, answers: Answers) -> Prompt:
    """One row whose unit is not certain: what it may be, any other by a few letters, or without it."""
    _, file = await _in_hand(turn, answers)
    units = await trees(turn, file)
    open_rows = unclear_rows(units, file, answers[_CHOSEN])
    if not open_rows:  # Somebody added the unit meanwhile.
        return Prompt(turn.text("quotas.all_units_known"), labelled(turn, go="quotas.do.go_on"))
    entry = open_rows[0]
    view = answers.get(unit_question.SCRATCH) or {"query": entry.unit}
    prompt = await unit_question.ask(turn, {**answers, unit_question.SCRATCH: view})
    choices = [choice for choice in prompt.choices if choice.value != "own"]
    text = turn.text("quotas.file_unit", row=entry.row, unit=entry.unit, left=len(open_rows))
    return Prompt(text, [*choices, *labelled(turn, skip="quotas.do.skip")])


async def _read_units(turn: Turn, answers: Answers, given: Given) -> object:
    """The unit of that row; True once every row has one or is left out."""
    _, file = await _in_hand(turn, answers)
    units = await trees(turn, file)
    open_rows = unclear_rows(units, file, answers[_CHOSEN])
    if open_rows and given.value == "skip":
        answers[_CHOSEN] = answers[_CHOSEN] | {str(open_rows[0].row): SKIP}
    elif open_rows:
        chosen = await unit_question.read(turn, answers, given)
        unit_id = chosen.get("id") if isinstance(chosen, dict) else None
        if unit_id is None:
            raise Unclear("unclear.unit")
        answers[_CHOSEN] = answers[_CHOSEN] | {str(open_rows[0].row): unit_id}
    answers.pop(unit_question.SCRATCH, None)
    if unclear_rows(units, file, answers[_CHOSEN]):
        raise AskAgain
    return True


async def _proposal(turn: Turn, answers: Answers) -> tuple[QuotaFile, Mapping[str, Subject], Proposal]:
    """What saving would do now. Raises Finish where the file or the round is gone."""
    _, file = await _in_hand(turn, answers)
    round_ = await subject.find(turn, answers["round"]) if answers[_HAS] else None
    if answers[_HAS] and round_ is None:
        raise Finish(turn.text("progress.refused", contact=turn.settings.contact))
    of = subjects(file, round_, answers.get("year"))
    return file, of, await propose(turn, file, of, answers[_CHOSEN])


async def _ask_confirm(turn: Turn, answers: Answers) -> Prompt:
    """Every change, and what is left out."""
    try:
        _, of, proposal = await _proposal(turn, answers)
    except Finish as end:
        return Prompt(end.text, labelled(turn, drop="import.drop"))
    moved = turn.text("quotas.moved") if answers.get(_SEEN, proposal.digest) != proposal.digest else ""
    answers[_SEEN] = proposal.digest
    parts = [moved, *[await _changes(turn, of[name], changes) for name, changes in proposal.changes.items()]]
    parts += [turn.text("quotas.same", count=proposal.same)] if proposal.same else []
    for sentence, entries in (
        ("quotas.others", proposal.others),
        ("quotas.twice", proposal.twice),
        ("quotas.left_out", proposal.skipped),
    ):
        parts += [_rows(turn, sentence, entries)] if entries else []
    if not proposal.count:
        return Prompt(
            "\n\n".join(filter(None, [*parts, turn.text("quotas.no_change")])), labelled(turn, drop="import.drop")
        )
    return Prompt("\n\n".join(filter(None, parts)), labelled(turn, save="quotas.do.save", drop="import.drop"))


async def _changes(turn: Turn, of: Subject, changes: Sequence[Change]) -> str:
    index = await turn.unit_index()
    lines = [
        turn.text(
            "quotas.change",
            name=index.label(change.unit),
            before=_figure(turn, change.before),
            after=_figure(turn, change.after),
        )
        for change in changes[:_LISTED]
    ]
    more = [turn.text("quotas.more_changes", count=len(changes) - _LISTED)] if len(changes) > _LISTED else []
    total = turn.voice.figure(sum(change.after or 0 for change in changes))
    head = turn.text("quotas.changes", what=of.title(turn), count=len(changes), total=total)
    return "\n".join([head, *lines, *more])


def _figure(turn: Turn, target: int | None) -> str:
    return turn.text("quotas.none") if target is None else turn.voice.figure(target)


def _rows(turn: Turn, sentence: str, entries: Sequence[Entry]) -> str:
    names = [f"• {entry.unit}" for entry in entries[:_LISTED]]
    return "\n".join([turn.text(sentence, count=len(entries)), *names, *(["…"] if len(entries) > _LISTED else [])])


async def _read_confirm(turn: Turn, answers: Answers, given: Given) -> object:
    """Save what was seen, and only that."""
    if given.value is None:
        raise Unclear("unclear.choice")
    if given.value == "drop":
        await uploads.decide(turn.tx, turn.person.address)
        raise Finish(turn.text("import.dropped"))
    _, _, proposal = await _proposal(turn, answers)
    if proposal.digest != answers.get(_SEEN):
        raise AskAgain
    return True


async def _finish(turn: Turn, answers: Answers) -> None:
    _, of, proposal = await _proposal(turn, answers)
    for name, changes in proposal.changes.items():
        await of[name].write(turn, {change.unit.id: change.after for change in changes})
    await uploads.decide(turn.tx, turn.person.address)
    done = [
        turn.text("quotas.saved_line", what=of[name].title(turn), count=len(changes))
        for name, changes in proposal.changes.items()
    ]
    turn.reply(Reply("\n".join([turn.text("quotas.saved"), *done]), turn.menu(("/progress", "/quotas"))))


def _asks_units(answers: Mapping[str, object]) -> bool:
    return bool(answers.get(_OPEN))


def _asks_round(answers: Mapping[str, object]) -> bool:
    return bool(answers.get(_HAS))


def _asks_year(answers: Mapping[str, object]) -> bool:
    return bool(answers.get(_YEARS))


FORM = Form(
    name=NAME,
    questions=(
        Question("units", _ask_units, _read_units, when=_asks_units),
        Question("round", _ask_round, _read_round, when=_asks_round),
        Question("year", _ask_year, _read_year, when=_asks_year),
        Question("confirm", _ask_confirm, _read_confirm, nav=False),
    ),
    finish=_finish,
    cancelled="import.stopped",
    command="quotas",
)
FILES = {"quotas": FileKind("/quotas", NAME, report)}
