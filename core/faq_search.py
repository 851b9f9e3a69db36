"""Finding the topic that somebody means, as they type it: without diacritics, with slips, in short forms, in two languages.

A topic is known by the ways in which its question is put. The words of a question weigh the more the fewer topics use them. A topic is
certain only where it explains nearly all of what was said *and* what was said is nearly all of one of its ways: a word that no topic
knows ("thời tiết") speaks against every topic. So who asks something else is offered topics, or a person, rather than told something
that does not answer them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.faq import Topic
from core.vietnamese import fold, nfc

MOST = 400  # Characters that are looked at: a longer message is a story for a person.
OFFERED = 3
# A topic is certain with this score and this lead over the next: the less it fits, the lonelier it must stand. Of these figures the table
# of questions in the tests is the judge.
_CERTAIN = ((0.72, 0.05), (0.69, 0.2))
_PERHAPS = 0.38
_UNMARKED = 0.3  # What a word still counts that differs by its marks from what was typed with marks: "đau" and "đâu".
_KIN = 0.4  # What a word weighs against a way that does not have it, where another way of its topic does.
_PAIR = 0.12  # What words in the same order add.
_LONG_ENOUGH = 4  # Letters of a word in which a slip can be seen: of shorter ones too many are words themselves.
_WORD = re.compile(r"\d+|[^\W\d]+")
_NUMBER = "#"  # One number is as good as another: what counts is that ages or kilograms are spoken of.

# How people shorten words when they type on a telephone, and forms of one word: what is meant, and what may stand for it.
_MEANT = {
    "không": "k ko kh hok hông",
    "không sao": "ks",
    "được": "dc đc dk đk",
    "đăng ký": "đkí đký đky",
    "dang ky": "dky",
    "trước": "trc",
    "hiến máu": "hm hmtn",
    "hien mau": "hienmau",
    "bao nhiêu": "bn",
    "bao nhieu": "bnhieu bpn",
    "như thế nào": "ntn",
    "số điện thoại": "sdt sđt",
    "căn cước": "cmnd cccd cmt",
    "giấy chứng nhận": "gcn",
    "xét nghiệm": "xn",
    "bệnh viện": "bv",
    "thời gian": "tg",
    "gì": "j",
    "vậy": "z",
    "quá": "wa",
    "rồi": "r",
    "với": "vs",
    "người": "ng",
    "mọi người": "mn",
    "biết": "bt",
    "việt nam": "vn",
    "câu lạc bộ": "clb",
    "donate": "donation donating donations donated donor donors",
    "test": "tests tested",
    "result": "results",
    "pregnant": "pregnancy",
    "kg": "cân kilo",
    "ký": "kí",
    "ky": "ki",
    "huỷ": "hủy",
    "group": "type types groups",
    "vắc xin": "vaccine vacxin vaccin vx",
    "vaccination": "vaccinated",
    "long": "mins",
    "medicine": "medication pills drugs",
}
_SHORT = {short: meant for meant, shorts in _MEANT.items() for short in shorts.split()}
# Words of frame: nearly every question has some, and they say little of what is asked.
_FRAME = (
    "a à ạ ah ak ơi dạ vâng bạn bot ad admin em anh chị mình tôi tui cho hỏi xin với nhé nha nhỉ vậy thế thì là mà và những có không được"
    " gì nào sao rồi chưa sẽ đang bị của các một này do đi đến để phải cần muốn biết về hay hoặc rằng thay giùm giúp hộ làm ơn ở lúc khi"
    " i am is are do does did can could the a an to of for in on my me you your it and or if with be have has had will would should"
    " please hello hi hey s t m there get what"
).split()
# What everybody here speaks of: it tells our questions from others', not one of ours from another.
_THEME = frozenset("hien mau donate give blood".split())
_LIGHT, _THEMED = 0.25, 0.6
_NO_QUESTION = frozenset(
    map(
        fold,
        "à ạ ah ak ơi dạ vâng bạn bot ad admin em anh chị mình tôi tui xin hỏi với nhé nha nhỉ vậy thế thì là mà và".split(),
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """`certain`: the key of the topic that was meant, or None; `near`: keys of those that may be, best first."""

    certain: str | None = None
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """A word: folded, and with its marks in an order of their own, so that "hoà" and "hòa" are one."""

    plain: str
    marked: str


def _marked(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.lower())
    marks = sorted(letter for letter in letters if unicodedata.combining(letter))
    return fold(word) + "".join(marks) + ("đ" if "đ" in letters else "")


def _words(text: str) -> list[_Said]:
    clean = nfc(text)[:MOST].lower()
    words = (_NUMBER if word.isdigit() else _SHORT.get(word, word) for word in _WORD.findall(clean))
    return [_Said(fold(word), _marked(word)) for part in words for word in part.split()]


_FRAME_WORDS = frozenset(map(_marked, _FRAME))
_FRAME_PLAIN = frozenset(map(fold, _FRAME))


def _is_frame(word: _Said) -> bool:
    """Typed without marks, "ban" may be "bạn": it counts as such until a way knows better."""
    return word.marked in _FRAME_WORDS or (word.plain == word.marked and word.plain in _FRAME_PLAIN)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a topic's question is put. `weights`: of each word, folded; `total`: of them all."""

    topic: str
    words: Mapping[str, _Said]
    weights: Mapping[str, float]
    total: float
    pairs: frozenset[tuple[str, str]]


