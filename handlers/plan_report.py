"""What reading a plan found and what saving it would do, in words: the first lines for a chat, all of them for a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import accumulate
from typing import Any, Protocol

from core import round_grammar as grammar
from core.dates import show_date
from core.findings import Finding
from core.plan_entries import Entry, Remark
from core.rounds import Round
from handlers.finding_text import finding_text
from handlers.plan_proposal import Proposal, Proposed
from handlers.voice import Voice

_CHECK = "check."  # what the readers of cells ask, in the words of the checker
_SCREEN = 1200  # Letters of one kind of lines that a phone shows at once; what is more stands in the file.


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say. `kind`: wrong, asked, changed, added; `where`: the row of the file; `round_name`: "" where it is about none."""

    kind: str
    where: str
    round_name: str
    text: str

    def to_json(self) -> list[str]:
        """Plain data for a document's parameters."""
        return list(asdict(self).values())

    @property
    def bullet(self) -> str:
        """As a line of a chat."""
        about = ", ".join(filter(None, (self.where, self.round_name)))
        return f"• {about}: {self.text}" if about else f"• {self.text}"


class Rows(Protocol):
    """A proposal of any kind: rows that can be saved and that cannot, each with its `entry`."""

    @property
    def good(self) -> Sequence[Any]:
        """Rows that can."""

    @property
    def bad(self) -> Sequence[Any]:
        """Rows that cannot."""


def lines(voice: Voice, proposal: Proposal, findings: Sequence[Finding] = ()) -> list[Line]:
    """Everything, in the order of a report: what is wrong, what is to be asked, what would change, what would be new."""
    at = Where(voice, proposal)
    found = [Line("wrong", at(bad.entry), "", _remark(voice, remark)) for bad in proposal.bad for remark in bad.wrong]
    found += _asked(voice, proposal, findings, at)
    found += [
        Line("changed", at(one.entry), one.after.name, text)
        for one in proposal.changed
        for text in changes(voice, proposal, one)
    ]
    return found + [Line("added", at(one.entry), one.after.name, summary(voice, one.after)) for one in proposal.added]


def _asked(voice: Voice, proposal: Proposal, findings: Sequence[Finding], at: Where) -> list[Line]:
    rows = {one.after.number: one.entry for one in proposal.good}
    names = {id(one.entry): one.after.name for one in proposal.good}
    checked = [
        Line("asked", at(_first_of(rows, finding)), "", finding_text(voice, finding)) for finding in _mixed(findings)
    ]
    said = [
        Line("asked", at(entry), names.get(id(entry), ""), _remark(voice, remark)) for entry, remark in proposal.asked
    ]
    return said + checked


def _mixed(findings: Sequence[Finding]) -> list[Finding]:
    """The first of each kind, then the second of each, grave ones first: five rounds too close hide no holiday on a phone."""
    seen = Counter[str]()
    ranked = []
    for finding in findings:
        ranked.append((seen[finding.code], not finding.grave, finding))
        seen[finding.code] += 1
    return [finding for *_, finding in sorted(ranked, key=lambda ranks: ranks[:2])]


def _first_of(rows: Mapping[int, Entry], finding: Finding) -> Entry | None:
    """The row of the round that a finding is about: the first that it names of those in the file."""
    return next((rows[number] for number in finding.rounds if number in rows), None)


def nothing(proposal: Proposal) -> str:
    """The sentence for a plan that saving would not change."""
    if not proposal.good:
        return "import.nothing_good"
    return "import.nothing_else" if proposal.bad else "import.nothing_new"


class Where:
    """Where in the file: "Dòng 12", with the sheet where there are several."""

    def __init__(self, voice: Voice, proposal: Rows) -> None:
        self._voice = voice
        sheets = {one.entry.sheet for one in proposal.good} | {bad.entry.sheet for bad in proposal.bad}
        self._several = len(sheets) > 1

    def __call__(self, entry: Entry | None) -> str:
        """Of no row: nothing."""
        if entry is None:
            return ""
        if self._several:
            return self._voice.text("import.at_sheet", row=entry.row, sheet=entry.sheet)
        return self._voice.text("import.at", row=entry.row)


def _remark(voice: Voice, remark: Remark) -> str:
    """The sentence, behind the name of the column where it is about one."""
    code = remark.message.removeprefix(_CHECK)
    asked = code != remark.message
    said = finding_text(voice, Finding(code, remark.params)) if asked else voice.text(remark.message, **remark.params)
    return f"{label(voice, remark.field)}: {said}" if remark.field else said


def label(voice: Voice, field: str) -> str:
    """What a column is called."""
    return voice.text(f"import.field.{field}")


