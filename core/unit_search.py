"""Finding units by what people type: with or without diacritics, shortened, with typing slips."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
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
# The word in front of a place's name says what it is: xã Chi Lăng is not huyện Chi Lăng. By kind of unit, folded.
PLACES: dict[str, str] = {
    "province": "tinh",
    "city": "thanh pho",
    "district": "huyen",
    "town": "thi xa",
    "township": "thi tran",
    "commune": "xa",
    "ward": "phuong",
}
_MINIMUM_SCORE = 72  # Under this, rapidfuzz pairs words that share letters only by chance (tried on the demo units).
_CERTAIN = 100.0  # More than the best look-alike can reach: words that fit as typed always win.
_SAME = 3 * _CERTAIN
_WORD = re.compile(r"[a-z0-9]+")


def expanded(text: str) -> str:
    """Folded words with known abbreviations written out: "CĐN Y tế" -> "cong doan nganh y te"."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in _WORD.findall(fold(text)))


def names_of(kind: str, names: Iterable[str]) -> Iterator[str]:
    """The names as they are looked for. A place is called with the word for its kind and without it."""
    place = PLACES.get(kind, "")
    for name in names:
        key = expanded(name)
        yield key
        if place:
            bare = key.removeprefix(f"{place} ")
            yield from (bare, f"{place} {bare}")


def _place_of(key: str) -> str:
    """The kind of place that the words begin with; "" for none."""
    return next((kind for kind, word in PLACES.items() if key.startswith(f"{word} ")), "")


@dataclass
class Names:
    """Names of units, by their ids, ready to be searched."""

    _keys: list[str] = field(default_factory=list)
    _owners: list[int] = field(default_factory=list)
    _exact: dict[str, set[int]] = field(default_factory=dict)
    _words: dict[str, set[int]] = field(default_factory=dict)
    _places: dict[int, str] = field(default_factory=dict)

    def add(self, unit_id: int, kind: str, names: Iterable[str]) -> None:
        """What a unit is called."""
        if kind in PLACES:
            self._places[unit_id] = kind
        for key in dict.fromkeys(filter(None, names_of(kind, names))):
            for word in key.split():
                self._words.setdefault(word, set()).add(len(self._keys))
            self._keys.append(key)
            self._owners.append(unit_id)
            self._exact.setdefault(key, set()).add(unit_id)

    def exact(self, text: str) -> frozenset[int]:
        """The units that are called just so."""
        return frozenset(self._exact.get(expanded(text), ()))

    def scores(self, text: str, limit: int) -> dict[int, float]:
        """How well units fit, by id. Where words fit as typed, look-alikes are only noise and left out."""
        query = expanded(text)
        if not query:
            return {}
        scores = dict.fromkeys(self._exact.get(query, ()), _SAME)
        fitting = self._beginning_so(query)
        for unit_id, score in self._alike(query, fitting, len(fitting), lowest=0):
            scores[unit_id] = max(scores.get(unit_id, 0.0), score + _CERTAIN)
        if scores:
            return scores
        alike = list(self._alike(query, range(len(self._keys)), limit * 8, lowest=_MINIMUM_SCORE))
        return dict(reversed(alike))  # Of a unit's names the best, which comes first, is noted last.

    def _alike(
        self, query: str, positions: Collection[int], limit: int, *, lowest: float
    ) -> Iterator[tuple[int, float]]:
        """(unit, score) of these names, best first; a place of another kind than the words say is none of them."""
        said = _place_of(query)
        among = {position: self._keys[position] for position in positions}
        for _, score, position in process.extract(query, among, scorer=fuzz.WRatio, limit=limit, score_cutoff=lowest):
            unit_id = self._owners[position]
            if not said or self._places.get(unit_id, said) == said:
                yield unit_id, score

    def _beginning_so(self, query: str) -> set[int]:
        """The names of which every word of the query begins a word: what people mean when they type the start of words."""
        found: set[int] | None = None
        for part in dict.fromkeys(query.split()):
            fitting: set[int] = set().union(*(at for word, at in self._words.items() if word.startswith(part)))
            found = fitting if found is None else found & fitting
            if not found:
                return set()
        return found or set()