class Search:
    """Topics, ready to be searched. Made again when they change."""

    def __init__(self, topics: Iterable[Topic], elsewhere: Iterable[str] = ()) -> None:
        """`topics`: those that are to be found; `elsewhere`: questions that sound like ours and are none."""
        asked = [(topic.key, way) for topic in topics for way in topic.ways()] + [("", way) for way in elsewhere]
        said = [(key, _words(way)) for key, either in asked for way in spelt_out(either)]
        self._exact = {_key(words): key for key, words in reversed(said) if key}
        self._known: dict[str, set[str]] = {}
        for key, words in said:
            for word in words:
                self._known.setdefault(word.plain, set()).add(key)
        self._topics = len({key for key, _ in said}) or 1
        self._ways = [self._way(key, words) for key, words in said]
        self._spelt = sorted(word for word in self._known if len(word) >= _LONG_ENOUGH)

    def _way(self, key: str, words: Sequence[_Said]) -> _Way:
        weights = {word.plain: _LIGHT if _is_frame(word) else self._weight(word.plain) for word in words}
        return _Way(key, {word.plain: word for word in words}, weights, sum(weights.values()), _pairs(words))

    def _weight(self, plain: str) -> float:
        """The rarer the heavier; a word that no topic knows is the heaviest of all."""
        if plain in _THEME:
            return _THEMED
        return 1 + log(self._topics / len(self._known[plain])) if plain in self._known else 1 + log(self._topics)

    def find(self, text: str) -> Found:
        """What somebody may mean by these words."""
        words = [self._mended(word) for word in _words(text)]
        if all(word.plain == _NUMBER for word in words):
            return Found()
        if exact := self._exact.get(_key(words)):
            return Found(exact, (exact,))
        scores = self._scores(words)
        best = sorted(scores, key=lambda key: -scores[key])
        near = tuple(key for key in best if key and scores[key] >= _PERHAPS)[:OFFERED]
        if not near:
            return Found()
        rival = max((score for key, score in scores.items() if key != near[0]), default=0.0)
        ahead = scores[near[0]] - rival
        certain = any(scores[near[0]] >= least and ahead >= lead for least, lead in _CERTAIN)
        return Found(near[0] if certain else None, near)

    def _mended(self, word: _Said) -> _Said:
        """The word, or the one that a slip of the finger made it of ("hein" for "hien")."""
        known = word.plain in self._known or word.plain in _FRAME_PLAIN
        if known or len(word.plain) < _LONG_ENOUGH or not word.plain.isalpha():
            return word
        slips = 2 if len(word.plain) >= 2 * _LONG_ENOUGH else 1
        found = process.extractOne(word.plain, self._spelt, scorer=OSA.distance, score_cutoff=slips)
        return _Said(found[0], found[0]) if found else word

    def _scores(self, words: Sequence[_Said]) -> dict[str, float]:
        """The best way of each topic, between 0 and 1."""
        said = {word.plain: word for word in words}
        heavy = {word.plain: _LIGHT if _is_frame(word) else self._weight(word.plain) for word in words}
        pairs = _pairs(words)
        scores: dict[str, float] = {}
        for way in self._ways:
            shared = {plain: _alike(word, said[plain]) for plain, word in way.words.items() if plain in said}
            both = sum(way.weights[plain] * share for plain, share in shared.items())
            if not any(way.weights[plain] > _THEMED for plain in shared):
                continue
            alone = sum(
                heavy[plain] * (_KIN if way.topic in self._known.get(plain, ()) else 1.0)
                for plain in said
                if plain not in shared
            ) + sum(heavy[plain] * (1 - share) for plain, share in shared.items())
            of_said, of_way = both / (both + alone), both / way.total
            order = len(way.pairs & pairs) / len(way.pairs) if way.pairs else 1.0
            score = 2 * of_said * of_way / (of_said + of_way) * (1 - _PAIR) + _PAIR * order
            scores[way.topic] = max(score, scores.get(way.topic, 0.0))
        return scores


def _key(words: Sequence[_Said]) -> str:
    return " ".join(word.plain for word in words if word.plain not in _NO_QUESTION)


def _pairs(words: Sequence[_Said]) -> frozenset[tuple[str, str]]:
    return frozenset(zip((w.plain for w in words), (w.plain for w in words[1:]), strict=False))


def _alike(one: _Said, other: _Said) -> float:
    """1 where the words are written alike, or one of them has no marks at all."""
    return 1.0 if one.marked == other.marked or one.plain in (one.marked, other.marked) else _UNMARKED


_EITHER = re.compile(r"\(([^()]*)\)")


def spelt_out(asked: str) -> list[str]:
    """Every way that "bị (cảm|cúm) có hiến được không" stands for."""
    found = _EITHER.search(asked)
    if not found:
        return [asked]
    return [
        way
        for either in found[1].split("|")
        for way in spelt_out(asked[: found.start()] + either + asked[found.end() :])
    ]