def changes(voice: Voice, proposal: Proposal, one: Proposed) -> Iterable[str]:
    """A line for each field that would become different: "Ngày: 19/3/2021 → 26/3/2021"."""
    for name, (before, after) in proposal.differences(one).items():
        yield voice.text(
            "import.change",
            field=label(voice, name),
            before=shown(voice, name, before),
            after=shown(voice, name, after),
        )


def summary(voice: Voice, round_: Round) -> str:
    """A new round in a line."""
    place = f" {voice.text('round.or')} ".join((round_.place, *round_.place_or))
    day = show_date(round_.held_on)
    return voice.text(
        "import.new_round",
        date=voice.text("change.tentative", date=day) if round_.tentative else day,
        place=place,
        target=_number(voice, round_.target),
    )


def _number(voice: Voice, value: int | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}".replace(",", "." if voice.language == "vi" else ",")


def _day(_: Voice, value: str) -> str:
    return show_date(date.fromisoformat(value))


def _parts(_: Voice, value: list[dict[str, str]]) -> str:
    return "; ".join(grammar.show_part(**part) for part in value)


def _slots(_: Voice, value: list[dict[str, Any]]) -> str:
    return "; ".join(f"{slot['starts']}={slot['capacity']}" for slot in value)


_SHOWN: dict[str, Callable[[Voice, Any], str]] = {
    "held_on": _day,
    "deadline_on": _day,
    "target": _number,
    "capacity": _number,
    "tentative": lambda voice, value: voice.text("import.yes" if value else "import.no_"),
    "state": lambda voice, value: voice.text(f"import.state.{value}"),
    "yield_percent": lambda _, value: f"{value} %",
    "parts": _parts,
    "slots": _slots,
}


def shown(voice: Voice, name: str, value: Any) -> str:
    """The value of a field as people read it; "–" for none."""
    if value is None or value in ("", []):
        return "–"
    if name in _SHOWN:
        return _SHOWN[name](voice, value)
    return "; ".join(value) if isinstance(value, list) else str(value)


def screen(voice: Voice, found: Sequence[Line], kind: str, headings: str = "import.heading.") -> str:
    """The first lines of a kind under its heading, and how many more there are; "" where there is none."""
    of_kind = [line for line in found if line.kind == kind]
    if not of_kind:
        return ""
    shown = _first(of_kind)
    text = [voice.text(f"{headings}{kind}"), *(line.bullet for line in shown)]
    if more := len(of_kind) - len(shown):
        text.append(voice.text("import.more", count=more))
    return "\n".join(text)


def _first(of_kind: Sequence[Line]) -> Sequence[Line]:
    """As many as a phone shows at once, and one at least."""
    letters = accumulate(len(line.bullet) for line in of_kind)
    fitting = sum(length <= _SCREEN for length in letters)
    return of_kind[: max(1, fitting)]


def fits(found: Sequence[Line]) -> bool:
    """True where the chat shows all that there is to be looked at, and no file is needed."""
    by_kind = ([line for line in found if line.kind == kind] for kind in ("wrong", "asked", "changed"))
    return all(not of_kind or len(_first(of_kind)) == len(of_kind) for of_kind in by_kind)


def doing(voice: Voice, proposal: Proposal) -> str:
    """What saving does, and exactly what it leaves out."""
    rows = spans([bad.entry.row for bad in proposal.bad])
    added, changed = (spans([one.after.number for one in some]) for some in (proposal.added, proposal.changed))
    states = {one.after.state for one in proposal.added}
    state = voice.text(f"import.state.{states.pop().value}") if len(states) == 1 else voice.text("import.states_mixed")
    parts = (
        voice.text("import.do.units", count=len(proposal.units)) if proposal.units else "",
        voice.text("import.do.add", count=len(proposal.added), numbers=added, state=state) if added else "",
        voice.text("import.do.change", count=len(proposal.changed), numbers=changed) if changed else "",
        voice.text("import.do.same", count=proposal.same) if proposal.same else "",
        voice.text("import.do.leave", count=len(proposal.bad), rows=rows) if rows else "",
    )
    return "\n".join(f"• {part}" for part in parts if part)


def done(voice: Voice, proposal: Proposal) -> str:
    """What was saved, in a sentence."""
    counts = {
        "import.did.units": len(proposal.units),
        "import.did.added": len(proposal.added),
        "import.did.changed": len(proposal.changed),
        "import.did.left": len(proposal.bad),
    }
    what = ", ".join(voice.text(message, count=count) for message, count in counts.items() if count)
    return voice.text("import.saved", what=what)


def spans(numbers: Iterable[int]) -> str:
    """Numbers in order, runs drawn together: "1–11, 13, 15–18"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    pairs = (f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
    return ", ".join(pairs)
