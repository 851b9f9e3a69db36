"""Units: organisations in a tree, and finding one from a few letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from core.vietnamese import fold

# How people and papers shorten the words of unit names (folded). Source: the seed documents' own abbreviations, domain.md.
ABBREVIATIONS: dict[str, str] = {
    "ldld": "lien doan lao dong",
    "cdn": "cong doan nganh",
    "cdcs": "cong doan co so",
    "cd": "cong doan",
    "cdvc": "cong doan vien chuc",
    "ttyt": "trung tam y te",
    "tt": "trung tam",
    "bv": "benh vien",
    "bvdk": "benh vien da khoa",
    "dk": "da khoa",
    "syt": "so y te",
    "sgd": "so giao duc",
    "ubnd": "uy ban nhan dan",
    "tp": "thanh pho",
    "h": "huyen",
    "x": "xa",
    "p": "phuong",
    "ctd": "chu thap do",
    "thpt": "trung hoc pho thong",
    "thcs": "trung hoc co so",
    "th": "tieu hoc",
    "mn": "mam non",
    "gd": "giao duc",
    "dtnt": "dan toc noi tru",
    "cty": "cong ty",
    "bch": "ban chi huy",
    "ca": "cong an",
    "vp": "van phong",
}
_MINIMUM_SCORE = 72  # Under this, rapidfuzz pairs words that share letters only by chance (tried on the demo units).
_BONUS = 40.0  # More than the best look-alike can reach above the minimum, so that words typed right always win.
_CERTAIN = 100.0
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation. `kind` is a catalogue key (unit.kind.*); `aliases` are other names; `code` is stable and goes into links.

    `parent_id`: where it counts on the day of the index (the line that quotas, lists and authority follow); `also`: (line, unit) of
    the other lines of that day ("reports" to a sector, say). `valid_from`, `valid_to`: ISO days, the last one included; None: no end.
    """

    id: int
    code: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    parent_id: int | None = None
    short_name: str = ""
    valid_from: str | None = None
    valid_to: str | None = None
    also: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """`exact` where the words name just this unit; otherwise the candidates, best first."""

    exact: Unit | None
    candidates: tuple[Unit, ...]


def expanded(text: str) -> str:
    """Folded words with known abbreviations written out: "CĐN Y tế" -> "cong doan nganh y te"."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in _WORD.findall(fold(text)))


@dataclass
class UnitIndex:
    """All units, ready for search and for walking the tree. A read-only copy of the table, made again when that changes."""

    units: dict[int, Unit]
    _children: dict[int | None, list[Unit]] = field(default_factory=dict)
    _keys: list[str] = field(default_factory=list)
    _key_units: list[Unit] = field(default_factory=list)
    _exact: dict[str, set[int]] = field(default_factory=dict)
    _codes: dict[str, Unit] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> UnitIndex:
        """`units` in the order in which children are to be listed."""
        index = cls({unit.id: unit for unit in units})
        for unit in index.units.values():
            parent = unit.parent_id if unit.parent_id in index.units else None
            index._children.setdefault(parent, []).append(unit)
            index._codes[unit.code.lower()] = unit
            for name in (unit.name, *unit.aliases):
                key = expanded(name)
                index._keys.append(key)
                index._key_units.append(unit)
                index._exact.setdefault(key, set()).add(unit.id)
        return index

    def get(self, unit_id: int | None) -> Unit | None:
        """The unit of an id."""
        return self.units.get(unit_id) if unit_id is not None else None

    def by_code(self, code: str) -> Unit | None:
        """The unit of a stable code, whatever its case."""
        return self._codes.get(code.lower())

    def children(self, unit_id: int | None) -> Sequence[Unit]:
        """The units directly below; of None, the roots."""
        return self._children.get(unit_id, ())

    def path(self, unit_id: int) -> list[Unit]:
        """The unit and all above it, lowest first. A loop in the data ends the walk."""
        path: list[Unit] = []
        unit = self.units.get(unit_id)
        while unit and unit not in path:
            path.append(unit)
            unit = self.get(unit.parent_id)
        return path

    def below(self, unit_id: int) -> set[int]:
        """Ids of the unit and of all below it."""
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += [child.id for child in self.children(current)]
        return seen

    def below_all(self, unit_ids: Iterable[int]) -> set[int]:
        """Ids of these units and of all below them."""
        return set().union(*map(self.below, unit_ids))

    def find(self, text: str, limit: int = 5) -> Found:
        """Units that the words may mean: with or without diacritics, shortened, with typing slips. Never picks on a tie.

        `limit`: candidates at most; with 0 nothing is guessed at.
        """
        query = expanded(text)
        if not query:
            return Found(None, ())
        exact = self._exact.get(query, set())
        if len(exact) == 1:
            unit = self.units[next(iter(exact))]
            return Found(unit, (unit,))
        if not limit:
            return Found(None, ())
        scores: dict[int, float] = dict.fromkeys(exact, 200.0)
        for key, score, position in process.extract(
            query, self._keys, scorer=fuzz.WRatio, limit=limit * 8, score_cutoff=_MINIMUM_SCORE
        ):
            unit = self._key_units[position]
            scores[unit.id] = max(scores.get(unit.id, 0), score + _bonus(query, key))
        if max(scores.values(), default=0.0) > _CERTAIN:  # Where words fit as typed, look-alikes are only noise.
            scores = {unit_id: score for unit_id, score in scores.items() if score > _CERTAIN}
        best = sorted(scores, key=lambda unit_id: (-scores[unit_id], len(self.units[unit_id].name), unit_id))
        return Found(None, tuple(self.units[unit_id] for unit_id in best[:limit]))


def _bonus(query: str, key: str) -> float:
    """Every word of the query begins a word of the name: what people mean when they type the start of words."""
    words = key.split()
    return _BONUS if all(any(word.startswith(part) for word in words) for part in query.split()) else 0.0
