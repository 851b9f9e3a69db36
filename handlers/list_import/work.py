"""The list in hand: what was read, what was decided, and what is to be asked next. Looked up in the tables at every step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from core.authority import own_units
from core.eligibility import Answer, judge
from core.list_entries import People
from core.list_facts import Doubt
from core.list_rows import ASK, Decisions, Row, known_units, rows_of
from core.people import Person, Role
from core.rounds import Round, RoundState
from core.unclear import Unclear
from core.units import UnitIndex
from core.vietnamese import fold
from handlers.form import Answers
from handlers.in_hand import screens_about
from handlers.list_import.people import donor_of
from handlers.turn import Turn
from storage import rounds, uploads
from storage.uploads import Upload

UPLOAD, SEEN = "_upload", "_seen"
_JOINABLE = (RoundState.OPEN, RoundState.CLOSED)  # A list may come late: the office still takes it.
_AHEAD = timedelta(days=730)
_YOUNG = 40  # years: below it an age that does not fit is too low


@dataclass
class Work:
    """One upload. `own`: units that the officer answers for, None for all; `round_`: that the list is for; `rows`: as decided so far."""

    upload: Upload
    people: People
    decided: Decisions
    index: UnitIndex
    own: frozenset[int] | None
    round_: Round | None = None
    unclear: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    compared: object = None  # what proposal.py made of it, until something is decided

    def taken(self) -> list[Row]:
        """Rows that are to be saved, as they stand."""
        return [row for row in self.rows if not row.skipped and not row.grave]

    def may(self, unit_id: int) -> bool:
        """True for a unit that the officer answers for."""
        return self.own is None or unit_id in self.own


async def load(turn: Turn, upload_id: int) -> Work:
    """The list of an upload. Raises Unclear where there is none any more."""
    upload = await uploads.of_address(turn.tx, turn.person.address, upload_id)
    if upload is None or upload.state != "read" or upload.kind != "list":
        raise Unclear("import.gone")
    try:
        people, decided = People.from_json(upload.result), Decisions(**upload.draft)
    except (KeyError, TypeError, ValueError) as error:  # Another version of the program has written it.
        raise Unclear("import.gone") from error
    index = await turn.unit_index()
    work = Work(upload, people, decided, index, own_units(turn.person, index))
    await settle(turn, work)
    return work


async def settle(turn: Turn, work: Work) -> None:
    """Take what is beyond doubt, and work out the rows anew."""
    decided, work.compared = work.decided, None
    if decided.unit is not None and not work.may(decided.unit):  # Taken from the officer since.
        decided.unit = None
    decided.units = {
        text: unit for text, unit in decided.units.items() if not unit or text.startswith("in:") or work.may(unit)
    }
    if decided.unit is None:
        decided.unit = _heading_unit(turn, work)
    if decided.round is None:
        decided.round = await _named_round(turn, work)
    work.unclear = known_units(work.people, work.index, work.own, decided)
    work.round_ = await _round(turn, work)
    day = work.round_.held_on if work.round_ else turn.today
    work.rows = [_judged(turn, work, row, day) for row in rows_of(work.people, decided)]


def _heading_unit(turn: Turn, work: Work) -> int | None:
    """The unit that the titles name, the lowest of several; else the officer's own, where there is one alone."""
    named = [work.index.find(line, limit=0).exact for line in work.people.above]
    mine = [unit.id for unit in named if unit and work.may(unit.id)]
    if mine:
        return max(mine, key=lambda unit_id: len(work.index.path(unit_id)))
    own = turn.person.units_as(Role.OFFICER) if work.own is not None else ()
    return own[0] if len(own) == 1 else None


async def offered_rounds(turn: Turn, work: Work) -> list[Round]:
    """Rounds that a list of these units can be for, in order of date."""
    found = await rounds.between(turn.tx, turn.today, turn.today + _AHEAD)
    zone = turn.settings.zone
    return [
        round_
        for round_ in found
        if round_.state in _JOINABLE
        and not round_.is_over(turn.now, zone)
        and concerns(work.own, work.index, turn.person, round_)
    ]


def concerns(own: frozenset[int] | None, index: UnitIndex, person: Person, round_: Round) -> bool:
    """True where the round invites anybody of the units that the person answers for."""
    if own is None or not round_.units or not round_.units.isdisjoint(own):
        return True
    paths = ([unit.id for unit in index.path(unit_id)] for unit_id in person.units_as(Role.OFFICER))
    return any(round_.invites(path) for path in paths)


async def _named_round(turn: Turn, work: Work) -> str | None:
    """The one round that the titles name, by its day, its code or its name."""
    above = fold(" ".join(work.people.above))
    named = [
        round_
        for round_ in await offered_rounds(turn, work)
        if round_.held_on.isoformat() in work.people.days or fold(round_.code) in above or fold(round_.name) in above
    ]
    return named[0].code if len(named) == 1 else None


async def _round(turn: Turn, work: Work) -> Round | None:
    """The round that was decided on; asked again where it can no longer be joined."""
    if work.decided.round in (None, "", ASK):
        return None
    found = await rounds.by_code(turn.tx, str(work.decided.round))
    if (
        found
        and found.state in _JOINABLE
        and not found.is_over(turn.now, turn.settings.zone)
        and concerns(work.own, work.index, turn.person, found)
    ):
        return found
    work.decided.round = ASK
    return None


def _judged(turn: Turn, work: Work, row: Row, day: date) -> Row:
    """The row with what the rules make one look at on that day. The bot decides nothing: the officer may put grown-ups on the list."""
    if row.skipped or row.grave or work.decided.rows.get(str(row.place), {}).get("done"):
        return row
    rules = turn.house.rules.of(work.round_.rule_set if work.round_ else "", day)
    donor = donor_of(row)
    verdict = judge(rules, donor, day)
    doubts = []
    for ground in verdict.grounds:
        if ground.rule == "age":
            young = donor.birth.list_age(day) < _YOUNG
            message = "list.doubt.young" if young else "list.doubt.old"
            sure = "" if ground.answer is Answer.NO else "_perhaps"
            params = {"lowest": rules.age.lowest, "highest": rules.age.highest}
            # Nothing is kept of who is too young: their date of birth says otherwise, or the row is left out.
            doubts.append(Doubt("birth" if young else "", f"{message}{sure}", params, grave=young))
        elif ground.next_on and work.round_:
            doubts.append(Doubt("", "list.doubt.not_yet", {"date": ground.next_on.isoformat()}))
    return replace(row, doubts=(*row.doubts, *doubts)) if doubts else row


async def _in_hand(turn: Turn, answers: Answers) -> Work:
    return await load(turn, answers[UPLOAD])


asks, reads = screens_about(_in_hand, "/list")
