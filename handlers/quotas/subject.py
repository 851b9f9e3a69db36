"""What quotas are of: the registrations of a round, or something that is asked in a year. Who may see and set which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.authority import asked_by, follows, own_units
from core.board import quota_total
from core.dates import show_date
from core.quota_table import REGISTRATIONS
from core.quotas import YearKind
from core.rounds import Round, RoundState
from core.units import Unit, UnitIndex
from handlers.turn import Turn
from storage import quotas, records, rounds

_BACK, _AHEAD = timedelta(days=30), timedelta(days=730)  # Quotas of what is long over are history.


@dataclass(frozen=True, slots=True)
class Subject:
    """A round's registrations, or one kind of a year."""

    round: Round | None = None
    year: int = 0
    kind: YearKind = YearKind.DONATIONS

    @property
    def token(self) -> str:
        """As an answer keeps it."""
        return f"r {self.round.code}" if self.round else f"y {self.year} {self.kind}"

    @property
    def name(self) -> str:
        """Which quotas: a column of the table."""
        return REGISTRATIONS if self.round else self.kind

    def title(self, turn: Turn) -> str:
        """In words."""
        if self.round:
            return turn.text("quotas.of_round", name=self.round.name, date=show_date(self.round.held_on))
        return turn.text("quotas.of_year", kind=turn.text(f"quotas.kind.{self.kind}"), year=self.year)

    async def targets(self, turn: Turn) -> dict[int, int]:
        """Every quota, of all units."""
        if self.round:
            return await quotas.of_round(turn.tx, self.round.id)
        return await quotas.of_year(turn.tx, self.year, self.kind)

    async def write(self, turn: Turn, targets: Mapping[int, int | None]) -> None:
        """Set some, and keep who did it."""
        if self.round:
            await quotas.set_round(turn.tx, self.round.id, targets)
        else:
            await quotas.set_year(turn.tx, self.year, self.kind, targets)
        index = await turn.unit_index()
        unit = index.get(next(iter(targets))) if len(targets) == 1 else None
        await records.add_audit(
            turn.tx,
            turn.person.address,
            "quotas",
            at=turn.at,
            **({"round": self.round.code} if self.round else {"year": self.year, "kind": self.kind}),
            **({"unit": unit.code} if unit else {}),
            rows=len(targets),
        )


async def of_token(turn: Turn, token: str) -> Subject | None:
    """What an answer means; None where the round is not (or no longer) the person's. That is kept."""
    what, *rest = token.split(" ")
    if what == "y":
        return Subject(year=int(rest[0]), kind=YearKind(rest[1]))
    round_ = await find(turn, rest[0])
    return Subject(round_) if round_ else None


async def find(turn: Turn, code: str) -> Round | None:
    """The round of a code, where the person may see its quotas; None also where there is none. A refusal is kept."""
    round_ = await rounds.by_code(turn.tx, code)
    if round_ is None:
        return None
    index = await turn.unit_index()
    if round_.state is not RoundState.CANCELLED and follows(round_, own_units(turn.person, index), index):
        return round_
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="quotas", round=round_.code)
    return None


async def open_rounds(turn: Turn) -> list[Round]:
    """Rounds for which quotas can still matter, drafts too, the next one first."""
    index = await turn.unit_index()
    own = own_units(turn.person, index)
    found = await rounds.between(turn.tx, turn.today - _BACK, turn.today + _AHEAD)
    mine = [r for r in found if r.state is not RoundState.CANCELLED and follows(r, own, index)]
    past = [round_ for round_ in mine if round_.held_on < turn.today]
    return [round_ for round_ in mine if round_.held_on >= turn.today] + past[::-1]


def may_set(turn: Turn, index: UnitIndex, unit_id: int) -> bool:
    """True for a unit whose quotas the person sets."""
    theirs = asked_by(turn.person, index)
    return theirs is None or unit_id in theirs


async def in_sight(turn: Turn, subject: Subject) -> list[tuple[Unit, int]]:
    """The units of the person that have a quota, in the order of the tree, with it."""
    index = await turn.unit_index()
    own, targets = own_units(turn.person, index), await subject.targets(turn)
    return [
        (unit, targets[unit.id])
        for unit in index.units.values()
        if unit.id in targets and (own is None or unit.id in own)
    ]


async def total(turn: Turn, shown: list[tuple[Unit, int]]) -> int:
    """What they come to; a quota within a quota is no quota more."""
    return quota_total({unit.id: target for unit, target in shown}, await turn.unit_index()) or 0


async def refuse(turn: Turn, unit: Unit) -> None:
    """Keep that somebody wanted to set what is set by others."""
    await records.add_audit(turn.tx, turn.person.address, "refused", at=turn.at, command="quotas", unit=unit.code)
