"""A list that is being looked at: what was read, what the officer decided so far, and what is still to be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.list_cells import NOTE_LENGTH
from core.list_entries import Entry, People
from core.list_facts import Doubt, Facts
from core.list_twins import Known
from core.units import UnitIndex
from core.vietnamese import fold

# Doubts that come in the dozen and have one answer: asked once for all. Where one row alone has it, it is asked with that row.
GROUPS = ("list.doubt.encoding", "list.doubt.caps", "list.doubt.no_phone", "list.doubt.no_count")
_NEEDED = ("name", "sex", "birth")
ASK = "?"  # in place of a round: to be asked, whatever the titles say
LEFT_OUT = 0  # in place of a unit: the rows of that unit are left out


@dataclass
class Decisions:
    """What was decided so far, as JSON values beside the upload.

    `round`: its code, "" for none, None before it was looked for, ASK; `unit`: of rows that name none. `units`: folded text -> unit,
    or LEFT_OUT; "in:<text>" where the text names a part of that unit.
    `rows`: place in the file -> {"facts", "done", "skip"}. `groups`: doubt -> "all" or "each". `twins`: place -> person id, or minus
    the place (from 1) of the earlier row, or 0 for somebody else. `gone`: "keep" or "out". `full`: "over" or "fit".
    """

    round: str | None = None
    unit: int | None = None
    units: dict[str, int] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    twins: dict[str, int] = field(default_factory=dict)
    gone: str = ""
    full: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data for the row of the upload."""
        return asdict(self)

    def of(self, place: int) -> dict[str, Any]:
        """What was decided of a row."""
        return self.rows.setdefault(str(place), {})

    def skip(self, place: int) -> None:
        """Leave the row out."""
        self.of(place)["skip"] = True

    def done(self, place: int) -> None:
        """Take the row as it stands now."""
        self.of(place)["done"] = True

    def mend(self, place: int, name: str, value: object) -> None:
        """Another value for a fact of the row."""
        self.of(place).setdefault("facts", {})[name] = value


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list as decided so far. `unit_id` None: not known yet, or left out with `skipped`. `doubts`: still open."""

    place: int
    entry: Entry
    facts: Facts
    unit_id: int | None
    skipped: bool
    doubts: tuple[Doubt, ...]

    @property
    def grave(self) -> bool:
        """True where something is missing that nobody can do without."""
        return any(name not in self.facts for name in _NEEDED) or any(doubt.grave for doubt in self.doubts)

    @property
    def known(self) -> Known:
        """What is compared with others."""
        year = self.facts["birth"]["y"] if "birth" in self.facts else None
        return Known(
            self.facts.get("name", ""), self.facts.get("sex", ""), year, self.facts.get("phone", ""), self.unit_id
        )


def rows_of(people: People, decided: Decisions) -> list[Row]:
    """Every row with what was decided of it. Of two rows of one person the later one fills what the earlier one leaves out."""
    rows = [_row(place, entry, decided) for place, entry in enumerate(people.entries)]
    for place, answer in decided.twins.items():
        if answer < 0:
            later, earlier = rows[int(place)], rows[-answer - 1]
            rows[earlier.place] = replace(earlier, facts={**later.facts, **earlier.facts})
    return rows


def _row(place: int, entry: Entry, decided: Decisions) -> Row:
    said = decided.rows.get(str(place), {})
    mended: Facts = said.get("facts", {})
    facts = {**entry.facts, **mended}
    unit_id = unit_of(entry, decided)
    doubts = () if said.get("done") else tuple(d for d in entry.doubts if d.field not in mended)
    settled = (doubt for doubt in doubts if decided.groups.get(doubt.message) != "all")
    _name_place(facts, entry, unit_id, decided)
    skipped = bool(said.get("skip")) or unit_id == LEFT_OUT or decided.twins.get(str(place), 0) < 0
    return Row(place, entry, facts, unit_id or None, skipped, tuple(settled))


def unit_of(entry: Entry, decided: Decisions) -> int | None:
    """The unit of a row; None where it is still to be asked."""
    if "unit" in entry.facts:
        return decided.units.get(fold(entry.facts["unit"]))
    return decided.unit


def _name_place(facts: Facts, entry: Entry, unit_id: int | None, decided: Decisions) -> None:
    """A department that is no unit of its own stays readable as a remark."""
    text = entry.facts.get("unit", "")
    if text and unit_id and decided.units.get(f"in:{fold(text)}"):
        facts["note"] = "; ".join(filter(None, (text, facts.get("note", ""))))[:NOTE_LENGTH]


def known_units(people: People, index: UnitIndex, own: frozenset[int] | None, decided: Decisions) -> list[str]:
    """Take every unit that the rows name beyond doubt and the officer answers for; the other texts, those of most rows first."""
    texts = Counter(entry.facts["unit"] for entry in people.entries if "unit" in entry.facts)
    unclear: dict[str, int] = {}
    for text, count in texts.items():
        key = fold(text)
        if key in decided.units:
            continue
        unit = index.find(text, limit=0).exact
        if unit and (own is None or unit.id in own):
            decided.units[key] = unit.id
        else:
            unclear[text] = unclear.get(text, 0) + count
    return sorted(unclear, key=lambda text: -unclear[text])


def in_group(rows: Sequence[Row], message: str) -> list[Row]:
    """Rows that share this doubt and are still in."""
    return [row for row in rows if not row.skipped and any(doubt.message == message for doubt in row.doubts)]


def next_group(rows: Sequence[Row], decided: Decisions) -> str:
    """The doubt that is to be asked for many rows at once; "" for none."""
    return next((m for m in GROUPS if m not in decided.groups and len(in_group(rows, m)) > 1), "")


def to_look_at(rows: Sequence[Row]) -> list[Row]:
    """Rows that a person has to look at, one after the other."""
    return [row for row in rows if not row.skipped and (row.doubts or row.grave)]
