"""What reading a file of units found and what saving it would do, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.dates import show_date
from core.plan_entries import Remark
from handlers.plan_report import Line, Where, spans
from handlers.unit_proposal import Proposal, Proposed
from handlers.voice import Voice

_SHOWN = 10  # Names of a line; more are counted.


def lines(voice: Voice, proposal: Proposal) -> list[Line]:
    """Everything, in the order of a report: what is wrong, what is to be asked, what would change, what would be new."""
    at = Where(voice, proposal)
    found = [
        Line("wrong", at(bad.entry), str(bad.entry.facts.get("name", "")), _remark(voice, remark))
        for bad in proposal.bad
        for remark in bad.wrong
    ]
    refused = {id(bad.entry) for bad in proposal.bad}
    found += [
        Line("asked", at(entry), str(entry.facts.get("name", "")) if entry else "", _remark(voice, remark))
        for entry, remark in proposal.asked
        if id(entry) not in refused
    ]
    found += [
        Line("changed", at(one.entry), one.after.name, _difference(voice, name, pair))
        for one in proposal.changed
        for name, pair in one.differences.items()
    ]
    return found + [Line("added", at(one.entry), one.after.name, _new(voice, one)) for one in proposal.added]


def _remark(voice: Voice, remark: Remark) -> str:
    params = dict(remark.params)
    if "kind" in params:
        params["kind"] = _kind(voice, str(params["kind"]))
    said = voice.text(remark.message, **params)
    return f"{voice.text(f'units.doc.{remark.field}')}: {said}" if remark.field else said


def _kind(voice: Voice, kind: str) -> str:
    return voice.text(f"unit.kind.{kind}") if voice.words.has(f"unit.kind.{kind}") else kind


def _difference(voice: Voice, name: str, pair: tuple[Any, Any]) -> str:
    before, after = (_shown(voice, name, value) for value in pair)
    return voice.text("import.change", field=voice.text(f"units.doc.{name}"), before=before, after=after)


def _shown(voice: Voice, name: str, value: Any) -> str:
    """The value of a field as people read it; "–" for none."""
    if not value:
        return "–"
    if name == "kind":
        return _kind(voice, value)
    if name in ("valid_from", "valid_to"):
        return show_date(date.fromisoformat(value))
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _new(voice: Voice, one: Proposed) -> str:
    return voice.text(
        "unitfile.new", code=one.after.code, kind=_kind(voice, one.after.kind), parent=one.after.parent or "–"
    )


def doing(voice: Voice, proposal: Proposal) -> str:
    """What saving does, and exactly what it leaves out."""
    rows = spans([bad.entry.row for bad in proposal.bad])
    added, changed = (_names(some) for some in (proposal.added, proposal.changed))
    parts = (
        voice.text("unitfile.do.add", count=len(proposal.added), names=added) if added else "",
        voice.text("unitfile.do.change", count=len(proposal.changed), names=changed) if changed else "",
        voice.text("unitfile.do.same", count=proposal.same) if proposal.same else "",
        voice.text("import.do.leave", count=len(proposal.bad), rows=rows) if rows else "",
    )
    return "\n".join(f"• {part}" for part in parts if part)


def _names(some: list[Proposed]) -> str:
    names = "; ".join(one.after.name for one in some[:_SHOWN])
    return f"{names} …" if len(some) > _SHOWN else names


def nothing(proposal: Proposal) -> str:
    """The sentence for a file that saving would not change."""
    if not proposal.good:
        return "import.nothing_good"
    return "unitfile.nothing_else" if proposal.bad else "unitfile.nothing_new"


def done(voice: Voice, proposal: Proposal) -> str:
    """What was saved, in a sentence."""
    counts = {
        "unitfile.did.added": len(proposal.added),
        "unitfile.did.changed": len(proposal.changed),
        "import.did.left": len(proposal.bad),
    }
    return voice.text(
        "import.saved", what=", ".join(voice.text(message, count=count) for message, count in counts.items() if count)
    )
